import OAuth
import Testing

@Suite("Security A · Matching a redirect URI")
struct RedirectMatchingTests {
    @Test(arguments: [
        "https://roster.example/callback123", "https://roster.example/callback/", "https://roster.example/CALLBACK",
        "https://roster.example/callbac", "https://roster.example/callback?", "https://roster.example/callback?a=b",
        "https://roster.example", "http://roster.example/callback", "https://roster.example/callback%20",
        "https://roster.example/%63allback",
    ])
    func `Case 1: suffix, slash, case, query and scheme all count`(requested: String) {
        refused(requested)
    }

    @Test(arguments: [
        "https://ROSTER.example/callback", "https://roster.example./callback", "https://roster.example:443/callback",
        "https://roster.example:/callback", "https://roster.example:0443/callback", "HTTPS://roster.example/callback",
    ])
    func `Case 2: nothing is normalised when it is compared`(requested: String) {
        refused(requested)
    }

    @Test(arguments: [
        "https://roster.example@evil.example/callback", "https://roster.example:443@evil.example/callback",
        "https://evil.example\\.roster.example/callback", "https://roster.example\\@evil.example/callback",
        "https:/\\evil.example/", "https://evil.example%2f.roster.example/callback",
    ])
    func `Case 3, 4, 6: tricks with the authority do not match`(requested: String) {
        refused(requested)
    }

    @Test(arguments: [
        "https://roster.example/callback/../x", "https://roster.example/x/../callback",
        "https://roster.example//callback",
        "https://roster.example/./callback", "https://roster.example/callback;x",
        "https://roster.example/%2e%2e/callback",
    ])
    func `Case 5: nor do tricks with the path`(requested: String) {
        refused(requested)
    }

    @Test func `Case 7: nor does a fragment`() {
        refused("https://roster.example/callback#")
        refused("https://roster.example/callback#x")
    }

    @Test func `Case 10: a dot is a dot`() {
        let client = Cast.client(callbacks: ["https://foo.example.com/cb"])
        #expect(client.verify(redirectURI: "https://fooaexample.com/cb") == nil)
        #expect(client.verify(redirectURI: "https://foo.exampleacom/cb") == nil)
    }

    @Test func `Case 11: a client without a registered URI gets none by asking`() {
        let none = Cast.client(callbacks: [])
        #expect(Fields.authorize.refused(by: none)?.told == .invalidRequest)
        #expect(Fields.authorize.without("redirect_uri").refused(by: none)?.told == .invalidRequest)
    }

    @Test(arguments: [
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb"), ("http://[::1]/cb", "http://[::1]:51004/cb"),
    ])
    func `Case 15: a native app chooses its port`(registered: String, requested: String) {
        #expect(Cast.client(kind: .public, callbacks: [registered]).verify(redirectURI: requested)?.text == requested)
    }

    @Test(arguments: [
        "http://127.0.0.1:51004/Callback", "http://127.0.0.1:51004/callback/", "http://127.0.0.1:51004/callback?x=1",
        "http://attacker@127.0.0.1/callback", "http://attacker@127.0.0.1:51004/callback",
        "http://127.0.0.1:51004callback",
        "http://127.0.0.1:51004", "http://127.0.0.1:51004@evil.example/callback", "http://127.0.0.1:51004#/callback",
        "https://127.0.0.1:51004/callback", "http://127.0.0.1:51004\\/callback",
        "http://127.0.0.1.evil.example/callback",
    ])
    func `Case 16: a native app chooses nothing but its port`(requested: String) {
        #expect(Cast.native.verify(redirectURI: requested) == nil)
    }

