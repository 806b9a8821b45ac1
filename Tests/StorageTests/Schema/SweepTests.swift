import OAuth
import Portal
import Storage
import Testing

/// What is over goes after a while, in small pieces, and takes nothing along that is still of use.
@Suite("Sweeping what is over")
struct SweepTests {
    let test: TestStore
    let now = TestStore.start
    let day: Int64 = 86_400

    init() async throws { test = try await TestStore() }

    /// All of it, as the background does in four hours and sixteen minutes.
    private func sweep(at moment: Instant) async throws {
        for minute in 0..<256 as Range<Int64> {
            while try await test.store.sweep(at: moment + minute * 60, batch: 3) {}
        }
    }

    /// A family of this many generations, an hour apart.
    private func family(of generations: Int, from moment: Instant) async throws -> [Tokens] {
        var chain = [try await test.tokens(at: moment)]
        for step in 1..<generations {
            let last = try #require(chain.last)
            chain.append(try await test.refresh(last.refresh, at: moment + Int64(step) * 3600).tokens)
        }
        return chain
    }

    @Test func `a family that ended goes after ninety days, and what its grant was last used for stays known`()
        async throws
    {
        let chain = try await family(of: 8, from: now)
        let end = now + 8 * 3600
        #expect(try await test.refresh(chain[0].refresh, at: end).error == .invalidGrant)
        let lastUse = try #require(try test.store.grants(of: test.ada.id).first?.lastUsedAt)
        try await sweep(at: end + 89 * day)
        #expect(try test.count("SELECT count(*) FROM refresh_tokens") == 8)
        #expect(try test.count("SELECT count(*) FROM token_families WHERE revoked_because = 'refresh_reuse'") == 1)
        try await sweep(at: end + 90 * day)
        #expect(try test.count("SELECT count(*) FROM refresh_tokens") == 0)
        #expect(try test.count("SELECT count(*) FROM access_tokens") == 0)
        #expect(try test.count("SELECT count(*) FROM token_families") == 0)
        #expect(try test.store.grants(of: test.ada.id).first?.lastUsedAt == lastUse)
        #expect(try await test.refresh(chain[0].refresh, at: end + 91 * day).error == .invalidGrant)
        #expect(try test.check(chain[7].access, at: end + 91 * day) == "unknown")
    }

    @Test func `Case 77: in a family that lives, a refresh token of eleven months ago is still recognised`()
        async throws
    {
        let chain = try await family(of: 3, from: now)
        let later = now + 330 * day
        try await sweep(at: later)
        #expect(try test.count("SELECT count(*) FROM refresh_tokens") == 3)
        #expect(try await test.refresh(chain[0].refresh, at: later).error == .invalidGrant)
        #expect(try test.count("SELECT count(*) FROM token_families WHERE revoked_because = 'refresh_reuse'") == 1)
    }

    @Test func `what a living family used up a year ago goes, and the current token goes on working`() async throws {
        let chain = try await family(of: 40, from: now)
        let later = now + 367 * day + 40 * 3600
        try await sweep(at: later)
        #expect(try test.count("SELECT count(*) FROM refresh_tokens") == 1)
        let last = try #require(chain.last)
        // An old one is a stranger's now: refused, and it ends nothing.
        #expect(try await test.refresh(chain[0].refresh, at: later).error == .invalidGrant)
        let next = try await test.refresh(last.refresh, at: later).tokens
        #expect(try await test.refresh(last.refresh, at: later + 30).tokens.refresh.reveal() == next.refresh.reveal())
        #expect(try test.check(next.access, at: later + 30) == "live")
    }

