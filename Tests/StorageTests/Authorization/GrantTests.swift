import OAuth
import Portal
import Storage
import Testing

@Suite("Grants")
struct GrantTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    @Test func `the same admin again: the same grant grows, and each code is for what it was asked`() async throws {
        _ = try await test.code("people:read")
        let second = try await test.code("account:read", at: now + 10)
        let grants = try test.store.grants(of: test.ada.id)
        #expect(grants.count == 1)
        #expect(grants.first?.scopes == (try scopes("account:read people:read")))
        #expect(grants.first?.createdAt == now)
        #expect(try await test.redeem(second, at: now + 11).tokens.scopes == (try scopes("account:read")))
    }

    @Test func `asking for less again takes nothing away`() async throws {
        _ = try await test.code("people:read people:write")
        _ = try await test.code("people:read")
        let granted = try test.store.grantedScopes(to: test.rosterSync.id, by: test.ada.id, in: test.acme.id)
        #expect(granted == (try scopes("people:read people:write")))
    }

    @Test func `of 20 consents at once one grant comes, with all that was allowed`() async throws {
        let test = test
        let wanted = ["account:read", "people:read", "people:write"]
        _ = try await atOnce(20) { n in try await test.code(wanted[n % 3]) }
        #expect(try test.count("SELECT count(*) FROM grants") == 1)
        #expect(try test.store.grants(of: test.ada.id).first?.scopes.count == 3)
    }

    @Test func `two admins of one tenant have a grant each`() async throws {
        try await test.store.addMember(test.grace.id, to: test.acme.id, as: .admin, at: now)
        _ = try await test.code()
        let code = try await test.code(by: try test.member(test.grace, test.acme))
        let grace = try await test.redeem(code).tokens
        try await Loss.grantRevoked.happen(in: test)
        #expect(try test.store.grants(of: test.ada.id).isEmpty)
        #expect(try test.check(grace.access) == "live")
    }

    @Test func `a member who is no admin allows nothing, nor does an admin of yesterday`() async throws {
        let ada = try test.member(test.ada, test.acme)
        #expect(try await test.allow(by: try test.member(test.grace, test.acme)) == nil)
        try await test.store.addMember(test.ada.id, to: test.acme.id, as: .member, at: now)
        #expect(try await test.allow(by: ada) == nil)
        try await test.removeMember(test.ada, from: test.acme)
        #expect(try await test.allow(by: ada) == nil)
        #expect(try test.count("SELECT count(*) FROM grants") == 0)
        #expect(try test.count("SELECT count(*) FROM authorization_codes") == 0)
    }

    @Test(arguments: [Loss.personSuspended, .tenantSuspended, .appSuspended, .appDeleted])
    func `nothing is granted where`(loss: Loss) async throws {
        let ada = try test.member(test.ada, test.acme)
        try await loss.happen(in: test)
        #expect(try await test.allow(by: ada) == nil)
        #expect(try test.count("SELECT count(*) FROM grants") == 0)
    }

    @Test func `a list shows when the grant was made and last used`() async throws {
        let tokens = try await test.tokens()
        #expect(try test.check(tokens.access, at: now + 500) == "live")
        try await test.store.flushUses()
        let grant = try #require(try test.store.grants(of: test.ada.id).first)
        #expect(grant.app.id == test.rosterSync.id)
        #expect(grant.tenant.id == test.acme.id)
        #expect(grant.lastUsedAt == now + 500)
    }

    @Test func `Case 139: another person's grant can be neither seen nor revoked`() async throws {
        let tokens = try await test.tokens()
        let grant = try #require(try test.store.grants(of: test.ada.id).first)
        for other in [test.grace, test.mallory, test.lin] {
            #expect(try test.store.grants(of: other.id).isEmpty)
            #expect(try test.store.grant(grant.id, in: test.acme.slug, of: other.id) == nil)
            #expect(try await !test.store.revokeGrant(grant.id, in: test.acme.id, of: other.id, at: now))
        }
        #expect(try test.store.grant(grant.id, in: test.globex.slug, of: test.ada.id) == nil)
        #expect(try await !test.store.revokeGrant(grant.id, in: test.globex.id, of: test.ada.id, at: now))
        #expect(try test.check(tokens.access) == "live")
    }

    @Test func `a grant is revoked once, with every token, and says who and why`() async throws {
        let first = try await test.tokens()
        let second = try await test.tokens("people:read")
        let grant = try #require(try test.store.grants(of: test.ada.id).first)
        #expect(try await test.store.revokeGrant(grant.id, in: test.acme.id, of: test.ada.id, at: now + 9))
        #expect(try await !test.store.revokeGrant(grant.id, in: test.acme.id, of: test.ada.id, at: now + 10))
        for tokens in [first, second] { #expect(try test.check(tokens.access, at: now + 9) == "unknown") }
        #expect(try test.store.grant(grant.id, in: test.acme.slug, of: test.ada.id) == nil)
        #expect(
            try test.count(
                """
                SELECT count(*) FROM grants WHERE revoked_at = \(now + 9) AND revoked_by = \(test.ada.id)
                    AND revoked_because = 'owner'
                """) == 1)
    }
}
