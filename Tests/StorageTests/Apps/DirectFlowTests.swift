import OAuth
import Portal
import Storage
import Testing

@Suite("Direct flow, stored")
struct DirectFlowTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private func turnOn(_ lifetime: DirectLifetime = .hour) async throws -> Bool {
        try await test.store.turnOnDirectFlow(
            of: test.rosterSync.id, owner: test.lin, lifetime: lifetime, from: "198.51.100.1", at: now)
    }

    private func allow(_ member: Member? = nil) async throws -> Secret<AccessToken>? {
        let uri = try #require(test.rosterSync.client.verify(redirectURI: TestStore.callback))
        return try await test.store.allowDirectly(
            try scopes("people:read"), to: test.rosterSync, by: try member ?? test.member(test.ada, test.acme),
            redirectURI: uri, from: "198.51.100.1", at: now + 1)
    }

    @Test func `it is off until its owner turns it on`() async throws {
        #expect(try test.store.directFlow(of: test.rosterSync.id) == nil)
        #expect(try await allow() == nil)
        let notHers = try await test.store.turnOnDirectFlow(
            of: test.rosterSync.id, owner: test.mallory, lifetime: .hour, from: "", at: now)
        #expect(!notHers)
        #expect(try await turnOn())
        #expect(try test.store.directFlow(of: test.rosterSync.id)?.lifetime == .hour)
        #expect(try await allow() != nil)
    }

    @Test(arguments: DirectLifetime.allCases)
    func `its tokens end when its owner said, and cannot be renewed`(lifetime: DirectLifetime) async throws {
        #expect(try await turnOn(lifetime))
        let token = try #require(try await allow())
        #expect(try test.check(token, at: now + lifetime.rawValue) == "live")
        #expect(try test.check(token, at: now + 1 + lifetime.rawValue) == "expired")
        let body = "grant_type=refresh_token&refresh_token=" + token.reveal()
        let outcome = try await test.store.exchange(
            try TokenRequest.read(try ParameterList(query: body)), by: test.client(), in: test.acme, idleLimit: nil,
            letters: { _ in [] }, at: now + 2)
        #expect(outcome.error == .invalidGrant)
    }

    @Test func `turning it off ends its tokens, and only those`() async throws {
        #expect(try await turnOn())
        let direct = try #require(try await allow())
        let pair = try await test.tokens(at: now + 5)
        #expect(
            try await test.store.turnOffDirectFlow(of: test.rosterSync.id, owner: test.lin, from: "", at: now + 9))
        #expect(try test.check(direct, at: now + 10) == "unknown")
        #expect(try test.check(pair.access, at: now + 10) == "live")
        #expect(try await allow() == nil)
    }

    @Test func `Case 138: who may not allow apps gets no token this way either`() async throws {
        #expect(try await turnOn())
        #expect(try await allow(try test.member(test.grace, test.acme)) == nil)
        try await test.suspend("app", test.rosterSync.id.text)
        #expect(try await allow() == nil)
    }

    @Test func `Case 126: a consent page from before is asked again`() async throws {
        let before = try #require(try test.store.app(test.rosterSync.id)).updatedAt
        #expect(try await turnOn())
        let on = try #require(try test.store.app(test.rosterSync.id)).updatedAt
        #expect(on > before)
        #expect(try await turnOn(.month))
        #expect(try #require(try test.store.app(test.rosterSync.id)).updatedAt > on)
    }
}