    @Test func `a revoked grant and a revoked developer token are kept for a year`() async throws {
        let tokens = try await test.tokens()
        let grant = try #require(try test.store.grants(of: test.ada.id).first)
        #expect(try await test.store.revokeGrant(grant.id, in: test.acme.id, of: test.ada.id, at: now))
        let draft = DeveloperTokenDraft(
            member: try test.member(test.ada, test.acme), description: "Old", scopes: try scopes("people:read"),
            expiresAt: nil)
        let old = try await test.store.makeBeyondQuota(draft, token: .random(), letter: TestStore.letter(), at: now)
        let alive = try await test.store.makeBeyondQuota(draft, token: .random(), letter: TestStore.letter(), at: now)
        #expect(try await test.store.revoke(old, of: test.ada, letter: TestStore.letter(), at: now))
        try await sweep(at: now + 360 * day)
        #expect(try test.count("SELECT count(*) FROM grants") == 1)
        #expect(try test.store.developerTokens(of: test.ada.id).count == 2)
        try await sweep(at: now + 367 * day)
        #expect(try test.count("SELECT count(*) FROM grants") == 0)
        #expect(try test.store.developerTokens(of: test.ada.id).map(\.id) == [alive])
        #expect(try await test.refresh(tokens.refresh, at: now + 368 * day).error == .invalidGrant)
    }

    @Test func `a developer token that ran out and a request that was answered are kept for a year`() async throws {
        let draft = DeveloperTokenDraft(
            member: try test.member(test.ada, test.acme), description: "Short", scopes: try scopes("people:read"),
            expiresAt: now + day)
        _ = try await test.store.makeBeyondQuota(draft, token: .random(), letter: TestStore.letter(), at: now)
        let grace = try test.member(test.grace, test.acme)
        let outcome = try await test.store.ask(
            for: test.rosterSync, try scopes("people:read"), by: grace, note: "", path: "/", letters: { _ in [] },
            from: "", at: now)
        guard case .asked(let id) = outcome else { throw TestStore.Refused() }
        #expect(
            try await test.store.decide(
                try #require(try test.store.request(id, seenBy: grace)), allowing: false, answer: "",
                by: try test.member(test.ada, test.acme), letter: TestStore.letter(), from: "", at: now))
        try await sweep(at: now + 360 * day)
        #expect(try test.count("SELECT count(*) FROM developer_tokens") == 1)
        #expect(try test.count("SELECT count(*) FROM access_requests") == 1)
        try await sweep(at: now + 366 * day + AccessRequest.lifetime)
        #expect(try test.count("SELECT count(*) FROM developer_tokens") == 0)
        #expect(try test.count("SELECT count(*) FROM access_requests") == 0)
    }

    @Test func `whatever is swept is found by an index, and nobody waits for a walk through a table`() throws {
        let statements =
            Store.whatExpired(at: now, batch: 500) + Store.whatIsOver(at: now, batch: 500)
            + Store.whatWasDeleted(at: now, batch: 500) + Store.whatTenantsLeft(at: now, batch: 500)
        for statement in statements + [Store.spentLinks(at: now)] {
            let plan = try test.engine.read { db in
                try db.rows("EXPLAIN QUERY PLAN \(fragment: statement)").map { try $0.text("detail") }
            }
            #expect(!plan.contains { $0.hasPrefix("SCAN ") && !$0.contains("CONSTANT ROW") }, "\(plan)")
        }
    }

    @Test func `what apps and people left is found in the order of an index, and never sorted`() throws {
        let left = [
            (Store.whatAppsLeft(at: now, batch: 500), "grants_by_app (app_id=?)"),
            (Store.whatPeopleLeft(at: now, batch: 500), "grants_by_person (person_id=?)"),
        ]
        for (statements, index) in left {
            for statement in statements {
                let plan = try test.engine.read { db in
                    try db.rows("EXPLAIN QUERY PLAN \(fragment: statement)").map { try $0.text("detail") }
                }
                // g and f are pieces of a few hundred rows; tickets live for minutes, and few apps have a direct flow.
                let walks = plan.filter { $0.hasPrefix("SCAN ") && !["SCAN g", "SCAN f"].contains($0) }
                #expect(walks.allSatisfy { ["SCAN consent_tickets", "SCAN direct_flows"].contains($0) }, "\(plan)")
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
                if plan.contains("SCAN g") { #expect(plan.contains { $0.contains(index) }, "\(plan)") }
            }
        }
    }
}
