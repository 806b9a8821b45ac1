import Foundation
import OAuth
import Portal
import Storage
import Testing

/// A store as it is served, on a database of its own with the migrations of the checkout, and the cast in it.
///
/// Ada is admin of Acme and Grace a member of it; Lin is admin of Northwind and registered Roster Sync; Mallory is
/// admin of Globex and registered Leech. Time is an argument, so nothing here has a clock.
final class TestStore: Sendable {
    let store: Store
    /// For what the store does not offer: looking at rows, and putting some there.
    let engine: SQLiteEngine
    let folder: TemporaryFolder
    let keyring: Keyring
    let ada, grace, lin, mallory: Person
    let acme, northwind, globex: Tenant
    /// Confidential, PKCE required, V2 tokens, all scopes.
    let rosterSync: App
    let rosterSecret: Secret<ClientSecretKind>
    /// Mallory's, confidential too.
    let leech: App
    let leechSecret: Secret<ClientSecretKind>

    static let start = Instant(seconds: 1_795_252_442)
    static let callback = "https://roster.example/callback"
    /// RFC 7636 Appendix B.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let wrongVerifier = "wrong-verifier-wrong-verifier-wrong-verifier"

    static let migrations =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/Migrations/sqlite"

    init() async throws {
        folder = try TemporaryFolder()
        engine = try SQLiteEngine(path: folder.database)
        try Migrator(folder: Self.migrations).run(on: engine, at: Self.start)
        var random = SystemRandomNumberGenerator()
        keyring = try Keyring([.random(using: &random)])
        store = Store(engine: engine, keyring: keyring)
        ada = try await Self.person("Ada", "ada@acme.example", in: store)
        grace = try await Self.person("Grace", "grace@acme.example", in: store)
        lin = try await Self.person("Lin", "lin@northwind.example", in: store)
        mallory = try await Self.person("Mallory", "mallory@globex.example", in: store)
        acme = try await Self.tenant("Acme", "acme", of: ada, in: store)
        northwind = try await Self.tenant("Northwind", "northwind", of: lin, in: store)
        globex = try await Self.tenant("Globex", "globex", of: mallory, in: store)
        try await store.addMember(grace.id, to: acme.id, as: .member, at: Self.start)
        rosterSecret = .random()
        rosterSync = try await store.registerBeyondQuota(
            try Self.details("Roster Sync"), owner: lin, secret: rosterSecret, at: Self.start)
        leechSecret = .random()
        leech = try await store.registerBeyondQuota(
            try Self.details("Leech"), owner: mallory, secret: leechSecret, at: Self.start)
    }

    private init(reopening old: TestStore) throws {
        folder = old.folder
        keyring = old.keyring
        engine = try SQLiteEngine(path: folder.database)
        store = Store(engine: engine, keyring: keyring)
        (ada, grace, lin, mallory) = (old.ada, old.grace, old.lin, old.mallory)
        (acme, northwind, globex) = (old.acme, old.northwind, old.globex)
        (rosterSync, rosterSecret, leech, leechSecret) = (old.rosterSync, old.rosterSecret, old.leech, old.leechSecret)
    }

    deinit { engine.close() }

    /// The same database as the next process finds it. The engine before is closed.
    func reopened() throws -> TestStore {
        engine.close()
        return try TestStore(reopening: self)
    }

    static func signUp(_ name: String, _ email: String) throws -> SignUp {
        let checked = SignUp.check(
            name: name, email: email, password: "a long walk by the sea", policy: PasswordPolicy(common: []))
        guard case .valid(let signUp) = checked else { throw Refused() }
        return signUp
    }

