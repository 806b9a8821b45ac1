import OAuth
import Testing

@Suite("RFC 6749 · §3.3: a server may grant less than was asked for")
struct CeilingTests {
    private func step(_ permission: Permission, granted: String? = nil, prompt: String? = nil) throws -> NextStep {
        var fields = Fields.authorize.with("scope", "people:read people:write")
        if let prompt { fields = fields.with("prompt", prompt) }
        return nextStep(
            for: try fields.read(), signedIn: SignedIn(person: Cast.ada, authenticatedAt: Cast.now),
            permission: permission, grantedScopes: granted.map(Cast.set), at: Cast.now)
    }

    @Test func `§3.3: only what the ceiling leaves is asked of the person`() throws {
        let permission = Permission(.may, ceiling: Cast.set("people:read account:read"))
        #expect(try step(permission) == .askConsent(new: Cast.set("people:read"), already: ScopeSet()))
        #expect(try step(permission, granted: "people:read") == .allow)
    }

    @Test func `§3.3: a ceiling that leaves nothing is said, not granted`() throws {
        let permission = Permission(.may, ceiling: Cast.set("account:read"))
        #expect(try step(permission) == .nothingToAllow)
        guard case .refuse = try step(permission, prompt: "none") else {
            Issue.record("a page with prompt=none")
            return
        }
    }

    @Test func `a client that is not let in gets no further, also with an old grant`() throws {
        let permission = Permission(.clientNotAdmitted, settled: Cast.set("people:read people:write"))
        #expect(try step(permission, granted: "people:read people:write") == .notAdmitted)
    }

    @Test func `Case 138: somebody who needs an admin goes on only with what was settled`() throws {
        #expect(try step(Permission(.needsAdmin)) == .notAnAdmin)
        #expect(try step(Permission(.needsAdmin, settled: Cast.set("people:read"))) == .notAnAdmin)
        let settled = Cast.set("people:read people:write")
        let asking = NextStep.askConsent(new: settled, already: ScopeSet())
        #expect(try step(Permission(.needsAdmin, settled: settled)) == asking)
    }

    @Test func `default stands for all scopes, so of it the ceiling remains`() {
        #expect(Cast.set("default").narrowed(to: Cast.set("people:read")) == Cast.set("people:read"))
        #expect(Cast.set("people:write").narrowed(to: Cast.set("default")) == Cast.set("people:write"))
        #expect(Cast.set("people:write").narrowed(to: nil) == Cast.set("people:write"))
        #expect(Cast.set("people:write").narrowed(to: Cast.set("people:read")).isEmpty)
    }
}
