import Broker
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("A popup begins: /oauth/connect")
struct ConnectTests {
    @Test func `the browser goes to the provider with PKCE, our callback and a state that is nowhere else`()
        async throws
    {
        let world = try await ConnectWorld()
        let asked = try await world.begin(world.site.browser())
        #expect(asked["client_id"] == "id-1")
        #expect(asked["redirect_uri"] == "http://127.0.0.1:8080/oauth/callback")
        #expect(asked["code_challenge_method"] == "S256")
        #expect(asked["scope"] == "repo user")
        #expect(Secret<FlowState>(asked["state"] ?? "") != nil)
        #expect(world.far.calls.isEmpty)
    }

    @Test
    func `both spellings of the values reach the provider's address, and its parameters are the page's to change`()
        async throws
    {
        let world = try await ConnectWorld()
        for more in ["&params[subdomain]=acme", "&params%5Bsubdomain%5D=acme"] {
            let path = world.path("zendesk", "u1", more + "&authorization_params[prompt]=consent&user_scope=a,b")
            let answer = try await world.site.browser().get(path, headers: ConnectWorld.navigation())
            #expect(answer.location?.hasPrefix("https://acme.zendesk.com/oauth/authorizations/new?") == true)
            #expect(answer.location?.contains("prompt=consent") == true)
        }
    }

    @Test func `a session's defaults win over what the page says`() async throws {
        let world = try await ConnectWorld()
        let token = try await world.session(
            """
            {"end_user": {"id": "7"}, "integrations_config_defaults": {"zendesk": {"connection_config":
            {"subdomain": "pinned", "oauth_scopes_override": "only,this"}, "authorization_params": {"prompt": "login"}}}}
            """)
        let path =
            "/oauth/connect/zendesk?connect_session_token=\(token.reveal())&params[subdomain]=evil"
            + "&authorization_params[prompt]=none"
        let answer = try await world.site.browser().get(path, headers: ConnectWorld.navigation())
        let location = try #require(answer.location)
        #expect(location.hasPrefix("https://pinned.zendesk.com/"))
        #expect(ConnectWorld.query(of: location)["scope"] == "only this")
        #expect(ConnectWorld.query(of: location)["prompt"] == "login")
    }

    @Test func `nobody is asked for what would be refused, and the company's own name of the integration is said`()
        async throws
    {
        let world = try await ConnectWorld()
        let details = IntegrationDetails(
            key: "ours", provider: "github", displayName: "Our code", clientID: "id-9", scopes: [])
        _ = try await world.site.store.addIntegration(
            details, secret: "s", to: world.environment, by: .system, at: world.site.clock.now)
        let browser = world.site.browser()
        func open(_ key: String) async throws -> Answer {
            try await browser.get(world.path(key), headers: ConnectWorld.navigation(from: nil))
        }
        let asked = try await open("ours")
        #expect(asked.status == 200 && asked.contains("Connect Our code to <bdi>Acme</bdi>?"))
        for (key, code) in [("bamboo", "auth_mode_err"), ("empty", "provider_config_err")] {
            let refused = try await open(key)
            #expect(refused.status == 400 && refused.contains("<code>\(code)</code>"), "\(key)")
            #expect(!refused.contains("Continue to"))
        }
    }

    @Test func `a page of ours asks first where nobody the environment knows sent the browser here`() async throws {
        let world = try await ConnectWorld("prod")
        let path = world.path("github", "u1", "&hmac=\(world.digest())")
        for referrer in [nil, "https://mail.example/", "http://localhost:3000/"] as [String?] {
            let browser = world.site.browser()
            let page = try await browser.get(path, headers: ConnectWorld.navigation(from: referrer))
            #expect(page.status == 200, "\(referrer ?? "no referrer")")
            #expect(page.contains("Connect GitHub to <bdi>Acme</bdi>?"))
            #expect(page.setCookies.allSatisfy { !$0.contains("gw_flow_") })
            let pressed = try await browser.post(path, [("csrf", page.csrf ?? "")])
            #expect(pressed.status == 303)
            #expect(pressed.location?.hasPrefix("https://github.com/login/oauth/authorize?") == true)
            #expect(pressed.setCookies.contains { $0.contains("gw_flow_") })
        }
    }

    @Test func `listed origins, and no others, begin without being asked`() async throws {
        let world = try await ConnectWorld("prod")
        try await world.allow(["https://app.acme.example"])
        let path = world.path("github", "u1", "&hmac=\(world.digest())")
        let known = try await world.site.browser().get(
            path, headers: ConnectWorld.navigation(from: "https://app.acme.example/"))
        #expect(known.status == 302)
        let other = try await world.site.browser().get(
            path, headers: ConnectWorld.navigation(from: "https://evil.example/"))
        #expect(other.status == 200)
    }

