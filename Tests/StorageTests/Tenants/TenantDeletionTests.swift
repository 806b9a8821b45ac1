import Broker
import OAuth
import Portal
@testable import Storage
import Testing

/// A tenant is gone at once, and its rows go in pieces that nobody waits long for.
@Suite("Deleting a tenant")
struct TenantDeletionTests {
    let test: TestStore
    let now = TestStore.start
    var store: Store { test.store }
    private static let many = 1200

    init() async throws { test = try await TestStore() }

    /// So many tokens more in the family of one that was given out.
    private func multiply() async throws {
        try await test.engine.write { db in
            _ = try db.run(
                """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(Self.many))
                INSERT INTO access_tokens (digest, tenant_id, family_id, scopes, issued_at)
                SELECT randomblob(32), f.tenant_id, f.id, f.scopes, f.created_at FROM token_families f, n
                WHERE f.tenant_id = \(test.acme.id)
                """)
            _ = try db.run(
                """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(Self.many))
                INSERT INTO refresh_tokens (digest, tenant_id, family_id, generation, issued_at)
                SELECT randomblob(32), f.tenant_id, f.id, 1000 + i, f.created_at FROM token_families f, n
                WHERE f.tenant_id = \(test.acme.id)
                """)
        }
    }

    private func delete() async throws {
        #expect(
            try await store.delete(
                test.acme, by: try test.member(test.ada, test.acme), letters: [TestStore.letter()], from: "", at: now))
    }

    /// Rows that name the tenant, in every table that has such a column.
    private func left() throws -> [String: Int64] {
        var left: [String: Int64] = [:]
        let acme = test.acme.id
        let counts: [(String, SQL)] = [
            ("tenants", "SELECT count(*) FROM tenants WHERE id = \(acme)"),
            ("grants", "SELECT count(*) FROM grants WHERE tenant_id = \(acme)"),
            ("authorization_codes", "SELECT count(*) FROM authorization_codes WHERE tenant_id = \(acme)"),
            ("token_families", "SELECT count(*) FROM token_families WHERE tenant_id = \(acme)"),
            ("access_tokens", "SELECT count(*) FROM access_tokens WHERE tenant_id = \(acme)"),
            ("refresh_tokens", "SELECT count(*) FROM refresh_tokens WHERE tenant_id = \(acme)"),
            ("developer_tokens", "SELECT count(*) FROM developer_tokens WHERE tenant_id = \(acme)"),
            ("members", "SELECT count(*) FROM members WHERE tenant_id = \(acme)"),
            ("contacts", "SELECT count(*) FROM contacts WHERE tenant_id = \(acme)"),
            ("environments", "SELECT count(*) FROM environments WHERE tenant_id = \(acme)"),
            ("integrations", "SELECT count(*) FROM integrations WHERE tenant_id = \(acme)"),
            ("connections", "SELECT count(*) FROM connections WHERE tenant_id = \(acme)"),
            ("access_requests", "SELECT count(*) FROM access_requests WHERE tenant_id = \(acme)"),
            ("tenant_policies", "SELECT count(*) FROM tenant_policies WHERE tenant_id = \(acme)"),
        ]
        for (table, sql) in counts {
            let count = Int64(try test.count(sql))
            if count > 0 { left[table] = count }
        }
        return left
    }

    @Test func `thousands of tokens go in pieces, and others write between any two of them`() async throws {
        _ = try await test.tokens()
        try await multiply()
        let people = store.tenant(of: try test.member(test.ada, test.acme))
        _ = try await people.addSamples(at: now)
        let before = try left()
        #expect(before["access_tokens"] == Int64(Self.many + 1) && before["refresh_tokens"] == Int64(Self.many + 1))
        try await delete()
        // The transaction of the deletion itself removed none of them.
        #expect(try left()["access_tokens"] == before["access_tokens"])
        var sweeps = 0
        while try left()["tenants"] != nil, sweeps < 20 {
            let there = try left()["access_tokens"] ?? 0
            _ = try await store.sweep(at: now + 1, batch: 500)
            #expect(try left()["access_tokens"] ?? 0 == max(0, there - 500))
            sweeps += 1
            // Somebody else's write, which waits for one such piece at most.
            #expect(
                try await store.makeEnvironment(
                    named: "other-\(sweeps)", requiresHMAC: false, of: test.globex.id, at: now) != nil)
        }
        #expect(sweeps >= 3 && sweeps < 20)
        let rest = try left()
        #expect(rest.isEmpty, "\(rest)")
        try test.expectHealth()
    }

    @Test func `what a deleted tenant leaves until it is swept counts nowhere and holds nothing`() async throws {
        _ = try await test.tokens()
        _ = try await store.openTenantBeyondQuota(
            TenantDraft(name: "Other", slug: try #require(Slug("other"))), kind: .standard, admin: test.ada.id, at: now)
        let scope = try #require(Scope("orders:read"))
        try await store.save(
            ScopeDescription(
                scope: scope, title: "Orders", sentence: "Read orders.", group: "Orders", sensitivity: .normal,
                enforcement: .operator), position: 900, by: test.lin, at: now)
        try await test.engine.write { db in
            _ = try db.run(
                """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
                INSERT INTO developer_tokens (digest, tenant_id, id, person_id, description, scopes, hint, created_at,
                    purpose)
                SELECT randomblob(32), \(test.acme.id), 'tok_' || i, \(test.ada.id), 'No. ' || i, 'orders:read', 'x',
                    \(now), 'own' FROM n
                """)
            _ = try db.run("UPDATE grants SET scopes = 'orders:read' WHERE tenant_id = \(test.acme.id)")
        }
        let described = try #require(try store.scopeCatalogue().first { $0.scope == scope })
        let app = test.rosterSync.id
        #expect(try store.obstacleToToken(of: test.ada.id, at: now) == .tokens(100))
        #expect(try await !store.removeScope(described, by: test.lin, at: now))
        #expect(try store.reach(of: app).grants == 1)
        #expect(try store.tokenFormats(of: app).renewable == 1)
        #expect(try store.holdsRefreshTokens(app))
        #expect(try store.apps(ListFilter(text: app.text), limit: 5).map(\.tenants) == [1])
        try await delete()
        #expect(try store.obstacleToToken(of: test.ada.id, at: now) == nil)
        #expect(try await store.removeScope(described, by: test.lin, at: now))
        #expect(try store.reach(of: app).grants == 0)
        #expect(try store.tokenFormats(of: app).renewable == 0)
        #expect(try !store.holdsRefreshTokens(app))
        #expect(try store.apps(ListFilter(text: app.text), limit: 5).map(\.tenants) == [0])
    }

    @Test func `nobody registers an API for a tenant that is deleted at that moment`() async throws {
        func register(_ name: String) async throws -> ID<Entity.ResourceServer>? {
            let draft = ResourceServerDraft.check(name: name, slug: "acme") { _ in test.acme }
            guard case .valid(let draft) = draft else { throw TestStore.Refused() }
            return try await store.register(draft, secret: .random(), by: test.lin, at: now)
        }
        #expect(try await register("In time") != nil)
        try await delete()
        #expect(try await register("Too late") == nil)
        #expect(try store.resourceServers().isEmpty)
        #expect(try test.count("SELECT count(*) FROM audit_events WHERE subject_name = 'Too late'") == 0)
    }

    @Test func `a deleted tenant cannot be reached by anything while its rows are still there`() async throws {
        let ada = try test.member(test.ada, test.acme)
        let tokens = try await test.tokens()
        let code = try await test.code(by: ada)
        let draft = DeveloperTokenDraft(
            member: ada, description: "Mine", scopes: try scopes("people:read"), expiresAt: nil)
        let developer = Secret<OAuth.DeveloperToken>.random()
        _ = try await store.makeBeyondQuota(draft, token: developer, letter: TestStore.letter(), at: now)
        let dev = try #require(try await store.environments(of: test.acme.id, at: now).first)
        let key = Secret<EnvironmentKey>.random()
        _ = try await store.addKey(
            key, EnvironmentKeyDraft(name: "Backend", signsWebhooks: false), to: dev, by: .system, at: now)
        #expect(try store.environment(key: key, at: now) != nil)
        let others = try await test.redeem(
            try await test.code(by: try test.member(test.mallory, test.globex)), in: test.globex
        ).tokens
        try await delete()
        #expect(try test.check(tokens.access) != "live")
        #expect(try store.check(developer, from: nil, at: now).access == nil)
        #expect(try await test.refresh(tokens.refresh, at: now + 1).error != nil)
        #expect(try await test.redeem(code).error != nil)
        #expect(try store.environment(key: key, at: now) == nil)
        #expect(try store.environmentsMade(of: test.acme.id).isEmpty)
        #expect(try store.tenant(test.acme.slug) == nil)
        #expect(try store.tenant(test.acme.id) == nil)
        #expect(try store.membership(of: test.ada.id, in: test.acme.id) == nil)
        #expect(try !store.memberships(of: test.ada.id).contains { $0.tenant.id == test.acme.id })
        #expect(try store.grants(of: test.ada.id).isEmpty)
        #expect(try store.developerTokens(of: test.ada.id).isEmpty)
        #expect(try store.departure(of: test.ada).tenantsToDelete.allSatisfy { $0.id != test.acme.id })
        // Whoever was in the middle of something makes nothing in it that lives.
        #expect(try await store.environments(of: test.acme.id, at: now).isEmpty)
        #expect(
            try await store.makeEnvironment(named: "late", requiresHMAC: false, of: test.acme.id, at: now) == nil)
        #expect(try await !store.rename(test.acme, to: "Alive", by: ada, from: "", at: now))
        // Its name is nobody's for a while.
        let again = TenantDraft(name: "Acme", slug: test.acme.slug)
        #expect(
            try await store.openTenantBeyondQuota(again, kind: .standard, admin: test.lin.id, at: now + 1) == nil)
        #expect(try test.check(others.access) == "live")
        while try await store.sweep(at: now + 1) {}
        for _ in 0..<5 { _ = try await store.sweep(at: now + 1) }
        let rest = try left()
        #expect(rest.isEmpty, "\(rest)")
        #expect(try test.check(others.access) == "live")
        #expect(
            try await store.openTenantBeyondQuota(
                again, kind: .standard, admin: test.lin.id, at: now + Lifetime.slugQuarantine + 1) != nil)
    }
}
