import Broker
import Crypto
import OAuth
import Testing

@Suite("Calls to providers")
struct CallTests {
    private func oauth2(_ authorize: String = "", _ token: String = "") throws -> OAuth2 {
        let file = ProviderFile(
            """
            p:
              title: P
              docs: https://p.example/docs
              auth: oauth2
              authorize:
                url: https://p.example/a?tenant=1
            \(authorize)
              token:
                url: https://p.example/t
            \(token)
            """)
        #expect(file.problems.isEmpty, "\(file.problems)")
        guard case .oauth2(let oauth2)? = file.providers.first?.method else { throw Missing() }
        return oauth2
    }

    private struct Missing: Error {}
    private let client = ClientRegistration(id: "id", secret: "s&:e")
    private let verifier = String(repeating: "v", count: 43)

    private func ask(_ parameters: [(name: String, value: String?)] = []) throws -> OAuth2.Ask {
        OAuth2.Ask(
            client: client, redirectURI: "https://gw.example/oauth/callback", state: "st",
            challenge: try #require(PKCE.challenge(for: verifier)), scopes: ["a", "b"], parameters: parameters,
            values: [:])
    }

    @Test func `§4.1.1: the authorization address says what it must, behind the provider's own query`() throws {
        let url = try oauth2().address(for: ask())
        #expect(
            url.hasPrefix("https://p.example/a?tenant=1&response_type=code&client_id=id&redirect_uri=https%3A%2F%2Fgw"))
        #expect(url.contains("&state=st&scope=a%20b&code_challenge="))
        #expect(url.hasSuffix("&code_challenge_method=S256"))
    }

    @Test func `a provider's own names, separators and omissions are kept`() throws {
        let keys = """
                pkce: false
                scope_separator: ","
                rename: {client_id: client_key}
                omit: [response_type]
                parameters: {access_type: offline, prompt: consent}
            """
        let url = try oauth2(keys).address(for: ask([("prompt", nil), ("login_hint", "ada")]))
        #expect(!url.contains("response_type") && !url.contains("code_challenge") && !url.contains("prompt"))
        #expect(
            url.contains("client_key=id&") && url.contains("scope=a%2Cb")
                && url.hasSuffix("access_type=offline&login_hint=ada"))
    }

    @Test(arguments: ["redirect_uri", "state", "client_id", "code_challenge", "response_type"])
    func `Case 191: a caller cannot replace what the flow stands on`(name: String) throws {
        let url = try oauth2().address(for: ask([(name, "evil")]))
        #expect(!url.contains("evil"))
    }

    @Test(arguments: ["request", "request_uri", "response_type", "code_challenge_method"])
    func `Case 191, RFC 9101: nor smuggle it in where the provider's entry leaves it out`(name: String) throws {
        let keys = "    pkce: false\n    omit: [response_type]\n    parameters: {access_type: offline}"
        let url = try oauth2(keys).address(for: ask([(name, "evil"), ("login_hint", "ada")]))
        #expect(!url.contains("evil") && !url.contains(name + "=") && url.contains("login_hint=ada"))
    }

    @Test func `§4.1.3: the code is exchanged in a form, client in the body`() throws {
        let call = try oauth2().token.exchange(
            code: "c", verifier: verifier, redirectURI: "https://gw.example/cb", client: client, values: [:])
        let body = String(decoding: call.body, as: UTF8.self)
        #expect(
            body.hasPrefix(
                "grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Fgw.example%2Fcb&code_verifier="))
        #expect(body.hasSuffix("&client_id=id&client_secret=s%26%3Ae"))
        #expect(!call.headers.contains { $0.name == "authorization" })
    }

    @Test func `§2.3.1: Basic encodes both halves, and JSON is JSON`() throws {
        let token = try oauth2("", "    client: basic\n    body: json").token
        let call = try token.refresh("r", client: client, values: [:])
        #expect(call.headers.contains { $0.name == "authorization" && $0.value == "Basic aWQ6cyUyNiUzQWU=" })
        #expect(String(decoding: call.body, as: UTF8.self) == #"{"grant_type":"refresh_token","refresh_token":"r"}"#)
    }

    @Test func `RFC 5849 §3.4: the signature of OAuth Core's own example comes out`() throws {
        let file = ProviderFile(
            """
            p:
              title: P
              docs: https://p.example/docs
              auth: oauth1
              request_token: {url: https://p.example/r}
              authorize: {url: https://p.example/a}
              token: {url: https://p.example/t}
            """)
        guard case .oauth1(let oauth1)? = file.providers.first?.method else { throw Missing() }
        let header = oauth1.authorization(
            .get, "http://photos.example.net/photos?file=vacation.jpg&size=original", body: [],
            token: OAuth1Token(token: "nnch734d00sl2jdk", secret: "pfkkdhi9sl3r4s00"),
            client: ClientRegistration(id: "dpf43f3p2l4k3l03", secret: "kd94hf93k423kf44"),
            OAuth1.Once(nonce: "kllo9940pd9333jh", time: Instant(seconds: 1_191_242_096)))
        #expect(header.hasSuffix(#"oauth_signature="tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D""#), "\(header)")
    }

    @Test func `RFC 5849 §3.4.1.3: a form's pairs are signed, any other body is not`() throws {
        let file = ProviderFile(
            """
            p:
              title: P
              docs: https://p.example/docs
              auth: oauth1
              request_token: {url: https://p.example/r}
              authorize: {url: https://p.example/a}
              token: {url: https://p.example/t}
              api: {base: https://p.example}
            """)
        let provider = try #require(file.providers.first)
        func authorization(_ type: String, _ body: String) throws -> String {
            let ask = ProxyAsk(
                method: .post, path: "request?b5=%3D%253D&a3=a", headers: [("content-type", type)],
                body: Array(body.utf8), base: nil)
            let call = try provider.proxy(
                ask, with: .oauth1(OAuth1Token(token: "t", secret: "ts"), raw: .null), values: [:], client: client,
                once: OAuth1.Once(nonce: "n", time: Instant(seconds: 137_131_201)))
            return try #require(call.headers.first { $0.name == "authorization" }).value
        }
        // The base string by hand, in the order of §3.4.1.3.2.
        let base =
            "POST&https%3A%2F%2Fp.example%2Frequest&a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c2%3D%26"
            + "oauth_consumer_key%3Did%26oauth_nonce%3Dn%26oauth_signature_method%3DHMAC-SHA1%26"
            + "oauth_timestamp%3D137131201%26oauth_token%3Dt%26oauth_version%3D1.0"
        let code = HMAC<Insecure.SHA1>.authenticationCode(
            for: Array(base.utf8), using: SymmetricKey(data: Array("s%26%3Ae&ts".utf8)))
        let signature = PercentEncoding.encode(Base64.encoded(Array(code)))
        let form = try authorization("application/x-www-form-urlencoded; charset=utf-8", "c2&a3=2+q")
        #expect(form.contains("oauth_signature=\"\(signature)\""), "\(form)")
        let json = try authorization("application/json", "c2&a3=2+q")
        #expect(!json.contains(signature))
        #expect(try authorization("application/json", "{}") == json)
    }

    @Test func `RFC 5849 §1.2: the example's signature comes out`() throws {
        let file = ProviderFile(
            """
            photos:
              title: Photos
              docs: https://photos.example.net/docs
              auth: oauth1
              request_token: {url: "https://photos.example.net/initiate"}
              authorize: {url: "https://photos.example.net/authorize"}
              token: {url: "https://photos.example.net/token"}
            """)
        guard case .oauth1(let oauth1)? = file.providers.first?.method else { throw Missing() }
        let call = try oauth1.requestToken(
            callback: "http://printer.example.com/ready", state: "s",
            client: ClientRegistration(id: "dpf43f3p2l4k3l03", secret: "kd94hf93k423kf44"),
            once: .init(nonce: "wIjqoxSZcGP", time: Instant(seconds: 137_131_200)))
        let header = try #require(call.headers.first { $0.name == "authorization" }?.value)
        #expect(header.hasPrefix("OAuth oauth_callback=\"http%3A%2F%2Fprinter.example.com%2Fready%3Fstate%3Ds\", "))
        #expect(header.contains("oauth_signature=\""))
        #expect(call.url == "https://photos.example.net/initiate")
        // OAuth Core 1.0, appendix A.5: the one example of the specification that sends what we send.
        let signed = oauth1.authorization(
            .get, "http://photos.example.net/photos?file=vacation.jpg&size=original", body: [],
            token: OAuth1Token(token: "nnch734d00sl2jdk", secret: "pfkkdhi9sl3r4s00"),
            client: ClientRegistration(id: "dpf43f3p2l4k3l03", secret: "kd94hf93k423kf44"),
            .init(nonce: "kllo9940pd9333jh", time: Instant(seconds: 1_191_242_096)))
        #expect(signed.contains(#"oauth_signature="tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D""#), "\(signed)")
    }
}

