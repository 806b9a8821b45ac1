import OAuth
import Portal
import Testing

/// Who may use the developer tools, and what operators are hinted at.
struct DeveloperRulesTests {
    static let now = Instant(seconds: 1_795_252_442)

    static func person(_ email: String = "nora@nora.example", age: Int64 = 30 * 86_400, verified: Bool = true) -> Person
    {
        Person(
            id: ID("per_1"), email: email, name: "Nora", createdAt: now - age, verifiedAt: verified ? now - age : nil,
            isOperator: false, isSuspended: false)
    }

    static func member(_ plan: Tenant.Plan, _ role: Role = .admin, kind: Tenant.Kind = .standard) throws -> Member {
        let tenant = Tenant(
            id: ID("ten_1"), slug: try #require(Slug("acme")), name: "Acme", kind: kind, createdAt: now, plan: plan)
        return Member(tenant: tenant, person: person(), role: role, since: now)
    }

    @Test func `An approved developer has the tools, and an admin of a tenant whose plan includes them`() throws {
        let plans: Set<Tenant.Plan> = [.network, .enterprise]
        func access(_ state: DeveloperApplication.State?, _ members: [Member], verified: Bool = true) -> DeveloperAccess
        {
            developerAccess(of: Self.person(verified: verified), application: state, memberships: members, plans: plans)
        }
        #expect(access(.approved, []) == .approved)
        #expect(access(nil, [try Self.member(.enterprise)]) == .plan("Acme"))
        #expect(access(.submitted, [try Self.member(.network)]) == .plan("Acme"))
        #expect(access(nil, [try Self.member(.standard)]) == .closed(.notApplied))
        #expect(access(nil, [try Self.member(.enterprise, .member)]) == .closed(.notApplied))
        #expect(access(nil, [try Self.member(.enterprise, kind: .sandbox)]) == .closed(.notApplied))
        #expect(access(.submitted, []) == .closed(.waiting))
        #expect(access(.rejected, []) == .closed(.rejected))
        #expect(access(.approved, [], verified: false) == .closed(.emailNotConfirmed))
    }

    @Test(arguments: [
        ("Northwind", "Northw1nd"), ("Northwind", "NORTHWIND"), ("Northwind", "Nоrthwind"), ("Acme", "Асmе"),
        ("Roster Sync", "Rooster Sync"), ("Modern", "Modem"), ("PayPal", "PayPaI"), ("Globex", "Globexx"),
        ("Acme", "Acme!"), ("Łódź Tools", "Lodz Too1s"), ("Kiosk", "\u{43A}io\u{455}k"),
    ])
    func `Names that a reader in a hurry takes for each other are alike`(a: String, b: String) {
        #expect(NameLikeness(a).isLike(NameLikeness(b)) && NameLikeness(b).isLike(NameLikeness(a)))
    }

    @Test(arguments: [
        ("Acme", "Acne Studios"), ("Northwind", "Southwind Tours"), ("AB", "A8"), ("", ""), ("Ada", "Adam"),
    ])
    func `Names that are different are not`(a: String, b: String) {
        #expect(!NameLikeness(a).isLike(NameLikeness(b)))
    }

    @Test func `Hints name a fresh account, free mail, an imitation, a bare address and many links`() {
        func hints(
            _ organization: String, _ website: String, _ email: String, age: Int64, _ about: String = "",
            owners: Set<ID<Entity.Person>> = []
        ) -> [RiskHint] {
            DeveloperApplication(
                id: ID("dev_1"), person: Self.person(email, age: age), state: .submitted,
                answers: ApplicationAnswers(organization: organization, website: website, about: about, building: ""),
                version: 1, submittedAt: Self.now, updatedAt: Self.now
            ).risks(known: [KnownName(name: "Northwind", kind: "the tenant", owners: owners)], at: Self.now)
        }
        #expect(hints("Nora Apps", "https://nora.example", "nora@nora.example", age: 30 * 86_400).isEmpty)
        let risky = hints(
            "Northw1nd", "https://203.0.113.9/", "nora@gmail.com", age: 3600, "http://a http://b http://c http://d")
        #expect(risky.count { $0.isStrong } == 2)
        #expect(risky.count == 5)
        let own = hints(
            "Northwind", "https://nora.example", "nora@nora.example", age: 30 * 86_400, owners: [ID("per_1")])
        #expect(own.isEmpty, "a name of their own is no imitation")
        let elsewhere = hints("Nora Apps", "https://other.example", "nora@nora.example", age: 30 * 86_400)
        #expect(elsewhere.map(\.isStrong) == [false])
    }

    @Test func `An application is checked as a whole, and a decision that says no says why`() {
        let empty = ApplicationAnswers()
        guard case .invalid(let problems) = empty.check() else {
            Issue.record("an empty application was taken")
            return
        }
        #expect(problems.map(\.field) == ["organization", "website", "about", "building"])
        guard case .invalid(let missing) = ApplicationDecision.check(verdict: "rejected", reason: " \n") else {
            Issue.record("a rejection without a reason was taken")
            return
        }
        #expect(missing.map(\.field) == ["reason"])
        guard case .valid = ApplicationDecision.check(verdict: "approved", reason: "") else {
            Issue.record("an approval needs no reason")
            return
        }
    }
}
