import Broker
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("The provider sends somebody back: /oauth/callback")
struct CallbackTests {
    private let token = #"{"access_token":"far-at","refresh_token":"far-rt","expires_in":3600,"scope":"repo"}"#

    @Test func `a code becomes a stored connection, and everybody who waits hears of it`() async throws {
        let world = try await ConnectWorld()
        world.far.answers(token)
        let browser = world.site.browser()
        let asked = try await world.begin(
            browser, world.path("github", "u1", "&ws_client_id=\(ConnectWorld.socket)&origin=http://localhost:3000"))
        let page = try await browser.get("/oauth/callback?code=c-1&state=\(asked["state"] ?? "")")
        #expect(page.status == 200)
        #expect(page.contains("<h1>Connected</h1>"))
        #expect(page.headers[.init("Cross-Origin-Opener-Policy")!] == "unsafe-none")
        #expect(page.value(after: "data-opener-origin=\"") == "http://localhost:3000")
        #expect(
            page.value(after: "data-opener-message=\"")
                == #"{"eventType":"AUTHORIZATION_SUCEEDED","data":{"connectionId":"u1","providerConfigKey":"github"}}"#)
        #expect(
            try world.message()
                == #"{"message_type":"success","provider_config_key":"github","connection_id":"u1","is_pending":false}"#
        )
        let connection = try #require(try world.connection("u1"))
        #expect(connection.credentials.accessToken == "far-at")
        #expect(connection.credentials.refreshToken == "far-rt")
        let call = try #require(world.far.calls.first)
        let sent = ConnectWorld.query(of: "?" + String(decoding: call.body, as: UTF8.self))
        #expect(call.url == "https://github.com/login/oauth/access_token")
        #expect(sent["code"] == "c-1" && sent["redirect_uri"] == asked["redirect_uri"])
        #expect(PKCE.challenge(for: sent["code_verifier"] ?? "")?.text == asked["code_challenge"])
        let trace = try #require(try world.site.store.traces(of: world.environment, limit: 1).first)
        #expect(trace.outcome == .success && trace.connectionID == "u1")
    }

    @Test func `a posted callback becomes the same by GET, from any site and with nobody's cookie`() async throws {
        let world = try await ConnectWorld()
        world.far.answers(token)
        let browser = world.site.browser()
        let asked = try await world.begin(browser)
        let state = asked["state"] ?? ""
        // As a browser sends it: from the provider's page, without our cookies.
        let posted = try await world.site.send(
            .post, "/oauth/callback",
            headers: [
                ("Content-Type", "application/x-www-form-urlencoded"), ("Origin", "https://provider.example"),
                ("Sec-Fetch-Site", "cross-site"),
            ], body: Array("code=c%261&state=\(state)&id_token=eyJ&user=%7B%7D".utf8))
        #expect(posted.status == 303 && world.far.calls.isEmpty)
        let next = try #require(posted.location)
        #expect(next == "http://127.0.0.1:8080/oauth/callback?code=c%261&state=\(state)")
        #expect(posted.headers[.init("Cross-Origin-Opener-Policy")!] == "unsafe-none")
        // Another browser that is led there makes nothing of it.
        let path = String(next.dropFirst("http://127.0.0.1:8080".count))
        #expect(try await world.site.browser(from: "198.51.100.9").get(path).status == 403)
        #expect(try await browser.get(path).status == 200)
        #expect(try world.connection("u1") != nil)
        let large = try await world.site.send(
            .post, "/oauth/callback", body: Array(("code=" + String(repeating: "c", count: 9_000)).utf8))
        #expect(large.status == 413)
    }

    @Test func `Case 218: neither page nor message nor address holds a token`() async throws {
        let world = try await ConnectWorld()
        world.far.answers(token)
        let browser = world.site.browser()
        let asked = try await world.begin(browser, world.path("github", "u1", "&ws_client_id=\(ConnectWorld.socket)"))
        let page = try await browser.get("/oauth/callback?code=c-1&state=\(asked["state"] ?? "")")
        for text in [page.body, "\(page.headers)", try world.message() ?? ""] {
            #expect(!text.contains("far-at") && !text.contains("far-rt") && !text.contains("c-1"))
        }
    }

    @Test(arguments: [
        "", "state=", "state=x", "state=gw_fs_000000000000000000000000000000000000", "code=c", "error=access_denied",
    ])
    func `Case 197: without a state of ours there is a page, and no call`(query: String) async throws {
        let world = try await ConnectWorld()
        let page = try await world.site.browser().get("/oauth/callback?\(query)")
        #expect(page.status == 400)
        #expect(page.contains("<code>state_err</code>"))
        #expect(world.far.calls.isEmpty)
    }

    @Test func `Case 197: a callback counts once, and not after its time`() async throws {
        let world = try await ConnectWorld()
        world.far.answers(token)
        let browser = world.site.browser()
        let first = try await world.begin(browser)["state"] ?? ""
        #expect(try await browser.get("/oauth/callback?code=c&state=\(first)").status == 200)
        #expect(try await browser.get("/oauth/callback?code=c&state=\(first)").status == 400)
        #expect(world.far.calls.count == 1)
        let late = try await world.begin(browser)["state"] ?? ""
        world.site.clock.move(by: Store.flowLifetime)
        #expect(try await browser.get("/oauth/callback?code=c&state=\(late)").status == 400)
        #expect(world.far.calls.count == 1)
    }

    @Test func `Case 198: another browser finishes nothing, and the flow stays open for its own`() async throws {
        let world = try await ConnectWorld()
        world.far.answers(token)
        let mine = world.site.browser()
        let state =
            try await world.begin(mine, world.path("github", "u1", "&ws_client_id=\(ConnectWorld.socket)"))["state"]
            ?? ""
        let victim = world.site.browser(from: "198.51.100.2")
        _ = try await world.begin(victim, world.path("github", "u2"))
        let page = try await victim.get("/oauth/callback?code=c&state=\(state)")
        #expect(page.status == 403)
        #expect(page.contains("<code>state_cookie_err</code>"))
        #expect(world.far.calls.isEmpty)
        #expect(try world.message() == nil)
        #expect(try await mine.get("/oauth/callback?code=c&state=\(state)").status == 200)
    }

    @Test func `Case 199: an answer at another integration's address ends the flow without a call`() async throws {
        let world = try await ConnectWorld()
        let details = IntegrationDetails(
            key: "own", provider: "github", clientID: "id-9", scopes: [], hasOwnCallback: true)
        let own = try #require(
            try await world.site.store.addIntegration(
                details, secret: "s", to: world.environment, by: .system, at: world.site.clock.now))
        world.far.answers(token)
        let browser = world.site.browser()
        let asked = try await world.begin(browser, world.path("own"))
        #expect(asked["redirect_uri"] == "http://127.0.0.1:8080/oauth/callback/\(own.id.text)")
        for place in ["", "/int_0000000000000000"] {
            let state = try await world.begin(browser, world.path("own"))["state"] ?? ""
            let page = try await browser.get("/oauth/callback\(place)?code=c&state=\(state)")
            #expect(page.status == 400)
            #expect(page.contains("<code>state_err</code>"))
        }
        let shared = try await world.begin(browser)["state"] ?? ""
        #expect(try await browser.get("/oauth/callback/\(own.id.text)?code=c&state=\(shared)").status == 400)
        #expect(world.far.calls.isEmpty)
        let state = asked["state"] ?? ""
        #expect(try await browser.get("/oauth/callback/\(own.id.text)?code=c&state=\(state)").status == 200)
    }

    @Test func `Case 199: a provider of one's own is never told the address that all others share`() async throws {
        let world = try await ConnectWorld()
        let definition = """
            custom:
              title: Mine
              docs: https://mine.example
              auth: oauth2
              authorize: {url: "https://mine.example/authorize"}
              token: {url: "https://mine.example/token"}
            """
        let details = IntegrationDetails(
            key: "mine", provider: "custom", definition: definition, clientID: "id", scopes: [], hasOwnCallback: false)
        let mine = try #require(
            try await world.site.store.addIntegration(
                details, secret: "s", to: world.environment, by: .system, at: world.site.clock.now))
        let browser = world.site.browser()
        let asked = try await world.begin(browser, world.path("mine"))
        #expect(asked["redirect_uri"] == "http://127.0.0.1:8080/oauth/callback/\(mine.id.text)")
        let page = try await browser.get("/oauth/callback?code=c&state=\(asked["state"] ?? "")")
        #expect(page.status == 400)
        #expect(world.far.calls.isEmpty)
    }

    @Test func `Case 203: what the provider says is shown as text, and the waiting page hears it`() async throws {
        let world = try await ConnectWorld()
        let browser = world.site.browser()
        let state =
            try await world.begin(browser, world.path("github", "u1", "&ws_client_id=\(ConnectWorld.socket)"))["state"]
            ?? ""
        let page = try await browser.get(
            "/oauth/callback?state=\(state)&code=c&error=access_denied&error_description=%3Cimg+src%3Dx%3E+no")
        #expect(page.status == 400)
        #expect(page.contains("&lt;img src=x&gt; no") && !page.contains("<img"))
        #expect(try world.message()?.contains(#""error_type":"callback_err","error_desc":"access_denied: "#) == true)
        #expect(world.far.calls.isEmpty)
        let trace = try #require(try world.site.store.traces(of: world.environment, limit: 1).first)
        #expect(trace.error == "access_denied")
    }

    @Test func `a provider that gives no token leaves no connection, and says why`() async throws {
        let world = try await ConnectWorld()
        let browser = world.site.browser()
        for (prepare, why) in [
            ({ world.far.answers(400, #"{"error":"invalid_client"}"#) }, "invalid_client"),
            ({ world.far.answers(500, "<h1>no</h1>") }, "HTTP 500"), ({ world.far.fails(.timedOut) }, "timedOut"),
            ({ world.far.answers(200, "{}") }, "HTTP 200"),
        ] {
            prepare()
            let state = try await world.begin(browser)["state"] ?? ""
            let page = try await browser.get("/oauth/callback?code=c&state=\(state)")
            #expect(page.status == 400)
            #expect(page.contains("<code>token_err</code>"))
            #expect(page.contains(why), "\(why)")
        }
        #expect(try world.connection("u1") == nil)
    }

    @Test func `without a popup the browser goes back to the app, with a result its backend can check`() async throws {
        let world = try await ConnectWorld()
        try await world.allow(["https://app.acme.example"])
        world.far.answers(token)
        let browser = world.site.browser()
        let path = world.path("github", "u1", "&return_url=https%3A%2F%2Fapp.acme.example%2Fdone%3Fa%3D1")
        let started = try await browser.get(path, headers: ConnectWorld.navigation(from: "https://app.acme.example/x"))
        let state = ConnectWorld.query(of: started.location ?? "")["state"] ?? ""
        let back = try await browser.get("/oauth/callback?code=c&state=\(state)")
        #expect(back.status == 303)
        let result = ConnectWorld.query(of: back.location ?? "")
        #expect(back.location?.hasPrefix("https://app.acme.example/done?a=1&connection_id=u1&") == true)
        let key = try #require(
            try world.site.store.webhookKeys(of: world.environment.id, at: world.site.clock.now).first)
        let fields = ["connection_id", "provider_config_key", "at", "status"].map {
            (name: $0, value: result[$0] ?? "")
        }
        #expect(result["signature"] == SignedResult.sign(fields, key: key))
    }

    @Test func `connecting again replaces the credentials and keeps the metadata`() async throws {
        let world = try await ConnectWorld()
        let browser = world.site.browser()
        for token in ["one", "two"] {
            world.far.answers(#"{"access_token":"\#(token)"}"#)
            let state = try await world.begin(browser)["state"] ?? ""
            #expect(try await browser.get("/oauth/callback?code=c&state=\(state)").status == 200)
            if token == "one" {
                let connection = try #require(try world.connection("u1"))
                _ = try await world.site.store.setMetadata(
                    .object([.init("a", .string("b"))]), merges: false, of: connection, at: world.site.clock.now)
            }
        }
        let connection = try #require(try world.connection("u1"))
        #expect(connection.credentials.accessToken == "two")
        #expect(connection.metadata["a"]?.string == "b")
    }

    @Test func `RFC 5849: a temporary token is fetched, allowed and exchanged, with our state in the callback`()
        async throws
    {
        let world = try await ConnectWorld()
        let browser = world.site.browser()
        world.far.answers("oauth_token=temp&oauth_token_secret=temp-secret&oauth_callback_confirmed=true")
        let started = try await browser.get(world.path("old"), headers: ConnectWorld.navigation())
        #expect(started.location?.hasPrefix("https://old.example/authorize?oauth_token=temp") == true)
        let header = world.far.calls[0].headers.first { $0.name == "authorization" }?.value ?? ""
        let callback =
            header.split(separator: "\"").map(String.init).first { $0.hasPrefix("http%3A%2F%2F127.0.0.1") } ?? ""
        let address = try #require(PercentEncoding.decode(callback.utf8))
        #expect(address.hasPrefix("http://127.0.0.1:8080/oauth/callback?state=gw_fs_"))
        let state = ConnectWorld.query(of: address)["state"] ?? ""
        world.far.answers("oauth_token=real&oauth_token_secret=real-secret&user_id=7")
        let page = try await browser.get("/oauth/callback?state=\(state)&oauth_token=temp&oauth_verifier=v")
        #expect(page.status == 200)
        guard case .oauth1(let token, let raw)? = try world.connection("u1", of: "old")?.credentials else {
            Issue.record("no connection")
            return
        }
        #expect(token.token == "real" && token.secret == "real-secret" && raw["user_id"]?.string == "7")
    }

    @Test func `an app's installation becomes a connection, for which the app signs`() async throws {
        let world = try await ConnectWorld()
        let browser = world.site.browser()
        let started = try await browser.get(world.path("hub"), headers: ConnectWorld.navigation())
        #expect(started.location?.hasPrefix("https://hub.example/apps/mine/installations/new?state=") == true)
        let state = ConnectWorld.query(of: started.location ?? "")["state"] ?? ""
        world.far.answers(201, #"{"token":"ghs_1","expires_at":"2026-11-21T19:00:00Z"}"#)
        let page = try await browser.get("/app-auth/connect?installation_id=42&setup_action=install&state=\(state)")
        #expect(page.status == 200, "\(page.body)")
        #expect(world.far.calls.last?.url == "https://api.hub.example/app/installations/42/access_tokens")
        let jwt = world.far.calls.last?.headers.first { $0.name == "authorization" }?.value ?? ""
        #expect(jwt.hasPrefix("Bearer eyJ"))
        let connection = try #require(try world.connection("u1", of: "hub"))
        #expect(connection.credentials.accessToken == "ghs_1")
        #expect(connection.values["installation_id"] == "42")
        let asked = try await browser.get(world.path("hub"), headers: ConnectWorld.navigation())
        let other = ConnectWorld.query(of: asked.location ?? "")["state"] ?? ""
        #expect(try await browser.get("/app-auth/connect?installation_id=../1&state=\(other)").status == 400)
    }

    @Test func `an installation belongs to the connection that named it first`() async throws {
        let world = try await ConnectWorld()
        world.far.answers(201, #"{"token":"ghs_1","expires_at":"2026-11-21T19:00:00Z"}"#)
        func install(_ connection: String) async throws -> Answer {
            let browser = world.site.browser()
            let started = try await browser.get(world.path("hub", connection), headers: ConnectWorld.navigation())
            let state = ConnectWorld.query(of: started.location ?? "")["state"] ?? ""
            return try await browser.get("/app-auth/connect?installation_id=42&state=\(state)")
        }
        #expect(try await install("u1").status == 200)
        let second = try await install("u2")
        #expect(second.status == 409 && second.contains("<code>installation_already_connected</code>"))
        #expect(try world.connection("u2", of: "hub") == nil)
        #expect(try await install("u1").status == 200)
        _ = try await world.site.store.deleteConnection(
            try #require(try world.connection("u1", of: "hub")), by: .system, at: world.site.clock.now)
        #expect(try await install("u2").status == 200)
    }

    @Test func `an installation is taken only from whoever has access to it, page after page`() async throws {
        let world = try await ConnectWorld()
        world.far.answers(201, #"{"token":"ghs_1","expires_at":"2026-11-21T19:00:00Z"}"#)
        world.far.answers(200, #"{"access_token":"ghu_person"}"#, at: "/oauth/access_token")
        world.far.answers(200, #"{"installations":[]}"#, at: "/user/installations")
        world.far.answers(200, #"{"installations":[{"id":42}]}"#, at: "&page=2")
        world.far.answers(200, #"{"installations":[{"id":7},{"id":421}]}"#, at: "&page=1")
        func install(_ number: String, code: String = "&code=once-77") async throws -> Answer {
            let browser = world.site.browser()
            let started = try await browser.get(
                world.path("guarded", "u1", "&ws_client_id=\(ConnectWorld.socket)"), headers: ConnectWorld.navigation())
            let state = ConnectWorld.query(of: started.location ?? "")["state"] ?? ""
            return try await browser.get("/app-auth/connect?installation_id=\(number)\(code)&state=\(state)")
        }
        let spoofed = try await install("43")
        #expect(spoofed.status == 403 && spoofed.contains("<code>installation_of_others</code>"), "\(spoofed.body)")
        #expect(try world.message()?.contains("installation_of_others") == true)
        let bare = try await install("42", code: "")
        #expect(bare.status == 400 && bare.contains("<code>installation_unproven</code>"))
        #expect(!world.far.calls.contains { $0.url.contains("access_tokens") })
        #expect(try world.connection("u1", of: "guarded") == nil)
        #expect(try await install("42").status == 200)
        let connection = try #require(try world.connection("u1", of: "guarded"))
        #expect(connection.credentials.accessToken == "ghs_1" && connection.values == ["installation_id": "42"])
        let exchange = try #require(world.far.calls.last { $0.url == "https://hub.example/oauth/access_token" })
        let body = String(decoding: exchange.body, as: UTF8.self)
        #expect(body.contains("code=once-77&") && body.contains("client_id=Iv1.1&client_secret=app-secret"))
        #expect(body.contains("app-auth%2Fconnect"))
        let list = try #require(world.far.calls.last { $0.url.hasSuffix("per_page=30&page=2") })
        #expect(list.headers.contains { $0.name == "authorization" && $0.value == "Bearer ghu_person" })
        // What the person was given is kept nowhere.
        let traces = try world.site.store.traces(of: world.environment, limit: 20)
        let steps = try traces.flatMap { try world.site.store.trace($0.id, in: world.environment)?.steps ?? [] }
        #expect(!steps.flatMap(\.detail).contains { $0.value.contains("ghu_person") || $0.value.contains("once-77") })
    }

    @Test func `a provider that does not say whose an installation is lets none in`() async throws {
        let world = try await ConnectWorld()
        world.far.answers(201, #"{"token":"ghs_1"}"#)
        func install(_ key: String = "guarded") async throws -> Answer {
            let browser = world.site.browser()
            let started = try await browser.get(world.path(key), headers: ConnectWorld.navigation())
            guard started.status == 302 else { return started }
            let state = ConnectWorld.query(of: started.location ?? "")["state"] ?? ""
            return try await browser.get("/app-auth/connect?installation_id=42&code=once-77&state=\(state)")
        }
        world.far.answers(200, #"{"error":"bad_verification_code"}"#, at: "/oauth/access_token")
        #expect(try await install().contains("<code>token_err</code>"))
        world.far.answers(200, #"{"access_token":"ghu"}"#, at: "/oauth/access_token")
        world.far.answers(502, "{}", at: "/user/installations")
        #expect(try await install().contains("<code>token_err</code>"))
        #expect(try world.connection("u1", of: "guarded") == nil)
        // An integration without the app's client does not begin.
        #expect(try await install("unfinished").contains("<code>provider_config_err</code>"))
    }

    @Test func `cookies of a secure portal are bound to its host`() async throws {
        let world = try await ConnectWorld(base: "https://gw.example")
        let answer = try await world.site.send(.get, world.path())
        let cookie = try #require(answer.setCookies.first { $0.contains("gw_flow_") })
        #expect(cookie.hasPrefix("__Host-gw_flow_flw_"))
        #expect(cookie.contains("; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=900"))
    }
}