    @Test func `a program that sends no page request is sent on at once`() async throws {
        let world = try await ConnectWorld()
        let answer = try await world.site.send(.get, world.path(), headers: [("Accept", "*/*")])
        #expect(answer.status == 302)
        // Looking is no beginning: nothing is spent, counted or remembered.
        let head = try await world.site.send(.head, world.path())
        #expect(head.status == 200 && head.setCookies.allSatisfy { !$0.contains("gw_flow_") })
        #expect(try world.site.store.connectCalls(of: world.environment, since: 0).calls == 1)
    }

    @Test func `a page's script is a browser, whatever it says that it takes`() async throws {
        let world = try await ConnectWorld()
        let answer = try await world.site.send(
            .get, world.path(),
            headers: [("Accept", "*/*"), ("Sec-Fetch-Mode", "no-cors"), ("Referer", "https://evil.example/")])
        #expect(answer.status == 200 && answer.setCookies.allSatisfy { !$0.contains("gw_flow_") })
    }

    @Test func `a key of an integration may hold spaces and signs, percent-encoded`() async throws {
        let world = try await ConnectWorld()
        let answer = try await world.site.send(.get, world.path("sp%20ace:1%40x"))
        #expect(answer.status == 302)
        #expect(answer.location?.contains("client_id=id-4") == true)
    }

    @Test(arguments: [
        ("/oauth/connect/github?connection_id=u1", 401, "missing_public_key"),
        (
            "/oauth/connect/github?connection_id=u1&public_key=d4f0f1e2-0000-4000-8000-000000000000", 401,
            "invalid_public_key"
        ),
        (
            "/oauth/connect/github?connection_id=u1&public_key=gw_pk_000000000000000000000000000000", 401,
            "unknown_account"
        ),
        ("/oauth/connect/github?connect_session_token=x", 401, "invalid_connect_session_token_format"),
    ])
    func `whoever names no environment is told in JSON`(path: String, status: Int, code: String) async throws {
        let world = try await ConnectWorld()
        let answer = try await world.site.send(.get, path)
        #expect(answer.status == status)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.contains("\"\(code)\""))
        // A person in a popup reads a page, not JSON.
        let page = try await world.site.send(.get, path, headers: ConnectWorld.navigation())
        #expect(page.status == status)
        #expect(page.contains("<h1>Not connected</h1>"))
    }

    @Test(arguments: [
        ("github", "", "missing_connection_id"), ("github", "a%0Ab", "invalid_connection_id"),
        ("nowhere", "u1", "provider_config_err"), ("lost", "u1", "unknown_config_key"),
        ("empty", "u1", "provider_config_err"), ("zendesk", "u1", "url_param_err"), ("bamboo", "u1", "auth_mode_err"),
        ("zendesk", "u1&params[subdomain]=evil.com%2F%23", "url_param_err"),
    ])
    func `what is wrong reaches the socket in the wire's words, and the person on a page`(
        key: String, connection: String, type: String
    ) async throws {
        let world = try await ConnectWorld()
        let path = world.path(key, connection, "&ws_client_id=\(ConnectWorld.socket)")
        let answer = try await world.site.browser().get(path, headers: ConnectWorld.navigation())
        #expect(answer.status == 400)
        #expect(answer.contains("<code>\(type)</code>"))
        #expect(try world.message()?.contains("\"error_type\":\"\(type)\"") == true)
        #expect(world.far.calls.isEmpty)
    }

    @Test(arguments: ["a%00b", "a%FFb", "a%2"])
    func `a query that is no text is refused before anybody is looked up`(connection: String) async throws {
        let world = try await ConnectWorld()
        let path = world.path("github", connection, "&ws_client_id=\(ConnectWorld.socket)")
        let answer = try await world.site.browser().get(path, headers: ConnectWorld.navigation())
        #expect(answer.status == 400 && answer.contains("<code>invalid_query_params</code>"), "\(answer.body)")
        #expect(try world.message() == nil && world.far.calls.isEmpty)
    }

    @Test func `Case 189: the digest of a key with a colon could be another's, so it does not count`() async throws {
        for environment in ["prod", "dev"] {
            let world = try await ConnectWorld(environment)
            let digest = world.digest("sp ace:1@x", "u1")
            let path = world.path(
                "sp%20ace:1%40x", "u1", "&hmac=\(digest)&ws_client_id=\(ConnectWorld.socket)")
            let answer = try await world.site.browser().get(path, headers: ConnectWorld.navigation())
            guard environment == "prod" else {
                #expect(answer.status == 302)
                continue
            }
            #expect(answer.status == 400 && answer.contains("<code>invalid_hmac</code>") && answer.contains("colon"))
            #expect(try world.message()?.contains(#""error_type":"invalid_hmac""#) == true)
        }
    }

