import Broker
import CryptoExtras
import Foundation
import OAuth
import Portal
import Storage
import Synchronization
import Testing
import Web

/// Acme's `dev` environment with integrations at providers that answer as each test says, and browsers that connect.
struct ConnectWorld {
    let site: TestSite
    let environment: BrokerEnvironment
    let far: FarAway

    /// The providers' side: every call is kept, and answered in turn.
    final class FarAway: Sendable {
        private let state = Mutex((calls: [ProviderCall](), answer: ProviderAnswer.failed(.unreachable)))
        /// At addresses that hold a text, before the one for all others.
        private let special = Mutex([(part: String, answer: ProviderAnswer)]())

        var calls: [ProviderCall] { state.withLock { $0.calls } }

        func answers(_ body: String) { answers(200, body) }

        func answers(_ status: Int, _ body: String) {
            state.withLock { $0.answer = .response(status: status, body: Array(body.utf8)) }
        }

        func answers(_ status: Int, _ body: String, at part: String) {
            special.withLock { $0.insert((part, .response(status: status, body: Array(body.utf8))), at: 0) }
        }

        func fails(_ failure: ProviderAnswer.Failure) { state.withLock { $0.answer = .failed(failure) } }

        func call(_ call: ProviderCall) -> ProviderAnswer {
            let own = special.withLock { $0.first { call.url.contains($0.part) }?.answer }
            return state.withLock {
                $0.calls.append(call)
                return own ?? $0.answer
            }
        }
    }

    static let key = "0123456789abcdef0123456789abcdef"
    static let socket = "9b2d3f6e-0a41-4c59-8c3e-1d7a2b90c4ef"

