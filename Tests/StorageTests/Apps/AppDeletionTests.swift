import OAuth
import Portal
@testable import Storage
import Testing

/// An app is gone at once, and its rows go in pieces that nobody waits long for.
@Suite("Deleting an app")
struct AppDeletionTests {
    let test: TestStore
    let now = TestStore.start
    var store: Store { test.store }
    private var app: ID<Entity.Client> { test.rosterSync.id }
    private static let many = 700

    init() async throws { test = try await TestStore() }

    /// So many grants to Roster Sync more, each in a tenant of its own and with two tokens.
    private func multiply() async throws {
        let (app, ada) = (app, test.ada.id)
        try await test.engine.write { db in
            let numbers: SQL = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(Self.many))"
            try db.run(
                """
                INSERT INTO tenants (id, slug, name, kind, created_at)
                \(fragment: numbers) SELECT 'many_' || i, 'many-' || i, 'Many', 'standard', \(now) FROM n
                """)
            try db.run(
                """
                INSERT INTO members (tenant_id, person_id, role, created_at)
                \(fragment: numbers) SELECT 'many_' || i, \(ada), 'admin', \(now) FROM n
                """)
            try db.run(
                """
                INSERT INTO grants (tenant_id, id, app_id, person_id, scopes, created_at, updated_at)
                \(fragment: numbers) SELECT 'many_' || i, 'gr_' || i, \(app), \(ada), 'people:read', \(now), \(now) FROM n
                """)
            try db.run(
                """
                INSERT INTO token_families (tenant_id, id, grant_id, app_id, person_id, scopes, generation, created_at,
                    last_used_at)
                SELECT tenant_id, 'fam_' || id, id, app_id, person_id, scopes, 1, created_at, created_at FROM grants
                WHERE tenant_id LIKE 'many%'
                """)
            try db.run(
                """
                INSERT INTO access_tokens (digest, tenant_id, family_id, scopes, issued_at)
                SELECT randomblob(32), tenant_id, id, scopes, created_at FROM token_families WHERE tenant_id LIKE 'many%'
                """)
            try db.run(
                """
                INSERT INTO refresh_tokens (digest, tenant_id, family_id, generation, issued_at)
                SELECT randomblob(32), tenant_id, id, 1, created_at FROM token_families WHERE tenant_id LIKE 'many%'
                """)
        }
    }

    /// Rows of the app in every table that has such.
    private func left() throws -> [String: Int] {
        let counts: [(String, SQL)] = [
            ("apps", "SELECT count(*) FROM apps WHERE id = \(app)"),
            ("grants", "SELECT count(*) FROM grants WHERE app_id = \(app)"),
            ("codes", "SELECT count(*) FROM authorization_codes WHERE app_id = \(app)"),
            ("families", "SELECT count(*) FROM token_families WHERE app_id = \(app)"),
            (
                "tokens",
                "SELECT count(*) FROM access_tokens x JOIN token_families f ON f.id = x.family_id WHERE f.app_id = \(app)"
            ),
            ("secrets", "SELECT count(*) FROM client_secrets WHERE app_id = \(app)"),
            ("lists", "SELECT count(*) FROM tenant_apps WHERE app_id = \(app)"),
            ("requests", "SELECT count(*) FROM access_requests WHERE app_id = \(app)"),
            ("activity", "SELECT count(*) FROM app_activity WHERE app_id = \(app)"),
            ("days", "SELECT count(*) FROM app_days WHERE app_id = \(app)"),
            ("suspensions", "SELECT count(*) FROM suspensions WHERE subject_id = \(app)"),
        ]
        return try counts.reduce(into: [:]) { left, one in
            let count = try test.count(one.1)
            if count > 0 { left[one.0] = count }
        }
    }

    private func delete() async throws {
        #expect(try await store.deleteApp(app, of: test.lin.id, from: "198.51.100.9", at: now))
    }

    @Test func `hundreds of grants go in pieces, and each tenant is told once, before its grant is gone`() async throws
    {
        _ = try await test.tokens()
        try await multiply()
        let before = try left()
        #expect(before["grants"] == Self.many + 1 && before["families"] == Self.many + 1)
        try await delete()
        // The transaction of the deletion itself removed none of them, and told no more than some.
        #expect(try left()["grants"] == before["grants"] && left()["tokens"] == before["tokens"])
        let told: SQL = "SELECT count(*) FROM audit_events WHERE action = 'app.deleted' AND tenant_id <> ''"
        #expect(try test.count(told) == Store.mostToldAtOnce)
        var sweeps = 0
        while try left()["apps"] != nil, sweeps < 100 {
            let there = try left()
            _ = try await store.sweep(at: now + 1, batch: 100)
            let after = try left()
            for rows in ["grants", "families", "tokens"] {
                #expect(after[rows] ?? 0 >= (there[rows] ?? 0) - 100, "\(rows)")
            }
            let untold = try test.count(
                """
                SELECT count(*) FROM tenants t WHERE (t.id LIKE 'many%' OR t.id = \(test.acme.id))
                    AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.tenant_id = t.id AND g.app_id = \(app))
                    AND NOT EXISTS (SELECT 1 FROM audit_events e WHERE e.tenant_id = t.id AND e.action = 'app.deleted')
                """)
            #expect(untold == 0)
            sweeps += 1
        }
        let rest = try left()
        #expect(rest.isEmpty, "\(rest)")
        #expect(sweeps > 7 && sweeps < 100)
        #expect(try test.count(told) == Self.many + 1)
        let twice: SQL = """
            SELECT count(*) FROM (SELECT 1 FROM audit_events WHERE action = 'app.deleted' GROUP BY tenant_id
                HAVING count(*) > 1)
            """
        #expect(try test.count(twice) == 0)
        #expect(try store.verifyAuditLog().findings.isEmpty)
        try test.expectHealth()
    }

    @Test func `a deleted app is nowhere and lets nobody in while its rows are still there`() async throws {
        let ada = try test.member(test.ada, test.acme)
        let v2 = try await test.tokens()
        let code = try await test.code(by: ada)
        let client = try test.client()
        let other = try await test.redeem(
            try await test.code(to: test.leech), by: try test.client(test.leech)
        ).tokens
        try await test.engine.write { db in
            try db.run(
                """
                INSERT INTO app_days (app_id, day, metric, count) VALUES (\(app), 20000, 'used', 1)
                """)
            try db.run(
                """
                INSERT INTO tenant_apps (tenant_id, app_id, listed_at, changed_by, changed_at)
                VALUES (\(test.acme.id), \(app), \(now), \(test.ada.id), \(now))
                """)
            _ = try db.run(
                """
                INSERT INTO access_requests (tenant_id, id, app_id, person_id, scopes, note, created_at, expires_at)
                VALUES (\(test.acme.id), 'req_1', \(app), \(test.grace.id), 'people:read', '', \(now), \(now + 3600))
                """)
        }
        let health = try store.health()
        try await delete()
        #expect(try left()["families"] == 1 && left()["tokens"] == 1)

        #expect(try test.check(v2.access) == "unknown")
        #expect(try await test.refresh(v2.refresh, by: client, at: now + 1).error == .invalidGrant)
        #expect(try await test.redeem(code, by: client).error == .invalidGrant)
        #expect(throws: OAuthError.self) { try test.authentication().get() }
        #expect(try store.app(app) == nil)
        #expect(try store.app(app, of: test.lin.id) == nil)
        #expect(try store.app(clientID: test.rosterSync.clientID) == nil)
        #expect(try store.apps(of: test.lin.id).isEmpty)
        #expect(try store.apps(ListFilter(text: app.text), limit: 5).isEmpty)
        #expect(try store.grants(of: test.ada.id).allSatisfy { $0.app.id != app })
        #expect(try store.apps(seenBy: ada, after: nil, limit: 10).apps.allSatisfy { $0.app.id != app })
        #expect(try store.app(app, seenBy: ada, at: now) == nil)
        #expect(try store.waitingRequests(seenBy: ada, at: now, limit: 10).isEmpty)
        #expect(try store.waitingRequests(of: test.ada.id, at: now).isEmpty)
        #expect(try store.reach(of: test.acme).grants == 1, "that of the other app")
        #expect(try store.departure(of: test.ada).grants == 1)
        #expect(try store.departure(of: test.lin).apps.isEmpty)
        #expect(try store.knownNames().allSatisfy { $0.name != "Roster Sync" })
        #expect(try store.health().apps == health.apps - 1)
        #expect(try store.health().suspended == health.suspended)

        // Whoever was in the middle of something changes nothing.
        let details = try TestStore.details("Alive")
        #expect(try await store.update(app, of: test.lin.id, to: details, at: now + 1) == .unknownApp)
        #expect(
            try await !store.reinstate(.app(test.rosterSync), by: test.lin, letters: [TestStore.letter()], at: now + 1))
        #expect(
            try await !store.turnOnDirectFlow(
                of: app, owner: test.lin, lifetime: .hour, from: "", at: now + 1))
        #expect(try await test.allow(at: now + 1) == nil)
        #expect(try await !store.deleteApp(app, of: test.lin.id, at: now + 1))
        #expect(try test.check(v2.access, at: now + 2) == "unknown")
        #expect(try test.check(other.access) == "live")

        while try await store.sweep(at: now + 2) {}
        let rest = try left()
        #expect(rest.isEmpty, "\(rest)")
        #expect(try test.check(other.access) == "live")
        #expect(try store.verifyAuditLog().findings.isEmpty)
        try test.expectHealth()
    }
}
