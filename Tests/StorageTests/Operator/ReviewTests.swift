import OAuth
import Portal
import Storage
import Testing

@Suite("App reviews and suspensions, stored")
struct ReviewTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private func review() async throws -> Bool {
        let app = try #require(try test.store.app(test.rosterSync.id))
        return try await test.store.review(
            app.id, asOf: app.updatedAt, note: "", by: test.ada, letter: TestStore.letter(), at: now)
    }

    @Test func `an app that was not reviewed stops at its limit, and goes on where it was allowed`() async throws {
        var rules = InstallationRules.standard
        rules.unreviewedLimit = 1
        try await test.store.change(to: rules, by: test.ada, at: now)
        #expect(try test.store.standing(of: test.rosterSync, in: test.acme) == .unreviewed)
        _ = try await test.code()
        #expect(try test.store.standing(of: test.rosterSync, in: test.acme) == .unreviewed)
        #expect(try test.store.standing(of: test.rosterSync, in: test.globex) == .unreviewedAtLimit)
        let mallory = try test.member(test.mallory, test.globex)
        let uri = try #require(test.rosterSync.client.verify(redirectURI: TestStore.callback))
        let refused = try await test.store.allow(
            try scopes("people:read"), to: test.rosterSync, by: mallory, redirectURI: uri, wasSent: true,
            challenge: TestStore.challenge, at: now)
        #expect(refused == nil, "the right is checked where it is written")
        #expect(try await review())
        let app = try #require(try test.store.app(test.rosterSync.id))
        #expect(app.isReviewed)
        #expect(try test.store.standing(of: app, in: test.globex) == .trusted)
    }

    @Test func `a review ends when the app is no longer the one that was looked at`() async throws {
        #expect(try await review())
        #expect(try await !review(), "it is reviewed already")
        var details = test.rosterSync.details
        details.scopes = try scopes("people:read")
        _ = try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: now + 1)
        #expect(try test.store.app(test.rosterSync.id)?.isReviewed == true)
        details.callbacks.append("https://elsewhere.example/callback")
        _ = try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: now + 2)
        #expect(try test.store.app(test.rosterSync.id)?.isReviewed == false)
        #expect(try test.store.reviews(of: test.rosterSync.id).first?.endedBecause == "the app was changed")
    }

    static let weaker: [(name: String, change: @Sendable (inout AppDetails) -> Void)] = [
        ("another description", { $0.description = "The official payroll tool of your employer." }),
        ("PKCE made optional", { $0.pkceRequired = false }), ("tokens without an end", { $0.tokenFormat = .v1 }),
        ("another homepage", { $0.homepage = "https://elsewhere.example" }),
    ]

    @Test(arguments: 0..<weaker.count)
    func `Case 131: a review does not cover`(index: Int) async throws {
        #expect(try await review())
        var details = test.rosterSync.details
        Self.weaker[index].change(&details)
        _ = try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: now + 1)
        #expect(try test.store.app(test.rosterSync.id)?.isReviewed == false, "\(Self.weaker[index].name)")
        #expect(!test.rosterSync.details.needsNewReview(since: details) || index == 0 || index == 3)
    }

    @Test func `Case 131: a review does not cover the direct flow`() async throws {
        #expect(try await review())
        _ = try await test.store.turnOnDirectFlow(
            of: test.rosterSync.id, owner: test.lin, lifetime: .hour, from: "", at: now + 1)
        #expect(try test.store.app(test.rosterSync.id)?.isReviewed == false)
        #expect(try await review())
        _ = try await test.store.turnOffDirectFlow(of: test.rosterSync.id, owner: test.lin, from: "", at: now + 2)
        #expect(try test.store.app(test.rosterSync.id)?.isReviewed == true)
    }

    @Test func `a review of an app that changed meanwhile does not count`() async throws {
        let old = test.rosterSync.updatedAt
        var details = test.rosterSync.details
        details.name = "Rooster Sync"
        _ = try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: now + 5)
        let counted = try await test.store.review(
            test.rosterSync.id, asOf: old, note: "", by: test.ada, letter: TestStore.letter(), at: now + 6)
        #expect(!counted)
    }

    @Test func `Case 150: what an operator suspends is refused at once, and works again when reinstated`() async throws
    {
        let tokens = try await test.tokens()
        let access = tokens.access
        #expect(try test.store.check(access, at: now).word == "live")
        for subject: Suspendable in [
            .app(test.rosterSync), .person(test.lin), .tenant(test.acme), .person(test.ada),
        ] {
            let isDone = try await test.store.suspend(
                subject, because: "a test", by: test.grace, letters: [TestStore.letter()], at: now)
            #expect(isDone)
            #expect(try test.store.check(access, at: now).word == "unknown")
            let again = try await test.store.suspend(subject, because: "again", by: test.grace, letters: [], at: now)
            #expect(!again)
            #expect(try test.store.suspensions(of: subject).first?.reason == "a test")
            #expect(try await test.store.reinstate(subject, by: test.grace, letters: [], at: now + 1))
            #expect(try test.store.check(access, at: now).word == "live")
            #expect(try await !test.store.reinstate(subject, by: test.grace, letters: [], at: now + 2))
        }
        #expect(
            try test.store.auditPage(.tenant(test.acme.id), AuditFilter(area: "tenant"), limit: 2).entries.count == 2)
    }

    @Test func `lists find by part of a name, take no wildcards, and page without a gap`() async throws {
        func names(_ filter: ListFilter, after: ListPosition? = nil, limit: Int = 10) throws -> [String] {
            try test.store.people(filter, after: after, limit: limit).map(\.name)
        }
        #expect(try names(ListFilter(text: "globex")) == ["Mallory"])
        #expect(try names(ListFilter(text: "%")).isEmpty)
        #expect(try names(ListFilter(text: "_race")).isEmpty)
        #expect(try names(ListFilter(text: "\\")).isEmpty)
        #expect(try test.store.apps(ListFilter(text: "leech"), limit: 10).map(\.app.id) == [test.leech.id])
        #expect(try test.store.tenants(ListFilter(text: "north"), limit: 10).map(\.members) == [1])
        var seen: [String] = []
        var after: ListPosition?
        while let person = try test.store.people(ListFilter(), after: after, limit: 1).first {
            seen.append(person.name)
            after = ListPosition(at: person.createdAt, id: person.id.text)
        }
        #expect(seen.count == 4 && Set(seen).count == 4)
    }

    @Test func `a scope of the operator's own can be removed until something holds it`() async throws {
        let scope = ScopeDescription(
            scope: try #require(Scope("orders:read")), title: "See orders", sentence: "What was bought.",
            group: "Orders", sensitivity: .normal, enforcement: .operator)
        try await test.store.save(scope, position: 50, by: test.ada, at: now)
        #expect(try test.store.scopeCatalogue().contains { $0.scope == scope.scope && $0.enforcement == .operator })
        var details = test.rosterSync.details
        details.scopes = details.scopes.union(try scopes("orders:read"))
        _ = try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: now)
        #expect(try await !test.store.removeScope(scope, by: test.ada, at: now))
        details.scopes = try scopes("people:read")
        _ = try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: now)
        #expect(try await test.store.removeScope(scope, by: test.ada, at: now))
        let ours = try #require(try test.store.scopeCatalogue().first { $0.scope == .peopleWrite })
        #expect(try await !test.store.removeScope(ours, by: test.ada, at: now), "this server enforces it")
    }
}