    @Test func `Case 186, 187: while HMAC is required, nothing but the right digest passes`() async throws {
        let world = try await ConnectWorld("prod")
        let digest = world.digest()
        let wrong = [
            ("", "missing_hmac"), ("&hmac=", "missing_hmac"), ("&hmac=\(digest.dropLast())", "invalid_hmac"),
            ("&hmac=\(digest.uppercased())", "invalid_hmac"),
            ("&hmac=\(digest)&hmac=\(digest)", "invalid_query_params"),
            ("&hmac=\(world.digest("github", "u2"))", "invalid_hmac"),
        ]
        for (more, type) in wrong {
            let answer = try await world.site.send(.get, world.path("github", "u1", more))
            #expect(answer.status == 400)
            // Nobody knows whose request a doubled one is: a program that sent it is answered as a program.
            let place = type == "invalid_query_params" ? "\"type\":\"\(type)\"" : "<code>\(type)</code>"
            #expect(answer.contains(place), "\(more)")
        }
        #expect(try await world.site.send(.get, world.path("github", "u1", "&hmac=\(digest)")).status == 302)
        try await world.site.store.flushUses()
        let traces = try world.site.store.traces(of: world.environment, limit: 50)
        #expect(traces.count { $0.error == "missing_hmac" } == 2)
        #expect(traces.count { $0.error == "invalid_hmac" } == 3)
    }

    @Test func `Case 190: a signed request is carried out once, from the page that asks or without it`() async throws {
        let world = try await ConnectWorld("prod")
        func signed(_ nonce: String) -> String {
            let fields = [
                ("connection_id", "u1"), ("public_key", world.environment.publicKey), ("nonce", nonce),
                ("expires", String(world.site.clock.now.seconds + 60)),
            ]
            let signature = SignedConnect.sign(
                fields.map { (name: $0.0, value: $0.1) } + [("integration", "github")], key: ConnectWorld.key)
            return "/oauth/connect/github?" + fields.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
                + "&signature=\(signature)"
        }
        #expect(try await world.site.send(.get, signed("a")).status == 302)
        let again = try await world.site.send(.get, signed("a"))
        #expect(again.status == 400)
        #expect(again.contains("used before"))
        let browser = world.site.browser()
        let page = try await browser.get(signed("b"), headers: ConnectWorld.navigation(from: nil))
        #expect(page.status == 200)
        #expect(try await browser.post(signed("b"), [("csrf", page.csrf ?? "")]).status == 303)
        #expect(try await browser.post(signed("b"), [("csrf", page.csrf ?? "")]).status == 400)
        try await world.site.store.flushUses()
        let traces = try world.site.store.traces(of: world.environment, limit: 50)
        #expect(traces.count { $0.error == "replayed_signature" } == 2)
    }

    @Test func `Case 219: a browser is sent back to listed origins only`() async throws {
        let world = try await ConnectWorld()
        try await world.allow(["https://app.acme.example"])
        let good = world.path("github", "u1", "&return_url=https%3A%2F%2Fapp.acme.example%2Fdone%3Fa%3D1")
        #expect(try await world.site.send(.get, good).status == 302)
        for url in [
            "https://evil.example/", "https://app.acme.example@evil.example/", "//evil.example",
            "https://app.acme.example.evil.example", "http://app.acme.example/", "javascript:alert(1)",
            "https://app.acme.example\\.evil.example/",
        ] {
            let answer = try await world.site.send(
                .get, world.path("github", "u1", "&return_url=" + Browser.encode(url)))
            #expect(answer.status == 400, "\(url)")
            #expect(answer.contains("return_url_not_allowed"))
            #expect(answer.location == nil)
        }
    }

    @Test func `cookies of flows that nobody finishes do not grow without end`() async throws {
        let world = try await ConnectWorld()
        let browser = world.site.browser()
        for _ in 0..<20 { _ = try await world.begin(browser) }
        let answer = try await browser.get("/oauth/callback?state=x")
        #expect(answer.status == 400)
        #expect(browser.names.count { $0.contains("gw_flow_") } <= 10)
    }

    @Test func `how many calls were signed is counted by the day`() async throws {
        let world = try await ConnectWorld()
        _ = try await world.site.send(.get, world.path())
        _ = try await world.site.send(.get, world.path("github", "u1", "&hmac=\(world.digest())"))
        _ = try await world.site.send(.get, world.path("github", "u1", "&hmac=wrong"))
        let counted = try world.site.store.connectCalls(of: world.environment, since: 0)
        #expect(counted.calls == 3)
        #expect(counted.signed == 1)
    }
}
