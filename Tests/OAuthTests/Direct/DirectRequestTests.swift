import OAuth
import Testing

/// The token straight to the callback, for apps whose developer turned it on.
@Suite("Direct flow · the request")
struct DirectRequestTests {
    private let fields = Fields(pairs: [
        ("api_key", "gw_id_roster"), ("callback", Cast.callback), ("state", "af0ifjsldkj"),
    ])

    private func read(
        _ fields: Fields, for client: Client? = Cast.roster, isOn: Bool = true
    ) throws(Refusal) -> AuthorizeRequest {
        let list: ParameterList
        do throws(OAuthError) { list = try fields.list } catch { throw .tellThePerson(error) }
        return try AuthorizeRequest.readDirect(list, for: client, isOn: isOn)
    }

    private func refused(_ fields: Fields, for client: Client? = Cast.roster, isOn: Bool = true) -> Refusal? {
        do throws(Refusal) {
            _ = try read(fields, for: client, isOn: isOn)
            return nil
        } catch {
            return error
        }
    }

    @Test func `it asks for all that the app may ask for, and for the token itself`() throws {
        let asked = try read(fields)
        #expect(asked.delivery == .token)
        #expect(asked.scopes == Cast.roster.allowedScopes)
        #expect(asked.redirectURI.text == Cast.callback)
        #expect(asked.state == "af0ifjsldkj")
    }

    @Test func `Case 1: the callback is compared byte for byte, and nothing is redirected when it differs`() {
        for callback in [
            Cast.callback + "/", Cast.callback + "?x=1", "https://ROSTER.example/callback", "https://evil.example/",
            "http://roster.example/callback", Cast.callback + "%20",
        ] {
            #expect(refused(fields.with("callback", callback))?.told == .invalidRequest, "\(callback)")
        }
        #expect(refused(fields.without("callback"))?.told == .invalidRequest)
        #expect(refused(fields.repeating("callback", Cast.callback))?.told == .invalidRequest)
    }

    @Test func `an unknown key, none, or two are told to the person`() {
        #expect(refused(fields, for: nil)?.told == .invalidRequest)
        #expect(refused(fields.with("api_key", "gw_id_other"))?.told == .invalidRequest)
        #expect(refused(fields.without("api_key"))?.told == .invalidRequest)
        #expect(refused(fields.repeating("api_key", "gw_id_roster"))?.told == .invalidRequest)
    }

    @Test func `while it is off, nothing is sent anywhere`() {
        #expect(refused(fields, isOn: false)?.told == .unauthorizedClient)
    }

    @Test func `Case 15: a port has no leeway here, and a scheme of one's own is refused`() {
        let native = Cast.client(
            clientID: "gw_id_roster", kind: .public, callbacks: ["http://127.0.0.1/callback", "com.example.app:/back"])
        #expect(refused(fields.with("callback", "http://127.0.0.1/callback"), for: native) == nil)
        #expect(
            refused(fields.with("callback", "http://127.0.0.1:51004/callback"), for: native)?.told == .invalidRequest)
        #expect(refused(fields.with("callback", "com.example.app:/back"), for: native)?.told == .invalidRequest)
    }

    @Test func `a state that is too long goes back as an error to the verified callback`() {
        let long = String(repeating: "x", count: AuthorizeRequest.longestState + 1)
        #expect(refused(fields.with("state", long))?.redirected == .invalidRequest)
        let none = Cast.client(scopes: ScopeSet())
        #expect(refused(fields, for: none)?.redirected == .invalidScope)
    }

    @Test func `Case 130: consent is never remembered, whatever was allowed before`() throws {
        let step = nextStep(
            for: try read(fields), signedIn: SignedIn(person: Cast.ada, authenticatedAt: Cast.now),
            permission: Permission(.may), grantedScopes: Cast.roster.allowedScopes, at: Cast.now)
        #expect(step == .askConsent(new: ScopeSet(), already: Cast.roster.allowedScopes))
    }

    @Test func `Case 34: the authorization endpoint hands out no token`() throws {
        #expect(Fields.authorize.with("response_type", "token").refused()?.redirected == .unsupportedResponseType)
        #expect(try Fields.authorize.read().delivery == .code)
    }

    @Test func `the answer has the token and the state, and nothing else`() throws {
        let token = Cast.secret(AccessToken.self)
        let address = callbackURL(try read(fields).redirectURI, token: token, state: "a b")
        #expect(address == Cast.callback + "?access_token=\(token.reveal())&state=a%20b")
    }
}