@Suite("An app's grants and its way to V2, stored")
struct AppOwnerTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    @Test func `the owner sees names only as far as the app may know them`() async throws {
        _ = try await test.code("people:read")
        let hidden = try test.store.grants(to: test.rosterSync.id, seenBy: test.lin.id, after: nil, limit: 10).grants
        #expect(hidden.count == 1 && hidden[0].visibleName == nil && hidden[0].tenant.name == "Acme")
        try await test.store.addMember(test.lin.id, to: test.acme.id, as: .member, at: now)
        let fellow = try test.store.grants(to: test.rosterSync.id, seenBy: test.lin.id, after: nil, limit: 10).grants
        #expect(fellow.first?.visibleName == "Ada")
        _ = try await test.code("account:read", by: test.member(test.mallory, test.globex), at: now + 1)
        let asked = try test.store.grants(to: test.rosterSync.id, seenBy: test.lin.id, after: nil, limit: 1)
        #expect(asked.grants.first?.visibleName == "Mallory")
        let rest = try test.store.grants(to: test.rosterSync.id, seenBy: test.lin.id, after: asked.next, limit: 1)
        #expect(rest.grants.first?.tenant.name == "Acme" && rest.next == nil)
        let reach = try test.store.reach(of: test.rosterSync.id)
        #expect(reach.grants == 2 && reach.people == 2 && reach.tenants == 2)
    }

    @Test func `Case 107: what its owner gives back is dead at the next request`() async throws {
        let pair = try await test.tokens()
        let grant = try #require(
            try test.store.grants(to: test.rosterSync.id, seenBy: test.lin.id, after: nil, limit: 1).grants.first)
        let notHers = try await test.store.giveBack(
            grant, to: test.rosterSync.id, owner: test.mallory, from: "", at: now + 1)
        #expect(!notHers)
        #expect(try test.check(pair.access, at: now + 1) == "live")
        #expect(try await test.store.giveBack(grant, to: test.rosterSync.id, owner: test.lin, from: "", at: now + 2))
        #expect(try test.check(pair.access, at: now + 2) == "unknown")
        #expect(try await test.refresh(pair.refresh, at: now + 2).error == .invalidGrant)
    }

    @Test(arguments: [true, false])
    func `a refresh that is played through passes, and leaves nothing behind`(fromV1: Bool) async throws {
        let tables: [SQL] = [
            "SELECT count(*) FROM grants", "SELECT count(*) FROM token_families", "SELECT count(*) FROM access_tokens",
            "SELECT count(*) FROM refresh_tokens", "SELECT count(*) FROM audit_events",
        ]
        let before = try tables.map { try test.count($0) }
        let rehearsal = try #require(
            try await test.store.rehearseRefresh(
                of: test.rosterSync, by: test.member(test.lin, test.northwind), fromV1: fromV1, at: now))
        #expect(rehearsal.passed)
        #expect(rehearsal.steps.map(\.turn) == RefreshRehearsal.Turn.allCases)
        #expect(try tables.map { try test.count($0) } == before)
    }

    @Test func `a member who may not allow the app cannot play it through`() async throws {
        let rehearsal = try await test.store.rehearseRefresh(
            of: test.rosterSync, by: test.member(test.grace, test.acme), fromV1: true, at: now)
        #expect(rehearsal == nil)
    }

    @Test func `switching to V2 asks nobody again`() async throws {
        var details = test.rosterSync.details
        details.tokenFormat = .v1
        #expect(try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: now) == .saved)
        _ = try await test.redeem(try await test.code(at: now + 2), at: now + 2)
        #expect(try test.store.tokenFormats(of: test.rosterSync.id).liveV1 == 1)
        #expect(!(try test.store.holdsRefreshTokens(test.rosterSync.id)))
        let switched = try await test.store.switchToV2(test.rosterSync.id, owner: test.lin, from: "", at: now + 3)
        #expect(switched)
        #expect(try test.store.app(test.rosterSync.id)?.details.tokenFormat == .v2)
        #expect(try test.store.grantedScopes(to: test.rosterSync.id, by: test.ada.id, in: test.acme.id) != nil)
        let notHers = try await test.store.switchToV2(test.rosterSync.id, owner: test.mallory, from: "", at: now + 4)
        #expect(!notHers)
    }

    @Test func `a person has one test token in a tenant, and it ends after a day`() async throws {
        let member = try test.member(test.ada, test.acme)
        func make(at moment: Instant) async throws -> Secret<OAuth.DeveloperToken> {
            let token = Secret<OAuth.DeveloperToken>.random()
            _ = try #require(
                try await test.store.makeTestToken(
                    for: member, token: token, letter: { _ in TestStore.letter() }, at: moment))
            return token
        }
        let first = try await make(at: now)
        #expect(try test.store.check(first, from: "198.51.100.1", at: now + 86_399).word == "live")
        let second = try await make(at: now + 10)
        #expect(try test.store.check(first, from: "198.51.100.1", at: now + 11).word == "unknown")
        #expect(try test.store.check(second, from: "198.51.100.1", at: now + 86_409).word == "live")
        #expect(try test.store.check(second, from: "198.51.100.1", at: now + 86_410).word == "expired")
        #expect(try test.store.testToken(of: test.ada.id, in: test.acme.id)?.purpose == .test)
    }

    @Test func `Case 118: a test token keeps to the tenant's rules for tokens`() async throws {
        let ada = try test.member(test.ada, test.acme)
        func make(for member: Member) async throws -> ScopeSet? {
            let id = try await test.store.makeTestToken(
                for: member, token: .random(), letter: { _ in TestStore.letter() }, at: now)
            return try id.flatMap { try test.store.developerToken($0, of: member.person.id)?.scopes }
        }
        #expect(try await make(for: ada) == (try scopes("account:read people:read people:write")))
        let rules = TokenRules(scopes: try scopes("account:read people:write"))
        #expect(try await test.store.change(rules, by: ada, from: "", at: now))
        #expect(try await make(for: ada) == (try scopes("account:read people:write")))
        let grace = try test.member(test.grace, test.acme)
        #expect(try await make(for: grace) == (try scopes("account:read")))
        let writing = TokenRules(scopes: try scopes("people:write"))
        #expect(try await test.store.change(writing, by: ada, from: "", at: now))
        #expect(try await make(for: grace) == nil)
        try await test.removeMember(test.grace, from: test.acme)
        #expect(try await make(for: grace) == nil)
    }
}
