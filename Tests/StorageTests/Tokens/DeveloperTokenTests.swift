import OAuth
import Portal
import Storage
import Testing

@Suite("Developer tokens, stored")
struct DeveloperTokenTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private func create(
        _ description: String = "Nightly export", token: Secret<DeveloperToken> = .random(), expiresAt: Instant? = nil,
        at moment: Instant = TestStore.start
    ) async throws -> ID<Entity.DeveloperToken> {
        let draft = DeveloperTokenDraft(
            member: try test.member(test.ada, test.acme), description: description,
            scopes: try scopes("account:read people:read"), expiresAt: expiresAt)
        return try await test.store.makeBeyondQuota(draft, token: token, letter: TestStore.letter(), at: moment)
    }

    @Test func `its owner sees everything but the token, newest first`() async throws {
        let token = Secret<DeveloperToken>.random()
        let first = try await create(token: token, expiresAt: now + 100)
        let second = try await create("Weekly report", at: now + 5)
        let list = try test.store.developerTokens(of: test.ada.id)
        #expect(list.map(\.id) == [second, first])
        let seen = try #require(list.last)
        #expect(seen.description == "Nightly export")
        #expect(seen.hint == token.hint.text)
        #expect(seen.tenant.id == test.acme.id)
        #expect(seen.scopes == (try scopes("account:read people:read")))
        #expect(seen.createdAt == now)
        #expect(seen.status(at: now + 99) == .active)
        #expect(seen.status(at: now + 100) == .expired)
    }

    @Test func `Case 139: another person's token can be neither seen nor revoked`() async throws {
        let id = try await create()
        for other in [test.grace, test.mallory] {
            #expect(try test.store.developerToken(id, of: other.id) == nil)
            #expect(try test.store.developerTokens(of: other.id).isEmpty)
            #expect(try await !test.store.revoke(id, of: other, letter: TestStore.letter(), at: now))
        }
        #expect(try test.store.developerToken(id, of: test.ada.id)?.revokedAt == nil)
    }

    @Test func `creating and revoking write one letter each, in the same transaction`() async throws {
        let id = try await create()
        #expect(try test.store.outbox().count == 1)
        #expect(try await test.store.revoke(id, of: test.ada, letter: TestStore.letter(), at: now + 1))
        #expect(try test.store.outbox().count == 2)
        #expect(try await !test.store.revoke(id, of: test.ada, letter: TestStore.letter(), at: now + 2))
        #expect(try test.store.outbox().count == 2)
        #expect(try test.store.developerToken(id, of: test.ada.id)?.revokedAt == now + 1)
    }

    @Test func `a token whose letter cannot be written is not made`() async throws {
        try test.engine.migrate {
            try $0.script("CREATE TRIGGER sabotage BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'sabotage'); END;")
        }
        await #expect(throws: StorageError.self) { try await create() }
        #expect(try test.store.developerTokens(of: test.ada.id).isEmpty)
    }

    @Test func `of 20 revocations at once one is told that it did it`() async throws {
        let id = try await create()
        let test = test
        let told = try await atOnce(20) { _ in
            try await test.store.revoke(id, of: test.ada, letter: TestStore.letter(), at: TestStore.start)
        }
        #expect(told.filter { $0 }.count == 1)
    }
}
