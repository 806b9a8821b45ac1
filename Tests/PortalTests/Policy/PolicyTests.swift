import OAuth
import Portal
import Testing

@Suite struct PolicyTests {
    private func set(_ text: String) -> ScopeSet { ScopeSet(parsing: text) ?? ScopeSet() }
    private let nothing = ScopeSet()

    @Test func `Case 138: without a word of theirs admins allow any app, and members ask`() {
        let policy = TenantPolicy()
        let admin = policy.permission(of: .admin, for: AppStanding(), settled: nothing)
        let member = policy.permission(of: .member, for: AppStanding(), settled: nothing)
        #expect(admin == Permission(.may))
        #expect(member == Permission(.needsAdmin))
        #expect(admin.covers(set("people:read")) && !member.covers(set("people:read")))
    }

    @Test func `Case 138: a member goes on with what an admin said yes to, and no further`() {
        let member = TenantPolicy().permission(of: .member, for: AppStanding(), settled: set("people:read"))
        #expect(member.covers(set("people:read")))
        #expect(!member.covers(set("people:read people:write")))
        #expect(!member.covers(nothing))
    }

    @Test func `members may allow where the policy says so`() {
        let policy = TenantPolicy(deciders: .members)
        #expect(policy.permission(of: .member, for: AppStanding(), settled: nothing).verdict == .may)
    }

    @Test(arguments: [
        (TenantPolicy.Admission.any, false, false, true), (.reviewed, false, false, false),
        (.reviewed, true, false, true), (.reviewed, false, true, true), (.listed, true, false, false),
        (.listed, false, true, true),
    ])
    func `which apps come in, for admins too`(
        admission: TenantPolicy.Admission, isReviewed: Bool, isListed: Bool, comesIn: Bool
    ) {
        let policy = TenantPolicy(deciders: .members, admission: admission)
        let app = AppStanding(isReviewed: isReviewed, isListed: isListed)
        for role in Role.allCases {
            let permission = policy.permission(of: role, for: app, settled: set("people:read"))
            #expect((permission.verdict != .clientNotAdmitted) == comesIn)
            #expect(permission.covers(set("people:read")) == comesIn)
        }
    }

    @Test func `an app's own ceiling stands in for the tenant's`() {
        let policy = TenantPolicy(ceiling: set("account:read"))
        #expect(policy.ceiling(of: AppStanding()) == set("account:read"))
        #expect(policy.ceiling(of: AppStanding(ceiling: set("people:write"))) == set("people:write"))
    }

    @Test func `the gravest contradiction is named`() {
        let group = GrantGroup(
            app: ID("app"), scopes: set("people:read people:write"), allowedAs: .member, isApproved: false, count: 1)
        let all = TenantPolicy(deciders: .admins, admission: .listed, ceiling: set("people:read"))
        #expect(all.contradiction(of: group, to: AppStanding()) == .appNotAdmitted)
        #expect(all.contradiction(of: group, to: AppStanding(isListed: true)) == .membersMayNot)
        let free = TenantPolicy(deciders: .members, admission: .listed, ceiling: set("people:read"))
        #expect(free.contradiction(of: group, to: AppStanding(isListed: true)) == .tooMuch(set("people:write")))
        #expect(TenantPolicy(deciders: .members).contradiction(of: group, to: AppStanding()) == nil)
    }

    @Test func `what an admin said yes to does not contradict "admins only"`() {
        let group = GrantGroup(
            app: ID("app"), scopes: set("people:read"), allowedAs: .member, isApproved: true, count: 1)
        #expect(TenantPolicy().contradiction(of: group, to: AppStanding()) == nil)
    }

    @Test func `a form says everything that is wrong with it`() {
        var form = PolicyForm()
        form.limited = "yes"
        guard case .invalid(let problems) = form.check(catalogue: []) else {
            Issue.record("accepted")
            return
        }
        #expect(Set(problems.map(\.field)) == ["deciders", "admission", "scopes"])
    }
}

@Suite struct MemberChangeTests {
    @Test(arguments: [
        (MemberChange.leave, Role.admin, Int64(0), true), (.become(.member), .admin, 0, true),
        (.become(.admin), .admin, 0, false), (.leave, .admin, 1, false), (.become(.member), .admin, 1, false),
        (.leave, .member, 0, false), (.become(.admin), .member, 0, false),
    ])
    func `the last admin stays one`(change: MemberChange, role: Role, others: Int64, isRefused: Bool) {
        #expect((change.obstacle(for: role, otherAdmins: others) != nil) == isRefused)
    }

    @Test func `an invitation needs an address and a role`() {
        guard case .invalid(let problems) = InvitationDraft.check(email: "nobody", role: "owner") else {
            Issue.record("accepted")
            return
        }
        #expect(problems.map(\.field) == ["email", "role"])
    }
}

@Suite struct TokenRulesTests {
    private let now = Instant(seconds: 1_800_000_000)

    private func draft(_ scopes: String, days: Int64?) throws -> DeveloperTokenDraft {
        let tenant = Tenant(
            id: ID("ten_acme"), slug: try #require(Slug("acme")), name: "Acme", kind: .standard, createdAt: now)
        let person = Person(
            id: ID("per_ada"), email: "ada@acme.example", name: "Ada", createdAt: now, verifiedAt: now,
            isOperator: false, isSuspended: false)
        return DeveloperTokenDraft(
            member: Member(tenant: tenant, person: person, role: .admin, since: now), description: "CI",
            scopes: try #require(ScopeSet(parsing: scopes)), expiresAt: days.map { now + $0 * 86_400 })
    }

    @Test func `Case 266: a longest life refuses longer ones, and those without an end`() throws {
        let rules = TokenRules(longestDays: 30)
        for days in [90, nil] as [Int64?] {
            let problems = rules.problems(with: try draft("people:read", days: days), at: now)
            #expect(problems.map(\.field) == ["expires"])
        }
        #expect(rules.problems(with: try draft("people:read", days: 30), at: now).isEmpty)
        #expect(TokenRules().problems(with: try draft("people:read", days: nil), at: now).isEmpty)
    }

    @Test func `Case 266: scopes beyond the rule are named`() throws {
        let rules = TokenRules(scopes: ScopeSet(parsing: "people:read"))
        let problems = rules.problems(with: try draft("people:read people:write", days: 7), at: now)
        #expect(problems.map(\.field) == ["scopes"])
        #expect(problems.first?.message.contains("people:write") == true)
    }

    @Test func `tokens that exist are told why they could not be made today`() throws {
        let rules = TokenRules(longestDays: 30, scopes: ScopeSet(parsing: "people:read"))
        let read = try #require(ScopeSet(parsing: "people:read"))
        let write = try #require(ScopeSet(parsing: "people:write"))
        #expect(rules.excess(of: write, createdAt: now, expiresAt: now + 86_400) == "Has people:write")
        #expect(rules.excess(of: read, createdAt: now, expiresAt: nil) == "Never ends")
        #expect(rules.excess(of: read, createdAt: now, expiresAt: now + 90 * 86_400) != nil)
        #expect(rules.excess(of: read, createdAt: now, expiresAt: now + 30 * 86_400) == nil)
    }
}
