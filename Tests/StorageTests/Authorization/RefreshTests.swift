import OAuth
import Portal
import Storage
import Testing

@Suite("Refresh tokens, stored")
struct RefreshTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    /// A first pair and what `count` refreshes a second apart made of it, oldest first.
    private func chain(_ count: Int) async throws -> [Tokens] {
        var chain = [try await test.tokens()]
        for step in 1...count {
            let last = try #require(chain.last)
            chain.append(try await test.refresh(last.refresh, at: now + Int64(step)).tokens)
        }
        return chain
    }

    private func expectEnded(_ chain: [Tokens], at moment: Instant, because reason: String) async throws {
        for tokens in chain {
            #expect(try test.check(tokens.access, at: moment) == "unknown")
            #expect(try await test.refresh(tokens.refresh, at: moment).error == .invalidGrant)
        }
        #expect(try test.count("SELECT count(*) FROM token_families WHERE revoked_because = \(reason)") == 1)
    }

    @Test func `a refresh gives a new pair, and the access token before lives on until it expires`() async throws {
        let chain = try await chain(1)
        #expect(chain[0].refresh.reveal() != chain[1].refresh.reveal())
        #expect(try chain.map { try test.check($0.access, at: now + 2) } == ["live", "live"])
        #expect(try test.check(chain[0].access, at: now + 86_400) == "expired")
        #expect(try test.check(chain[1].access, at: now + 86_400) == "live")
    }

    @Test func `Case 77: an old token after its successor was used ends all that came from the code`() async throws {
        let chain = try await chain(2)
        #expect(try await test.refresh(chain[0].refresh, at: now + 3).error == .invalidGrant)
        try await expectEnded(chain, at: now + 4, because: "refresh_reuse")
    }

    @Test func `Case 77: reuse in one family leaves the person's other families alone`() async throws {
        let other = try await test.tokens()
        let chain = try await chain(2)
        _ = try await test.refresh(chain[0].refresh, at: now + 3)
        #expect(try test.check(other.access, at: now + 4) == "live")
        #expect(try await test.refresh(other.refresh, at: now + 4).response != nil)
    }

    @Test func `Case 78: 100 refreshes of one token at once all get the same answer`() async throws {
        let tokens = try await test.tokens()
        let client = try test.client()
        let test = test
        let answers = try await test.engine.gather(100) { _ in
            try await test.refresh(tokens.refresh, by: client, at: TestStore.start + 1)
        }.values.map { try $0.get().tokens }
        #expect(answers.count == 100)
        #expect(Set(answers.map { $0.refresh.reveal() }).count == 1)
        #expect(Set(answers.map { $0.access.reveal() }).count == 1)
        #expect(try test.count("SELECT generation FROM token_families") == 2)
        #expect(try test.count("SELECT count(*) FROM refresh_tokens") == 2)
        #expect(try test.count("SELECT count(*) FROM access_tokens") == 2)
        let winner = try #require(answers.first)
        #expect(try test.check(winner.access, at: now + 2) == "live")
        #expect(try await test.refresh(winner.refresh, at: now + 2).response != nil)
    }

    @Test func `Case 79: a lost answer is given again, whole, for a minute`() async throws {
        let tokens = try await test.tokens()
        let lost = try await test.refresh(tokens.refresh).tokens
        for seconds in [0, 1, 59] as [Int64] {
            let again = try await test.refresh(tokens.refresh, at: now + seconds).tokens
            #expect(again.refresh.reveal() == lost.refresh.reveal())
            #expect(again.access.reveal() == lost.access.reveal())
            #expect(again.scopes == lost.scopes)
        }
        #expect(try test.check(lost.access, at: now + 59) == "live")
    }

    @Test func `Case 79: a hundred times is enough, the next is refused and ends nothing`() async throws {
        let tokens = try await test.tokens()
        let lost = try await test.refresh(tokens.refresh).tokens
        for _ in 0..<100 { #expect(try await test.refresh(tokens.refresh, at: now + 1).response != nil) }
        #expect(try await test.refresh(tokens.refresh, at: now + 1).error == .invalidGrant)
        #expect(try test.check(lost.access, at: now + 2) == "live")
        #expect(try await test.refresh(lost.refresh, at: now + 2).response != nil)
    }

    @Test(arguments: [60, 61, 100_000] as [Int64])
    func `Case 79: after a minute the old token is reuse`(seconds: Int64) async throws {
        let chain = try await chain(1)
        #expect(try await test.refresh(chain[0].refresh, at: now + 1 + seconds).error == .invalidGrant)
        try await expectEnded(chain, at: now + 2 + seconds, because: "refresh_reuse")
    }

    @Test func `Case 80: the last but two within the minute is a fork, and ends both branches`() async throws {
        let chain = try await chain(3)
        #expect(try await test.refresh(chain[1].refresh, at: now + 4).error == .invalidGrant)
        try await expectEnded(chain, at: now + 5, because: "refresh_reuse")
    }

    @Test func `Case 82: another app that presents the token proves that it leaked`() async throws {
        let chain = try await chain(1)
        let thief = try test.client(test.leech)
        #expect(try await test.refresh(chain[1].refresh, by: thief, at: now + 2).error == .invalidGrant)
        try await expectEnded(chain, at: now + 3, because: "stolen_by_other_client")
    }

    @Test func `Case 148: at another tenant the token is nothing, and stays what it was`() async throws {
        let chain = try await chain(1)
        #expect(try await test.refresh(chain[1].refresh, in: test.globex, at: now + 2).error == .invalidGrant)
        #expect(try await test.refresh(chain[1].refresh, at: now + 3).response != nil)
    }

    @Test func `Case 83: a narrower scope is for one access token, and the family keeps what was granted`() async throws
    {
        let chain = try await chain(1)
        let narrow = try await test.refresh(chain[1].refresh, scope: "people:read", at: now + 2).tokens
        #expect(narrow.scopes == (try scopes("people:read")))
        let access = try #require(try test.store.check(narrow.access, at: now + 2).access)
        #expect(!access.allows(.peopleWrite))
        let full = try await test.refresh(narrow.refresh, at: now + 3).tokens
        #expect(full.scopes == (try scopes("people:read people:write")))
    }

    @Test func `Case 83: a wider scope is refused and costs nothing`() async throws {
        let chain = try await chain(1)
        let wider = try await test.refresh(chain[1].refresh, scope: "account:read", at: now + 2)
        #expect(wider.error == .invalidScope)
        #expect(try await test.refresh(chain[1].refresh, at: now + 3).response != nil)
    }

    @Test func `a refresh token that lay for a year still works`() async throws {
        let tokens = try await test.tokens()
        let year = now + 366 * 86_400
        let next = try await test.refresh(tokens.refresh, at: year).tokens
        #expect(try test.check(next.access, at: year) == "live")
    }

    @Test func `a year's sweeping takes no refresh token and no family with it`() async throws {
        let tokens = try await test.tokens()
        let year = now + 366 * 86_400
        while try await test.store.sweep(at: year, batch: 2) {}
        #expect(try test.count("SELECT count(*) FROM access_tokens") == 0)
        #expect(try test.count("SELECT count(*) FROM authorization_codes") == 0)
        #expect(try await test.refresh(tokens.refresh, at: year).response != nil)
    }

    @Test(arguments: [(29 * 86_400, true), (30 * 86_400 - 1, true), (30 * 86_400, false)] as [(Int64, Bool)])
    func `Case 85: with an idle limit, a token that lay that long is refused`(seconds: Int64, works: Bool) async throws
    {
        let tokens = try await test.tokens()
        let outcome = try await test.refresh(tokens.refresh, idleLimit: 30 * 86_400, at: now + seconds)
        #expect(outcome.error == (works ? nil : .invalidGrant))
        #expect(try test.count("SELECT count(*) FROM token_families WHERE revoked_at IS NULL") == 1)
    }

    @Test func `Case 85: every refresh starts the idle time anew`() async throws {
        var tokens = try await test.tokens()
        for week in 1...8 as ClosedRange<Int64> {
            tokens = try await test.refresh(
                tokens.refresh, idleLimit: 10 * 86_400, at: now + week * 7 * 86_400
            ).tokens
        }
        #expect(try test.count("SELECT generation FROM token_families") == 9)
    }

    @Test func `a V1 app gets an access token that never expires, and no refresh token`() async throws {
        let secret = Secret<ClientSecretKind>.random()
        let old = try await test.store.registerBeyondQuota(
            try TestStore.details("Roster Sync 1", format: .v1, pkce: false), owner: test.lin, secret: secret, at: now)
        let code = try await test.code(to: old, challenge: nil)
        let outcome = try await test.redeem(code, by: try test.client(old, secret: secret), verifier: nil)
        let response = try #require(outcome.response)
        #expect(response.renewal == nil)
        #expect(try test.count("SELECT count(*) FROM refresh_tokens") == 0)
        let century = now + 100 * 366 * 86_400
        while try await test.store.sweep(at: century) {}
        #expect(try test.check(response.accessToken, at: century) == "live")
    }
}
