import OAuth
import Portal
import Testing

struct AccessTests {
    private func access(_ role: Role, _ scopes: String) -> Access {
        Access(
            member: Cast.member(role), scopes: ScopeSet(parsing: scopes) ?? ScopeSet(),
            sensitive: ScopeDescription.sensitive, credential: .developerToken(ID("tok_1")),
            issuedAt: Instant(seconds: 1_800_000_000), expiresAt: nil)
    }

    @Test func `Case 118: a token allows what was granted, nothing beside it`() {
        let access = access(.admin, "people:read")
        #expect(access.allows(.peopleRead))
        #expect(!access.allows(.peopleWrite))
        #expect(!access.allows(.accountRead))
    }

    @Test func `Case 118: a granted right that the person lost is gone with the next request`() {
        let scopes = "people:read people:write"
        #expect(access(.admin, scopes).allows(.peopleWrite))
        #expect(!access(.member, scopes).allows(.peopleWrite))
        #expect(access(.member, scopes).allows(.peopleRead))
    }

    @Test func `Case 118: default stands for every scope, but not for rights the person lacks`() {
        let members = ScopeDescription.available(to: .member, from: ScopeDescription.catalogue).map(\.scope)
        for scope in ScopeDescription.catalogue.map(\.scope) {
            #expect(access(.admin, "default").allows(scope))
            #expect(access(.member, "default").allows(scope) == members.contains(scope))
        }
    }

    @Test func `Case 118: a sensitive scope is for admins, whatever its name ends in`() {
        let scopes = "billing:manage people:read"
        #expect(access(.admin, scopes).allows(Self.billing))
        #expect(!access(.member, scopes).allows(Self.billing))
        #expect(access(.member, scopes).liveScopes { [] }.text == "people:read")
        #expect(access(.admin, scopes).liveScopes { [] }.text == scopes)
        let catalogue = ScopeDescription.catalogue.map(\.scope)
        #expect(!access(.member, "default").liveScopes { catalogue }.contains(Self.billing))
    }

    private static let billing = ScopeDescription.catalogue[5].scope

    @Test(arguments: ["people:rea", "people:reads", "People:read", "people", "read"])
    func `a name that only resembles a granted one grants nothing`(name: String) {
        #expect(!access(.admin, name).allows(.peopleRead))
    }

    @Test func `members are offered what is not sensitive, admins everything`() {
        let catalogue = ScopeDescription.catalogue
        #expect(ScopeDescription.available(to: .admin, from: catalogue).count == catalogue.count)
        let offered = ScopeDescription.available(to: .member, from: catalogue).map(\.scope.text)
        #expect(offered == ["account:read", "people:read", "tags:read"])
    }
}