@Suite("When credentials are refreshed")
struct RefreshPlanTests {
    private let now = Instant(seconds: 1_790_000_000)

    private func freshness(
        expires: Int64? = 3600, refreshed: Int64? = nil, refreshable: Bool = true, failed: Int64? = nil,
        failures: Int = 0, gone: Bool = false,
        leased: Int64? = nil
    ) -> ConnectionHealth {
        ConnectionHealth(
            expiresAt: expires.map { now + $0 }, isRefreshable: refreshable, trouble: failed.map { _ in "HTTP 500" },
            failedAt: failed.map { now + -$0 }, failures: failures, goneAt: gone ? now : nil,
            leasedUntil: leased.map { now + $0 }, refreshedAt: refreshed.map { now - $0 })
    }

    private func plan(_ freshness: ConnectionHealth, forced: Bool = false) -> RefreshPlan {
        freshness.plan(margin: 900, isForced: forced, at: now)
    }

    @Test func `within the margin a token is renewed, before it is used`() {
        #expect(plan(freshness(expires: 901)) == .use)
        #expect(plan(freshness(expires: 900)) == .refresh)
        #expect(plan(freshness(expires: -5)) == .refresh)
        #expect(plan(freshness(expires: nil)) == .use)
        #expect(plan(freshness(expires: nil), forced: true) == .refresh)
        #expect(plan(freshness(expires: -5, refreshable: false)) == .use)
    }

