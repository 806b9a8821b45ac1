import OAuth
import Portal
import Storage
import Testing

/// Code used and tokens there, or neither: whatever fails in between.
@Suite("Exchanges that are interrupted")
struct InterruptionTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    /// From here on this statement on this table fails in the middle of a transaction.
    private func sabotage(_ trigger: String) throws {
        try test.engine.migrate {
            try $0.script("CREATE TRIGGER sabotage BEFORE \(trigger) BEGIN SELECT RAISE(ABORT, 'sabotage'); END;")
        }
    }

    private func repair() throws {
        try test.engine.migrate { try $0.script("DROP TRIGGER sabotage;") }
    }

    @Test(
        arguments: [
            "INSERT ON token_families", "UPDATE ON authorization_codes", "INSERT ON access_tokens",
            "INSERT ON refresh_tokens",
        ])
    func `Case 51: a redemption that fails in the middle leaves the code unused and no token`(trigger: String)
        async throws
    {
        let code = try await test.code()
        try sabotage(trigger)
        await #expect(throws: StorageError.self) { try await test.redeem(code) }
        #expect(try test.count("SELECT count(*) FROM authorization_codes WHERE redeemed_at IS NULL") == 1)
        for left in [
            "SELECT count(*) FROM token_families", "SELECT count(*) FROM access_tokens",
            "SELECT count(*) FROM refresh_tokens",
        ] as [SQL] { #expect(try test.count(left) == 0) }
        try repair()
        #expect(try test.check(try await test.redeem(code).tokens.access) == "live")
    }

    @Test(
        arguments: [
            "UPDATE ON refresh_tokens", "UPDATE ON token_families", "INSERT ON refresh_tokens",
            "INSERT ON access_tokens",
        ])
    func `Case 87: a refresh that fails in the middle leaves the old token as it was`(trigger: String) async throws {
        let tokens = try await test.tokens()
        try sabotage(trigger)
        await #expect(throws: StorageError.self) { try await test.refresh(tokens.refresh) }
        try repair()
        #expect(try test.count("SELECT generation FROM token_families") == 1)
        #expect(try test.count("SELECT count(*) FROM access_tokens") == 1)
        #expect(try test.count("SELECT count(*) FROM refresh_tokens WHERE rotated_at IS NOT NULL") == 0)
        #expect(try test.check(tokens.access) == "live")
        let next = try await test.refresh(tokens.refresh, at: now + 400).tokens
        #expect(try test.check(next.access, at: now + 400) == "live")
    }

    @Test func `a consent that fails in the middle leaves no grant`() async throws {
        try sabotage("INSERT ON authorization_codes")
        await #expect(throws: StorageError.self) { try await test.code() }
        #expect(try test.count("SELECT count(*) FROM grants") == 0)
    }

    @Test func `Case 51: of a server that stops after the commit, the next one knows code and tokens`() async throws {
        let code = try await test.code()
        let tokens = try await test.redeem(code).tokens
        let next = try test.reopened()
        #expect(try next.check(tokens.access) == "live")
        #expect(try await next.redeem(code).error == .invalidGrant)
        #expect(try next.check(tokens.access) == "unknown")
    }

    @Test func `Case 81: a client whose answer went down with the server asks the next one and gets the same`()
        async throws
    {
        let tokens = try await test.tokens()
        let lost = try await test.refresh(tokens.refresh, at: now + 1).tokens
        let next = try test.reopened()
        let again = try await next.refresh(tokens.refresh, at: now + 40).tokens
        #expect(again.refresh.reveal() == lost.refresh.reveal())
        #expect(again.access.reveal() == lost.access.reveal())
        #expect(try next.check(again.access, at: now + 40) == "live")
        #expect(try await next.refresh(again.refresh, at: now + 41).response != nil)
    }
}
