import OAuth
import Testing

@Suite("RFC 8252 · Native apps")
struct NativeAppTests {
    private let mobile = Cast.client(
        id: "app_native", clientID: "gw_id_native", kind: .public, callbacks: ["com.example.app:/callback"],
        pkceRequired: false)

    @Test func `§6: a public client must use PKCE, whatever its settings say`() {
        let without = Fields.authorize.with("client_id", "gw_id_native").without("redirect_uri")
            .without("code_challenge").without("code_challenge_method")
        #expect(without.refused(by: mobile)?.redirected == .invalidRequest)
    }

    @Test func `§6: so must a confidential client that uses a loopback callback`() {
        let web = Cast.client(callbacks: [Cast.callback, "http://localhost:8080/cb"], pkceRequired: false)
        let without = Fields.authorize.without("code_challenge").without("code_challenge_method")
        #expect(without.refused(by: web) == nil)
        #expect(
            without.with("redirect_uri", "http://localhost:8080/cb").refused(by: web)?.redirected == .invalidRequest)
    }

    @Test func `§7.1: a private-use scheme is a reversed domain name`() {
        #expect(problem("com.example.app:/callback", .public) == nil)
        #expect(problem("com.example.app://callback", .public) == nil)
        #expect(problem("myapp:/callback", .public) == .privateUseWithoutDot)
        #expect(problem("com.:/callback", .public) == .privateUseWithoutDot)
    }

    @Test func `§7.1: a private-use scheme is for native apps`() {
        #expect(problem("com.example.app:/callback", .confidential) == .privateUseForWeb)
    }

    @Test func `§7.2: an https callback serves a native app too`() {
        #expect(problem("https://app.example/callback", .public) == nil)
    }

    @Test(arguments: [
        "http://127.0.0.1/callback", "http://127.0.0.1:1/callback", "http://127.0.0.1:51004/callback",
        "http://127.0.0.1:65535/callback", "http://127.0.0.1:80/callback",
    ])
    func `§7.3: any port of the loopback interface is allowed`(requested: String) throws {
        let verified = try #require(Cast.native.verify(redirectURI: requested))
        #expect(verified.text == requested, "the answer goes to the port that was asked for")
        #expect(verified.isNative)
    }

    @Test func `§7.3: IPv6 and localhost have the same exception`() {
        let client = Cast.client(kind: .public, callbacks: ["http://[::1]/cb", "http://localhost:3000/cb?x=1"])
        #expect(client.verify(redirectURI: "http://[::1]:51004/cb") != nil)
        #expect(client.verify(redirectURI: "http://localhost/cb?x=1") != nil)
        #expect(client.verify(redirectURI: "http://localhost:9/cb?x=1") != nil)
        #expect(client.verify(redirectURI: "http://localhost:9/cb?x=2") == nil)
        #expect(client.verify(redirectURI: "http://127.0.0.1:9/cb") == nil, "one address is not the other")
    }

    @Test func `§7.3: the code is bound to the port that was asked for`() throws {
        let code = Cast.code(client: Cast.native, redirectURI: "http://127.0.0.1:51004/callback")
        let fields = Fields.redeem().with("redirect_uri", "http://127.0.0.1:51004/callback")
        #expect(try redeeming(fields, code, by: Cast.native).response != nil)
        #expect(
            try redeeming(
                fields.with("redirect_uri", "http://127.0.0.1:51005/callback"), code, by: Cast.native
            ).error == .invalidGrant)
    }

    @Test func `§8.4: the exception ends where https begins`() {
        let client = Cast.client(kind: .public, callbacks: ["https://127.0.0.1:8443/cb"])
        #expect(client.verify(redirectURI: "https://127.0.0.1:8443/cb") != nil)
        #expect(client.verify(redirectURI: "https://127.0.0.1:8444/cb") == nil)
    }

    @Test func `§8.5: a public client has no secret to be trusted for`() throws {
        #expect(try #require(Cast.authenticated(Cast.native)).secret == nil)
    }

    @Test func `§8.6: nobody can be impersonated through remembered consent`() throws {
        let request = try Fields.authorize.with("client_id", "gw_id_native").without("redirect_uri").read(
            for: Cast.native)
        let step = nextStep(
            for: request, signedIn: SignedIn(person: Cast.ada, authenticatedAt: Cast.now), permission: Permission(.may),
            grantedScopes: Cast.scopes, at: Cast.now)
        #expect(step == .askConsent(new: ScopeSet(), already: Cast.set("people:read")))
    }
}
