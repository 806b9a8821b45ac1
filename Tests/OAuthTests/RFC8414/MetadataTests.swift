import OAuth
import Testing

@Suite("RFC 8414 · Authorization server metadata")
struct MetadataTests {
    private let text = String(
        decoding: AuthorizationServerMetadata(issuer: Cast.issuer, scopes: Cast.scopes, documentation: Cast.docs)
            .json(), as: UTF8.self)

    @Test func `§2: the document, whole`() {
        #expect(
            text == #"{"issuer":"https://gate.example/t/acme","#
                + #""authorization_endpoint":"https://gate.example/t/acme/oauth/authorize","#
                + #""token_endpoint":"https://gate.example/t/acme/oauth/token","#
                + #""scopes_supported":["account:read","people:read","people:write"],"#
                + #""response_types_supported":["code"],"response_modes_supported":["query"],"#
                + #""grant_types_supported":["authorization_code","refresh_token","client_credentials"],"#
                + #""token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","none"],"#
                + #""revocation_endpoint":"https://gate.example/t/acme/oauth/revoke","#
                + #""revocation_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","none"],"#
                + #""introspection_endpoint":"https://gate.example/t/acme/oauth/introspect","#
                + #""introspection_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"],"#
                + #""code_challenge_methods_supported":["S256"],"#
                + #""authorization_response_iss_parameter_supported":true,"#
                + #""service_documentation":"https://gate.example/scopes"}"#)
    }

    @Test func `§2: what it says is supported is what the code accepts`() throws {
        #expect(Fields.authorize.with("response_mode", "query").refused() == nil)
        #expect(Fields.authorize.with("response_type", "code").refused() == nil)
        #expect(Fields.authorize.with("code_challenge_method", "S256").refused() == nil)
        for grant in GrantType.allCases {
            let fields = Fields.redeem().with("grant_type", grant.rawValue).with("refresh_token", "x")
            #expect(refusal { () throws(OAuthError) in try TokenRequest.read(try fields.list) } == nil)
        }
    }

    @Test func `§3.3: the issuer is the tenant's, so another tenant has another`() {
        let other = AuthorizationServerMetadata(
            issuer: "https://gate.example/t/globex", scopes: Cast.scopes, documentation: Cast.docs)
        #expect(!String(decoding: other.json(), as: UTF8.self).contains("acme"))
    }

    @Test func `Case 63: PKCE is announced, plain is not`() {
        #expect(text.contains(#""code_challenge_methods_supported":["S256"]"#))
        #expect(!text.contains("plain"))
    }
}