    @Test(arguments: [
        "127.1", "0x7f.1", "2130706433", "017700000001", "0.0.0.0", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]",
        "127.0.0.1.nip.io", "localhost", "[::1]", "LOCALHOST", "127.0.0.1@evil.example",
    ])
    func `Case 17: another spelling of the same machine is another URI`(host: String) {
        #expect(Cast.native.verify(redirectURI: "http://\(host)/callback") == nil)
        #expect(Cast.native.verify(redirectURI: "http://\(host):51004/callback") == nil)
    }

    @Test(arguments: ["http://localhost:3000/cb", "http://127.0.0.1:3000/cb", "http://[::1]:3000/cb"])
    func `Case 18: a web client's loopback URI is exact`(registered: String) {
        let client = Cast.client(kind: .confidential, callbacks: [registered])
        #expect(client.verify(redirectURI: registered) != nil)
        #expect(client.verify(redirectURI: registered.replacing("3000", with: "3001")) == nil)
        #expect(client.verify(redirectURI: registered.replacing(":3000", with: "")) == nil)
    }

    @Test(arguments: [
        "0", "65536", "99999999999999999999", "-1", "8080abc", "", "08080", "+1", " 80", "80 ", "8080:1", "٣",
    ])
    func `Case 19: a strange port matches nothing, and is never a trap`(port: String) {
        #expect(Cast.native.verify(redirectURI: "http://127.0.0.1:\(port)/callback") == nil)
    }

    @Test func `Case 20: the two spellings of a private-use URI are different`() {
        let client = Cast.client(kind: .public, callbacks: ["com.example.app:/cb"])
        #expect(client.verify(redirectURI: "com.example.app:/cb") != nil)
        #expect(client.verify(redirectURI: "com.example.app://cb") == nil)
        #expect(client.verify(redirectURI: "COM.example.app:/cb") == nil)
    }

    @Test func `Case 21: Unicode's equivalents are not equal`() {
        let composed = "https://roster.example/caf\u{E9}"
        let decomposed = "https://roster.example/cafe\u{301}"
        #expect(composed == decomposed, "to Swift's own ==")
        let client = Cast.client(callbacks: ["https://roster.example/caf%C3%A9", "https://roster.example/K"])
        for requested in [composed, decomposed, "https://roster.example/\u{212A}", "https://roster.example/caf%c3%a9"] {
            #expect(client.verify(redirectURI: requested) == nil)
        }
    }

    @Test(arguments: [" ", "\r\n", "\u{0}", "\t", "\u{200B}", "\u{301}", "\u{FE0F}"])
    func `Case 23: what is invisible still counts`(extra: String) {
        #expect(Cast.roster.verify(redirectURI: Cast.callback + extra) == nil)
        #expect(Cast.roster.verify(redirectURI: extra + Cast.callback) == nil)
    }

    @Test(arguments: [
        (Cast.callback, "https://evil.example/"), ("https://evil.example/", Cast.callback),
        (Cast.callback, Cast.callback),
        (Cast.callback, ""), ("", Cast.callback),
    ])
    func `Case 24: redirect_uri sent twice is told to the person`(first: String, second: String) {
        let refusal = Fields.authorize.with("redirect_uri", first).repeating("redirect_uri", second).refused()
        #expect(refusal?.told == .invalidRequest)
    }

    @Test func `Case 25: left out, it is the only one or an error`() throws {
        #expect(try Fields.authorize.without("redirect_uri").read().redirectURI.text == Cast.callback)
        let two = Cast.client(callbacks: [Cast.callback, "https://roster.example/b"])
        #expect(Fields.authorize.without("redirect_uri").refused(by: two)?.told == .invalidRequest)
    }

    @Test(arguments: [
        ("scope", "unknown"), ("response_type", "token"), ("response_type", ""), ("prompt", "none"), ("prompt", "x"),
        ("code_challenge_method", "plain"), ("code_challenge", "x"), ("max_age", "x"), ("request", "x"),
        ("request_uri", "https://x.example"), ("response_mode", "fragment"),
    ])
    func `Case 26: no other mistake makes an unregistered URI a destination`(name: String, value: String) {
        let fields = Fields.authorize.with(name, value).with("redirect_uri", "https://evil.example/")
        #expect(fields.refused()?.told == .invalidRequest)
        #expect(fields.without("client_id").refused()?.told == .invalidRequest)
        #expect(fields.refused(by: nil)?.told == .invalidRequest)
    }

    @Test func `Case 28: it is decoded once`() throws {
        let query =
            "response_type=code&client_id=gw_id_roster&code_challenge_method=S256&code_challenge=\(Cast.challenge)"
        let once = try ParameterList(query: query + "&redirect_uri=https%3A%2F%2Froster.example%2Fcallback")
        let twice = try ParameterList(query: query + "&redirect_uri=https%253A%252F%252Froster.example%252Fcallback")
        #expect(try AuthorizeRequest.read(once, for: Cast.roster).redirectURI.text == Cast.callback)
        #expect(throws: Refusal.self) { try AuthorizeRequest.read(twice, for: Cast.roster) }
    }

    @Test func `Case 29: a long one is compared like any other`() {
        refused(Cast.callback + String(repeating: "a", count: 7000))
        #expect(
            Fields.authorize.with("redirect_uri", String(repeating: "a", count: 64 * 1024)).refused()?.told
                == .invalidRequest)
    }

    @Test(arguments: ["https://roster.example/other", "https://roster.example/callback/", "https://evil.example/"])
    func `Case 33: another redirect_uri at the token endpoint is invalid_grant`(other: String) throws {
        #expect(try redeeming(Fields.redeem().with("redirect_uri", other)).error == .invalidGrant)
    }

    @Test func `Case 33: left out, it is accepted only because of PKCE`() throws {
        let fields = Fields.redeem().without("redirect_uri")
        #expect(try redeeming(fields).response != nil)
        #expect(try redeeming(fields.without("code_verifier"), Cast.code(challenge: nil)).error == .invalidGrant)
    }

    private func refused(_ requested: String, _ location: SourceLocation = #_sourceLocation) {
        let refusal = Fields.authorize.with("redirect_uri", requested).refused()
        #expect(refusal?.told == .invalidRequest, sourceLocation: location)
        #expect(refusal?.redirected == nil, sourceLocation: location)
    }
}
