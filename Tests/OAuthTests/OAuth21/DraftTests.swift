import OAuth
import Testing

@Suite("OAuth 2.1")
struct DraftTests {
    @Test func `§2.3.1: redirect URIs are compared as simple strings`() {
        for requested in [
            "https://ROSTER.example/callback", "https://roster.example:443/callback",
            "https://roster.example/callback?",
        ] {
            #expect(Cast.roster.verify(redirectURI: requested) == nil)
        }
        #expect(Cast.roster.verify(redirectURI: Cast.callback) != nil)
    }

    @Test func `§2.3.1: a fragment is never part of one`() {
        #expect(problem("https://roster.example/callback#x") == .fragment)
        #expect(problem("https://roster.example/callback#") == .fragment)
    }

    @Test func `§2.3.2: with several registered, the request must name one`() {
        let two = Cast.client(callbacks: [Cast.callback, "https://roster.example/b"])
        #expect(two.verify(redirectURI: nil) == nil)
        #expect(Cast.client(callbacks: []).verify(redirectURI: nil) == nil)
    }

    @Test func `§3.2.2: redirect_uri at the token endpoint is for older clients and may be left out`() throws {
        #expect(try redeeming(Fields.redeem().without("redirect_uri")).response != nil)
    }

    @Test func `§4.1.1: code_challenge is required, or recommended where a developer says so`() {
        let without = Fields.authorize.without("code_challenge").without("code_challenge_method")
        #expect(without.refused()?.redirected == .invalidRequest)
        #expect(without.refused(by: Cast.client(pkceRequired: false)) == nil)
    }

    @Test func `§4.1.3: a code is for one use`() throws {
        let used = Cast.code(redeemedAt: Cast.now, family: Cast.family)
        #expect(try redeeming(.redeem(), used).error == .invalidGrant)
    }

    @Test func `§4.3.1: refresh tokens of public clients are rotated, and so are all others`() throws {
        for client in [Cast.roster, Cast.native] {
            let outcome = try refreshing(
                .refresh(), Cast.token(client: client), in: Cast.family(client: client), by: client)
            #expect(outcome.sketch.contains("rotated 1 streak 0"))
            #expect(outcome.sketch.contains("refresh 2"))
        }
    }

    @Test(arguments: ["token", "id_token token"])
    func `§10.1: the implicit grant is gone`(type: String) {
        #expect(Fields.authorize.with("response_type", type).refused()?.redirected == .unsupportedResponseType)
    }

    @Test func `§10.1: so is the password grant`() {
        let fields = Fields(pairs: [("grant_type", "password"), ("username", "ada"), ("password", "x")])
        #expect(refusal { () throws(OAuthError) in try TokenRequest.read(try fields.list) } == .unsupportedGrantType)
    }

    @Test func `§5.2: bearer tokens are not accepted in a URL`() throws {
        let query = try ParameterList(query: "access_token=x")
        #expect(code { try BearerToken.read(authorizationHeaders: [], query: query) } == .invalidRequest)
    }

    @Test func `§7.5.2: a failed redemption revokes nothing`() throws {
        let used = Cast.code(redeemedAt: Cast.now, family: Cast.family)
        for fields in [
            Fields.redeem().with("code_verifier", Cast.wrongVerifier), Fields.redeem().without("code_verifier"),
            Fields.redeem().with("redirect_uri", "https://evil.example/"),
        ] {
            let outcome = try redeeming(fields, used)
            #expect(outcome.error == .invalidGrant)
            #expect(outcome.effects.isEmpty)
        }
    }
}
