import Broker
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("Keys and passwords: /api-auth, /unauth, /oauth2/auth")
struct CredentialsTests {
    private func path(_ world: ConnectWorld, _ route: String, _ key: String, _ more: String = "") -> String {
        "\(route)/\(key)?connection_id=u1&public_key=\(world.environment.publicKey)\(more)"
    }

    private func post(
        _ world: ConnectWorld, _ path: String, _ body: String, origin: String? = "http://localhost:3000"
    ) async throws -> Answer {
        try await world.site.send(
            .post, path,
            headers: [("Content-Type", "application/json")] + (origin.map { [("Origin", $0)] } ?? []),
            body: Array(body.utf8))
    }

    @Test func `an API key becomes a connection, and the answer is the wire's`() async throws {
        let world = try await ConnectWorld()
        let answer = try await post(
            world, path(world, "/api-auth/api-key", "algolia", "&params[APP_ID]=X1"), #"{"apiKey":"k-1"}"#)
        #expect(answer.status == 200)
        #expect(answer.body == #"{"providerConfigKey":"algolia","connectionId":"u1"}"#)
        #expect(answer.headers[.accessControlAllowOrigin] == "*")
        guard case .apiKey("k-1")? = try world.connection("u1", of: "algolia")?.credentials else {
            Issue.record("not stored")
            return
        }
        #expect(try world.connection("u1", of: "algolia")?.values == ["APP_ID": "X1"])
    }

    @Test func `Case 189: the public key alone replaces only what it made itself`() async throws {
        let world = try await ConnectWorld()
        let path = path(world, "/api-auth/api-key", "algolia", "&params[APP_ID]=X1")
        func key() throws -> String? {
            guard case .apiKey(let key)? = try world.connection("u1", of: "algolia")?.credentials else { return nil }
            return key
        }
        for typed in ["k-1", "k-2"] {
            #expect(try await post(world, path, #"{"apiKey":"\#(typed)"}"#).status == 200)
            #expect(try key() == typed)
        }
        // The backend names its owner: from here on the connection is somebody's.
        _ = try await world.site.store.setOwner(
            ConnectionOwner(endUser: .object([.init("id", .string("grace"))])),
            of: try #require(try world.connection("u1", of: "algolia")), at: world.site.clock.now)
        let refused = try await post(world, path, #"{"apiKey":"evil"}"#)
        #expect(refused.status == 409 && refused.contains(#""type":"connection_already_exists""#), "\(refused.body)")
        #expect(try key() == "k-2")
        // With the digest it is the backend that wants it.
        let signed = path + "&hmac=" + world.digest("algolia")
        #expect(try await post(world, signed, #"{"apiKey":"k-3"}"#).status == 200)
        #expect(try key() == "k-3")
        #expect(try await post(world, path, #"{"apiKey":"evil"}"#).status == 409)
    }

    @Test func `Case 189: a flow that began with the public key alone replaces no import`() async throws {
        let world = try await ConnectWorld()
        let integration = try #require(try world.site.store.integration("github", in: world.environment))
        _ = try await world.site.store.save(
            ConnectionDraft(
                connectionID: "u1",
                credentials: .oauth2(accessToken: "own", refreshToken: nil, expiresAt: nil, raw: .null), values: [:]),
            of: integration, at: world.site.clock.now)
        world.far.answers(#"{"access_token":"evil"}"#)
        for (more, status, token) in [("", 409, "own"), ("&hmac=" + world.digest(), 200, "evil")] {
            let browser = world.site.browser()
            let socket = "&ws_client_id=\(ConnectWorld.socket)"
            let asked = try await world.begin(browser, world.path("github", "u1", more + socket))
            let page = try await browser.get("/oauth/callback?code=c&state=\(asked["state"] ?? "")")
            #expect(page.status == status)
            #expect(try world.connection("u1")?.credentials.accessToken == token)
            #expect(try world.message()?.contains(#""error_type":"connection_already_exists""#) == true)
        }
    }

    @Test func `a user name may come without a password`() async throws {
        let world = try await ConnectWorld()
        let answer = try await post(world, path(world, "/api-auth/basic", "bamboo"), #"{"username":"ada"}"#)
        #expect(answer.status == 200)
        guard case .basic("ada", "")? = try world.connection("u1", of: "bamboo")?.credentials else {
            Issue.record("not stored")
            return
        }
    }

    @Test func `a provider that wants no credentials is connected all the same, at both addresses`() async throws {
        let world = try await ConnectWorld()
        for route in ["/unauth", "/auth/unauthenticated"] {
            let answer = try await post(world, path(world, route, "open"), "")
            #expect(answer.body == #"{"providerConfigKey":"open","connectionId":"u1"}"#)
        }
        guard case .some(.none) = try world.connection("u1", of: "open").map(\.credentials) else {
            Issue.record("not stored")
            return
        }
    }

    @Test func `a key that the provider turns away is not stored, and the trace says so`() async throws {
        let world = try await ConnectWorld()
        world.far.answers(401, "{}")
        let path = path(world, "/api-auth/api-key", "proven")
        let answer = try await post(world, path, #"{"apiKey":"k-secret"}"#)
        #expect(answer.status == 400)
        #expect(answer.contains(#""type":"connection_test_failed","payload":{}"#), "\(answer.body)")
        #expect(try world.connection("u1", of: "proven") == nil)
        #expect(world.far.calls.map(\.url) == ["https://proven.example/v1/me"])
        #expect(world.far.calls.first?.headers.contains { $0.name == "x-key" && $0.value == "k-secret" } == true)
        let trace = try #require(try world.site.store.traces(of: world.environment, limit: 5).first)
        #expect(trace.outcome == .failure && trace.error == "connection_test_failed")
        let steps = try #require(try world.site.store.trace(trace.id, in: world.environment)).steps
        #expect(steps.contains { $0.detail.contains { $0.name == "answer" && $0.value == "HTTP 401" } })
        #expect(!steps.flatMap(\.detail).contains { $0.value.contains("k-secret") })
    }

    @Test(arguments: [200, 403, 404, 500]) func `a key that the provider says nothing against is stored`(status: Int)
        async throws
    {
        let world = try await ConnectWorld()
        world.far.answers(status, "{}")
        #expect(
            try await post(world, path(world, "/api-auth/api-key", "proven"), #"{"apiKey":"k"}"#).status == 200)
        #expect(try world.connection("u1", of: "proven") != nil)
        let trace = try #require(try world.site.store.traces(of: world.environment, limit: 5).first)
        let steps = try #require(try world.site.store.trace(trace.id, in: world.environment)).steps
        #expect(steps.contains { $0.level == .warning } == (status != 200))
    }

    @Test func `every answer says how many attempts are left, and too many wait`() async throws {
        let world = try await ConnectWorld()
        let path = path(world, "/api-auth/basic", "bamboo")
        let first = try await post(world, path, "{}")
        #expect(first.header("X-RateLimit-Limit") == "120" && first.header("X-RateLimit-Remaining") == "119")
        #expect(first.header("Access-Control-Expose-Headers")?.contains("X-RateLimit-Remaining") == true)
        for _ in 0..<119 { _ = try await post(world, path, "{}") }
        let last = try await post(world, path, #"{"username":"ada"}"#)
        #expect(last.status == 429 && last.header("Retry-After") == "1" && last.contains(#""type":"rate_limited""#))
        #expect(try world.connection("u1", of: "bamboo") == nil)
    }

    @Test func `a client of one's own is proven at the provider before it is stored`() async throws {
        let world = try await ConnectWorld()
        let path = path(world, "/oauth2/auth", "machine")
        let body = #"{"client_id":"ci","client_secret":"cs"}"#
        world.far.answers(401, #"{"error":"invalid_client"}"#)
        let refused = try await post(world, path, body)
        #expect(refused.status == 400)
        #expect(refused.contains("invalid_client"))
        #expect(try world.connection("u1", of: "machine") == nil)
        world.far.answers(#"{"access_token":"m-1","expires_in":60}"#)
        #expect(try await post(world, path, body).status == 200)
        #expect(try world.connection("u1", of: "machine")?.credentials.accessToken == "m-1")
        // It lives 60 seconds, and is good for 30 of them without another call.
        let asked = world.far.calls.count
        for (seconds, token) in [(20, "m-1"), (20, "m-2")] {
            world.far.answers(#"{"access_token":"m-2","expires_in":60}"#)
            world.site.clock.move(by: Int64(seconds))
            let connection = try #require(try world.connection("u1", of: "machine"))
            #expect(try await world.site.site.fresh(connection, isForced: false).get().credentials.accessToken == token)
        }
        #expect(world.far.calls.count == asked + 1)
    }

    @Test(arguments: [
        ("/api-auth/api-key", "algolia", "{}", "missing_api_key"),
        ("/api-auth/api-key", "algolia", "", "missing_api_key"),
        ("/api-auth/api-key", "algolia", #"{"apiKey":7}"#, "missing_api_key"),
        ("/api-auth/api-key", "algolia", "[", "missing_body"),
        ("/api-auth/basic", "bamboo", "{}", "missing_basic_username"),
        ("/api-auth/basic", "algolia", #"{"username":"a"}"#, "invalid_auth_mode"),
        ("/api-auth/api-key", "github", #"{"apiKey":"k"}"#, "invalid_auth_mode"),
        ("/api-auth/api-key", "nowhere", #"{"apiKey":"k"}"#, "unknown_provider_config"),
        ("/unauth", "algolia", "", "invalid_auth_mode"),
    ])
    func `what is missing or wrong is a 400 in the flat shape`(route: String, key: String, body: String, type: String)
        async throws
    {
        let world = try await ConnectWorld()
        let answer = try await post(world, path(world, route, key, "&params[APP_ID]=X1"), body)
        #expect(answer.status == 400)
        #expect(answer.contains(#""type":"\#(type)","payload":{}"#), "\(answer.body)")
    }

    @Test func `Case 186: a digest is asked for on every entry, in the wire's words`() async throws {
        let world = try await ConnectWorld("prod")
        for (route, key, body) in [
            ("/api-auth/api-key", "algolia", #"{"apiKey":"k"}"#), ("/api-auth/basic", "bamboo", #"{"username":"a"}"#),
            ("/unauth", "algolia", ""), ("/auth/unauthenticated", "algolia", ""),
            ("/oauth2/auth", "machine", #"{"client_id":"a","client_secret":"b"}"#),
        ] {
            let missing = try await post(world, path(world, route, key, "&params[APP_ID]=X"), body)
            #expect(missing.status == 400)
            #expect(
                missing.body == #"{"error":"Missing param 'hmac'.","type":"missing_hmac","payload":{}}"#, "\(route)")
            let wrong = try await post(world, path(world, route, key, "&params[APP_ID]=X&hmac=\(world.digest())"), body)
            #expect(
                wrong.body == #"{"error":"Invalid HMAC signature.","type":"invalid_hmac","payload":{}}"#, "\(route)")
            #expect(try world.connection("u1", of: key) == nil)
        }
        let good = "&params[APP_ID]=X&hmac=\(world.digest("algolia"))"
        #expect(
            try await post(world, path(world, "/api-auth/api-key", "algolia", good), #"{"apiKey":"k"}"#).status == 200)
    }

    @Test func `whoever has no key of an environment is told so`() async throws {
        let world = try await ConnectWorld()
        let answer = try await post(world, "/api-auth/api-key/algolia?connection_id=u1", #"{"apiKey":"k"}"#)
        #expect(answer.status == 401)
        #expect(answer.body == #"{"error":"Missing param 'public_key'.","type":"missing_public_key","payload":{}}"#)
        let session = try await post(world, "/api-auth/api-key/algolia?connect_session_token=x", #"{"apiKey":"k"}"#)
        #expect(session.status == 401)
        #expect(session.contains(#"{"error":{"message":"#))
        #expect(session.contains(#""code":"invalid_connect_session_token_format""#))
    }

    @Test func `a page asks beforehand, and unlisted origins are refused`() async throws {
        let world = try await ConnectWorld()
        try await world.allow(["https://app.acme.example"])
        let path = path(world, "/api-auth/api-key", "algolia", "&params[APP_ID]=X")
        let preflight = try await world.site.send(
            .options, path,
            headers: [
                ("Origin", "https://app.acme.example"), ("Access-Control-Request-Method", "POST"),
                ("Access-Control-Request-Headers", "content-type"),
            ])
        #expect(preflight.status == 204)
        #expect(preflight.headers[.init("Access-Control-Allow-Methods")!]?.contains("POST") == true)
        #expect(preflight.headers[.init("Access-Control-Allow-Headers")!]?.contains("content-type") == true)
        let known = try await post(world, path, #"{"apiKey":"k"}"#, origin: "https://app.acme.example")
        #expect(known.status == 200)
        #expect(known.headers[.accessControlAllowOrigin] == "https://app.acme.example")
        for origin in ["https://evil.example", "null", "https://app.acme.example:8443"] {
            let refused = try await post(world, path, #"{"apiKey":"k"}"#, origin: origin)
            #expect(refused.status == 403)
            #expect(refused.contains("origin_not_allowed"))
        }
        #expect(try await post(world, path, #"{"apiKey":"k"}"#, origin: nil).status == 200)
    }

    @Test func `a result that waits is fetched by the socket's name`() async throws {
        let world = try await ConnectWorld()
        let path = "/connect/results/\(ConnectWorld.socket)"
        #expect(try await world.site.send(.get, path).status == 204)
        _ = try await world.site.send(.get, world.path("nowhere", "u1", "&ws_client_id=\(ConnectWorld.socket)"))
        let answer = try await world.site.send(.get, path, headers: [("Origin", "https://any.example")])
        #expect(answer.status == 200)
        #expect(answer.contains(#""error_type":"provider_config_err""#))
        #expect(answer.headers[.accessControlAllowOrigin] == "*")
        world.site.clock.move(by: Store.resultLifetime)
        #expect(try await world.site.send(.get, path).status == 204)
        #expect(try await world.site.send(.get, "/connect/results/x").status == 404)
    }
}
