import OAuth
import Testing

@Suite("RFC 9207 · iss in the authorization response")
struct IssuerTests {
    private func query(_ url: String) throws -> ParameterList {
        try ParameterList(query: String(try #require(url.split(separator: "?", maxSplits: 1).last)))
    }

    private let iss = Parameter("iss")

    @Test func `§2: a success carries iss`() throws {
        let uri = try #require(Cast.roster.verify(redirectURI: nil))
        let url = callbackURL(uri, code: Cast.secret(AuthorizationCode.self), state: "s", issuer: Cast.issuer)
        #expect(try query(url).required(iss) == Cast.issuer)
    }

    @Test(arguments: [OAuthError.Code.accessDenied, .invalidScope, .loginRequired, .serverError])
    func `§2: so does every error`(code: OAuthError.Code) throws {
        let uri = try #require(Cast.roster.verify(redirectURI: nil))
        for state in [nil, "s"] {
            let url = callbackURL(uri, error: OAuthError(code, "x"), state: state, issuer: Cast.issuer)
            let list = try query(url)
            #expect(try list.required(iss) == Cast.issuer)
            #expect(try list.required(Parameter("error")) == code.rawValue)
            #expect(try list.optional(.state) == state)
        }
    }

    @Test func `§2.1: iss survives its encoding unchanged, whatever is in it`() throws {
        let uri = try #require(Cast.roster.verify(redirectURI: nil))
        let issuer = "http://127.0.0.1:8080/t/acme-1_2~x"
        let url = callbackURL(uri, code: Cast.secret(AuthorizationCode.self), state: nil, issuer: issuer)
        #expect(try query(url).required(iss) == issuer)
    }

    @Test func `§2.3: the metadata says that iss is sent, and has the same issuer`() {
        let json = String(
            decoding: AuthorizationServerMetadata(issuer: Cast.issuer, scopes: Cast.scopes, documentation: Cast.docs)
                .json(), as: UTF8.self)
        #expect(json.contains(#""issuer":"\#(Cast.issuer)""#))
        #expect(json.contains(#""authorization_response_iss_parameter_supported":true"#))
    }

    @Test func `§2.4: no callback can be registered that has an iss of its own`() {
        #expect(problem("https://roster.example/cb?iss=https://evil.example") == .reservedQuery)
    }

    @Test func `Case 32: the callback has code, state and iss, each once, and nothing else`() throws {
        let uri = try #require(Cast.roster.verify(redirectURI: nil))
        let url = callbackURL(uri, code: Cast.secret(AuthorizationCode.self), state: "s", issuer: Cast.issuer)
        let names = try #require(url.split(separator: "?").last).split(separator: "&").map { $0.prefix { $0 != "=" } }
        #expect(names == ["code", "state", "iss"])
    }
}
