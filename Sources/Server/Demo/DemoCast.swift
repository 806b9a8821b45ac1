import Crypto
import Foundation
import OAuth
import Portal
import Storage
import Web

/// Seeds the cast (Ada, Grace, Lin, Mallory, Olga and their workspaces) through the same store calls that the pages use.
struct DemoCast {
    let installation: Installation
    private var store: Store { installation.store }
    private var base: String { installation.settings.site.base.text }
    private var callback: String { base + "/demo/callback" }

    func seed() async throws -> Demo {
        let passwords = (0..<5).map { _ in Self.password() }
        let ada = try await person("Ada", "ada@acme.example", passwords[0])
        let grace = try await person("Grace", "grace@acme.example", passwords[1])
        let lin = try await person("Lin", "lin@northwind.example", passwords[2])
        let mallory = try await person("Mallory", "mallory@globex.example", passwords[3])
        let olga = try await person("Olga", "olga@gatewright.example", passwords[4], isOperator: true)
        let acme = try await tenant("Acme", "acme", admin: ada)
        try await store.addMember(grace.id, to: acme.id, as: .member, at: Installation.now())
        let northwind = try await tenant("Northwind", "northwind", admin: lin)
        let globex = try await tenant("Globex", "globex", admin: mallory)
        try await approve(lin, by: olga)
        let app = try await rosterSync(of: lin, reviewedBy: olga)
        try await waiting()
        let token = try await installation.demoToken(of: ada, in: acme, for: "First steps")
        let verifier = Self.randomText(64)
        let broker = try await DemoBroker(installation: installation).seed(
            acme: acme, ada: ada, lin: lin, northwind: northwind, reviewedBy: olga)
        return Demo(
            base_url: base, tenants: [acme, globex, northwind].map(entry),
            people: [
                entry(ada, passwords[0], acme, "admin"), entry(grace, passwords[1], acme, "member"),
                entry(lin, passwords[2], northwind, "admin"), entry(mallory, passwords[3], globex, "admin"),
                entry(olga, passwords[4], nil, "operator"),
            ],
            app: app, developer_token: token.reveal(), authorize_url: authorizeURL(app, verifier: verifier),
            code_verifier: verifier,
            curl: "curl -H 'Authorization: Bearer \(token.reveal())' \(base)/v2/me", broker: broker)
    }

    private func person(_ name: String, _ email: String, _ password: String, isOperator: Bool = false) async throws
        -> Person
    {
        let checked = SignUp.check(
            name: name, email: email, password: password, policy: installation.site.passwordPolicy)
        guard case .valid(let signUp) = checked else { throw CommandError("The demo's \(name) cannot sign up.") }
        let hash = try await installation.site.passwords.hash(password)
        return try await store.insertVerified(
            signUp, passwordHash: hash, isOperator: isOperator, at: Installation.now())
    }

    private func tenant(_ name: String, _ slug: String, admin: Person) async throws -> Tenant {
        guard case .valid(let draft) = TenantDraft.check(name: name, slug: slug),
            let tenant = try await store.openTenantBeyondQuota(
                draft, kind: .standard, admin: admin.id, at: Installation.now())
        else { throw CommandError("The demo's \(name) cannot be opened.") }
        if let member = try store.membership(of: admin.id, in: tenant.id) {
            _ = try await store.tenant(of: member).addSamples(at: Installation.now())
        }
        return tenant
    }

    /// Lin is a developer, by the way that everybody takes.
    private func approve(_ lin: Person, by olga: Person) async throws {
        let answers = ApplicationAnswers(
            organization: "Northwind", website: "https://northwind.example",
            about: "We are four people who write software for clubs and choirs.",
            building:
                "Roster Sync: it keeps a roster of volunteers in step with the people of a workspace, every night.")
        try await apply(answers, lin)
        guard let application = try store.application(of: lin.id), let slug = Slug("sandbox-northwind") else { return }
        _ = try await store.decide(
            application.id, version: application.version, .approved, reason: "", by: olga,
            sandbox: TenantDraft(name: "Lin's sandbox", slug: slug),
            letter: .applicationDecided(to: lin, .approved, reason: "", page: base + "/apps/new"),
            at: Installation.now())
    }

    /// Somebody for Olga to decide about.
    private func waiting() async throws {
        let nora = try await person("Nora", "nora@freemail.example", Self.password())
        try await apply(
            ApplicationAnswers(
                organization: "Northw1nd", website: "https://nora.example",
                about: "I write small tools for choirs, in my spare time.",
                building: "An app that shows singers when the next rehearsal is, from the people of their workspace."),
            nora)
    }

    private func apply(_ answers: ApplicationAnswers, _ person: Person) async throws {
        let queue = base + "/operator/applications"
        _ = try await store.submit(
            answers, of: person, letter: .applicationReceived(to: person, page: base + "/developer/apply"),
            toOperators: { .applicationWaiting(to: $0, page: queue) }, at: Installation.now())
    }

    private func rosterSync(of lin: Person, reviewedBy olga: Person) async throws -> Demo.AppEntry {
        var form = AppForm()
        form.name = "Roster Sync"
        form.description = "Keeps your volunteer roster in step with your list of people, every night."
        form.homepage = "https://roster.example"
        form.callbacks = [callback, "https://app.roster.example/oauth/callback"]
        form.kind = Client.Kind.confidential.rawValue
        form.scopes = ["account:read", "people:read", "people:write"]
        let (app, secret) = try await store.registerReviewed(form, of: lin, by: olga, base: base)
        return Demo.AppEntry(
            name: app.details.name, client_id: app.clientID, client_secret: secret.reveal(), callback: callback,
            token_format: app.details.tokenFormat.rawValue, pkce: "required")
    }

    private func authorizeURL(_ app: Demo.AppEntry, verifier: String) -> String {
        let challenge = Data(SHA256.hash(data: Data(verifier.utf8))).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let callback = app.callback.replacing(":", with: "%3A").replacing("/", with: "%2F")
        return "\(base)/t/acme/oauth/authorize?response_type=code&client_id=\(app.client_id)&redirect_uri=\(callback)"
            + "&scope=account:read+people:read&state=demo&code_challenge=\(challenge)&code_challenge_method=S256"
    }

    private func entry(_ tenant: Tenant) -> Demo.TenantEntry {
        let scheme = installation.settings.site.base.isSecure ? "https" : "http"
        return Demo.TenantEntry(
            slug: tenant.slug.text, name: tenant.name, address: "\(base)/t/\(tenant.slug.text)",
            subdomain_address: "\(scheme)://\(tenant.slug.text).\(installation.settings.site.tenantHost)")
    }

    private func entry(_ person: Person, _ password: String, _ tenant: Tenant?, _ role: String) -> Demo.PersonEntry {
        Demo.PersonEntry(
            name: person.name, email: person.email, password: password, tenant: tenant?.slug.text, role: role)
    }

    /// New for every demo: a fixed one would be a default account.
    private static func password() -> String { "demo-" + randomText(12) }

    private static func randomText(_ length: Int) -> String {
        let alphabet = Array("abcdefghjkmnpqrstuvwxyz23456789")
        return String((0..<length).map { _ in alphabet[Int.random(in: alphabet.indices)] })
    }
}
