import OAuth
import Portal
@testable import Storage
import Testing

/// An account is closed at once, and what it leaves goes in pieces that nobody waits long for.
@Suite("Closing an account")
struct PersonDeletionTests {
    let test: TestStore
    let now = TestStore.start
    var store: Store { test.store }
    private static let many = 700

    init() async throws { test = try await TestStore() }

    /// Rows that name the person, in every table that refers to people.
    private func left(_ person: Person) throws -> [String: Int] {
        let id = person.id
        let counts: [(String, SQL)] = [
            ("people", "SELECT count(*) FROM people WHERE id = \(id)"),
            ("grants", "SELECT count(*) FROM grants WHERE person_id = \(id)"),
            ("codes", "SELECT count(*) FROM authorization_codes WHERE person_id = \(id)"),
            ("families", "SELECT count(*) FROM token_families WHERE person_id = \(id)"),
            ("access", "SELECT count(*) FROM access_tokens WHERE family_id NOT IN (SELECT id FROM token_families)"),
            ("developer", "SELECT count(*) FROM developer_tokens WHERE person_id = \(id)"),
            ("members", "SELECT count(*) FROM members WHERE person_id = \(id)"),
            ("sessions", "SELECT count(*) FROM sessions WHERE person_id = \(id)"),
            ("apps", "SELECT count(*) FROM apps WHERE owner_id = \(id)"),
            ("suspensions", "SELECT count(*) FROM suspensions"),
        ]
        return try counts.reduce(into: [:]) { left, one in
            let count = try test.count(one.1)
            if count > 0 { left[one.0] = count }
        }
    }

