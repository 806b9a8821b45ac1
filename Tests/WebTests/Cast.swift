import OAuth
import Portal
import Storage
import Testing
import Web

/// Who is in every test: Ada, admin of Acme; Grace, member of Acme; Lin, developer and
/// admin of Northwind, with the app "Roster Sync"; Mallory, admin of Globex; Olga, the operator.
struct Cast: Sendable {
    struct Somebody: Sendable {
        let person: Person
        let email: String
        let password: String
    }

    struct RosterSync: Sendable {
        let app: App
        let secret: String
        let callback: String
    }

    private let people: [String: Somebody]
    private let tenants: [String: Tenant]
    private let registered: RosterSync?

    var ada: Somebody { get throws { try #require(people["Ada"]) } }
    var grace: Somebody { get throws { try #require(people["Grace"]) } }
    var lin: Somebody { get throws { try #require(people["Lin"]) } }
    var mallory: Somebody { get throws { try #require(people["Mallory"]) } }
    var olga: Somebody { get throws { try #require(people["Olga"]) } }
    var acme: Tenant { get throws { try #require(tenants["acme"]) } }
    var northwind: Tenant { get throws { try #require(tenants["northwind"]) } }
    var globex: Tenant { get throws { try #require(tenants["globex"]) } }
    /// Lin's confidential app; PKCE required, V2 tokens, scopes account:read, people:read and people:write.
    var rosterSync: RosterSync { get throws { try #require(registered) } }

    static let nobody = Cast(people: [:], tenants: [:], registered: nil)

    private init(people: [String: Somebody], tenants: [String: Tenant], registered: RosterSync?) {
        self.people = people
        self.tenants = tenants
        self.registered = registered
    }

    init(in store: Store, hasher: PasswordHasher, at now: Instant) async throws {
        var people: [String: Somebody] = [:]
        for (name, domain) in [
            ("Ada", "acme"), ("Grace", "acme"), ("Lin", "northwind"), ("Mallory", "globex"), ("Olga", "gatewright"),
        ] {
            let email = "\(name.lowercased())@\(domain).example"
            let password = "\(name) likes long walks"
            guard
                case .valid(let signUp) = SignUp.check(
                    name: name, email: email, password: password, policy: PasswordPolicy(common: []))
            else { throw CastError.refused(name) }
            let person = try await store.insertVerified(
                signUp, passwordHash: try await hasher.hash(password), isOperator: name == "Olga", at: now)
            people[name] = Somebody(person: person, email: email, password: password)
        }
        var tenants: [String: Tenant] = [:]
        for (slug, name, admin) in [
            ("acme", "Acme", "Ada"), ("northwind", "Northwind", "Lin"), ("globex", "Globex", "Mallory"),
        ] {
            let draft = TenantDraft(name: name, slug: try #require(Slug(slug)))
            let owner = try #require(people[admin]).person.id
            let tenant = try #require(
                try await store.openTenantBeyondQuota(draft, kind: .standard, admin: owner, at: now))
            let member = try #require(try store.membership(of: owner, in: tenant.id))
            _ = try await store.tenant(of: member).addSamples(at: now)
            tenants[slug] = tenant
        }
        let acme = try #require(tenants["acme"])
        try await store.addMember(try #require(people["Grace"]).person.id, to: acme.id, as: .member, at: now)
        let app = try await Self.register(by: try #require(people["Lin"]).person, in: store, at: now)
        self.init(people: people, tenants: tenants, registered: app)
    }

    private static func register(by owner: Person, in store: Store, at now: Instant) async throws -> RosterSync {
        let callback = "https://roster.example/callback"
        let secret = Secret<ClientSecretKind>.random()
        let details = AppDetails(
            name: "Roster Sync", description: "Keeps a team's roster in step with the people of a workspace.",
            homepage: "https://roster.example", callbacks: [callback], kind: .confidential, pkceRequired: true,
            tokenFormat: .v2, scopes: try #require(ScopeSet(parsing: "account:read people:read people:write")))
        let app = try await store.registerBeyondQuota(details, owner: owner, secret: secret, at: now)
        return RosterSync(app: app, secret: secret.reveal(), callback: callback)
    }

    enum CastError: Error { case refused(String) }
}

extension TestSite {
    /// The texts of the letters to this address, newest first, also those of the same second.
    func letters(to email: String) throws -> [String] {
        let ids = try engine.read { db in
            try db.rows("SELECT id FROM outbox WHERE recipient = \(email) ORDER BY rowid DESC").map {
                try $0.text("id")
            }
        }
        return try ids.compactMap { try store.letter(ID($0))?.body }
    }

    /// How many letters were written to this address, also those that were taken back.
    func written(to email: String) throws -> Int { try store.outbox().count { $0.recipient == email } }

    /// The path of a link in the newest letter that has one of this purpose: `verify` or `reset`.
    func link(_ purpose: String, to email: String) throws -> String {
        let marker = site.settings.base.text + "/\(purpose)/"
        let link = try letters(to: email).lazy.flatMap { $0.split(separator: "\n") }.first { $0.hasPrefix(marker) }
        return try "/\(purpose)/" + #require(link, "no \(purpose) link was sent to \(email)").dropFirst(marker.count)
    }

    func suspend(_ person: Person) async throws {
        let now = clock.now
        try await engine.write { db in
            _ = try db.run(
                """
                INSERT INTO suspensions (subject_kind, subject_id, reason, suspended_by, suspended_at)
                VALUES ('person', \(person.id), 'a test', 'nobody', \(now))
                """)
        }
    }

    /// An authorization request of Roster Sync at a tenant; the verifier of its challenge is ``verifier``.
    ///
    /// - Parameter more: further parameters, each with its `&`.
    func authorizePath(at tenant: String = "acme", scope: String = "people:read", more: String = "") throws -> String {
        let app = try cast.rosterSync
        return "/t/\(tenant)/oauth/authorize?response_type=code&client_id=\(app.app.clientID)"
            + "&redirect_uri=\(Browser.encode(app.callback))&scope=\(Browser.encode(scope))&state=af0ifjsldkj"
            + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256" + more
    }

    /// RFC 7636 Appendix B.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
}

extension TestSite {
    /// Makes developers of them without the letters and the sandbox that come of it on the way through the pages.
    func approve(_ people: [Person]) async throws {
        let now = clock.now
        try await engine.write { db in
            for person in people {
                try db.run(
                    """
                    INSERT INTO developer_applications (id, person_id, state, organization, website, about, building,
                        version, created_at, updated_at, submitted_at)
                    VALUES (\("dev_" + person.name), \(person.id), 'approved', \(person.name), 'https://x.example', '', '', 1,
                        \(now), \(now), \(now))
                    """)
            }
        }
    }
}
