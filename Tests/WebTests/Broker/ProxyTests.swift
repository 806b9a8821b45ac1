import Broker
import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("The proxy", .serialized)
struct ProxyTests {
    private let photos = [("Connection-Id", "u1"), ("Provider-Config-Key", "photos")]

    @Test func `a call is passed on with the token, the query and only the headers that are meant for the provider`()
        async throws
    {
        let world = try await BrokerWorld()
        try await world.connect()
        let answer = try await world.call(
            .get, "/proxy/v1/items%2F1?a=1&b=%20x",
            headers: photos + [
                ("Base-Url-Override", ""), ("Nango-Activity-Log-Id", ""), ("Retries", "0"), ("Nango-Proxy-X-Own", "1"),
                ("X-Not-Passed", "1"), ("Cookie", "gw_session=x"), ("Nango-Proxy-Host", "evil.example"),
            ])
        #expect(answer.status == 200 && answer.body == #"{"method":"GET"}"#)
        #expect(answer.headers[.setCookie] == nil && answer.headers[.contentType] == "application/json")
        let seen = try #require(world.provider.seen.api.first)
        #expect(seen.path == "/api/v1/items%2F1?a=1&b=%20x")
        #expect(seen.headers["authorization"] == "Bearer at-0" && seen.headers["x-own"] == "1")
        #expect(
            seen.headers["x-not-passed"] == nil && seen.headers["cookie"] == nil && seen.headers["connection-id"] == nil
        )
        #expect(seen.headers["nango-proxy-x-own"] == nil)
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .patch, .delete])
    func `bodies are passed on as they are`(method: HTTPRequest.Method) async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        _ = try await world.call(method, "/proxy/items", #"{ "a" : 1.50 }"#, headers: photos)
        let seen = try #require(world.provider.seen.api.first)
        #expect(seen.method == method.rawValue && seen.body == #"{ "a" : 1.50 }"#)
        #expect(seen.headers["content-type"] == "application/json")
    }

    @Test func `a call's own header wins, and every kind of credentials stands where the provider wants it`()
        async throws
    {
        let world = try await BrokerWorld()
        for provider in ["mail", "shop", "birds"] { try await world.integrate(provider) }
        for body in [
            #"{"connection_id":"u1","provider_config_key":"mail","api_key":"k"}"#,
            #"{"connection_id":"u1","provider_config_key":"shop","username":"n","password":"p"}"#,
            #"{"connection_id":"u1","provider_config_key":"birds","oauth_token":"t","oauth_token_secret":"s"}"#,
        ] { #expect(try await world.call(.post, "/connection", body).status == 201) }
        func headers(_ key: String, _ more: [(String, String)] = []) async throws -> [String: String] {
            let own = [("Connection-Id", "u1"), ("Provider-Config-Key", key)]
            let answer = try await world.call(.get, "/proxy/x?q=1", headers: own + more)
            #expect(answer.status == 200, "\(answer.body)")
            return try #require(world.provider.seen.api.last).headers
        }
        let mail = try await headers("mail")
        #expect(mail["x-api-key"] == "k" && mail["authorization"] == nil)
        #expect(try await headers("mail", [("Nango-Proxy-X-Api-Key", "other")])["x-api-key"] == "other")
        #expect(try await headers("shop")["authorization"] == "Basic " + Data("n:p".utf8).base64EncodedString())
        let signed = try #require(try await headers("birds")["authorization"])
        #expect(signed.hasPrefix("OAuth oauth_consumer_key=\"id\", ") && signed.contains("oauth_signature=\""))
        #expect(signed.contains("oauth_token=\"t\"") && !signed.contains("\"s\""))
    }

    @Test func `a status that ends no call is not passed on`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        world.provider.next([(999, [:])])
        let answer = try await world.call(.get, "/proxy/x", headers: photos)
        #expect(answer.status == 502 && answer.member("type") == "proxy_broken", "\(answer.body)")
    }

    @Test func `it is tried again as often as was asked, for what passes`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        world.provider.next([(500, ["Retry-After": "0"]), (429, ["Retry-After": "0"]), (200, [:])])
        let answer = try await world.call(.get, "/proxy/x", headers: photos + [("Retries", "3")])
        #expect(answer.status == 200 && world.provider.seen.api.count == 3)
        world.provider.next([(500, ["Retry-After": "0"]), (500, ["Retry-After": "0"])])
        #expect(try await world.call(.get, "/proxy/x", headers: photos + [("Retries", "1")]).status == 500)
        world.provider.next([(404, ["Retry-After": "0"])])
        #expect(try await world.call(.get, "/proxy/x", headers: photos + [("Retries", "1")]).status == 404)
        world.provider.next([(404, ["Retry-After": "0"])])
        let on = photos + [("Retries", "1"), ("Retry-On", "404,429")]
        #expect(try await world.call(.get, "/proxy/x", headers: on).status == 200)
        world.provider.next([(403, ["X-RateLimit-Remaining": "0", "Retry-After": "0"])])
        #expect(try await world.call(.get, "/proxy/x", headers: photos + [("Retries", "1")]).status == 200)
        for wrong in ["-1", "11", "many"] {
            let answer = try await world.call(.get, "/proxy/x", headers: photos + [("Retries", wrong)])
            #expect(answer.status == 400 && answer.member("type") == "invalid_headers")
        }
    }

    @Test func `what the developer set for all connections reaches each at once, and is in none of them`()
        async throws
    {
        let world = try await BrokerWorld()
        let integration = try await world.integrate("keyed")
        let body = #"{"connection_id":"u1","provider_config_key":"keyed","api_key":"k"}"#
        #expect(try await world.call(.post, "/connection", body).status == 201)
        let keyed = [("Connection-Id", "u1"), ("Provider-Config-Key", "keyed")]
        let missing = try await world.call(.get, "/proxy/x", headers: keyed)
        #expect(missing.status == 400 && missing.member("type") == "url_param_err", "\(missing.body)")
        for key in ["d-1", "d-2"] {
            var details = integration.details
            details.values["developer"] = key
            let now = try #require(try world.store.integration(integration.id))
            #expect(
                try await world.store.update(now, to: details, secret: nil, by: .system, at: world.site.clock.now))
            #expect(try await world.call(.get, "/proxy/x", headers: keyed).status == 200)
            #expect(world.provider.seen.api.last?.headers["x-developer"] == key)
        }
        let fetched = try await world.call(.get, "/connection/u1?provider_config_key=keyed")
        #expect(fetched.status == 200 && fetched.member("connection_config") == "{}", "\(fetched.body)")
    }

    @Test func `a large answer of unknown length comes through whole`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        let size = 12 * 1024 * 1024 + 7
        let answer = try await world.call(.get, "/proxy/x", headers: photos + [("Nango-Proxy-X-Size", "\(size)")])
        #expect(answer.status == 200 && answer.body.utf8.count == size)
        try await world.store.flushUses()
        let trace = try #require(try world.store.traces(of: world.environment, limit: 9).first { $0.action == .proxy })
        let steps = try #require(try world.store.trace(trace.id, in: world.environment)).steps
        #expect(steps.last?.detail.first { $0.name == "bytes" }?.value == "\(size)")
    }

    @Test func `an answer is unpacked when that is asked for, and passed on packed when the caller asks the provider`()
        async throws
    {
        let world = try await BrokerWorld()
        try await world.connect()
        let unpacked = try await world.call(.get, "/proxy/x", headers: photos + [("Decompress", "true")])
        #expect(unpacked.body == #"{"packed":true}"# && unpacked.headers[.contentEncoding] == nil)
        #expect(unpacked.headers[.contentLength].map { $0 == "15" } ?? true)
        let packed = try await world.call(.get, "/proxy/x", headers: photos + [("Nango-Proxy-Accept-Encoding", "gzip")])
        #expect(packed.headers[.contentEncoding] == "gzip" && !packed.contains("packed"))
        #expect(try await world.call(.get, "/proxy/x", headers: photos).body == #"{"method":"GET"}"#)
    }

    @Test func `a body of any kind arrives with its kind`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        let form = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nx\r\n--b--\r\n"
        for (type, body) in [
            ("multipart/form-data; boundary=b", form), ("application/octet-stream", "\u{0}\u{1}\r\n\u{7F}"),
            ("application/xml", "<a/>"), ("application/x-www-form-urlencoded", "a=1&a=2"),
        ] {
            let answer = try await world.site.send(
                .post, "/proxy/up",
                headers: [("Authorization", "Bearer \(world.key)"), ("Content-Type", type)] + photos,
                body: Array(body.utf8))
            #expect(answer.status == 200)
            let seen = try #require(world.provider.seen.api.last)
            #expect(seen.headers["content-type"] == type && seen.body == body)
        }
    }

    @Test func `what belongs to the provider's hop, or would speak for our origin, stays behind`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        world.provider.next([
            (
                200,
                [
                    "Connection": "close, X-Hop", "X-Hop": "1", "Access-Control-Allow-Origin": "*", "X-Theirs": "1",
                    "X-RateLimit-Limit": "7",
                ]
            )
        ])
        let answer = try await world.call(.get, "/proxy/x", headers: photos)
        #expect(answer.header("X-Theirs") == "1" && answer.header("X-RateLimit-Limit") == "7")
        for name in ["X-Hop", "Access-Control-Allow-Origin", "X-RateLimit-Remaining"] {
            #expect(answer.header(name) == nil, "\(name)")
        }
    }

    @Test func `the wait may be seconds, a moment or a date`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        let now = world.site.clock.now.seconds
        let start = ContinuousClock.now
        world.provider.next([
            (503, ["Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"]), (429, ["X-RateLimit-Reset": "\(now)"]),
            (429, ["X-RateLimit-Reset": "0"]),
            (403, ["X-RateLimit-Remaining": "0", "X-Rate-Limit-Reset": "\(now + 1)"]),
        ])
        let answer = try await world.call(.get, "/proxy/x", headers: photos + [("Retries", "4")])
        #expect(answer.status == 200 && world.provider.seen.api.count == 5)
        #expect(ContinuousClock.now - start >= .seconds(1))
    }

    @Test func `a provider's own headers say how long to wait, and what counts as too many`() async throws {
        let world = try await BrokerWorld()
        try await world.integrate("mail")
        let body = #"{"connection_id":"u1","provider_config_key":"mail","api_key":"k"}"#
        #expect(try await world.call(.post, "/connection", body).status == 201)
        let mail = [("Connection-Id", "u1"), ("Provider-Config-Key", "mail"), ("Retries", "3")]
        let now = world.site.clock.now.seconds
        // Without them each pause would be half a second and more: 0.5 + 1 + 2.
        let start = ContinuousClock.now
        world.provider.next([
            (503, ["X-Come-Back-In": "0"]), (403, ["X-Left": "0", "X-Come-Back-At": "\(now)"]),
            (429, ["X-Come-Back-In": "0.25"]),
        ])
        #expect(try await world.call(.get, "/proxy/x", headers: mail).status == 200)
        let taken = ContinuousClock.now - start
        #expect(world.provider.seen.api.count == 4 && taken >= .milliseconds(250))
        try await world.store.flushUses()
        let traces = try world.store.traces(of: world.environment, limit: 9)
        let trace = try #require(traces.first { $0.action == .proxy })
        let steps = try #require(try world.store.trace(trace.id, in: world.environment)).steps
        let waits = steps.flatMap(\.detail).filter { $0.name == "milliseconds" }.map(\.value)
        #expect(waits == ["0", "0", "250"])
    }

    @Test func `a token that was refused is renewed, once`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        world.provider.next([(401, [:])])
        let answer = try await world.call(.get, "/proxy/x", headers: photos + [("Retries", "1")])
        #expect(answer.status == 200)
        #expect(world.provider.seen.api.map { $0.headers["authorization"] } == ["Bearer at-0", "Bearer at-1"])
        world.provider.next([(401, [:]), (401, [:])])
        #expect(try await world.call(.get, "/proxy/x", headers: photos + [("Retries", "1")]).status == 401)
    }

    @Test func `what is missing or unknown says so`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        for (headers, status, type) in [
            ([], 400, "missing_connection_id"), ([("Connection-Id", "u1")], 400, "missing_provider_config_key"),
            ([("Connection-Id", "u2"), ("Provider-Config-Key", "photos")], 400, "unknown_connection"),
            ([("Connection-Id", "u1"), ("Provider-Config-Key", "x")], 404, "unknown_provider_config"),
            (photos + [("Base-Url-Override", "ftp://x.example")], 400, "base_url_override_not_allowed"),
            (photos + [("Base-Url-Override", "http://x.example")], 400, "base_url_override_not_allowed"),
            (photos + [("Base-Url-Override", "https://a:b@x.example")], 400, "base_url_override_not_allowed"),
        ] as [([(String, String)], Int, String)] {
            let answer = try await world.call(.get, "/proxy/x", headers: headers)
            #expect(answer.status == status && answer.member("type") == type, "\(answer.status) \(answer.body)")
        }
        #expect(world.provider.seen.api.isEmpty)
    }

    @Test func `another base goes where it says, with or without the base in front of the path`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        let other = photos + [("Base-Url-Override", world.provider.url + "/api/other/")]
        #expect(try await world.call(.get, "/proxy/x", headers: other).status == 200)
        #expect(world.provider.seen.api.last?.path == "/api/other/x")
    }

    @Test func `a value that nobody checked names no host, nor do the credentials`() async throws {
        let world = try await BrokerWorld()
        try await world.integrate("photos")
        let body =
            #"{"connection_id":"u1","provider_config_key":"photos","access_token":"at-0","connection_config":"#
            + #"{"sub":"127.0.0.1:\#(world.provider.port)/stolen?"}}"#
        #expect(try await world.call(.post, "/connection", body).status == 201)
        for name in ["sub", "accessToken"] {
            let other = photos + [("Base-Url-Override", "https://{\(name)}.example.com")]
            let answer = try await world.call(.get, "/proxy/x", headers: other)
            #expect(answer.status == 400 && answer.member("type") == "url_param_err", "\(answer.body)")
        }
        #expect(world.provider.seen.api.isEmpty)
    }

    @Test func `naming another host is reading credentials, and needs that scope`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        let key = Secret<EnvironmentKey>.random()
        _ = try await world.store.addKey(
            key, EnvironmentKeyDraft(name: "Proxy", scopes: [.proxy]), to: world.environment, by: .system,
            at: world.site.clock.now)
        #expect(try await world.call(.get, "/proxy/x", headers: photos, key: key.reveal()).status == 200)
        let other = photos + [("Base-Url-Override", world.provider.url + "/api/other")]
        let refused = try await world.call(.get, "/proxy/x", headers: other, key: key.reveal())
        #expect(refused.status == 403 && refused.member("type") == "forbidden")
        #expect(world.provider.seen.api.count == 1)
    }

    @Test(arguments: [
        "http://127.0.0.1:PORT/api", "http://localhost:PORT/api", "https://127.0.0.1/", "https://[::1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/",
        "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://127.1/", "https://0/",
    ])
    func `Case 205, 207: no spelling of a private address is called`(base: String) async throws {
        let world = try await BrokerWorld(allows: false)
        try await world.connect()
        let url = base.replacing("PORT", with: "\(world.provider.port)")
        let answer = try await world.call(.get, "/proxy/x", headers: photos + [("Base-Url-Override", url)])
        #expect((400...502).contains(answer.status), "\(answer.status)")
        #expect(
            answer.member("type").map { $0.hasPrefix("proxy_") || $0.hasPrefix("base_url") } == true, "\(answer.body)")
        #expect(world.provider.seen.api.isEmpty)
    }

    @Test(arguments: ["/proxy/../x", "/proxy/a/%2e%2e/x", "/proxy/%2E", "/proxy/a/.", "/proxy/a\\b", "/proxy/%zz"])
    func `Case 250: no path climbs out of the provider's base`(path: String) async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        #expect([400, 404].contains(try await world.call(.get, path, headers: photos).status))
        #expect(world.provider.seen.api.isEmpty)
    }

    @Test func `a call leaves a trace without its query; who asks for none hides no failure and no first call`()
        async throws
    {
        let world = try await BrokerWorld()
        try await world.connect()
        _ = try await world.call(.get, "/proxy/x?token=abc", headers: photos)
        let quiet = photos + [("Nango-Is-Sync", "true")]
        _ = try await world.call(.get, "/proxy/y", headers: quiet)
        world.provider.next([(404, [:])])
        _ = try await world.call(.get, "/proxy/z", headers: quiet)
        try await world.connect("u2")
        _ = try await world.call(
            .get, "/proxy/mail", headers: [("Connection-Id", "u2"), quiet[1], ("Nango-Is-Dry-Run", "true")])
        try await world.store.flushUses()
        var traces = try world.store.traces(of: world.environment, limit: 10).filter { $0.action == .proxy }
        #expect(traces.map(\.connectionID).sorted() == ["u1", "u1", "u2"])
        traces = traces.filter { $0.connectionID == "u1" && $0.outcome == .success }
        let steps = try #require(try world.store.trace(traces[0].id, in: world.environment)).steps
        #expect(steps.first?.detail.first { $0.name == "path" }?.value == "/x")
        #expect(!steps.flatMap(\.detail).contains { $0.value.contains("abc") })
    }

    @Test func `a call that ends between two tries is listed with the try that failed, and counted`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        world.provider.next([(503, ["Retry-After": "300"])])
        let waiting = Task { try await world.call(.get, "/proxy/x", headers: photos + [("Retries", "2")]) }
        while world.provider.seen.api.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        try await Task.sleep(for: .milliseconds(200))
        waiting.cancel()
        _ = await waiting.result
        try await world.store.flushUses()
        let trace = try #require(
            try world.store.traces(of: world.environment, limit: 10).first { $0.action == .proxy })
        #expect(trace.outcome == .failure && trace.error == "caller_left")
        let steps = try #require(try world.store.trace(trace.id, in: world.environment)).steps
        #expect(steps.first?.detail.contains { $0.name == "status" && $0.value == "503" } == true)
        #expect(try world.store.proxiedCalls(of: world.environment, since: 0) == (1, 1))
    }

    @Test func `of many calls that go well a few are listed, of those that fail each, and all are counted`()
        async throws
    {
        let world = try await BrokerWorld()
        try await world.connect()
        for _ in 0..<25 { _ = try await world.call(.get, "/proxy/x", headers: photos) }
        world.provider.next([(500, [:]), (404, [:])])
        for _ in 0..<4 { _ = try await world.call(.get, "/proxy/x", headers: photos) }
        try await world.store.flushUses()
        let traces = try world.store.traces(of: world.environment, limit: 100).filter { $0.action == .proxy }
        #expect(traces.compactMap(\.error).sorted() == ["HTTP 404", "HTTP 500"])
        // The first of the connection, twenty of the minute, and the one that says that it works again; of the other five
        // those that were drawn, which are all of them once in ten thousand million times.
        #expect((22..<27).contains(traces.count { $0.outcome == .success }))
        let counted = try world.store.proxiedCalls(of: world.environment, since: 0)
        #expect(counted == (29, 2))
        #expect(try world.store.proxiedCalls(of: world.environment, since: world.site.clock.now.day + 1) == (0, 0))
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        #expect(
            try await ada.get("/t/acme/env/dev/activity?action=proxy")
                .contains("29 calls went through the proxy, of which 2 calls failed"))
    }
}
