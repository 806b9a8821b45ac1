import OAuth
import Portal
import Storage
import Testing

/// Counted in the transaction that writes: whoever asks for more at once gets no more.
@Suite("Quotas")
struct QuotaTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private func obstacles<Value, Refusal: Equatable>(
        _ answers: [Int: Result<Result<Value, Refusal>, any Error>]
    ) throws -> (made: Int, refusals: Set<String>) {
        var made = 0
        var refusals: Set<String> = []
        for answer in try answers.values.map({ try $0.get() }) {
            switch answer {
            case .success: made += 1
            case .failure(let refusal): refusals.insert("\(refusal)")
            }
        }
        return (made: made, refusals: refusals)
    }

    @Test func `Case 267: of forty workspaces opened at once, those over ten are refused`() async throws {
        let (test, now) = (test, now)
        let answers = try await test.engine.gather(40) { number in
            let slug = try #require(Slug("race-\(number)-x"))
            return try await test.store.openTenant(
                TenantDraft(name: "Race \(number)", slug: slug), by: test.mallory.id, at: now)
        }
        let (made, refusals) = try obstacles(answers)
        #expect(made == 9 && refusals == ["obstacle(Portal.Obstacle.workspaces(10))"])
        #expect(try test.store.memberships(of: test.mallory.id).count == 10)
        #expect(try test.store.obstacleToWorkspace(of: test.mallory.id) == .workspaces(10))
        #expect(try test.store.obstacleToWorkspace(of: test.ada.id) == nil)
        // Being a member of others' workspaces takes nothing away.
        #expect(try test.store.obstacleToWorkspace(of: test.grace.id) == nil)
    }

    @Test func `Case 267: of sixty apps registered at once, those over fifty are refused`() async throws {
        let (test, now) = (test, now)
        let answers = try await test.engine.gather(60) { number in
            try await test.store.register(
                try TestStore.details("App \(number)"), by: test.ada, secret: .random(), at: now)
        }
        let (made, refusals) = try obstacles(answers)
        #expect(made == 50 && refusals == ["apps(50)"])
        #expect(try test.store.apps(of: test.ada.id).count == 50)
        #expect(
            try test.count(
                "SELECT count(*) FROM client_secrets WHERE app_id IN (SELECT id FROM apps WHERE owner_id = \(test.ada.id))"
            ) == 50)
        let first = try #require(try test.store.apps(of: test.ada.id).first)
        #expect(try await test.store.deleteApp(first.id, of: test.ada.id, at: now))
        #expect(try test.store.obstacleToApp(of: test.ada.id) == nil)
    }

    @Test func `Case 267: of 120 tokens made at once, those over a hundred are refused, and nobody is told of them`()
        async throws
    {
        let (test, now) = (test, now)
        let member = try test.member(test.ada, test.acme)
        let answers = try await test.engine.gather(120) { number in
            try await test.store.make(
                DeveloperTokenDraft(
                    member: member, description: "Token \(number)", scopes: try scopes("people:read"),
                    expiresAt: now + 3600),
                token: .random(), letter: TestStore.letter(), at: now)
        }
        let (made, refusals) = try obstacles(answers)
        #expect(made == 100 && refusals == ["obstacle(Portal.Obstacle.tokens(100))"])
        #expect(try test.count("SELECT count(*) FROM outbox") == 100)
        #expect(try test.store.obstacleToToken(of: test.ada.id, at: now) == .tokens(100))
        // Those that are over do not count.
        #expect(try test.store.obstacleToToken(of: test.ada.id, at: now + 3600) == nil)
    }

    @Test func `Case 267: of thirty tokens of one description made at once, one is made`() async throws {
        let (test, now) = (test, now)
        let member = try test.member(test.ada, test.acme)
        let draft = DeveloperTokenDraft(
            member: member, description: "CI deploy", scopes: try scopes("people:read"), expiresAt: now + 3600)
        let answers = try await test.engine.gather(30) { _ in
            try await test.store.make(draft, token: .random(), letter: TestStore.letter(), at: now)
        }
        let (made, refusals) = try obstacles(answers)
        #expect(made == 1 && refusals == ["descriptionTaken"])
        // One that takes its place may be called the same, as may one that comes after its end.
        let first = try #require(try test.store.developerTokens(of: test.ada.id).first)
        let second = try await test.store.make(
            draft, token: .random(), replacing: first.id, letter: TestStore.letter(), at: now)
        #expect((try? second.get()) != nil)
        let third = try await test.store.make(draft, token: .random(), letter: TestStore.letter(), at: now + 3600)
        #expect((try? third.get()) != nil)
    }

    @Test func `Case 267: what else stands in the way is said before the number`() async throws {
        let nia = try TestStore.signUp("Nia", "nia@nowhere.example")
        try await test.store.signUp(
            nia, passwordHash: "hash", link: .random(), confirm: TestStore.letter(), known: { _ in TestStore.letter() },
            at: now)
        let person = try #require(try test.store.signInCandidate(for: nia.email)).person.id
        #expect(try test.store.obstacleToApp(of: person) == .unconfirmedAddress)
        #expect(try test.store.obstacleToWorkspace(of: person) == .unconfirmedAddress)
        #expect(try test.store.obstacleToToken(of: person, at: now) == .unconfirmedAddress)
        try await test.removeMember(test.grace, from: test.acme)
        #expect(try test.store.obstacleToToken(of: test.grace.id, at: now) == .noWorkspace)
        try await test.suspend("tenant", test.globex.id.text)
        #expect(try test.store.obstacleToToken(of: test.mallory.id, at: now) == .noWorkspace)
        #expect(try test.store.obstacleToApp(of: ID("per_nobody")) == .unconfirmedAddress)
    }
}
