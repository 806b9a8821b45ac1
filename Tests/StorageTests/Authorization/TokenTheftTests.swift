import OAuth
import Portal
import Storage
import Testing

@Suite("Refresh tokens in two hands")
struct TokenTheftTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    /// Uses a refresh token, its successor, and the first again.
    private func reuse(at moment: Instant, scope: String = "people:read") async throws -> Tokens {
        let first = try await test.tokens(scope, at: moment)
        let second = try await test.refresh(first.refresh, at: moment).tokens
        _ = try await test.refresh(second.refresh, at: moment).tokens
        #expect(try await test.refresh(first.refresh, at: moment).error == .invalidGrant)
        return first
    }

    private func recipients() throws -> [String] { try test.store.outbox().map(\.recipient).sorted() }

    @Test func `Case 77: the app's owner and the tenant's admins are told when a refresh token is used again`()
        async throws
    {
        let tokens = try await reuse(at: now)
        #expect(try recipients() == ["ada@acme.example", "lin@northwind.example"])
        for entry in try test.store.outbox() {
            let body = try #require(try test.store.letter(entry.id)?.body)
            #expect(entry.kind == "refreshTokenReused")
            #expect(body.contains("Roster Sync") && body.contains("Acme") && body.contains("used again"))
            #expect(!body.contains(tokens.refresh.reveal()) && !body.contains("gw_rt_"))
        }
    }

    @Test func `Case 77: however often it comes, one app at one tenant is told of once an hour`() async throws {
        let tokens = try await reuse(at: now)
        for _ in 0..<20 { #expect(try await test.refresh(tokens.refresh, at: now + 10).error == .invalidGrant) }
        for seconds in 1...20 as ClosedRange<Int64> { _ = try await reuse(at: now + seconds) }
        #expect(try test.store.outbox().count == 2)
        _ = try await reuse(at: now + 3600)
        #expect(try test.store.outbox().count == 4)
    }

    @Test func `Case 82: and when another app presents it`() async throws {
        let tokens = try await test.tokens()
        let thief = try test.client(test.leech)
        #expect(try await test.refresh(tokens.refresh, by: thief, at: now + 2).error == .invalidGrant)
        #expect(try recipients() == ["ada@acme.example", "lin@northwind.example"])
        let body = try #require(try test.store.outbox().first.flatMap { try test.store.letter($0.id)?.body })
        #expect(body.contains("another app"))
    }

    @Test func `Case 77: a lost answer, a stranger's guess and a client's second try alarm nobody`() async throws {
        let tokens = try await test.tokens()
        _ = try await test.refresh(tokens.refresh, at: now)
        _ = try await test.refresh(tokens.refresh, at: now + 30)
        #expect(try await test.refresh(.random(), at: now).error == .invalidGrant)
        let code = try await test.code(at: now)
        _ = try await test.redeem(code, at: now)
        #expect(try await test.redeem(code, at: now).error == .invalidGrant)
        #expect(try test.store.outbox().isEmpty)
    }

    @Test func `Case 77: an admin who made the app gets one letter, the owner's`() async throws {
        try await test.store.addMember(test.lin.id, to: test.acme.id, as: .admin, at: now)
        _ = try await reuse(at: now)
        #expect(try recipients() == ["ada@acme.example", "lin@northwind.example"])
    }

    @Test func `Case 265: the family ends and the letters are written, or neither`() async throws {
        let first = try await test.tokens()
        let second = try await test.refresh(first.refresh).tokens
        let third = try await test.refresh(second.refresh).tokens
        try test.engine.migrate {
            try $0.script("CREATE TRIGGER sabotage BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'sabotage'); END;")
        }
        await #expect(throws: StorageError.self) { try await test.refresh(first.refresh) }
        #expect(try test.check(third.access) == "live")
        try test.engine.migrate { try $0.script("DROP TRIGGER sabotage;") }
        #expect(try await test.refresh(first.refresh).error == .invalidGrant)
        #expect(try test.check(third.access) == "unknown")
    }
}
