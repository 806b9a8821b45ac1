import OAuth
import Testing

@Suite("RFC 6749 · §3.1, §4.1.1: the authorization request")
struct AuthorizationRequestTests {
    @Test func `§4.1.1: a complete request is read`() throws {
        let request = try Fields.authorize.read()
        #expect(request.client.clientID == ClientID("gw_id_roster"))
        #expect(request.redirectURI.text == Cast.callback)
        #expect(request.redirectURIWasSent)
        #expect(request.scopes == Cast.set("people:read"))
        #expect(request.state == "af0ifjsldkj")
        #expect(request.challenge?.text == Cast.challenge)
        #expect(request.prompt.isEmpty)
        #expect(request.maxAge == nil)
    }

    @Test func `§3.1: parameters without a value are treated as omitted`() throws {
        let fields = Fields.authorize.with("state", "").with("prompt", "").with("max_age", "").with("response_mode", "")
            .with("request", "").with("request_uri", "")
        let request = try fields.read()
        #expect(request.state == nil)
        #expect(request.maxAge == nil)
        #expect(Fields.authorize.with("response_type", "").refused()?.redirected == .invalidRequest)
        #expect(Fields.authorize.with("client_id", "").refused()?.told == .invalidRequest)
    }

    @Test func `§3.1: unrecognized parameters are ignored`() throws {
        let fields = Fields.authorize.with("nonce", "n").with("foo", "<script>").repeating("foo", "again")
        #expect(fields.refused() == nil)
    }

    @Test func `§3.1.1: response_type is required`() {
        #expect(Fields.authorize.without("response_type").refused()?.redirected == .invalidRequest)
    }

    @Test(arguments: [
        "token", "id_token", "code token", "code id_token", "none", "CODE", "code ", "c\u{14D}de", "code\u{301}",
    ])
    func `§3.1.1: a response type that is not offered is named so`(type: String) {
        #expect(Fields.authorize.with("response_type", type).refused()?.redirected == .unsupportedResponseType)
    }

    @Test func `§3.1.2.3: redirect_uri may be left out when exactly one is registered`() throws {
        let request = try Fields.authorize.without("redirect_uri").read()
        #expect(request.redirectURI.text == Cast.callback)
        #expect(!request.redirectURIWasSent)
    }

    @Test func `§3.1.2.3: redirect_uri must be sent when several are registered`() {
        let two = Cast.client(callbacks: [Cast.callback, "https://roster.example/other"])
        #expect(Fields.authorize.without("redirect_uri").refused(by: two)?.told == .invalidRequest)
        #expect(Fields.authorize.with("redirect_uri", "https://roster.example/other").refused(by: two) == nil)
    }

    @Test func `§3.1.2.4: a redirect_uri that is not registered never gets a redirect`() {
        let refusal = Fields.authorize.with("redirect_uri", "https://evil.example/callback").refused()
        #expect(refusal?.told == .invalidRequest)
        #expect(refusal?.redirected == nil)
    }

    @Test func `§3.3: the scope that was asked for is the one that is read`() throws {
        let request = try Fields.authorize.with("scope", "people:write people:read people:read").read()
        #expect(request.scopes == Cast.set("people:read people:write"))
        #expect(request.scopes.text == "people:read people:write")
    }

    @Test func `§3.3: without scope the documented default holds: all that the app may ask for`() throws {
        #expect(try Fields.authorize.without("scope").read().scopes == Cast.scopes)
        #expect(try Fields.authorize.with("scope", "").read().scopes == Cast.scopes)
    }

    @Test func `§3.3: an app without scopes cannot ask for the default`() {
        let none = Cast.client(scopes: ScopeSet())
        #expect(Fields.authorize.without("scope").refused(by: none)?.redirected == .invalidScope)
    }

    @Test func `§4.1.1: state is optional, kept exactly, and recommended by the docs only`() throws {
        #expect(try Fields.authorize.without("state").read().state == nil)
        let state = "a b+c%20&=\"<é😀e\u{301}\r\n"
        let read = try #require(try Fields.authorize.with("state", state).read().state)
        #expect(Array(read.utf8) == Array(state.utf8))
    }

    @Test func `§4.1.2.1: an unknown or missing client is told to the person`() {
        #expect(Fields.authorize.refused(by: nil)?.told == .invalidRequest)
        #expect(Fields.authorize.without("client_id").refused()?.told == .invalidRequest)
    }

    @Test func `§4.1.2.1: a client other than the named one is never used`() {
        let other = Cast.client(id: "app_other", clientID: "gw_id_other")
        #expect(Fields.authorize.refused(by: other)?.told == .invalidRequest)
    }

    @Test func `§4.1.2.1: every other error goes to the callback, with the state`() {
        let broken: [(Fields, OAuthError.Code)] = [
            (Fields.authorize.without("response_type"), .invalidRequest),
            (Fields.authorize.with("response_type", "token"), .unsupportedResponseType),
            (Fields.authorize.with("scope", "unknown"), .invalidScope),
            (Fields.authorize.with("prompt", "sometimes"), .invalidRequest),
            (Fields.authorize.with("max_age", "soon"), .invalidRequest),
            (Fields.authorize.with("request", "eyJ"), .requestNotSupported),
        ]
        for (fields, code) in broken {
            let refusal = fields.refused()
            #expect(refusal?.redirected == code)
            #expect(refusal?.state == "af0ifjsldkj")
        }
    }

    @Test func `§4.1.2.1: an error without a state in the request carries none`() {
        let refusal = Fields.authorize.without("state").with("scope", "unknown").refused()
        #expect(refusal?.redirected == .invalidScope)
        #expect(refusal?.state == nil)
    }

    @Test func `which client to look up is read before anything else`() throws {
        #expect(try AuthorizeRequest.clientID(in: Fields.authorize.list) == ClientID("gw_id_roster"))
        #expect(throws: Refusal.self) { try AuthorizeRequest.clientID(in: .empty) }
    }
}
