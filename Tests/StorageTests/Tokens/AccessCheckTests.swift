import OAuth
import Portal
import Storage
import Testing

@Suite("Checks of bearer tokens")
struct AccessCheckTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private func token(
        of person: Person? = nil, _ text: String = "people:read people:write", expiresAt: Instant? = nil
    ) async throws -> (token: Secret<DeveloperToken>, id: ID<Entity.DeveloperToken>) {
        let token = Secret<DeveloperToken>.random()
        let draft = DeveloperTokenDraft(
            member: try test.member(person ?? test.ada, test.acme), description: "Nightly export",
            scopes: try scopes(text), expiresAt: expiresAt)
        return (
            token: token,
            id: try await test.store.makeBeyondQuota(draft, token: token, letter: TestStore.letter(), at: now)
        )
    }

    private func check(_ token: Secret<DeveloperToken>, at moment: Instant = TestStore.start) throws -> AccessCheck {
        try test.store.check(token, from: "203.0.113.7", at: moment)
    }

    @Test(arguments: [(86_399, "live"), (86_400, "expired"), (20 * 86_400, "expired")] as [(Int64, String)])
    func `an access token that ran out is told so, not called unknown`(seconds: Int64, word: String) async throws {
        let tokens = try await test.tokens()
        _ = try await test.store.sweep(at: now + seconds)
        #expect(try test.check(tokens.access, at: now + seconds) == word)
    }

    @Test func `what is expired and revoked, suspended or nobody's is unknown`() async throws {
        let tokens = try await test.tokens()
        #expect(try test.check(.random(), at: now) == "unknown")
        try await Loss.grantRevoked.happen(in: test)
        #expect(try test.check(tokens.access, at: now + 86_400) == "unknown")
    }

    @Test func `a developer token works for its person in its tenant until its last second`() async throws {
        let (token, id) = try await token(expiresAt: now + 100)
        let access = try #require(try check(token).access)
        #expect(access.member.person.id == test.ada.id)
        #expect(access.member.tenant.id == test.acme.id)
        guard case .developerToken(let found) = access.credential else { throw TestStore.Refused() }
        #expect(found == id)
        #expect(try check(token, at: now + 99).word == "live")
        #expect(try check(token, at: now + 100).word == "expired")
        #expect(try check(.random()).word == "unknown")
    }

    @Test func `a developer token without an end works for ever`() async throws {
        let (token, _) = try await token()
        while try await test.store.sweep(at: now + 3_200_000_000) {}
        #expect(try check(token, at: now + 3_200_000_000).word == "live")
    }

    @Test func `revoked, it is unknown at once, also after it would have expired`() async throws {
        let (token, id) = try await token(expiresAt: now + 100)
        #expect(try await test.store.revoke(id, of: test.ada, letter: TestStore.letter(), at: now + 1))
        for moment in [now + 1, now + 200] { #expect(try check(token, at: moment).word == "unknown") }
    }

    @Test(arguments: [Loss.membershipRemoved, .personSuspended, .tenantSuspended])
    func `Case 150: a developer token is dead at once when`(loss: Loss) async throws {
        let (token, _) = try await token()
        try await loss.happen(in: test)
        #expect(try check(token).word == "unknown")
    }

    @Test func `Case 118: what a token may do ends with its person's right to it`() async throws {
        let (token, _) = try await token("default")
        #expect(try #require(try check(token).access).allows(.peopleWrite))
        try await test.store.addMember(test.ada.id, to: test.acme.id, as: .member, at: now)
        let access = try #require(try check(token).access)
        #expect(!access.allows(.peopleWrite) && access.allows(.peopleRead))
    }

    @Test(arguments: Loss.allCases, [Client.TokenFormat.v1, .v2])
    func `Cases 84, 118: an app's access token is dead at once when`(
        loss: Loss, format: Client.TokenFormat
    ) async throws {
        let access = try await access(format)
        #expect(try test.check(access) == "live")
        try await loss.happen(in: test)
        #expect(try test.check(access) == "unknown")
    }

    /// What Ada allowed Roster Sync to read and write, as a token of this format.
    private func access(_ format: Client.TokenFormat) async throws -> Secret<AccessToken> {
        var details = test.rosterSync.details
        details.tokenFormat = format
        _ = try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: now)
        let code = try await test.code("account:read people:read people:write")
        return try #require(try await test.redeem(code).response).accessToken
    }

    @Test(arguments: [Client.TokenFormat.v1, .v2])
    func `Case 118: a ceiling holds for the tokens that are out, at their next use`(format: Client.TokenFormat)
        async throws
    {
        let (token, ada) = (try await access(format), try test.member(test.ada, test.acme))
        func found() throws -> String { try test.store.check(token, at: now).access?.scopes.text ?? "none" }
        func limit(to text: String) async throws {
            _ = try await test.store.change(
                TenantPolicy(ceiling: try scopes(text)), by: ada, revokingContradictions: false, from: "", at: now)
        }
        #expect(try found() == "account:read people:read people:write")
        try await limit(to: "account:read people:read")
        #expect(try found() == "account:read people:read")
        let access = try #require(try test.store.check(token, at: now).access)
        #expect(!access.allows(.peopleWrite))
        // The app's own ceiling takes the place of the tenant's.
        let own = AppStanding(ceiling: try scopes("people:write"))
        _ = try await test.store.set(own, of: test.rosterSync, by: ada, from: "", at: now)
        #expect(try found() == "people:write")
        _ = try await test.store.set(
            AppStanding(ceiling: try scopes("default")), of: test.rosterSync, by: ada, from: "", at: now)
        #expect(try found() == "account:read people:read people:write")
        let nothing = AppStanding(ceiling: try scopes("orders:read"))
        _ = try await test.store.set(nothing, of: test.rosterSync, by: ada, from: "", at: now)
        #expect(try test.check(token) == "unknown")
    }

    @Test func `Case 118: what an operator calls sensitive is for admins, also with tokens from before`() async throws {
        let billing = try #require(Scope("billing:manage"))
        func save(_ sensitivity: ScopeDescription.Sensitivity) async throws {
            let description = ScopeDescription(
                scope: billing, title: "Manage billing", sentence: "Invoices.", group: "Billing",
                sensitivity: sensitivity, enforcement: .operator)
            try await test.store.save(description, position: 50, by: test.lin, at: now)
        }
        try await save(.high)
        let (adas, _) = try await token("billing:manage people:read")
        let (graces, _) = try await token(of: test.grace, "billing:manage people:read")
        let (whole, _) = try await token(of: test.grace, "default")
        #expect(try #require(try check(adas).access).allows(billing))
        for token in [graces, whole] {
            let access = try #require(try check(token).access)
            #expect(!access.allows(billing) && access.allows(.peopleRead))
            let catalogue = try test.store.scopeCatalogue().map(\.scope)
            #expect(!access.liveScopes { catalogue }.contains(billing))
        }
        try await test.store.addMember(test.ada.id, to: test.acme.id, as: .member, at: now)
        #expect(try !#require(try check(adas).access).allows(billing))
        try await save(.normal)
        #expect(try #require(try check(graces).access).allows(billing))
    }

    @Test func `a member's own token reads and does not write`() async throws {
        let (token, _) = try await token(of: test.grace)
        let access = try #require(try check(token).access)
        #expect(access.allows(.peopleRead))
        #expect(!access.allows(.peopleWrite))
    }

    @Test func `when and whence a developer token was last used is written with the next flush`() async throws {
        let (token, id) = try await token()
        #expect(try check(token, at: now + 10).word == "live")
        #expect(try check(token, at: now + 20).word == "live")
        #expect(try test.store.developerToken(id, of: test.ada.id)?.lastUsedAt == nil)
        try await test.store.flushUses()
        let seen = try #require(try test.store.developerToken(id, of: test.ada.id))
        #expect(seen.lastUsedAt == now + 20)
        #expect(seen.lastUsedAddress == "203.0.113.7")
    }

    @Test func `a flush never moves "last used" back, and an expired token is not in use`() async throws {
        let (token, id) = try await token(expiresAt: now + 100)
        for moment in [now + 50, now + 40, now + 100] {
            _ = try check(token, at: moment)
            try await test.store.flushUses()
        }
        #expect(try test.store.developerToken(id, of: test.ada.id)?.lastUsedAt == now + 50)
    }

    @Test func `uses of many at once are all written, by whoever flushes`() async throws {
        let test = test
        var made: [Secret<DeveloperToken>] = []
        for _ in 0..<20 { made.append(try await token().token) }
        let tokens = made
        _ = try await atOnce(100) { n in
            _ = try test.store.check(tokens[n % 20], from: "203.0.113.7", at: TestStore.start + Int64(n))
            if n % 10 == 0 { try await test.store.flushUses() }
        }
        try await test.store.flushUses()
        #expect(try test.count("SELECT count(*) FROM developer_tokens WHERE last_used_at IS NOT NULL") == 20)
    }
}
