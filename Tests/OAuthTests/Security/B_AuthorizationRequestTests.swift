import OAuth
import Testing

@Suite("Security B · The authorization request")
struct AuthorizationRequestCases {
    @Test(arguments: [
        ("token", OAuthError.Code.unsupportedResponseType), ("id_token", .unsupportedResponseType),
        ("code token", .unsupportedResponseType), ("token code", .unsupportedResponseType),
        ("none", .unsupportedResponseType), ("code id_token token", .unsupportedResponseType), ("", .invalidRequest),
    ])
    func `Case 34: nothing but a code travels through the browser`(type: String, expected: OAuthError.Code) {
        #expect(Fields.authorize.with("response_type", type).refused()?.redirected == expected)
    }

    @Test(arguments: ["fragment", "form_post", "web_message", "query.jwt", "jwt", "QUERY", "query "])
    func `Case 35: response_mode is query or nothing`(mode: String) {
        #expect(Fields.authorize.with("response_mode", mode).refused()?.redirected == .invalidRequest)
    }

    @Test func `Case 35: response_mode=query and an empty one are fine`() {
        #expect(Fields.authorize.with("response_mode", "query").refused() == nil)
        #expect(Fields.authorize.with("response_mode", "").refused() == nil)
    }

    @Test(arguments: [
        "response_type", "scope", "state", "code_challenge", "code_challenge_method", "response_mode", "prompt",
        "max_age",
        "request", "request_uri",
    ])
    func `Case 36: a repeated parameter is refused by redirect`(name: String) {
        for (first, second) in [("x", "x"), ("x", ""), ("", "x")] {
            let fields = Fields.authorize.with(name, first).repeating(name, second)
            #expect(fields.refused()?.redirected == .invalidRequest, "\(name) \(first) \(second)")
        }
    }

    @Test func `Case 36: a repeated parameter is refused even with the right value twice`() {
        for (name, value) in Fields.authorize.pairs {
            #expect(Fields.authorize.repeating(name, value).refused() != nil, "\(name)")
        }
    }

    @Test func `Case 36: a repeated client_id is told to the person`() {
        #expect(Fields.authorize.repeating("client_id", "gw_id_roster").refused()?.told == .invalidRequest)
        #expect(Fields.authorize.repeating("client_id", "gw_id_other").refused()?.told == .invalidRequest)
    }

    @Test func `Case 36: a repeated state is not sent back`() {
        let refusal = Fields.authorize.repeating("state", "second").refused()
        #expect(refusal?.redirected == .invalidRequest)
        #expect(refusal?.state == nil)
    }

    @Test(arguments: [
        "%", "+", "a+b", "\"><script>alert(1)</script>", "😀", "e\u{301}", "a&code=x", "\r\nLocation: x", "#x",
    ])
    func `Case 38: state comes back byte for byte, and adds nothing`(state: String) throws {
        let request = try Fields.authorize.with("state", state).read()
        let url = callbackURL(
            request.redirectURI, code: Cast.secret(AuthorizationCode.self), state: request.state, issuer: Cast.issuer)
        let list = try ParameterList(query: String(try #require(url.split(separator: "?").last)))
        #expect(Array(try list.required(.state).utf8) == Array(state.utf8))
        #expect(try list.required(.code) == Cast.secret(AuthorizationCode.self).reveal())
        #expect(
            !url.utf8.contains(0x0A) && !url.utf8.contains(0x22) && !url.utf8.contains(0x3C) && !url.utf8.contains(0x23)
        )
    }

    @Test func `Case 38: 4 KB of state are taken, one byte more is not`() throws {
        let long = String(repeating: "s", count: 4096)
        #expect(try Fields.authorize.with("state", long).read().state == long)
        let refusal = Fields.authorize.with("state", long + "s").refused()
        #expect(refusal?.redirected == .invalidRequest)
        #expect(refusal?.state == nil)
    }

    @Test func `Case 39: request objects are refused and nothing is fetched`() {
        #expect(Fields.authorize.with("request", "eyJhbGciOiJub25lIn0..").refused()?.redirected == .requestNotSupported)
        #expect(
            Fields.authorize.with("request_uri", "https://internal/").refused()?.redirected == .requestURINotSupported)
    }

    @Test(arguments: ["-1", "1.5", "1e3", " 1", "1 ", "0x10", "1234567890", "99999999999999999999", "+1", "٣", "a"])
    func `max_age is a bounded number of seconds, and never a trap`(text: String) {
        #expect(Fields.authorize.with("max_age", text).refused()?.redirected == .invalidRequest)
    }

    @Test(arguments: [("0", 0), ("300", 300), ("000000300", 300), ("999999999", 999_999_999)] as [(String, Int64)])
    func `max_age is read`(text: String, seconds: Int64) throws {
        #expect(try Fields.authorize.with("max_age", text).read().maxAge == seconds)
    }

    @Test(
        arguments: [
            ("none", [.none]), ("login", [.login]), ("consent login", [.consent, .login]),
            ("select_account", [.selectAccount]),
            ("login login", [.login]), ("", []),
        ] as [(String, Set<Prompt>)])
    func `prompt is read`(text: String, expected: Set<Prompt>) throws {
        #expect(try Fields.authorize.with("prompt", text).read().prompt == expected)
    }

    @Test(arguments: [
        "none login", "consent none", "create", "LOGIN", "login,consent", "login  consent", " login", "login\tconsent",
    ])
    func `Case 128: prompt values that are unknown or contradict each other are refused`(text: String) {
        #expect(Fields.authorize.with("prompt", text).refused()?.redirected == .invalidRequest)
    }
}
