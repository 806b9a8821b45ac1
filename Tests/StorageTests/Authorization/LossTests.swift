import OAuth
import Portal
import Storage
import Testing

/// What a code and a refresh token stand for is looked at again at every exchange.
@Suite("What ended between consent and exchange")
struct LossTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    @Test(arguments: Loss.allCases)
    func `Case 50: between code and redemption`(loss: Loss) async throws {
        let code = try await test.code()
        let client = try test.client()
        try await loss.happen(in: test)
        #expect(try await test.redeem(code, by: client).error == .invalidGrant)
        #expect(try test.count("SELECT count(*) FROM token_families") == 0)
        #expect(try test.count("SELECT count(*) FROM access_tokens") == 0)
    }

    @Test(arguments: Loss.allCases)
    func `Case 84: between two refreshes`(loss: Loss) async throws {
        let tokens = try await test.tokens()
        let client = try test.client()
        try await loss.happen(in: test, at: now + 10)
        #expect(try await test.refresh(tokens.refresh, by: client, at: now + 11).error == .invalidGrant)
        #expect(try test.count("SELECT count(*) FROM access_tokens") == 1)
    }

    @Test(arguments: Loss.allCases)
    func `Case 84: also when a lost answer is asked for again`(loss: Loss) async throws {
        let tokens = try await test.tokens()
        let client = try test.client()
        _ = try await test.refresh(tokens.refresh, by: client, at: now + 1).tokens
        try await loss.happen(in: test, at: now + 2)
        #expect(try await test.refresh(tokens.refresh, by: client, at: now + 3).error == .invalidGrant)
    }

    @Test(arguments: Loss.allCases)
    func `Case 150: an access token is dead at once`(loss: Loss) async throws {
        let tokens = try await test.tokens()
        try #require(try test.check(tokens.access) == "live")
        try await loss.happen(in: test)
        #expect(try test.check(tokens.access) == "unknown")
    }

    @Test(arguments: [Loss.personSuspended, .tenantSuspended, .appSuspended])
    func `what was suspended and is reinstated goes on with the refresh token it had`(loss: Loss) async throws {
        let tokens = try await test.tokens()
        let client = try test.client()
        try await loss.happen(in: test)
        _ = try await test.refresh(tokens.refresh, by: client)
        for id in [test.ada.id.text, test.acme.id.text, test.rosterSync.id.text] { try await test.reinstate(id) }
        #expect(try test.check(tokens.access) == "live")
        #expect(try await test.refresh(tokens.refresh, by: client).response != nil)
    }

    @Test func `a suspended app, and an app whose owner is suspended, cannot authenticate`() async throws {
        try await test.suspend("app", test.leech.id.text)
        try await test.suspend("person", test.lin.id.text)
        for app in [test.leech, test.rosterSync] {
            #expect(throws: OAuthError.self) { try test.authentication(app).get() }
        }
    }

    @Test func `Case 150: with its owner suspended, an app's access tokens are dead as well`() async throws {
        let tokens = try await test.tokens()
        try await test.suspend("person", test.lin.id.text)
        #expect(try test.check(tokens.access) == "unknown")
    }

    @Test func `a revoked grant does not come back with the next consent`() async throws {
        let old = try await test.tokens()
        let waiting = try await test.code()
        try await Loss.grantRevoked.happen(in: test)
        let new = try await test.tokens()
        #expect(try test.check(old.access) == "unknown")
        #expect(try await test.refresh(old.refresh).error == .invalidGrant)
        #expect(try await test.redeem(waiting).error == .invalidGrant)
        #expect(try test.check(new.access) == "live")
        #expect(try test.count("SELECT count(*) FROM grants") == 2)
    }
}