    @Test func `a token that lives shorter than the margin is renewed when half of its life is over`() {
        #expect(plan(freshness(expires: 300, refreshed: 0)) == .use)
        #expect(plan(freshness(expires: 151, refreshed: 149)) == .use)
        #expect(plan(freshness(expires: 150, refreshed: 150)) == .refresh)
        #expect(plan(freshness(expires: 900, refreshed: 5000)) == .refresh)
        #expect(plan(freshness(expires: -5, refreshed: 0)) == .refresh)
    }

    @Test func `Case 213: whoever finds a lease waits for it, and no longer than it lasts`() {
        #expect(plan(freshness(expires: 10, leased: 20)) == .wait(until: now + 20))
        #expect(plan(freshness(expires: 10, leased: 0)) == .refresh)
    }

    @Test func `after a failure there is a pause, which a forced refresh does not wait for`() {
        #expect(plan(freshness(expires: 10, failed: 29, failures: 1)) == .useUntilRetry(at: now + 1))
        #expect(plan(freshness(expires: -1, failed: 29, failures: 1)) == .backOff(until: now + 1))
        #expect(plan(freshness(expires: -1, failed: 30, failures: 1)) == .refresh)
        #expect(plan(freshness(expires: -1, failed: 59, failures: 2)) == .backOff(until: now + 1))
        #expect(plan(freshness(expires: -1, failed: 3839, failures: 999)) == .backOff(until: now + 1))
        #expect(plan(freshness(expires: -1, failed: 1, failures: 1), forced: true) == .refresh)
    }

    @Test func `what is gone stays gone`() {
        #expect(plan(freshness(expires: -1, gone: true)) == .gone)
        #expect(plan(freshness(expires: 5000, gone: true)) == .use)
    }
}
