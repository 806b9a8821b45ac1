import OAuth
import Testing

@Suite("RFC 6749 · §3.2, §4.1.3: the token request")
struct TokenRequestTests {
    private func read(_ fields: Fields) -> OAuthError.Code? {
        refusal { () throws(OAuthError) in try TokenRequest.read(try fields.list) }
    }

    @Test func `§4.1.3: a complete request is read`() throws {
        guard case .authorizationCode(let redemption) = try TokenRequest.read(Fields.redeem().list) else {
            Issue.record("it is another grant")
            return
        }
        #expect(redemption.code?.reveal() == Cast.secret(AuthorizationCode.self).reveal())
        #expect(redemption.redirectURI == Cast.callback)
        #expect(redemption.verifier == Cast.verifier)
    }

    @Test func `§6: a refresh request is read, with and without scope`() throws {
        guard case .refreshToken(let all) = try TokenRequest.read(Fields.refresh().list),
            case .refreshToken(let some) = try TokenRequest.read(Fields.refresh().with("scope", "b a").list)
        else {
            Issue.record("it is another grant")
            return
        }
        #expect(all.token?.reveal() == Cast.secret(RefreshToken.self).reveal())
        #expect(all.scopes == nil)
        #expect(some.scopes == Cast.set("a b"))
    }

    @Test(arguments: ["grant_type", "code"])
    func `§4.1.3: what is required must be there`(name: String) {
        #expect(read(Fields.redeem().without(name)) == .invalidRequest)
        #expect(read(Fields.redeem().with(name, "")) == .invalidRequest)
    }

    @Test func `§6: refresh_token must be there`() {
        #expect(read(Fields.refresh().without("refresh_token")) == .invalidRequest)
        #expect(read(Fields.refresh().with("refresh_token", "")) == .invalidRequest)
    }

    @Test(arguments: [
        "grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "client_id", "client_secret",
    ])
    func `§3.2: no parameter may be repeated, needed here or not`(name: String) {
        for fields in [Fields.redeem(), Fields.refresh()] {
            #expect(read(fields.with(name, "x").repeating(name, "x")) == .invalidRequest)
        }
    }

    @Test func `§3.2: unrecognized parameters are ignored`() {
        #expect(read(Fields.redeem().with("foo", "1").repeating("foo", "2")) == nil)
    }

    @Test(arguments: [
        "password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "AUTHORIZATION_CODE",
        "authorization_code ", "refresh_token\u{301}",
    ])
    func `§5.2: a grant that is not offered is named so`(type: String) {
        #expect(read(Fields.redeem().with("grant_type", type)) == .unsupportedGrantType)
    }

    @Test func `§3.3: a malformed scope in a refresh is invalid_scope, in a code grant it is not looked at`() {
        #expect(read(Fields.refresh().with("scope", "a  b")) == .invalidScope)
        #expect(read(Fields.redeem().with("scope", "a  b")) == nil)
    }

    @Test func `what cannot be a token is kept as nothing, for invalid_grant later`() throws {
        guard
            case .authorizationCode(let redemption) = try TokenRequest.read(
                Fields.redeem().with("code", "SplxlOBe").list),
            case .refreshToken(let refresh) = try TokenRequest.read(
                Fields.refresh().with("refresh_token", "tGzv3JOk").list)
        else {
            Issue.record("it is another grant")
            return
        }
        #expect(redemption.code == nil)
        #expect(refresh.token == nil)
    }
}
