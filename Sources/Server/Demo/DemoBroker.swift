import Broker
import Foundation
import OAuth
import Portal
import Storage
import Web

/// Acme's `dev` environment, ready to be tried: a secret key, two integrations at the demo's own provider (one that Ada
/// can connect herself, one of other people), one that takes a token, and connections that work.
struct DemoBroker {
    let installation: Installation
    private var store: Store { installation.store }
    private var base: String { installation.settings.site.base.text }

    /// - Parameters:
    ///   - lin: registers the app that the integration stands on, and has people of hers to read at Northwind.
    func seed(acme: Tenant, ada: Person, lin: Person, northwind: Tenant, reviewedBy olga: Person) async throws
        -> Demo.BrokerEntry
    {
        let now = Installation.now()
        _ = try await store.environments(of: acme.id, at: now)
        guard let dev = try store.environment("dev", of: acme.id) else {
            throw CommandError("The demo's environment was not made.")
        }
        let key = Secret<EnvironmentKey>.random()
        _ = try await store.addKey(
            key, EnvironmentKeyDraft(name: "Demo backend", signsWebhooks: true), to: dev, by: .person(ada), at: now)
        guard let hmac = try await store.rotateHMACKey(of: dev, overlap: 0, by: .person(ada), at: now) else {
            throw CommandError("The demo's HMAC key was not stored.")
        }
        let (app, secret) = try await app(of: lin, reviewedBy: olga)
        let linked = try await store.addIntegration(
            IntegrationDetails(
                key: "northwind", provider: DemoProvider.key, displayName: "Northwind", clientID: app.clientID,
                scopes: ["people:read"]),
            secret: secret.reveal(), to: dev, by: .person(ada), at: now)
        let keyed = try await store.addIntegration(
            IntegrationDetails(
                key: "northwind-token", provider: DemoProvider.keyProvider, displayName: "Northwind, by token",
                clientID: "", scopes: []),
            secret: nil, to: dev, by: .person(ada), at: now)
        _ = try await store.addIntegration(
            IntegrationDetails(
                key: "acme", provider: DemoProvider.ownKey, displayName: "Acme directory", clientID: app.clientID,
                scopes: ["people:read"]),
            secret: secret.reveal(), to: dev, by: .person(ada), at: now)
        if let linked { try await connect(lin, of: northwind, to: linked, by: app, secret) }
        guard let keyed else { throw CommandError("The demo's integration was not stored.") }
        let token = try await installation.demoToken(of: lin, in: northwind, for: "For Acme")
        _ = try await store.save(
            ConnectionDraft(
                connectionID: "grace", credentials: .apiKey(token.reveal()), values: [:],
                owner: ConnectionOwner(
                    endUser: .object([
                        .init("id", .string("grace")), .init("email", .string("grace@acme.example")),
                        .init("display_name", .string("Grace")),
                    ]))),
            of: keyed, at: now)
        return Demo.BrokerEntry(
            environment: "dev", secret_key: key.reveal(), public_key: dev.publicKey, hmac_key: hmac,
            integration: "northwind", connection_id: "grace", connection_integration: "northwind-token",
            curl: "curl -H 'Authorization: Bearer \(key.reveal())' "
                + "'\(base)/connection/grace?provider_config_key=northwind-token'")
    }

    /// Lin has connected Northwind already: her consent, and the exchange of its code, as a flow would have made them.
    private func connect(
        _ lin: Person, of northwind: Tenant, to integration: Integration, by app: App,
        _ secret: Secret<ClientSecretKind>
    ) async throws {
        let now = Installation.now()
        let callback = base + "/oauth/callback"
        let verifier = String(repeating: "demo-verifier-", count: 4)
        guard let member = try store.membership(of: lin.id, in: northwind.id),
            let scopes = ScopeSet(parsing: "people:read"), let uri = app.client.verify(redirectURI: callback),
            let code = try await store.allow(
                scopes, to: app, by: member, redirectURI: uri, wasSent: true,
                challenge: PKCE.challenge(for: verifier)?.text, at: now)
        else { throw CommandError("The demo's Lin cannot connect Northwind.") }
        let form = [
            "grant_type=authorization_code", "code=" + code.reveal(),
            "redirect_uri=" + PercentEncoding.encode(callback), "code_verifier=" + verifier,
            "client_id=" + app.clientID, "client_secret=" + secret.reveal(),
        ].joined(separator: "&")
        let body = try ParameterList(form: Array(form.utf8))
        let credentials = try ClientCredentials.read(authorizationHeaders: [], body: body, query: .empty)
        let outcome = try await store.exchange(
            TokenRequest.read(body), by: store.authenticate(credentials, at: now).get(), in: northwind, idleLimit: nil,
            letters: { _ in [] }, at: now)
        let answer = try outcome.answer.get()
        guard let renewal = answer.renewal else { throw CommandError("The demo's app has no V2 tokens.") }
        _ = try await store.save(
            ConnectionDraft(
                connectionID: "lin",
                credentials: .oauth2(
                    accessToken: answer.accessToken.reveal(), refreshToken: renewal.refreshToken?.reveal(),
                    expiresAt: now + renewal.expiresIn, raw: JSONValue(answer.json()) ?? .null),
                values: [:],
                owner: ConnectionOwner(
                    endUser: .object([
                        .init("id", .string("lin")), .init("email", .string("lin@northwind.example")),
                        .init("display_name", .string("Lin")),
                    ]))),
            of: integration, at: now)
    }

    /// What Acme registered at Northwind, as a developer there would.
    private func app(of lin: Person, reviewedBy olga: Person) async throws -> (App, Secret<ClientSecretKind>) {
        var form = AppForm()
        form.name = "Acme Connect"
        form.description = "Brings the people of your workspace into Acme, for as long as you like."
        form.homepage = "https://acme.example"
        form.callbacks = [base + "/oauth/callback"]
        form.kind = Client.Kind.confidential.rawValue
        form.scopes = ["account:read", "people:read"]
        return try await store.registerReviewed(form, of: lin, by: olga, base: base)
    }
}
