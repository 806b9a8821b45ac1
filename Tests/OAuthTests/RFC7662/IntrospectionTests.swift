import OAuth
import Testing

@Suite("RFC 7662 · Token introspection")
struct IntrospectionTests {
    private func active(
        clientID: String? = "gw_id_roster", username: String? = "ada@acme.example", expiresAt: Instant? = Cast.now + 60
    ) -> String {
        let token = ActiveToken(
            scopes: Cast.set("people:write people:read"), clientID: clientID.map { ClientID($0) }, subject: "per_ada",
            username: username, issuedAt: Cast.now, expiresAt: expiresAt, issuer: Cast.issuer, tenant: "acme")
        return String(decoding: IntrospectionResponse.active(token).json(), as: UTF8.self)
    }

    @Test func `§2.2: an active token, whole`() {
        #expect(
            active() == #"{"active":true,"scope":"people:read people:write","client_id":"gw_id_roster","#
                + #""username":"ada@acme.example","token_type":"Bearer","exp":1800000060,"iat":1800000000,"#
                + #""sub":"per_ada","iss":"https://gate.example/t/acme","tenant":"acme"}"#)
    }

    @Test func `§2.2: what has no value is left out, an end that never comes above all`() {
        let text = active(clientID: nil, username: nil, expiresAt: nil)
        for name in ["client_id", "username", "exp", "null"] { #expect(!text.contains("\"\(name)\"")) }
    }

    @Test func `§2.2: an inactive token is that and nothing else`() {
        #expect(String(decoding: IntrospectionResponse.inactive.json(), as: UTF8.self) == #"{"active":false}"#)
    }

    @Test func `§2.1: token is needed, once; a hint of any kind is taken`() throws {
        for body in ["", "token=", "token=a&token=a", "token=a&token_type_hint=b&token_type_hint=c"] {
            #expect(
                refusal { () throws(OAuthError) in try IntrospectionRequest.read(try ParameterList(query: body)) }
                    == .invalidRequest)
        }
        let secret = Cast.secret(AccessToken.self).reveal()
        let list = try ParameterList(query: "token=\(secret)&token_type_hint=refresh_token")
        let request = try IntrospectionRequest.read(list)
        #expect(request.token.access != nil && request.token.developer == nil)
    }

    @Test func `§2.1: what can be no token of ours is known before anything is looked up`() throws {
        let refresh = Cast.secret(RefreshToken.self).reveal()
        let code = Cast.secret(AuthorizationCode.self).reveal()
        let cut = String(Cast.secret(AccessToken.self).reveal().dropLast())
        for text in ["x", refresh, code, cut] {
            let request = try IntrospectionRequest.read(try ParameterList(query: "token=" + text))
            #expect(request.token.access == nil && request.token.developer == nil)
        }
    }
}
