import OAuth
import Portal
import Storage
import Testing

@Suite("V1 to V2, stored")
struct MoveToV2Tests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private func use(_ format: Client.TokenFormat, at moment: Instant = TestStore.start) async throws {
        var details = test.rosterSync.details
        details.tokenFormat = format
        try #require(
            try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: moment) == .saved)
    }

    /// What Ada allowed while the app used V1; the app uses V2 afterwards.
    private func v1Token() async throws -> Secret<AccessToken> {
        try await use(.v1)
        let response = try await test.redeem(try await test.code(at: now + 2), at: now + 2).answer.get()
        try #require(response.renewal == nil)
        try await use(.v2, at: now + 3)
        return response.accessToken
    }

    private func present(
        _ token: Secret<AccessToken>, by client: AuthenticatedClient? = nil, in tenant: Tenant? = nil,
        at moment: Instant = TestStore.start + 10
    ) async throws -> Outcome {
        let body = "grant_type=refresh_token&refresh_token=" + token.reveal()
        return try await test.store.exchange(
            try TokenRequest.read(try ParameterList(query: body)), by: try client ?? test.client(),
            in: tenant ?? test.acme,
            idleLimit: nil, letters: { _ in [] }, at: moment)
    }

    @Test func `the V1 token gives a pair without a new grant, and stops working itself`() async throws {
        let old = try await v1Token()
        #expect(try test.check(old, at: now + 9) == "live")
        let grants = try test.count("SELECT count(*) FROM grants")
        let pair = try await present(old).tokens
        #expect(try test.check(old, at: now + 11) == "unknown")
        #expect(try test.check(pair.access, at: now + 11) == "live")
        #expect(pair.scopes == (try scopes("people:read people:write")))
        #expect(try test.count("SELECT count(*) FROM grants") == grants)
        let next = try await test.refresh(pair.refresh, at: now + 3600).tokens
        #expect(try test.check(next.access, at: now + 3600) == "live")
    }

    @Test func `until its app switches, a V1 token goes on working and is not exchanged`() async throws {
        let old = try await v1Token()
        try await use(.v1, at: now + 4)
        #expect(try await present(old).error == .unauthorizedClient)
        #expect(try test.check(old, at: now + 9) == "live")
        #expect(try test.count("SELECT count(*) FROM refresh_tokens") == 0)
    }

    @Test func `Case 78: a hundred presentations at once make one successor`() async throws {
        let old = try await v1Token()
        let client = try test.client()
        let outcomes = try await atOnce(100) { _ in try await present(old, by: client) }
        let pairs = outcomes.compactMap { try? $0.tokens }
        #expect(pairs.count == 100)
        #expect(Set(pairs.map { $0.refresh.reveal() }).count == 1)
        #expect(Set(pairs.map { $0.access.reveal() }).count == 1)
        #expect(try test.count("SELECT count(*) FROM refresh_tokens") == 2)
        #expect(try test.count("SELECT count(*) FROM access_tokens WHERE revoked_at IS NULL") == 1)
        let refresh = try #require(pairs.first).refresh
        #expect(try await test.refresh(refresh, at: now + 70).response != nil)
    }

    @Test func `Case 77: presented again later, it ends what came of it`() async throws {
        let old = try await v1Token()
        let pair = try await present(old).tokens
        #expect(try await present(old, at: now + 71).error == .invalidGrant)
        #expect(try test.check(pair.access, at: now + 72) == "unknown")
        #expect(try await test.refresh(pair.refresh, at: now + 72).error == .invalidGrant)
    }

    @Test func `Case 82: another app that presents it ends it, another tenant learns nothing`() async throws {
        let old = try await v1Token()
        #expect(try await present(old, in: test.globex).error == .invalidGrant)
        #expect(try test.check(old, at: now + 9) == "live")
        #expect(try await present(old, by: test.client(test.leech)).error == .invalidGrant)
        #expect(try test.check(old, at: now + 9) == "unknown")
    }

    @Test(arguments: Loss.allCases)
    func `Case 84: nothing is exchanged once what it stands for is gone`(loss: Loss) async throws {
        let old = try await v1Token()
        let client = try test.client()
        try await loss.happen(in: test, at: now + 5)
        #expect(try await present(old, by: client).error == .invalidGrant)
        #expect(try test.count("SELECT count(*) FROM refresh_tokens") == 0)
    }

    @Test func `a V2 access token is no refresh token, and stays what it is`() async throws {
        let pair = try await test.tokens()
        #expect(try await present(pair.access).error == .invalidGrant)
        #expect(try test.check(pair.access, at: now + 11) == "live")
    }

    @Test func `an app whose clients hold refresh tokens does not go back, whenever they got them`() async throws {
        _ = try await test.tokens()
        var details = test.rosterSync.details
        details.tokenFormat = .v1
        let change = try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: now)
        #expect(change == .holdsRefreshTokens)
        #expect(try test.store.app(test.rosterSync.id)?.details.tokenFormat == .v2)
    }
}
