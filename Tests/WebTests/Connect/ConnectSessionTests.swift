import Broker
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("Connect sessions")
struct ConnectSessionTests {
    private func key(_ world: ConnectWorld) async throws -> String {
        let key = Secret<EnvironmentKey>.random()
        _ = try await world.site.store.addKey(
            key, EnvironmentKeyDraft(name: "test"), to: world.environment, by: .system, at: world.site.clock.now)
        return key.reveal()
    }

    private func post(_ world: ConnectWorld, _ path: String, _ body: String, key: String) async throws -> Answer {
        try await world.site.send(
            .post, path, headers: [("Authorization", "Bearer \(key)"), ("Content-Type", "application/json")],
            body: Array(body.utf8))
    }

    private let body = #"{"end_user":{"id":"7","display_name":"Ada"},"allowed_integrations":["github","algolia"]}"#

    @Test func `a backend opens one, and its token says what it may do`() async throws {
        let world = try await ConnectWorld("prod")
        let opened = try await post(world, "/connect/sessions", body, key: key(world))
        #expect(opened.status == 201, "\(opened.body)")
        let data = try #require(JSONValue(Array(opened.body.utf8))?["data"])
        let token = try #require(data["token"]?.string)
        #expect(data["connect_link"]?.string == "http://127.0.0.1:8080/connect?session_token=\(token)")
        #expect(data["expires_at"]?.string?.hasSuffix("Z") == true)
        let bearer = [("Authorization", "Bearer \(token)")]
        let shown = try await world.site.send(.get, "/connect/session", headers: bearer)
        #expect(shown.status == 200)
        #expect(shown.contains(#""allowed_integrations":["github","algolia"]"#))
        #expect(shown.contains(#""endUser":{"id":"7","display_name":"Ada"}"#))
        #expect(try await world.site.send(.delete, "/connect/session", headers: bearer).status == 204)
        let gone = try await world.site.send(.get, "/connect/session", headers: bearer)
        #expect(gone.status == 401)
        #expect(gone.contains(#""code":"unknown_connect_session_token""#))
    }

    @Test func `a page with a session sees what it may connect, and the provider's fields`() async throws {
        let world = try await ConnectWorld("prod")
        let token = try await world.session(body)
        let bearer = [("Authorization", "Bearer \(token.reveal())"), ("Origin", "https://any.example")]
        let offered = try await world.site.send(.get, "/integrations", headers: bearer)
        #expect(offered.status == 200)
        #expect(offered.contains(#""unique_key":"github""#) && !offered.contains(#""unique_key":"zendesk""#))
        #expect(offered.headers[.accessControlAllowOrigin] == "*")
        let provider = try await world.site.send(.get, "/providers/zendesk", headers: bearer)
        #expect(provider.status == 200)
        #expect(provider.contains(#""subdomain""#))
        #expect(try await world.site.send(.get, "/providers/none", headers: bearer).status == 404)
        #expect(try await world.site.send(.get, "/connections", headers: bearer).status == 401)
    }

