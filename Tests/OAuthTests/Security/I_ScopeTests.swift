import OAuth
import Testing

@Suite("Security I · Scopes")
struct ScopeCases {
    private func refused(_ scope: String, by client: Client = Cast.roster) -> OAuthError.Code? {
        Fields.authorize.with("scope", scope).refused(by: client)?.redirected
    }

    @Test(arguments: ["unknown", "people:read unknown", "people:delete", "default"])
    func `Case 112: a scope that is unknown or not this app's is refused, also among good ones`(scope: String) {
        #expect(refused(scope) == .invalidScope)
    }

    @Test func `Case 113: scope at the token endpoint changes nothing in the code grant`() throws {
        for scope in ["people:write", "account:read people:read people:write", "unknown", "\u{7F}"] {
            let outcome = try redeeming(Fields.redeem().with("scope", scope))
            #expect(outcome.response?.renewal?.scopes == Cast.set("people:read"))
        }
    }

    @Test(arguments: [
        "people:read\tpeople:write", "people:read\npeople:write", "people:read\r\npeople:write", "\"people:read\"",
        "people:read\\", "caf\u{E9}", "people:read  people:write", " people:read", "people:read ",
        "people:read\u{301}", "people:read \u{301}people:write", "people:read\u{A0}people:write",
        "people:read\u{2003}x",
        "people:read,people:write", "people:read+people:write",
    ])
    func `Case 115: only the byte 0x20 separates scopes`(scope: String) {
        #expect(refused(scope) == .invalidScope)
        #expect(
            refusal { () throws(OAuthError) in
                try TokenRequest.read(try Fields.refresh().with("scope", scope).list)
            } == (ScopeSet(parsing: scope) == nil ? .invalidScope : nil))
    }

    @Test func `Case 115: NUL and ten thousand entries are refused`() {
        #expect(Fields.authorize.with("scope", "people:read\u{0}").refused()?.told == .invalidRequest)
        let many = Array(repeating: "a", count: 4000).joined(separator: " ")
        #expect(refused(many) == .invalidScope)
        #expect(
            Fields.authorize.with("scope", Array(repeating: "a", count: 10_000).joined(separator: " ")).refused()?.told
                == .invalidRequest)
    }

    @Test(arguments: [
        "People:read", "PEOPLE:READ", "people:rea", "people:readd", "people", "people:", ":read", "people:read/x",
    ])
    func `Case 116: scopes are exact words`(scope: String) {
        #expect(refused(scope) == .invalidScope)
    }

    @Test func `Case 116: order does not matter and repetition collapses`() throws {
        let one = try Fields.authorize.with("scope", "people:read people:write").read().scopes
        let two = try Fields.authorize.with("scope", "people:write people:read people:write").read().scopes
        #expect(one == two)
        #expect(one.text == "people:read people:write")
    }

    @Test func `Case 117: the default is the same for an app whether it sends an empty scope or none`() throws {
        let none = try Fields.authorize.without("scope").read().scopes
        let empty = try Fields.authorize.with("scope", "").read().scopes
        #expect(none == Cast.roster.allowedScopes)
        #expect(empty == none)
        #expect(try refreshing(Fields.refresh().with("scope", "")).response?.renewal?.scopes == Cast.family().scopes)
    }

    @Test func `Case 118: a token's scopes are what was consented, not what the app may ask for`() throws {
        let outcome = try redeeming(.redeem(), Cast.code(scopes: Cast.set("account:read")))
        #expect(outcome.response?.renewal?.scopes == Cast.set("account:read"))
        #expect(outcome.sketch.contains("access to account:read until 86400"))
    }
}