    static func details(
        _ name: String, kind: Client.Kind = .confidential, format: Client.TokenFormat = .v2, pkce: Bool = true,
        callbacks: [String] = [callback], scopes: String = "account:read people:read people:write"
    ) throws -> AppDetails {
        AppDetails(
            name: name, description: "Keeps a roster in step with the people of a workspace.",
            homepage: "https://roster.example", callbacks: callbacks, kind: kind, pkceRequired: pkce,
            tokenFormat: format, scopes: try #require(ScopeSet(parsing: scopes)))
    }

    static func letter(to recipient: String = "ada@acme.example", _ body: String = "Hello.") -> Letter {
        Letter(kind: .tokenCreated, recipient: recipient, subject: "About your account", body: body)
    }

    private static func person(_ name: String, _ email: String, in store: Store) async throws -> Person {
        try await store.insertVerified(
            signUp(name, email), passwordHash: "hash of \(name)", isOperator: false, at: start)
    }

    private static func tenant(_ name: String, _ slug: String, of admin: Person, in store: Store) async throws -> Tenant
    {
        let draft = TenantDraft(name: name, slug: try #require(Slug(slug)))
        let tenant = try #require(
            try await store.openTenantBeyondQuota(draft, kind: .standard, admin: admin.id, at: start))
        let member = try #require(try store.membership(of: admin.id, in: tenant.id))
        _ = try await store.tenant(of: member).addSamples(at: start)
        return tenant
    }

    struct Refused: Error {}
}

extension TestStore {
    func member(_ person: Person, _ tenant: Tenant) throws -> Member {
        try #require(try store.membership(of: person.id, in: tenant.id))
    }

    /// Suspended until `reinstate`.
    func suspend(_ kind: String, _ id: String, at now: Instant = start) async throws {
        try await engine.write { db in
            _ = try db.run(
                """
                INSERT INTO suspensions (subject_kind, subject_id, reason, suspended_by, suspended_at)
                VALUES (\(kind), \(id), 'a test', 'nobody', \(now))
                """)
        }
    }

    func reinstate(_ id: String, at now: Instant = start) async throws {
        try await engine.write { db in
            _ = try db.run("UPDATE suspensions SET reinstated_at = \(now) WHERE subject_id = \(id)")
        }
    }

    func removeMember(_ person: Person, from tenant: Tenant) async throws {
        try await engine.write { db in
            _ = try db.run("DELETE FROM members WHERE tenant_id = \(tenant.id) AND person_id = \(person.id)")
        }
    }

    /// A signed-in browser, and the cookie in it.
    func session(
        of person: Person, at now: Instant = start
    ) async throws -> (session: Session, cookie: Secret<SessionCookie>) {
        let cookie = Secret<SessionCookie>.random()
        _ = try await store.startSession(
            cookie, for: person.id, replacing: nil, userAgent: "Firefox", address: "198.51.100.1", at: now)
        return (session: try #require(try store.session(for: cookie, at: now)), cookie: cookie)
    }
}

/// Runs `count` of them at the same time, all answered before it returns.
func atOnce<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: Value.self) { group in
        for number in 0..<count { group.addTask { try await body(number) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}

extension PasswordHash: ExpressibleByStringInterpolation {
    /// Hashes that only have to be told apart.
    package init(stringLiteral text: String) { self.init(text) }
}

func scopes(_ text: String) throws -> ScopeSet { try #require(ScopeSet(parsing: text)) }

extension AccessCheck {
    var access: Access? {
        if case .live(let access) = self { access } else { nil }
    }

    var word: String {
        switch self {
        case .live: "live"
        case .expired: "expired"
        case .unknown: "unknown"
        }
    }
}

extension TestStore {
    /// Has this person apply to be a developer; what waits then.
    func apply(_ person: Person, at now: Instant = start) async throws -> DeveloperApplication {
        let answers = ApplicationAnswers(
            organization: person.name + " & Co", website: "https://\(person.name.lowercased()).example",
            about: "We write software for choirs and clubs.",
            building: "A roster that follows the list of people, for those who plan rehearsals.")
        _ = try await store.submit(
            answers, of: person, letter: Self.letter(to: person.email), toOperators: { Self.letter(to: $0.email) },
            at: now)
        return try #require(try store.application(of: person.id))
    }
}