    @Test(arguments: [
        (
            #""allowed_integrations":["empty"]"#, "The integration that this session allows is not finished.",
            "empty: client ID, client secret"
        ),
        (
            #""allowed_integrations":["empty","lost"]"#,
            "None of the 2 integrations that this session allows is finished.",
            "lost: a provider that the catalogue has"
        ),
    ])
    func `where nothing can be connected the developer reads what is missing, and the person only that something is`(
        allowed: String, said: String, missing: String
    ) async throws {
        let world = try await ConnectWorld("dev")
        let opened = try await post(
            world, "/connect/sessions", #"{"end_user":{"id":"7"},\#(allowed)}"#, key: key(world))
        #expect(opened.status == 201, "\(opened.body)")
        let token = try #require(JSONValue(Array(opened.body.utf8))?["data"]?["token"]?.string)
        let page = try await world.site.browser().get("/connect?session_token=\(token)")
        #expect(page.status == 200 && page.contains("There is nothing to connect") && page.contains(said))
        #expect(!page.contains("client secret") && !page.contains("catalogue"))
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let list = try await ada.get("/t/acme/env/dev/activity?outcome=failure")
        #expect(list.contains("nothing_to_connect"))
        let trace = try #require(try world.site.store.traces(of: world.environment, limit: 5).first)
        #expect(try await ada.get("/t/acme/env/dev/activity/\(trace.id.text)").contains(missing))
    }

    @Test func `a session in which something can be connected leaves no trace when it is opened`() async throws {
        let world = try await ConnectWorld("dev")
        let body = #"{"end_user":{"id":"7"},"allowed_integrations":["empty","github"]}"#
        #expect(try await post(world, "/connect/sessions", body, key: key(world)).status == 201)
        try await world.site.store.flushTraces()
        #expect(try world.site.store.traces(of: world.environment, limit: 5).isEmpty)
    }

    @Test(arguments: [
        ("{}", "end_user"), (#"{"end_user":{"id":"1"},"allowed_integrations":["nowhere"]}"#, "allowed_integrations"),
        (#"{"end_user":{"id":"1"},"more":1}"#, "more"), ("no", "invalid_json"),
    ])
    func `a body that cannot be used is named by its paths`(body: String, path: String) async throws {
        let world = try await ConnectWorld()
        let answer = try await post(world, "/connect/sessions", body, key: key(world))
        #expect(answer.status == 400)
        #expect(answer.contains(#""code":"invalid_body","errors":[{"code":"#))
        #expect(answer.contains(path))
    }

    @Test func `a query is refused, and so is whoever has no key`() async throws {
        let world = try await ConnectWorld()
        let query = try await post(world, "/connect/sessions?a=b", body, key: key(world))
        #expect(query.status == 400)
        #expect(query.contains(#""code":"invalid_query_params""#))
        let stranger = try await post(world, "/connect/sessions", body, key: "x")
        #expect(stranger.status == 401)
        #expect(stranger.contains(#"{"error":{"message":"#))
    }

    private func finish(_ world: ConnectWorld, _ browser: Browser, _ token: Secret<ConnectToken>) async throws -> Answer
    {
        world.far.answers(#"{"access_token":"t"}"#)
        let path = "/oauth/connect/github?connect_session_token=\(token.reveal())"
        let state = try await world.begin(browser, path)["state"] ?? ""
        return try await browser.get("/oauth/callback?code=c&state=\(state)")
    }

    @Test func `Case 195: a session satisfies Require HMAC, makes one connection of its own name, and is spent`()
        async throws
    {
        let world = try await ConnectWorld("prod")
        try await world.allow(["http://localhost:3000"])
        let token = try await world.session(body)
        let browser = world.site.browser()
        #expect(try await finish(world, browser, token).status == 200)
        let made = try world.site.store.connections(of: world.environment, ConnectionFilter(), before: nil, limit: 5)
        let summary = try #require(made.first)
        #expect(ConnectAsk.isSocket(summary.connectionID))
        #expect(summary.owner.endUserID == "7")
        let again = try await browser.get(
            "/oauth/connect/github?connect_session_token=\(token.reveal())", headers: ConnectWorld.navigation())
        #expect(again.status == 401)
        #expect(made.count == 1)
    }

    @Test func `Case 195: two flows of one session make one connection`() async throws {
        let world = try await ConnectWorld()
        let token = try await world.session(body)
        let browser = world.site.browser()
        world.far.answers(#"{"access_token":"t"}"#)
        let path = "/oauth/connect/github?connect_session_token=\(token.reveal())"
        let first = try await world.begin(browser, path)["state"] ?? ""
        let second = try await world.begin(browser, path)["state"] ?? ""
        #expect(try await browser.get("/oauth/callback?code=c&state=\(first)").status == 200)
        #expect(try await browser.get("/oauth/callback?code=c&state=\(second)").status == 401)
        let made = try world.site.store.connections(of: world.environment, ConnectionFilter(), before: nil, limit: 5)
        #expect(made.count == 1)
    }

    @Test func `Case 195: another browser, another integration, a chosen name and the end of time are refused`()
        async throws
    {
        let world = try await ConnectWorld()
        let token = try await world.session(body)
        let base = "?connect_session_token=\(token.reveal())"
        _ = try await world.begin(world.site.browser(), "/oauth/connect/github" + base)
        let other = try await world.site.browser(from: "198.51.100.7").get(
            "/oauth/connect/github" + base, headers: ConnectWorld.navigation())
        #expect(other.status == 403)
        for (path, code) in [
            ("/oauth/connect/zendesk" + base, "integration_not_allowed"),
            ("/oauth/connect/github" + base + "&connection_id=mine", "invalid_query_params"),
        ] {
            let answer = try await world.site.browser().get(path, headers: ConnectWorld.navigation())
            #expect(answer.status == 400)
            #expect(answer.contains("<code>\(code)</code>"))
        }
        world.site.clock.move(by: Store.connectSessionLifetime)
        let late = try await world.site.browser().get(
            "/oauth/connect/github" + base, headers: ConnectWorld.navigation())
        #expect(late.status == 401)
    }

    @Test func `an API key is stored under a session, in the nested shape`() async throws {
        let world = try await ConnectWorld("prod")
        let token = try await world.session(body)
        let path = "/api-auth/api-key/algolia?connect_session_token=\(token.reveal())"
        let missing = try await world.site.send(.post, path, body: Array(#"{"apiKey":"k"}"#.utf8))
        #expect(missing.status == 400)
        #expect(missing.contains(#""code":"invalid_connection_config""#))
        let made = try await world.site.send(.post, path + "&params[APP_ID]=X", body: Array(#"{"apiKey":"k"}"#.utf8))
        #expect(made.status == 200)
        #expect(made.contains(#""providerConfigKey":"algolia""#))
    }

    @Test func `a connection that was deleted and made anew is not the one that a session reconnects`() async throws {
        let world = try await ConnectWorld()
        let integration = try #require(try world.site.store.integration("github", in: world.environment))
        func make(_ token: String) async throws {
            _ = try await world.site.store.save(
                ConnectionDraft(
                    connectionID: "u1",
                    credentials: .oauth2(accessToken: token, refreshToken: nil, expiresAt: nil, raw: .null),
                    values: [:]), of: integration,
                at: world.site.clock.now)
        }
        try await make("old")
        let token = try await world.session(#"{"connection_id":"u1","integration_id":"github"}"#)
        world.site.clock.move(by: 5)
        _ = try await world.site.store.deleteConnection(
            try #require(try world.connection("u1")), by: .system, at: world.site.clock.now)
        try await make("new")
        let page = try await finish(world, world.site.browser(), token)
        #expect(page.status == 401 && page.contains("<code>unknown_connect_session_token</code>"), "\(page.body)")
        #expect(try world.connection("u1")?.credentials.accessToken == "new")
    }

    @Test func `reconnecting keeps the connection and its owner`() async throws {
        let world = try await ConnectWorld()
        let browser = world.site.browser()
        #expect(try await finish(world, browser, world.session(body)).status == 200)
        let made = try world.site.store.connections(of: world.environment, ConnectionFilter(), before: nil, limit: 5)
        let id = try #require(made.first?.connectionID)
        let opened = try await post(
            world, "/connect/sessions/reconnect", #"{"connection_id":"\#(id)","integration_id":"github"}"#,
            key: key(world))
        #expect(opened.status == 201)
        let text = try #require(JSONValue(Array(opened.body.utf8))?["data"]?["token"]?.string)
        let token = try #require(Secret<ConnectToken>(text))
        let shown = try await world.site.send(.get, "/connect/session", headers: [("Authorization", "Bearer \(text)")])
        #expect(shown.contains(#""isReconnecting":true"#))
        #expect(try await finish(world, browser, token).status == 200)
        let after = try world.site.store.connections(of: world.environment, ConnectionFilter(), before: nil, limit: 5)
        #expect(after.map(\.connectionID) == [id])
        #expect(after.first?.owner.endUserID == "7")
        let unknown = try await post(
            world, "/connect/sessions/reconnect", #"{"connection_id":"x","integration_id":"github"}"#, key: key(world))
        #expect(unknown.status == 400)
    }

    @Test func `the hosted page lets the person choose, asks for what is needed, and needs no script`() async throws {
        let world = try await ConnectWorld("prod")
        let token = try await world.session(#"{"end_user":{"id":"7","email":"ada@acme.example"}}"#)
        let path = "/connect?session_token=\(token.reveal())"
        let browser = world.site.browser()
        let choice = try await browser.get(path)
        #expect(choice.status == 200)
        #expect(choice.contains("Which one?") && choice.contains("integration=zendesk"))
        #expect(!choice.contains("integration=empty"))
        let form = try await browser.get(path + "&integration=zendesk")
        #expect(form.contains("Connect Zendesk to <bdi>Acme</bdi>") && form.contains("ada@acme.example"))
        let hidden = [("session_token", token.reveal()), ("integration", "zendesk")]
        let wrong = try await browser.submit(
            "/connect", hidden + [("value-subdomain", "a b")], on: path + "&integration=zendesk")
        #expect(wrong.status == 422)
        #expect(wrong.contains("value=\"a b\"") && wrong.contains("There is a problem"))
        let right = try await browser.submit(
            "/connect", hidden + [("value-subdomain", "acme")], on: path + "&integration=zendesk")
        #expect(right.status == 303)
        #expect(right.location?.hasPrefix("https://acme.zendesk.com/") == true)
        let key = [
            ("session_token", token.reveal()), ("integration", "algolia"), ("value-APP_ID", "X"), ("value-apiKey", "k"),
        ]
        let done = try await browser.submit("/connect", key, on: path + "&integration=algolia")
        #expect(done.status == 200)
        #expect(done.contains("<h1>Connected</h1>"))
        let over = try await browser.get(path)
        #expect(over.status == 401)
        #expect(over.contains("This link has ended or was used."))
    }

    @Test func `the hosted page asks for a key by the provider's name for it, and says where to find one`() async throws
    {
        let world = try await ConnectWorld()
        func page(_ key: String) async throws -> Answer {
            let token = try await world.session(#"{"end_user":{"id":"7"},"allowed_integrations":["\#(key)"]}"#)
            return try await world.site.browser().get("/connect?session_token=\(token.reveal())")
        }
        let keyed = try await page("bamboo")
        #expect(keyed.contains(">API key</label>") && !keyed.contains("User name"))
        #expect(keyed.contains(#"name="value-username" type="password""#) && !keyed.contains("value-password"))
        #expect(
            keyed.contains(#"href="https://documentation.bamboohr.com/" target="_blank" rel="noopener noreferrer""#))
        #expect(try await !page("github").contains("docs.github.com"))
    }

    @Test func `the hosted page asks again for a key that the provider turned away, and the session is not spent`()
        async throws
    {
        let world = try await ConnectWorld("prod")
        let token = try await world.session(#"{"end_user":{"id":"7"},"allowed_integrations":["proven"]}"#)
        let path = "/connect?session_token=\(token.reveal())"
        let browser = world.site.browser()
        func submit(_ key: String) async throws -> Answer {
            let form = [("session_token", token.reveal()), ("integration", "proven"), ("value-apiKey", key)]
            return try await browser.submit("/connect", form, on: path)
        }
        world.far.answers(401, "{}")
        let refused = try await submit("wrong-key")
        #expect(refused.status == 422 && refused.contains("The provider did not take this."))
        #expect(!refused.contains("wrong-key"))
        world.far.answers("{}")
        let done = try await submit("right-key")
        #expect(done.status == 200 && done.contains("<h1>Connected</h1>"))
    }

    @Test func `Case 195: a suspended company's sessions and keys open nothing`() async throws {
        let world = try await ConnectWorld()
        let token = try await world.session(body)
        _ = try await world.site.store.suspend(
            .tenant(try world.site.cast.acme), because: "test", by: try world.site.cast.olga.person, letters: [],
            at: world.site.clock.now)
        #expect(try await world.site.send(.get, "/connect?session_token=\(token.reveal())").status == 401)
        #expect(try await world.site.send(.get, world.path()).status == 401)
    }
}
