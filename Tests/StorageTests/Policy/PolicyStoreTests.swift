import OAuth
import Portal
import Storage
import Testing

@Suite("Policy and requests")
struct PolicyStoreTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    /// As an admin does who has seen what the rules contradict now.
    private func set(_ policy: TenantPolicy, revoking: Bool = false) async throws -> Int64? {
        let ada = try test.member(test.ada, test.acme)
        let seen = try test.store.contradictions(to: policy, seenBy: ada).reduce(0) { $0 + $1.group.count }
        let change = try await test.store.change(
            policy, by: ada, expecting: seen, revokingContradictions: revoking, from: "", at: now)
        guard case .saved(let revoked) = change else { return nil }
        return revoked
    }

    private func ask(_ text: String = "people:read") async throws -> AccessRequest {
        let grace = try test.member(test.grace, test.acme)
        let outcome = try await test.store.ask(
            for: test.rosterSync, try scopes(text), by: grace, note: "Please",
            path: "/t/acme/oauth/authorize?state=s3cr3t",
            letters: { _ in [] }, from: "", at: now)
        guard case .asked(let id) = outcome else { throw TestStore.Refused() }
        return try #require(try test.store.request(id, seenBy: grace))
    }

    private func decide(_ request: AccessRequest, _ allowing: Bool, at moment: Instant? = nil) async throws -> Bool {
        try await test.store.decide(
            request, allowing: allowing, answer: "", by: try test.member(test.ada, test.acme),
            letter: TestStore.letter(), from: "", at: moment ?? now)
    }

    @Test func `Case 138: a member allows what an admin said yes to, once, and their tokens live`() async throws {
        let grace = try test.member(test.grace, test.acme)
        #expect(try await test.allow("people:read", by: grace) == nil)
        #expect(try await decide(try await ask(), true))
        #expect(try await test.allow("people:read people:write", by: grace) == nil)
        let code = try await test.code("people:read", by: grace)
        let tokens = try await test.redeem(code).tokens
        #expect(try test.check(tokens.access) == "live")
        _ = try await test.refresh(tokens.refresh).tokens
        #expect(try test.count("SELECT count(*) FROM grants WHERE approved_by = \(test.ada.id)") == 1)
        #expect(try test.count("SELECT count(*) FROM access_requests WHERE sealed_path IS NOT NULL") == 0)
        // An admin revokes it: the old yes does not let it in again.
        _ = try await test.store.revokeGrants(
            to: test.rosterSync, by: try test.member(test.ada, test.acme), from: "", at: now)
        #expect(try test.check(tokens.access) == "unknown")
        #expect(try await test.allow("people:read", by: grace) == nil)
    }

    @Test func `Case 138: a no is a no, and a yes runs out`() async throws {
        let grace = try test.member(test.grace, test.acme)
        #expect(try await decide(try await ask(), false))
        #expect(try await test.allow("people:read", by: grace) == nil)
        let second = try await ask()
        #expect(try await decide(second, true))
        #expect(try await !decide(second, false))
        #expect(try await test.allow("people:read", by: grace, at: now + AccessRequest.lifetime + 1) == nil)
        #expect(try await test.allow("people:read", by: grace) != nil)
    }

    private func edit(_ change: (inout AppDetails) -> Void, at moment: Instant) async throws {
        var details = test.rosterSync.details
        change(&details)
        _ = try await test.store.update(test.rosterSync.id, of: test.lin.id, to: details, at: moment)
    }

    @Test func `Case 131: a yes is to the app as it was, and an answer to one that changed meanwhile is none`()
        async throws
    {
        let grace = try test.member(test.grace, test.acme)
        #expect(try await decide(try await ask(), true))
        try await edit({ $0.callbacks.append("https://attacker.example/steal") }, at: now + 1)
        let app = try #require(try test.store.app(test.rosterSync.id))
        #expect(try await test.allow("people:read", to: app, by: grace, at: now + 5) == nil)
        let second = try await ask()
        try await edit({ $0.name = "Payroll Master" }, at: now + 6)
        #expect(try await !decide(second, true, at: now + 9))
        let seen = try #require(try test.store.request(second.id, seenBy: grace))
        #expect(seen.decision == nil)
        #expect(try await decide(seen, true, at: now + 9))
        #expect(try await test.allow("people:read", to: seen.app, by: grace, at: now + 9) != nil)
    }

    @Test func `Cases 84, 131: a yes ends with the admin's role, and with their suspension`() async throws {
        let grace = try test.member(test.grace, test.acme)
        #expect(try await decide(try await ask(), true))
        try await test.suspend("person", test.ada.id.text)
        #expect(try await test.allow("people:read", by: grace) == nil)
        try await test.reinstate(test.ada.id.text)
        try await test.store.addMember(test.ada.id, to: test.acme.id, as: .member, at: now)
        #expect(try await test.allow("people:read", by: grace) == nil)
        try await test.store.addMember(test.ada.id, to: test.acme.id, as: .admin, at: now)
        #expect(try await test.allow("people:read", by: grace) != nil)
    }

    @Test func `Case 84: revoking all access of an app takes back the yes that nobody used yet`() async throws {
        let (ada, grace) = (try test.member(test.ada, test.acme), try test.member(test.grace, test.acme))
        #expect(try test.store.app(test.rosterSync.id, seenBy: ada, at: now) == nil)
        #expect(try await decide(try await ask(), true))
        #expect(try test.store.app(test.rosterSync.id, seenBy: ada, at: now)?.unusedYeses == 1)
        #expect(try await test.store.revokeGrants(to: test.rosterSync, by: ada, from: "", at: now) == 1)
        #expect(try await test.allow("people:read", by: grace) == nil)
        let log = try test.store.auditPage(.tenant(test.acme.id), limit: 1)
        #expect(log.entries.first?.action == "grant.revoked")
        #expect(try await test.store.revokeGrants(to: test.rosterSync, by: ada, from: "", at: now) == 0)
    }

    @Test func `a second request while one waits is the same one, and late answers count for nothing`() async throws {
        let grace = try test.member(test.grace, test.acme)
        let first = try await ask()
        let again = try await test.store.ask(
            for: test.rosterSync, try scopes("people:write"), by: grace, note: "", path: "/", letters: { _ in [] },
            from: "", at: now)
        #expect(again == .waiting(first.id))
        #expect(try await !decide(first, true, at: now + AccessRequest.lifetime + 1))
        #expect(first.state(at: now + AccessRequest.lifetime + 1) == .expired)
    }

    @Test func `where the member goes on is sealed, theirs only, and forgotten in time`() async throws {
        let request = try await ask()
        let grace = try test.member(test.grace, test.acme)
        #expect(try test.store.path(of: request.id, for: grace, at: now)?.contains("state=s3cr3t") == true)
        #expect(try test.store.path(of: request.id, for: try test.member(test.ada, test.acme), at: now) == nil)
        #expect(try test.store.path(of: request.id, for: grace, at: now + AccessRequest.lifetime + 1) == nil)
        #expect(try test.store.request(request.id, seenBy: try test.member(test.mallory, test.globex)) == nil)
        #expect(
            try test.count(
                "SELECT count(*) FROM access_requests WHERE instr(CAST(sealed_path AS TEXT), 's3cr3t') > 0") == 0)
    }

    @Test func `Case 139: another tenant's admin answers nothing`() async throws {
        let request = try await ask()
        let isDone = try await test.store.decide(
            request, allowing: true, answer: "", by: try test.member(test.mallory, test.globex),
            letter: TestStore.letter(), from: "", at: now)
        #expect(!isDone)
        #expect(try await test.allow("people:read", by: try test.member(test.grace, test.acme)) == nil)
    }

    @Test func `a yes to an app that the policy keeps out puts it on the list`() async throws {
        _ = try await set(TenantPolicy(admission: .listed))
        #expect(try await test.allow("people:read") == nil)
        #expect(try await decide(try await ask(), true))
        #expect(try test.store.tenantStanding(of: test.rosterSync, in: test.acme.id).isListed)
        #expect(try await test.allow("people:read", by: try test.member(test.grace, test.acme)) != nil)
    }

    @Test func `a ceiling narrows what is granted, redeemed and refreshed, from the next exchange on`() async throws {
        let code = try await test.code("people:read people:write")
        let before = try await test.tokens()
        _ = try await set(TenantPolicy(ceiling: try scopes("people:read")))
        #expect(try await test.redeem(code).tokens.scopes == (try scopes("people:read")))
        let renewed = try await test.refresh(before.refresh).tokens
        #expect(renewed.scopes == (try scopes("people:read")))
        let again = try await test.refresh(renewed.refresh, scope: "people:read people:write").tokens
        #expect(again.scopes == (try scopes("people:read")))
        let fresh = try await test.redeem(try await test.code("people:read people:write", to: test.rosterSync)).tokens
        #expect(fresh.scopes == (try scopes("people:read")))
        // The app's own ceiling stands in for it; what was granted before comes back with it.
        let own = AppStanding(ceiling: try scopes("people:read people:write"))
        _ = try await test.store.set(
            own, of: test.rosterSync, by: try test.member(test.ada, test.acme), from: "", at: now)
        #expect(try await test.refresh(again.refresh).tokens.scopes == (try scopes("people:read people:write")))
        let none = AppStanding(ceiling: try scopes("account:read"))
        _ = try await test.store.set(
            none, of: test.rosterSync, by: try test.member(test.ada, test.acme), from: "", at: now)
        #expect(try await test.refresh(fresh.refresh).error == .invalidScope)
    }

    @Test func `tightening names what it contradicts, and revokes it only when told to`() async throws {
        _ = try await set(TenantPolicy(deciders: .members))
        let grace = try test.member(test.grace, test.acme)
        let hers = try await test.redeem(try await test.code("people:read", by: grace)).tokens
        let adas = try await test.tokens("people:read")
        let found = try test.store.contradictions(to: TenantPolicy(), seenBy: try test.member(test.ada, test.acme))
        #expect(found.map(\.why) == [.membersMayNot])
        #expect(try await set(TenantPolicy()) == 0)
        #expect(try test.check(hers.access) == "live")
        #expect(try await set(TenantPolicy(), revoking: true) == 1)
        #expect(try test.check(hers.access) == "unknown")
        #expect(try test.check(adas.access) == "live")
        #expect(try await set(TenantPolicy(admission: .listed), revoking: true) == 1)
        #expect(try test.check(adas.access) == "unknown")
    }

    @Test func `a grant made since the admin looked is neither kept nor revoked unseen`() async throws {
        let ada = try test.member(test.ada, test.acme)
        let listed = TenantPolicy(admission: .listed)
        let tokens = try await test.tokens("people:read")
        for (seen, revoking) in [(0, true), (0, false), (2, true)] as [(Int64, Bool)] {
            let change = try await test.store.change(
                listed, by: ada, expecting: seen, revokingContradictions: revoking, from: "", at: now)
            #expect(change == .changedMeanwhile)
        }
        #expect(try test.store.policy(of: test.acme.id) == TenantPolicy())
        #expect(try test.check(tokens.access) == "live")
        let change = try await test.store.change(
            listed, by: ada, expecting: 1, revokingContradictions: true, from: "", at: now)
        #expect(change == .saved(revoked: 1))
    }

    @Test func `what somebody allowed as an admin does not come back when they allow less as a member`() async throws {
        let old = try await test.tokens("people:read people:write")
        try await test.store.addMember(test.grace.id, to: test.acme.id, as: .admin, at: now)
        try await test.store.addMember(test.ada.id, to: test.acme.id, as: .member, at: now)
        let ada = try test.member(test.ada, test.acme)
        #expect(try test.store.grantedScopes(to: test.rosterSync.id, by: ada.person.id, in: test.acme.id) == nil)
        _ = try await test.store.change(
            TenantPolicy(deciders: .members), by: try test.member(test.grace, test.acme), expecting: 0,
            revokingContradictions: false, from: "", at: now)
        let new = try await test.redeem(try await test.code("people:read", by: ada)).tokens
        #expect(new.scopes == (try scopes("people:read")))
        #expect(try await test.refresh(old.refresh).error == .invalidGrant)
        let granted = try test.store.grantedScopes(to: test.rosterSync.id, by: ada.person.id, in: test.acme.id)
        #expect(granted == (try scopes("people:read")))
    }

    @Test func `nobody but an admin changes rules`() async throws {
        let outsiders = [try test.member(test.grace, test.acme)]
        for member in outsiders {
            #expect(
                try await test.store.change(
                    TenantPolicy(deciders: .members), by: member, expecting: 0, revokingContradictions: true, from: "",
                    at: now) == .gone)
            #expect(try await !test.store.change(TokenRules(longestDays: 7), by: member, from: "", at: now))
            #expect(
                try await !test.store.set(
                    AppStanding(isListed: true), of: test.rosterSync, by: member, from: "", at: now))
            #expect(try await test.store.revokeGrants(to: test.rosterSync, by: member, from: "", at: now) == nil)
        }
        #expect(try test.store.policy(of: test.acme.id) == TenantPolicy())
    }

    @Test func `Case 265: every change of rules stands in the tenant's log`() async throws {
        _ = try await set(TenantPolicy(deciders: .members))
        let log = try test.store.auditPage(.tenant(test.acme.id), limit: 1)
        #expect(log.entries.first?.action == "tenant.policy_changed")
        #expect(try test.store.auditChain(of: test.acme.id, newest: 100).findings.isEmpty)
    }

    @Test func `ten thousand grants: the page of apps and one app's page read what they show`() async throws {
        let (tenant, app) = (test.acme.id, test.rosterSync.id)
        try await test.engine.write { db in
            for number in 0..<10_000 {
                let id = "per_many\(number)"
                try db.run(
                    """
                    INSERT INTO people (id, email, email_key, name, password_hash, created_at)
                    VALUES (\(id), \(id), \(id), 'Somebody', 'hash', 1)
                    """)
                try db.run(
                    """
                    INSERT INTO members (tenant_id, person_id, role, created_at)
                    VALUES (\(tenant), \(id), 'member', 1)
                    """)
                try db.run(
                    """
                    INSERT INTO grants (tenant_id, id, app_id, person_id, scopes, created_at, updated_at, allowed_as)
                    VALUES (\(tenant), \("gr_" + id), \(app), \(id), 'people:read', \(number), 1, 'member')
                    """)
            }
        }
        let admin = try test.member(test.ada, test.acme)
        let (apps, _) = try test.store.apps(seenBy: admin, after: nil, limit: 50)
        #expect(apps.map(\.grants) == [10_000])
        let (first, hasMore) = try test.store.grants(to: app, seenBy: admin, after: nil, limit: 50)
        let last = try #require(first.last)
        let (second, _) = try test.store.grants(
            to: app, seenBy: admin, after: ListPosition(at: last.createdAt, id: last.id.text), limit: 50)
        #expect(hasMore && first.count == 50 && Set(first.map(\.id)).isDisjoint(with: second.map(\.id)))
    }
}