    private func close(_ person: Person) async throws {
        #expect(
            try await store.delete(person, letter: TestStore.letter(to: person.email), from: "198.51.100.9", at: now)
                != nil)
    }

    @Test func `hundreds of token families go in pieces, and nothing of others`() async throws {
        let leech = try test.client(test.leech)
        let others = try await test.redeem(try await test.code(to: test.leech), by: leech).tokens
        try await store.addMember(test.lin.id, to: test.acme.id, as: .admin, at: now)
        let member = try test.member(test.lin, test.acme)
        _ = try await test.redeem(try await test.code(to: test.leech, by: member), by: leech).tokens
        let (lin, many) = (test.lin.id, Self.many)
        try await test.engine.write { db in
            try db.run(
                """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(many))
                INSERT INTO token_families (tenant_id, id, grant_id, app_id, person_id, scopes, generation, created_at,
                    last_used_at)
                SELECT tenant_id, 'fam_' || i, id, app_id, person_id, scopes, 1, created_at, created_at FROM grants, n
                WHERE person_id = \(lin)
                """)
            _ = try db.run(
                """
                INSERT INTO access_tokens (digest, tenant_id, family_id, scopes, issued_at)
                SELECT randomblob(32), f.tenant_id, f.id, f.scopes, f.created_at FROM token_families f,
                    (SELECT 1 UNION ALL SELECT 2) WHERE f.person_id = \(lin) AND length(f.id) < 10
                """)
        }
        try await close(test.lin)
        #expect(try left(test.lin)["families"] == many + 1)
        var sweeps = 0
        while try left(test.lin)["people"] != nil, sweeps < 100 {
            let there = try left(test.lin)
            _ = try await store.sweep(at: now + 1, batch: 100)
            let after = try left(test.lin)
            #expect(after["families"] ?? 0 >= (there["families"] ?? 0) - 100)
            sweeps += 1
            #expect(try test.check(others.access) == "live")
        }
        let rest = try left(test.lin)
        #expect(rest.isEmpty, "\(rest)")
        // Two tokens each, a hundred at a time.
        #expect(sweeps >= 14 && sweeps < 100)
        #expect(try store.verifyAuditLog().findings.isEmpty)
        try test.expectHealth()
    }

    @Test func `a closed account is nowhere and opens nothing while its rows are still there`() async throws {
        try await store.addMember(test.lin.id, to: test.acme.id, as: .admin, at: now)
        let lin = try test.member(test.lin, test.acme)
        let ada = try test.member(test.ada, test.acme)
        let tokens = try await test.redeem(try await test.code(by: lin)).tokens
        let unused = try await test.code(to: test.leech, by: lin)
        // Lin's own app, which Ada allowed, and Mallory's, which Lin allowed.
        let adas = try await test.tokens()
        let leech = try test.client(test.leech)
        let held = try await test.redeem(
            try await test.code(to: test.leech, by: lin), by: leech
        ).tokens
        let developer = Secret<OAuth.DeveloperToken>.random()
        _ = try await store.makeBeyondQuota(
            DeveloperTokenDraft(
                member: lin, description: "Mine", scopes: try scopes("people:read"), expiresAt: nil),
            token: developer, letter: TestStore.letter(), at: now)
        let (_, cookie) = try await test.session(of: test.lin)
        let health = try store.health()
        try await close(test.lin)
        #expect(try left(test.lin)["grants"] == 2 && left(test.lin)["families"] == 2)

        #expect(try test.check(tokens.access) == "unknown")
        #expect(try test.check(held.access) == "unknown")
        #expect(try test.check(adas.access) == "unknown", "the app went with its owner")
        #expect(try store.check(developer, from: nil, at: now).access == nil)
        #expect(try await test.refresh(held.refresh, by: leech, at: now + 1).error == .invalidGrant)
        #expect(throws: OAuthError.self) { try test.authentication().get() }
        #expect(try store.session(for: cookie, at: now) == nil)
        #expect(try store.person(test.lin.id) == nil)
        #expect(try store.passwordHash(of: test.lin.id) == nil)
        let email = try #require(EmailAddress(test.lin.email))
        #expect(try store.signInCandidate(for: email) == nil)
        #expect(try store.people(ListFilter(text: test.lin.id.text), limit: 5).isEmpty)
        #expect(try store.people(ListFilter(text: "/"), limit: 5).isEmpty)
        #expect(try store.members(seenBy: ada).allSatisfy { $0.person.id != test.lin.id })
        #expect(try store.memberTokens(seenBy: ada, after: nil, at: now, limit: 10).tokens.isEmpty)
        #expect(try store.app(test.leech.id, seenBy: ada, at: now)?.grants ?? 0 == 0)
        #expect(try store.reach(of: test.leech.id).grants == 0)
        #expect(try !store.holdsRefreshTokens(test.leech.id))
        #expect(try store.tokenFormats(of: test.leech.id).renewable == 0)
        #expect(try store.reach(of: test.acme).grants == 0)
        #expect(try store.health().people == health.people - 1)
        #expect(try store.health().suspended == health.suspended)
        #expect(try test.count("SELECT count(*) FROM people WHERE name LIKE '%Lin%' OR email LIKE '%lin@%'") == 0)
        let log = try store.auditPage(.tenant(test.acme.id), limit: 100).entries
        #expect(log.contains { $0.action == "app.deleted" && $0.subjectName == "Roster Sync" })
        #expect(log.allSatisfy { $0.actor.id != test.lin.id.text || $0.actor.name.isEmpty })
        #expect(try store.verifyAuditLog().findings.isEmpty)

        // Whoever was in the middle of something changes nothing.
        try await store.rename(test.lin, to: "Lin again", at: now + 1)
        #expect(try store.obstacleToApp(of: test.lin.id) == .unconfirmedAddress)
        #expect(try store.obstacleToWorkspace(of: test.lin.id) == .unconfirmedAddress)
        #expect(try store.obstacleToToken(of: test.lin.id, at: now) == .unconfirmedAddress)
        #expect(try test.count("SELECT count(*) FROM people WHERE name LIKE '%Lin%'") == 0)
        #expect(try test.count("SELECT count(*) FROM audit_events WHERE detail LIKE '%Lin again%'") == 0)
        #expect(try await test.redeem(unused, by: leech).error == .invalidGrant)
        // The address is anybody's, at once.
        let anew = try TestStore.signUp("Linda", test.lin.email)
        let linda = try await store.insertVerified(anew, passwordHash: "hash", isOperator: false, at: now + 1)
        #expect(try store.signInCandidate(for: email)?.person.id == linda.id)
        #expect(try store.memberships(of: linda.id).isEmpty)

        while try await store.sweep(at: now + 2) {}
        for _ in 0..<3 { _ = try await store.sweep(at: now + 2) }
        let rest = try left(test.lin)
        #expect(rest.isEmpty, "\(rest)")
        #expect(try store.signInCandidate(for: email)?.person.id == linda.id)
        #expect(try store.verifyAuditLog().findings.isEmpty)
        try test.expectHealth()
    }
}
