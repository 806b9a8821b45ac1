import OAuth
import Portal
import Storage

/// What a large tenant has: members with a grant each, many tokens and a long audit log. `bench.py` reads this.
struct Crowd: Encodable {
    /// The API that asks about tokens.
    struct API: Encodable {
        let client_id: String
        let client_secret: String
    }

    let api: API
    let introspection_path: String
    let verify_path: String
    /// As many developer tokens as access tokens, drawn from all that are stored.
    let tokens: [String]
    let apps_path: String
    let app_path: String
    let audit_path: String
    /// What narrows the audit page: by one thing, and by two that match little together where each matches much.
    let filters: [String]
    let pairs: [String]

    private static let sample = 25_000

    static func gather(on shelf: Shelf, tokens: Int, grants: Int, events: Int) async throws -> Crowd {
        let cast = shelf.cast
        let families = try await shelf.members(grants)
        let developer = try await shelf.developerTokens(tokens / 2)
        let access = try await shelf.accessTokens(tokens - tokens / 2, of: families)
        try await shelf.events(events)
        let (area, rareArea) = ("area=grant", "area=member")
        let (actor, rareActor) = ("actor=\(cast.person.text)", "actor=\(Shelf.guest)")
        let subject = "subject=\(cast.app.text)"
        return Crowd(
            api: try await shelf.api(), introspection_path: "/t/acme/oauth/introspect",
            verify_path: "/auth/verify?scope=account:read",
            tokens: Array(developer.shuffled().prefix(sample) + access.shuffled().prefix(sample)).shuffled(),
            apps_path: "/t/acme/apps", app_path: "/t/acme/apps/\(cast.app.text)", audit_path: "/t/acme/audit",
            filters: [area, rareArea, actor, rareActor, subject, "from=2020-01-01", "until=2099-12-31"],
            pairs: [
                "\(rareArea)&\(actor)", "\(rareArea)&\(subject)", "\(rareActor)&\(subject)", "\(rareActor)&\(area)",
                "\(subject)&from=2020-01-01",
            ])
    }
}

/// Written by the database itself, since the server would take an hour.
extension Shelf {
    /// Somebody with few events in a log that is full of others'.
    static let guest = "per_crowd00000001"

    /// How many of the newest events are written as the server writes them: the page recomputes their hashes.
    private static let chained = 250

    /// Members who each allowed the app; the IDs of one family of tokens for each.
    func members(_ count: Int) async throws -> [String] {
        try await engine.write { db in
            try db.run(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
                INSERT INTO people (id, email, email_key, name, password_hash, created_at, verified_at)
                SELECT printf('per_crowd%08d', i), printf('crowd%08d@acme.example', i),
                    printf('crowd%08d@acme.example', i), printf('Member %08d', i), 'none', \(now), \(now) FROM n
                """)
            try db.run(
                """
                INSERT INTO members (tenant_id, person_id, role, created_at)
                SELECT \(cast.tenant), id, 'member', \(now) FROM people WHERE id LIKE 'per_crowd%'
                """)
            try db.run(
                """
                INSERT INTO grants (tenant_id, id, app_id, person_id, scopes, created_at, updated_at, allowed_as)
                SELECT \(cast.tenant), 'gr_' || substr(id, 5), \(cast.app), id, 'account:read', \(now), \(now), 'member'
                FROM people WHERE id LIKE 'per_crowd%'
                """)
            try db.run(
                """
                INSERT INTO token_families (tenant_id, id, grant_id, app_id, person_id, scopes, created_at, last_used_at)
                SELECT tenant_id, 'fam_' || substr(id, 4), id, app_id, person_id, scopes, \(now), \(now)
                FROM grants WHERE id LIKE 'gr_crowd%'
                """)
            return try db.rows("SELECT id FROM token_families WHERE id LIKE 'fam_crowd%'").map { try $0.text("id") }
        }
    }

    /// A log of which most is one person's and half is about the app, and one event in fifty thousand is neither.
    func events(_ count: Int) async throws {
        try await engine.write { db in
            let last = try db.row(
                """
                SELECT COALESCE(max(position), 0) AS position,
                    COALESCE(max(sequence) FILTER (WHERE tenant_id = \(cast.tenant)), 0) AS sequence FROM audit_events
                """)
            try db.run(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
                INSERT INTO audit_events (position, tenant_id, sequence, at, action, area, actor_kind, actor_id,
                    actor_name, subject_kind, subject_id, subject_name, detail, address, personal_digest, previous, hash)
                SELECT \(try last?.integer("position") ?? 0) + i, \(cast.tenant),
                    \(try last?.integer("sequence") ?? 0) + i, \(now),
                    CASE WHEN i % 50000 = 1 THEN 'member.added' WHEN i % 2 = 0 THEN 'grant.allowed'
                        ELSE 'token.created' END,
                    CASE WHEN i % 50000 = 1 THEN 'member' WHEN i % 2 = 0 THEN 'grant' ELSE 'token' END,
                    'person', CASE WHEN i % 50000 = 1 THEN \(Self.guest) ELSE \(cast.person) END, 'Ada',
                    CASE WHEN i % 2 = 0 THEN 'app' ELSE 'token' END,
                    CASE WHEN i % 2 = 0 THEN \(cast.app) ELSE printf('tok_%08d', i) END,
                    printf('Subject %d', i), '{}', '127.0.0.1', randomblob(32), randomblob(32), randomblob(32) FROM n
                """)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...Self.chained {
                group.addTask { [store] in
                    try await store.record(
                        AuditEvent(
                            .tokenCreated, by: AuditActor(.person, id: cast.person.text, name: "Ada"),
                            on: AuditSubject(.token, id: "tok_\(number)", name: "Token \(number)"), in: cast.tenant,
                            detail: ["scopes": "account:read"], from: "127.0.0.1"), at: now)
                }
            }
            try await group.waitForAll()
        }
    }

    /// An API of the operator's that may ask about every token.
    func api() async throws -> Crowd.API {
        guard let person = try store.person(cast.person),
            case .valid(let draft) = ResourceServerDraft.check(name: "Benchmark", slug: "", find: { _ in nil })
        else { throw Cast.Missing() }
        var random = SystemRandomNumberGenerator()
        let secret = Secret<ClientSecretKind>.random(using: &random)
        guard let id = try await store.register(draft, secret: secret, by: person, at: now),
            let api = try store.resourceServer(id)
        else { throw Cast.Missing() }
        return Crowd.API(client_id: api.clientID, client_secret: secret.reveal())
    }
}
