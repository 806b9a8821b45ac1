import OAuth
import Testing

@Suite("RFC 6749 · §4.1.2: the authorization response")
struct AuthorizationResponseTests {
    private func uri(_ text: String, kind: Client.Kind = .confidential) throws -> VerifiedRedirectURI {
        try #require(Cast.client(kind: kind, callbacks: [text]).verify(redirectURI: text))
    }

    private let code = Cast.secret(AuthorizationCode.self)

    @Test func `§4.1.2: code and state are appended to the query`() throws {
        let url = callbackURL(try uri(Cast.callback), code: code, state: "xyz", issuer: Cast.issuer)
        #expect(
            url
                == "https://roster.example/callback?code=\(code.reveal())&state=xyz"
                + "&iss=https%3A%2F%2Fgate.example%2Ft%2Facme"
        )
    }

    @Test func `§4.1.2: state is there only when it was in the request`() throws {
        let url = callbackURL(try uri(Cast.callback), code: code, state: nil, issuer: Cast.issuer)
        #expect(!url.contains("state="))
    }

    @Test func `§4.1.2: state comes back byte for byte`() throws {
        let state = "a b+c%20&=#\"<é😀e\u{301}\r\n;'"
        let url = callbackURL(try uri(Cast.callback), code: code, state: state, issuer: Cast.issuer)
        let query = try #require(url.split(separator: "?", maxSplits: 1).last)
        let back = try #require(try ParameterList(query: String(query)).optional(.state))
        #expect(Array(back.utf8) == Array(state.utf8))
        #expect(url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    }

    @Test(arguments: [
        ("https://roster.example/cb", "https://roster.example/cb?code="),
        ("https://roster.example", "https://roster.example?code="),
        ("https://roster.example/cb?a=b", "https://roster.example/cb?a=b&code="),
        ("https://roster.example/cb?", "https://roster.example/cb?code="),
        ("https://roster.example/cb?a=b&", "https://roster.example/cb?a=b&code="),
    ])
    func `§3.1.2: a query that the callback already has is retained`(callback: String, start: String) throws {
        let url = callbackURL(try uri(callback), code: code, state: nil, issuer: Cast.issuer)
        #expect(url.hasPrefix(start))
    }

    @Test func `§4.1.2.1: an error travels with its description and the state`() throws {
        let error = OAuthError(.accessDenied, "the person said no")
        let url = callbackURL(try uri(Cast.callback), error: error, state: "x&y", issuer: Cast.issuer)
        #expect(
            url == "https://roster.example/callback?error=access_denied&error_description=the%20person%20said%20no"
                + "&state=x%26y&iss=https%3A%2F%2Fgate.example%2Ft%2Facme")
        #expect(!url.contains("code="))
    }

    @Test func `§4.1.2: a code is minted for exactly what was consented`() throws {
        var random = SplitMix64(seed: 1)
        let consented = try #require(Self.consented(scopes: Cast.set("people:read")))
        let (code, record) = issueCode(for: consented, at: Cast.now, using: &random)
        #expect(record.client == Cast.roster.id)
        #expect(record.tenant == Cast.acme)
        #expect(record.person == Cast.ada)
        #expect(record.grant == Cast.grant)
        #expect(record.redirectURI == Cast.callback)
        #expect(record.redirectURIWasSent)
        #expect(record.challenge == Cast.challenge)
        #expect(record.scopes == Cast.set("people:read"))
        #expect(record.redeemedAt == nil)
        #expect(try redeeming(.redeem(code), record).response != nil)
    }

    @Test func `§4.1.2: a code lives ten minutes`() throws {
        var random = SplitMix64(seed: 1)
        let record = issueCode(
            for: try #require(Self.consented(scopes: Cast.set("people:read"))), at: Cast.now, using: &random
        ).record
        #expect(record.expiresAt - record.issuedAt == 600)
    }

    @Test func `§10.10: two codes are never alike`() throws {
        var random = SplitMix64(seed: 1)
        let consented = try #require(Self.consented(scopes: Cast.set("people:read")))
        let codes = (0..<100).map { _ in issueCode(for: consented, at: Cast.now, using: &random).code.reveal() }
        #expect(Set(codes).count == 100)
    }

    @Test func `no code can be minted for more than was granted, or for nothing`() {
        #expect(Self.consented(scopes: Cast.set("people:read people:write")) == nil)
        #expect(Self.consented(scopes: ScopeSet()) == nil)
    }

    private static func consented(scopes: ScopeSet) -> ConsentedRequest? {
        Cast.roster.verify(redirectURI: Cast.callback).flatMap {
            ConsentedRequest(
                tenant: Cast.acme, client: Cast.roster.id, person: Cast.ada, grant: Cast.grant,
                granted: Cast.set("people:read account:read"), redirectURI: $0, redirectURIWasSent: true,
                challenge: Cast.challenge, scopes: scopes)
        }
    }
}
