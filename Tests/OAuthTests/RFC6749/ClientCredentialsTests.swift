import OAuth
import Testing

@Suite("RFC 6749 §4.4 · Client credentials")
struct ClientCredentialsTests {
    private static let own = ID<Entity.TokenFamily>("fam_own")

    @Test func `§4.4: a confidential app gets a token under what an admin allowed it`() throws {
        let outcome = try asking()
        #expect(
            outcome.sketch == [
                "family for gr_ada_roster with people:read people:write",
                "access to people:read people:write until 3600",
            ])
        guard case .startFamily(let start) = try #require(outcome.effects.first) else {
            Issue.record("no family is begun")
            return
        }
        #expect(start.origin == .clientCredentials && start.person == Cast.ada)
    }

    @Test func `§4.4: the next token hangs on the same family, so asking often leaves nothing behind`() throws {
        let outcome = try asking(under: [Cast.standing(family: Self.own)])
        #expect(outcome.sketch == ["access to people:read people:write until 3600"])
        guard case .issueAccess(let access) = try #require(outcome.effects.first) else { return }
        #expect(access.family == Self.own)
    }

    @Test func `§4.4: a public app cannot`() throws {
        #expect(try asking(by: Cast.native).error == .unauthorizedClient)
    }

    @Test func `§4.4.2: scope narrows; without it, all that was allowed and the app still asks for`() throws {
        #expect(try asking([("scope", "people:read")]).response?.renewal?.scopes == Cast.set("people:read"))
        let narrowed = Cast.client(scopes: Cast.set("people:read"))
        #expect(try asking(by: narrowed).response?.renewal?.scopes == Cast.set("people:read"))
    }

    @Test(arguments: ["account:read", "people:read account:read", "default", "nothing", "people:readx"])
    func `§4.4.2: more than an admin allowed is invalid_scope`(scope: String) throws {
        let outcome = try asking([("scope", scope.replacing(" ", with: "+"))])
        #expect(outcome.error == .invalidScope && outcome.effects.isEmpty)
    }

    @Test func `§4.4.2: of several grants the newest that covers it carries the token; they do not add up`() throws {
        let grants = [Cast.standing("account:read", id: "gr_new"), Cast.standing(id: "gr_old")]
        #expect(try asking([("scope", "people:read")], under: grants).sketch.first?.contains("gr_old") == true)
        #expect(try asking(under: grants).sketch.first?.contains("gr_new") == true)
        #expect(try asking([("scope", "account:read+people:read")], under: grants).error == .invalidScope)
    }

    @Test func `§4.4.3: the answer has no refresh token, and says when the token ends`() throws {
        let response = try #require(try asking([("scope", "people:read")]).response)
        #expect(
            String(decoding: response.json(), as: UTF8.self)
                == #"{"access_token":"\#(response.accessToken.reveal())","token_type":"Bearer","expires_in":3600,"#
                + #""scope":"people:read","created_at":1800000000}"#)
    }

    @Test func `§4.4.3: an app of the old token format gets no token without end this way`() throws {
        let response = try #require(try asking(by: Cast.client(tokenFormat: .v1)).response)
        #expect(response.renewal?.expiresIn == 3600)
    }

    @Test func `§5.2: without any admin's grant the app is told what to do first`() throws {
        let outcome = try asking(under: [])
        #expect(outcome.error == .unauthorizedClient && outcome.effects.isEmpty)
    }

    @Test func `§5.2: a grant of which nothing is left to ask for is invalid_scope`() throws {
        #expect(try asking(under: [Cast.standing("default")]).error == .invalidScope)
    }

    @Test func `§5.2: a malformed scope is invalid_scope`() {
        #expect(refusal { () throws(OAuthError) in try read("scope=a++b") } == .invalidScope)
        #expect(refusal { () throws(OAuthError) in try read("scope=a&scope=b") } == .invalidRequest)
    }

    private func read(_ fields: String) throws(OAuthError) -> TokenRequest {
        try TokenRequest.read(try ParameterList(query: "grant_type=client_credentials&" + fields))
    }
}
