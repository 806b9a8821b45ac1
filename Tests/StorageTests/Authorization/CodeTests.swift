import OAuth
import Portal
import Storage
import Testing

@Suite("Authorization codes, stored")
struct CodeTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    @Test func `a consent becomes a code, and the code tokens that work where and for what they were granted`()
        async throws
    {
        let tokens = try await test.tokens("people:read")
        let access = try #require(try test.store.check(tokens.access, at: now).access)
        #expect(access.member.person.id == test.ada.id)
        #expect(access.member.tenant.id == test.acme.id)
        #expect(access.scopes == (try scopes("people:read")))
        guard case .accessToken(_, let app) = access.credential else { throw TestStore.Refused() }
        #expect(app == test.rosterSync.id)
        #expect(try await test.refresh(tokens.refresh).response != nil)
    }

    @Test func `Case 43: a replay with everything right revokes everything the first use granted`() async throws {
        let code = try await test.code()
        let first = try await test.redeem(code).tokens
        let second = try await test.refresh(first.refresh, at: now + 5).tokens
        #expect(try await test.redeem(code, at: now + 30).error == .invalidGrant)
        for token in [first.access, second.access] { #expect(try test.check(token, at: now + 30) == "unknown") }
        for token in [first.refresh, second.refresh] {
            #expect(try await test.refresh(token, at: now + 31).error == .invalidGrant)
        }
        #expect(try test.count("SELECT count(*) FROM token_families WHERE revoked_because = 'code_replay'") == 1)
    }

    @Test func `Case 43: a replay is still recognised after the code has expired`() async throws {
        let code = try await test.code()
        let tokens = try await test.redeem(code).tokens
        #expect(try await test.redeem(code, at: now + 7200).error == .invalidGrant)
        #expect(try test.check(tokens.access, at: now + 7200) == "unknown")
    }

    @Test func `Case 43: the grant itself stays, and the next consent gives tokens that work`() async throws {
        let code = try await test.code()
        _ = try await test.redeem(code)
        _ = try await test.redeem(code)
        #expect(try test.store.grants(of: test.ada.id).count == 1)
        #expect(try test.check(try await test.tokens().access) == "live")
    }

    @Test func `Case 44: a replay with a wrong verifier, callback or none revokes nothing`() async throws {
        let code = try await test.code()
        let tokens = try await test.redeem(code).tokens
        let replays = [
            try await test.redeem(code, verifier: TestStore.wrongVerifier),
            try await test.redeem(code, verifier: nil),
            try await test.redeem(code, callback: "https://roster.example/other"),
        ]
        #expect(replays.map(\.error) == [.invalidGrant, .invalidGrant, .invalidGrant])
        #expect(try test.check(tokens.access) == "live")
        #expect(try await test.refresh(tokens.refresh).response != nil)
    }

    @Test func `Case 44: a replay by another app or at another tenant revokes nothing`() async throws {
        let code = try await test.code()
        let tokens = try await test.redeem(code).tokens
        #expect(try await test.redeem(code, by: try test.client(test.leech)).error == .invalidGrant)
        #expect(try await test.redeem(code, in: test.globex).error == .invalidGrant)
        #expect(try test.check(tokens.access) == "live")
    }

    @Test func `Case 45: of 100 redemptions at once one succeeds, and the replays end what it was given`() async throws
    {
        let code = try await test.code()
        let client = try test.client()
        let test = test
        let outcomes = try await test.engine.gather(100) { _ in try await test.redeem(code, by: client) }
            .values.map { try $0.get() }
        let granted = outcomes.compactMap(\.response)
        #expect(granted.count == 1)
        #expect(outcomes.filter { $0.error == .invalidGrant }.count == 99)
        #expect(try test.check(try #require(granted.first).accessToken) == "unknown")
        #expect(try test.count("SELECT count(*) FROM token_families") == 1)
        #expect(try test.count("SELECT count(*) FROM token_families WHERE revoked_at IS NOT NULL") == 1)
        #expect(try test.count("SELECT count(*) FROM access_tokens") == 1)
        #expect(try test.count("SELECT count(*) FROM refresh_tokens") == 1)
        #expect(
            try test.count(
                """
                SELECT count(*) FROM authorization_codes c
                JOIN token_families f ON f.tenant_id = c.tenant_id AND f.id = c.family_id
                WHERE c.redeemed_at IS NOT NULL
                """) == 1)
    }

    @Test func `Case 45: without a replay, codes redeemed at once all keep their tokens`() async throws {
        let test = test
        let client = try test.client()
        let granted = try await atOnce(30) { _ in
            try await test.redeem(try await test.code(), by: client).tokens.access
        }
        #expect(granted.count == 30)
        for token in granted { #expect(try test.check(token) == "live") }
        #expect(try test.count("SELECT count(*) FROM grants") == 1)
    }

    @Test func `Case 46: another app gets nothing for the code, which still works for its own`() async throws {
        let code = try await test.code()
        #expect(try await test.redeem(code, by: try test.client(test.leech)).error == .invalidGrant)
        let native = try await test.store.registerBeyondQuota(
            try TestStore.details("Leech on a phone", kind: .public), owner: test.mallory, secret: nil, at: now)
        #expect(try await test.redeem(code, by: try test.client(native)).error == .invalidGrant)
        #expect(try test.check(try await test.redeem(code).tokens.access) == "live")
    }

    @Test func `Case 148: a code of one tenant is nothing at another`() async throws {
        let code = try await test.code()
        for tenant in [test.globex, test.northwind] {
            #expect(try await test.redeem(code, in: tenant).error == .invalidGrant)
        }
        #expect(try await test.redeem(code).response != nil)
    }

    @Test(arguments: [(599, true), (600, false), (601, false), (-3600, true)] as [(Int64, Bool)])
    func `Case 48: a code lives 600 seconds, the last excluded`(seconds: Int64, works: Bool) async throws {
        let code = try await test.code()
        #expect(try await test.redeem(code, at: now + seconds).error == (works ? nil : .invalidGrant))
    }

    @Test func `Case 48: a clock set back does not bring a used or burnt code to life`() async throws {
        let used = try await test.code()
        _ = try await test.redeem(used, at: now + 10)
        #expect(try await test.redeem(used, at: now - 3600).error == .invalidGrant)
        let burnt = try await test.code()
        for _ in 0..<5 { _ = try await test.redeem(burnt, verifier: TestStore.wrongVerifier, at: now + 10) }
        #expect(try await test.redeem(burnt, at: now - 3600).error == .invalidGrant)
    }

    @Test func `Case 61: four wrong verifiers are forgiven, five burn the code`() async throws {
        let code = try await test.code()
        for _ in 0..<4 {
            #expect(try await test.redeem(code, verifier: TestStore.wrongVerifier).error == .invalidGrant)
        }
        #expect(try await test.redeem(code).response != nil)
        let burnt = try await test.code()
        for _ in 0..<5 { _ = try await test.redeem(burnt, verifier: TestStore.wrongVerifier) }
        #expect(try await test.redeem(burnt).error == .invalidGrant)
        #expect(try test.count("SELECT count(*) FROM token_families") == 1)
    }

    @Test func `Case 61: guesses at once are all counted`() async throws {
        let code = try await test.code()
        let test = test
        _ = try await atOnce(20) { _ in try await test.redeem(code, verifier: TestStore.wrongVerifier) }
        #expect(try await test.redeem(code).error == .invalidGrant)
        #expect(try test.count("SELECT failures FROM authorization_codes") == 5)
    }
}
