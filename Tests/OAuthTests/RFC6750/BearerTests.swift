import OAuth
import Testing

@Suite("RFC 6750 · Bearer tokens")
struct BearerTests {
    private let token = Cast.secret(AccessToken.self).reveal()

    private func read(headers: [String] = [], query: String = "", body: String? = nil) throws -> BearerToken? {
        try BearerToken.read(
            authorizationHeaders: headers, query: try ParameterList(query: query),
            body: try body.map { try ParameterList(query: $0) })
    }

    @Test func `§2.1: the token is read from the Authorization header`() throws {
        let bearer = try #require(try read(headers: ["Bearer " + token]))
        #expect(bearer.access?.reveal() == token)
        #expect(bearer.developer == nil)
    }

    @Test func `§2.1: a developer token is a bearer token too`() throws {
        let text = Cast.secret(DeveloperToken.self).reveal()
        let bearer = try #require(try read(headers: ["Bearer " + text]))
        #expect(bearer.developer?.reveal() == text)
        #expect(bearer.access == nil)
    }

    @Test(arguments: ["bearer ", "BEARER ", "bEaReR ", "Bearer  ", "Bearer    "])
    func `§2.1: the scheme is case-insensitive and any number of spaces follow`(start: String) throws {
        #expect(try read(headers: [start + token])?.access?.reveal() == token)
    }

    @Test(arguments: ["abc.def~ghi+jkl/mno-pqr_stu==", "a", "mF_9.B5f-4.1JqM"])
    func `§2.1: a token we cannot have made is well-formed all the same, and unknown`(text: String) throws {
        let bearer = try #require(try read(headers: ["Bearer " + text]))
        #expect(bearer.access == nil)
        #expect(bearer.developer == nil)
    }

    @Test(arguments: [
        "Bearer", "Bearer ", "Bearer a b", "Bearer a,b", "Bearer =", "Bearer a=b", "Bearer \"a\"", "Bearer caf\u{E9}",
        "Bearer a\u{301}", "Bearer a\r\nb", "Bearer a ",
    ])
    func `§3.1: a malformed header is an invalid request`(header: String) {
        #expect(code { try read(headers: [header]) } == .invalidRequest)
    }

    @Test(arguments: [
        "Basic Z3c6eA==", "Digest x", "DPoP x", "Token x", "BearerX x", "Bearer\tx", "", "Bearer\u{301} x",
    ])
    func `§3: another scheme is no token`(header: String) throws {
        let bearer = try read(headers: [header])
        #expect(bearer.map { _ in "a token" } == nil)
    }

    @Test func `§3.1: no token at all is no error`() throws {
        #expect(try read().map { _ in "a token" } == nil)
    }

    @Test func `§2: a client must not send the token in two ways`() {
        #expect(code { try read(headers: ["Bearer " + token, "Bearer " + token]) } == .invalidRequest)
        #expect(code { try read(headers: ["Bearer " + token], body: "access_token=" + token) } == .invalidRequest)
        #expect(code { try read(headers: ["Bearer " + token], query: "access_token=" + token) } == .invalidRequest)
    }

    @Test func `§2.2: a token in the body is refused`() {
        #expect(code { try read(body: "access_token=" + token) } == .invalidRequest)
    }

    @Test func `§2.3: a token in the URL is refused`() {
        #expect(code { try read(query: "access_token=" + token) } == .invalidRequest)
        #expect(code { try read(query: "page=2&access_token=") } == .invalidRequest)
        #expect(code { try read(query: "page=2") } == nil)
    }

    @Test func `§3: a request without a token is challenged without an error`() {
        #expect(bearerChallenge(realm: "acme") == #"Bearer realm="acme""#)
    }

    @Test func `§3.1: a bad token is challenged with the error and its description`() {
        let error = OAuthError(.invalidToken, "the token was revoked")
        #expect(error.status == 401)
        #expect(
            bearerChallenge(realm: "acme", error: error)
                == #"Bearer realm="acme", error="invalid_token", error_description="the token was revoked""#)
    }

    @Test func `§3.1: a missing scope is named`() {
        let error = OAuthError(.insufficientScope, "the token lacks a scope")
        #expect(error.status == 403)
        #expect(
            bearerChallenge(realm: "acme", error: error, scope: Cast.set("people:write people:read"))
                == #"Bearer realm="acme", error="insufficient_scope", "#
                + #"error_description="the token lacks a scope", scope="people:read people:write""#)
    }

    @Test func `§3: each attribute occurs once, and an empty scope not at all`() {
        let text = bearerChallenge(realm: "a", error: OAuthError(.invalidToken, "x"), scope: ScopeSet())
        #expect(!text.contains("scope"))
        #expect(text.components("realm=") == 1)
        #expect(text.components("error=") == 1)
    }

    @Test func `§3: the realm cannot break out of the header`() {
        #expect(bearerChallenge(realm: "a\"\r\nX: y\\") == #"Bearer realm="a\"X: y\\""#)
    }
}

extension String {
    /// How often a piece occurs.
    func components(_ piece: String) -> Int { split(separator: piece, omittingEmptySubsequences: false).count - 1 }
}
