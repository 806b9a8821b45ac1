import OAuth
import Portal
import Storage
import Testing

/// Case 140: that a row of one tenant points into another is not a query somebody forgot, it cannot be stored.
@Suite("Rows of one tenant cannot point into another")
struct IsolationTests {
    let test: TestStore
    let now = TestStore.start
    let grant: ID<Entity.Grant>
    let family: ID<Entity.TokenFamily>

    init() async throws {
        test = try await TestStore()
        let tokens = try await test.tokens()
        grant = try #require(try test.store.grants(of: test.ada.id).first).id
        let access = try #require(try test.store.check(tokens.access, at: now).access)
        guard case .accessToken(let family, _) = access.credential else { throw TestStore.Refused() }
        self.family = family
    }

    private func expectRefused(_ statement: SQL) async throws {
        let error = await #expect(throws: StorageError.self) {
            try await test.engine.write { db in _ = try db.run(statement) }
        }
        guard case .constraint(.foreignKey, _) = try #require(error) else {
            Issue.record("refused for another reason")
            return
        }
    }

    private var digest: [UInt8] { [UInt8](repeating: 7, count: 32) }

    private func code(in tenant: Tenant) -> SQL {
        """
        INSERT INTO authorization_codes (digest, tenant_id, id, grant_id, app_id, person_id, redirect_uri,
            redirect_uri_was_sent, scopes, issued_at, expires_at)
        VALUES (\(digest), \(tenant.id), 'cod_forged', \(grant), \(test.rosterSync.id), \(test.ada.id),
            'https://x.example', 1, 'people:read', \(now), \(now + 600))
        """
    }

    private func family(in tenant: Tenant) -> SQL {
        """
        INSERT INTO token_families (tenant_id, id, grant_id, app_id, person_id, scopes, created_at, last_used_at)
        VALUES (\(tenant.id), 'fam_forged', \(grant), \(test.rosterSync.id), \(test.ada.id), 'people:read', \(now),
            \(now))
        """
    }

    private func access(in tenant: Tenant) -> SQL {
        """
        INSERT INTO access_tokens (digest, tenant_id, family_id, scopes, issued_at)
        VALUES (\(digest), \(tenant.id), \(family), 'people:read', \(now))
        """
    }

    private func refresh(in tenant: Tenant) -> SQL {
        """
        INSERT INTO refresh_tokens (digest, tenant_id, family_id, generation, issued_at)
        VALUES (\(digest), \(tenant.id), \(family), 7, \(now))
        """
    }

    @Test func `a code or a family of Globex cannot hang on a grant of Acme`() async throws {
        try await expectRefused(code(in: test.globex))
        try await expectRefused(family(in: test.globex))
    }

    @Test func `a token of Globex cannot hang on a family of Acme`() async throws {
        try await expectRefused(access(in: test.globex))
        try await expectRefused(refresh(in: test.globex))
    }

    @Test func `in its own tenant the same row is stored, so it was the tenant that refused it`() async throws {
        let rows = [code(in: test.acme), family(in: test.acme), access(in: test.acme), refresh(in: test.acme)]
        let stored = try await test.engine.write { db in try rows.reduce(0) { try $0 + db.run($1) } }
        #expect(stored == 4)
    }

    @Test func `a grant cannot move to another tenant while something hangs on it`() async throws {
        try await expectRefused("UPDATE grants SET tenant_id = \(test.globex.id) WHERE id = \(grant)")
        try await expectRefused("UPDATE token_families SET tenant_id = \(test.globex.id) WHERE id = \(family)")
        try await expectRefused("UPDATE access_tokens SET tenant_id = \(test.globex.id) WHERE family_id = \(family)")
    }

    @Test func `the same app has a grant in each tenant, and ending one leaves the other`() async throws {
        let code = try await test.code(by: try test.member(test.mallory, test.globex))
        let globex = try await test.redeem(code, in: test.globex).tokens
        let access = try #require(try test.store.check(globex.access, at: now).access)
        #expect(access.member.tenant.id == test.globex.id)
        #expect(try await test.store.revokeGrant(grant, in: test.acme.id, of: test.ada.id, at: now))
        #expect(try test.check(globex.access) == "live")
    }

    @Test func `Case 150: when a tenant goes, everything in it goes, and only that`() async throws {
        let code = try await test.code(by: try test.member(test.mallory, test.globex))
        let globex = try await test.redeem(code, in: test.globex).tokens
        let acme = test.acme.id
        try await test.engine.write { db in _ = try db.run("DELETE FROM tenants WHERE id = \(acme)") }
        let left: [SQL] = [
            "SELECT count(*) FROM grants WHERE tenant_id = \(acme)",
            "SELECT count(*) FROM authorization_codes WHERE tenant_id = \(acme)",
            "SELECT count(*) FROM token_families WHERE tenant_id = \(acme)",
            "SELECT count(*) FROM access_tokens WHERE tenant_id = \(acme)",
            "SELECT count(*) FROM refresh_tokens WHERE tenant_id = \(acme)",
            "SELECT count(*) FROM members WHERE tenant_id = \(acme)",
            "SELECT count(*) FROM contacts WHERE tenant_id = \(acme)",
        ]
        for rows in left { #expect(try test.count(rows) == 0) }
        #expect(try test.check(globex.access) == "live")
        #expect(try test.store.person(test.ada.id) != nil)
    }
}