    /// - Parameter environment: `dev` asks for no HMAC, `prod` does; both know `key`.
    init(_ environment: String = "dev", base: String = "http://127.0.0.1:8080") async throws {
        let far = FarAway()
        self.far = far
        let file = ProviderFile(Self.providers)
        try #require(file.problems.isEmpty, "\(file.problems)")
        site = try await TestSite(
            base: base,
            outside: Outside(
                providers: ProviderCatalogue(file.providers), call: { far.call($0) },
                proxy: { _, _ in .failed(.unreachable) }))
        let now = site.clock.now
        let acme = try site.cast.acme.id
        let found = try await site.store.environments(of: acme, at: now).first { $0.name == environment }
        var current = try #require(found)
        _ = try await site.store.rotateHMACKey(of: current, to: Self.key, overlap: 0, by: .system, at: now)
        for (key, provider, id) in [
            ("github", "github", "id-1"), ("zendesk", "zendesk", "id-2"), ("old", "old", "id-3"),
            ("algolia", "algolia", ""),
            ("bamboo", "bamboo", ""), ("machine", "machine", ""), ("open", "open", ""), ("hub", "hub", "99"),
            ("guarded", "guarded", "99"), ("unfinished", "guarded", "99"), ("owned", "owned", "99"),
            ("empty", "github", ""), ("proven", "proven", ""),
            ("lost", "nobody", "id"), ("sp ace:1@x", "github", "id-4"),
        ] {
            let details = IntegrationDetails(
                key: key, provider: provider, clientID: id, scopes: ["repo", "user"],
                values: ["guarded", "owned"].contains(key)
                    ? ["appClientId": "Iv1.1", "appClientSecret": "app-secret"] : [:])
            _ = try #require(
                try await site.store.addIntegration(
                    details, secret: id.isEmpty ? nil : Self.secret(of: provider), to: current, by: .system, at: now))
        }
        current = try #require(try site.store.environment(environment, of: acme))
        self.environment = current
    }

    private static func secret(of provider: String) -> String {
        ["hub", "guarded", "owned"].contains(provider) ? appKey : "far-secret"
    }

    func allow(_ origins: [String]) async throws {
        try await site.store.setAllowedOrigins(origins, of: environment, by: .system, at: site.clock.now)
    }

    func connection(_ id: String, of key: String = "github") throws -> BrokerConnection? {
        try site.store.connection(id, of: key, in: environment)
    }

    func path(_ key: String = "github", _ connection: String = "u1", _ more: String = "") -> String {
        "/oauth/connect/\(key)?connection_id=\(connection)&public_key=\(environment.publicKey)\(more)"
    }

    func digest(_ key: String = "github", _ connection: String = "u1") -> String {
        ConnectDigest.make(integration: key, connection: connection, key: Self.key)
    }

    /// As a browser opens a page: from this address.
    static func navigation(from referrer: String? = "http://localhost:3000/app") -> [(String, String)] {
        [("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")] + (referrer.map { [("Referer", $0)] } ?? [])
    }

    /// Begins in a browser and comes to the provider.
    func begin(_ browser: Browser, _ path: String? = nil) async throws -> [String: String] {
        let answer = try await browser.get(path ?? self.path(), headers: Self.navigation())
        try #require(answer.status == 302, "\(answer.status): \(answer.body.prefix(2_000))")
        return Self.query(of: try #require(answer.location))
    }

    static func query(of url: String) -> [String: String] {
        let items = URLComponents(string: url)?.queryItems ?? []
        return Dictionary(items.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
    }

    func message(_ socket: String = ConnectWorld.socket) throws -> String? {
        try site.store.result(for: socket, at: site.clock.now)
    }

    func session(_ body: String) async throws -> Secret<ConnectToken> {
        let ask = try ConnectSessionAsk.read(Array(body.utf8), isReconnection: body.contains("connection_id")).get()
        let token = Secret<ConnectToken>.random()
        _ = try await site.store.open(ask, as: token, in: environment, at: site.clock.now)
        return token
    }

    private static let providers = """
        github:
          title: GitHub
          docs: https://docs.github.com/
          auth: oauth2
          authorize: {url: "https://github.com/login/oauth/authorize"}
          token: {url: "https://github.com/login/oauth/access_token"}
        zendesk:
          title: Zendesk
          docs: https://developer.zendesk.com/
          auth: oauth2
          authorize: {url: "https://{subdomain}.zendesk.com/oauth/authorizations/new"}
          token: {url: "https://{subdomain}.zendesk.com/oauth/tokens"}
          fields: {subdomain: {title: Subdomain, suffix: .zendesk.com}}
        old:
          title: Old
          docs: https://old.example/
          auth: oauth1
          request_token: {url: "https://old.example/request"}
          authorize: {url: "https://old.example/authorize"}
          token: {url: "https://old.example/access"}
        algolia:
          title: Algolia
          docs: https://www.algolia.com/doc/
          auth: api_key
          fields: {APP_ID: {title: Application ID, format: word}}
        proven:
          title: Proven
          docs: https://proven.example/
          auth: api_key
          api: {base: "https://proven.example/v1", headers: {x-key: "{apiKey}"}, verify: /me}
        bamboo:
          title: Bamboo
          docs: https://documentation.bamboohr.com/
          auth: basic
          credentials: {username: {title: API key, secret: true}}
        machine:
          title: Machine
          docs: https://machine.example/
          auth: client_credentials
          token: {url: "https://machine.example/token"}
        open:
          title: Open
          docs: https://open.example/
          auth: none
          api: {base: "https://open.example"}
        hub:
          title: Hub
          docs: https://hub.example/
          auth: app
          install: {url: "https://hub.example/apps/mine/installations/new"}
          token: {url: "https://api.hub.example/app/installations/{installation_id}/access_tokens"}
          fields: {installation_id: {title: Installation, format: digits, from: callback}}
        guarded:
          title: Guarded hub
          docs: https://hub.example/
          auth: app
          install: {url: "https://hub.example/apps/mine/installations/new"}
          token: {url: "https://api.hub.example/app/installations/{installation_id}/access_tokens"}
          verify_user:
            token: {url: "https://hub.example/oauth/access_token"}
            client_id: appClientId
            client_secret: appClientSecret
            list: "https://api.hub.example/user/installations?per_page=30"
            list_at: installations
          fields:
            installation_id: {title: Installation, format: digits, from: callback}
            appClientId: {title: Client ID of the app, format: word, from: integration}
            appClientSecret: {title: Client secret of the app, format: word, from: integration, secret: true}
        owned:
          title: Owned hub
          docs: https://hub.example/
          auth: app
          install: {url: "https://hub.example/apps/mine/installations/new"}
          token: {url: "https://api.hub.example/app/installations/{installation_id}/access_tokens"}
          verify_user:
            token:
              url: "https://hub.example/oauth/access_token"
              revocation:
                {method: delete, url: "https://api.hub.example/applications/{appClientId}/token", place: json, parameter: access_token, client: basic}
            client_id: appClientId
            client_secret: appClientSecret
            list: "https://api.hub.example/user/installations?per_page=30"
            list_at: installations
            owner:
              kind_at: target_type
              kinds:
                User: {ask: "https://api.hub.example/user", same: {id: account.id}}
                Organization:
                  ask: "https://api.hub.example/user/memberships/orgs/{login}"
                  names: {login: account.login}
                  same: {organization.id: account.id}
                  says: {state: active, role: admin}
                  permission: "Organization permissions, Members: read-only"
          fields:
            installation_id: {title: Installation, format: digits, from: callback}
            appClientId: {title: Client ID of the app, format: word, from: integration}
            appClientSecret: {title: Client secret of the app, format: word, from: integration, secret: true}
        """

    /// Made for this run; it opens nothing.
    static let appKey: String = {
        do { return try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation } catch { fatalError("\(error)") }
    }()
}
