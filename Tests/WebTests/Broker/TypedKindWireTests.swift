import Broker
import Crypto
import Foundation
import HTTPTypes
import OAuth
import Storage
import Testing
import Web

@Suite("Signed tokens, tokens for a login, and signed calls: /app-store-auth, /auth/jwt, /auth/two-step, /auth/tba")
struct TypedKindWireTests {
    private func connect(
        _ world: BrokerWorld, _ route: String, _ key: String, _ body: String, more: String = ""
    ) async throws -> Answer {
        try await world.site.send(
            .post, "\(route)/\(key)?connection_id=u1&public_key=\(world.environment.publicKey)\(more)",
            headers: [("Content-Type", "application/json"), ("Origin", "http://localhost:3000")],
            body: Array(body.utf8))
    }

    private func json(_ text: String) -> String {
        String(decoding: JSONText.string(text).bytes, as: UTF8.self)
    }

    private func appStoreBody(_ key: P256.Signing.PrivateKey) -> String {
        """
        {"privateKeyId":"K1","issuerId":"I1","privateKey":\(json(key.pemRepresentation)),"scope":["GET /v1/apps"]}
        """
    }

    /// The claims of a token, as text.
    private func claims(_ token: String?) throws -> String {
        let parts = try #require(token).split(separator: ".").map(String.init)
        try #require(parts.count == 3)
        let plain = parts[1].replacing("-", with: "+").replacing("_", with: "/")
        let padded = plain + String(repeating: "=", count: (4 - plain.count % 4) % 4)
        return String(decoding: try #require(Data(base64Encoded: padded)), as: UTF8.self)
    }

    @Test func `its page calls what was typed as the form did, and masks what is secret`() async throws {
        let world = try await BrokerWorld()
        try await world.integrate("store")
        let key = P256.Signing.PrivateKey()
        #expect(try await connect(world, "/app-store-auth", "store", appStoreBody(key)).status == 200)
        let number = try #require(try world.store.connection("u1", of: "store", in: world.environment)).number
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let page = try await ada.get("/t/acme/env/dev/connections/\(number)")
        for label in ["Key ID", "Issuer ID", "Private key"] { #expect(page.contains("<dt>\(label)</dt>"), "\(label)") }
        #expect(!page.contains("privateKey") && !page.contains("issuerId"))
        #expect(page.contains("I1") && !page.contains("BEGIN"))
    }

    @Test func `the App Store: connected, fetched with a token of this moment, and used in the proxy`() async throws {
        let world = try await BrokerWorld()
        try await world.integrate("store")
        let key = P256.Signing.PrivateKey()
        let answer = try await connect(world, "/app-store-auth", "store", appStoreBody(key))
        #expect(answer.status == 200 && answer.body == #"{"providerConfigKey":"store","connectionId":"u1"}"#)
        // The provider was shown a token before anything was stored.
        let shown = try #require(world.provider.seen.api.first)
        #expect(shown.path == "/api/apps" && shown.headers["authorization"]?.hasPrefix("Bearer ey") == true)
        let path = "/connection/u1?provider_config_key=store"
        let first = try await world.call(.get, path)
        #expect(first.member("credentials.type") == "APP_STORE")
        #expect(first.member("credentials.private_key") == Base64.encoded(key.pemRepresentation.utf8))
        #expect(first.member("credentials.raw.access_token") == first.member("credentials.access_token"))
        let now = world.site.clock.now.seconds
        #expect(try claims(first.member("credentials.access_token")).contains(#""exp":\#(now + 1170)"#))
        // A later question is answered with a later token, and the provider heard of neither.
        world.site.clock.move(by: 5000)
        let second = try await world.call(.get, path)
        #expect(try claims(second.member("credentials.access_token")).contains(#""exp":\#(now + 6170)"#))
        #expect(second.member("credentials.expires_at") == Instant(seconds: now + 6170).wireText)
        #expect(world.provider.seen.api.count == 1 && world.provider.seen.tokenCalls.isEmpty)
        _ = try await world.call(
            .get, "/proxy/apps/7", headers: [("Connection-Id", "u1"), ("Provider-Config-Key", "store")])
        let token = try #require(second.member("credentials.access_token"))
        let called = try #require(world.provider.seen.api.last?.headers["authorization"])
        #expect(try claims(String(called.dropFirst("Bearer ".count))) == claims(token))
    }

    @Test func `a key that the provider turns away, or that is none, is not stored`() async throws {
        let world = try await BrokerWorld()
        try await world.integrate("store")
        world.provider.next([(401, [:])])
        let refused = try await connect(world, "/app-store-auth", "store", appStoreBody(P256.Signing.PrivateKey()))
        #expect(refused.status == 400 && refused.contains(#""type":"connection_test_failed","payload":{}"#))
        let cut = try await connect(
            world, "/app-store-auth", "store", #"{"privateKeyId":"K","issuerId":"I","privateKey":"secret-9"}"#)
        #expect(cut.status == 400 && cut.contains(#""type":"invalid_body","payload":{}"#), "\(cut.body)")
        #expect(!cut.contains("secret-9"))
        for (body, type) in [
            (#"{"issuerId":"I","privateKey":"p"}"#, "missing_private_key_id"),
            (#"{"privateKeyId":"K","privateKey":"p"}"#, "missing_issuer_id"),
            (#"{"privateKeyId":"K","issuerId":"I"}"#, "missing_private_key"),
            (#"{"privateKeyId":"K","issuerId":"I","privateKey":"p","scope":[7]}"#, "invalid_body"),
        ] {
            let answer = try await connect(world, "/app-store-auth", "store", body)
            #expect(answer.status == 400 && answer.contains(#""type":"\#(type)""#), "\(answer.body)")
        }
        #expect(try world.store.connection("u1", of: "store", in: world.environment) == nil)
        let traces = try world.store.traces(of: world.environment, limit: 20)
        let steps = try traces.flatMap { try world.store.trace($0.id, in: world.environment)?.steps ?? [] }
        #expect(!steps.flatMap(\.detail).contains { $0.value.contains("secret-9") })
    }

    @Test func `a signed token at today's address: both spellings of the key, errors nested with a session`()
        async throws
    {
        let world = try await BrokerWorld()
        try await world.integrate("blog")
        for body in [#"{"privateKey":"ab12:00ff"}"#, #"{"privateKey":{"id":"ab12","secret":"00ff"}}"#] {
            #expect(try await connect(world, "/auth/jwt", "blog", body).status == 200)
            let answer = try await world.call(.get, "/connections/u1?provider_config_key=blog")
            #expect(answer.member("credentials.type") == "JWT")
            #expect(answer.member("credentials.privateKey") == "ab12:00ff")
            #expect(try claims(answer.member("credentials.token")).contains(#""exp":"#))
            #expect(answer.member("credentials.expires_at") != nil)
        }
        _ = try await world.call(
            .get, "/proxy/posts", headers: [("Connection-Id", "u1"), ("Provider-Config-Key", "blog")])
        #expect(world.provider.seen.api.last?.headers["authorization"]?.hasPrefix("Blog ey") == true)
        let wrong = try await connect(world, "/auth/two-step", "blog", "{}")
        #expect(wrong.contains(#""type":"invalid_auth_mode""#))
    }

    @Test func `two steps: a token for a login, renewed by logging in again, refused when the login ends`() async throws
    {
        let world = try await BrokerWorld(.answers(200, #"{"session":{"id":"s-1","life":600}}"#))
        try await world.integrate("login")
        let body = #"{"user":"ada","password":"p-secret"}"#
        #expect(try await connect(world, "/auth/two-step", "login", body).status == 200)
        #expect(world.provider.seen.tokenCalls == [#"{"user":"ada","password":"p-secret"}"#])
        let path = "/connections/u1?provider_config_key=login"
        let first = try await world.call(.get, path)
        #expect(first.member("credentials.type") == "TWO_STEP" && first.member("credentials.token") == "s-1")
        #expect(first.member("credentials.user") == "ada" && first.member("credentials.password") == "p-secret")
        #expect(first.member("credentials.raw.session.life") == "600")
        #expect(world.provider.seen.tokenCalls.count == 1)
        world.site.clock.move(by: 560)
        world.provider.behave(.answers(200, #"{"session":{"id":"s-2","life":600}}"#))
        #expect(try await world.call(.get, path).member("credentials.token") == "s-2")
        #expect(world.provider.seen.tokenCalls.count == 2)
        _ = try await world.call(
            .get, "/proxy/me", headers: [("Connection-Id", "u1"), ("Provider-Config-Key", "login")])
        #expect(world.provider.seen.api.last?.headers["x-session"] == "s-2")
        // The password was changed there.
        world.site.clock.move(by: 700)
        world.provider.behave(.answers(401, "{}"))
        let gone = try await world.call(.get, path)
        #expect(gone.status == 424 || gone.status == 400)
        #expect(gone.contains("connect again") && !gone.contains("p-secret"))
        #expect(try await connect(world, "/auth/two-step", "login", body).contains("connection_test_failed"))
    }

    @Test func `a session that a login opened is ended when its connection is deleted`() async throws {
        let world = try await BrokerWorld(.answers(200, #"{"session":{"id":"s-1","life":600}}"#))
        try await world.integrate("login")
        #expect(try await connect(world, "/auth/two-step", "login", #"{"user":"ada","password":"p"}"#).status == 200)
        let number = try #require(try world.store.connection("u1", of: "login", in: world.environment)).number
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        #expect(
            try await ada.get("/t/acme/env/dev/connections/\(number)/delete")
                .contains("Login is told to revoke the tokens"))
        #expect(try await world.call(.delete, "/connection/u1?provider_config_key=login").status == 204)
        let ended = try #require(world.provider.seen.api.last)
        #expect(ended.method == "DELETE" && ended.path == "/api/session" && ended.body.isEmpty)
        #expect(ended.headers["x-session"] == "s-1")
        let trace = try #require(
            try world.store.traces(of: world.environment, limit: 5).first { $0.action == .deleted })
        let steps = try #require(try world.store.trace(trace.id, in: world.environment)).steps
        #expect(steps.contains { $0.sentence == "Revoked at the provider." })
        #expect(!steps.flatMap(\.detail).contains { $0.value.contains("s-1") })
    }

    @Test func `token-based: the integration's consumer signs each call with the person's token`() async throws {
        let world = try await BrokerWorld()
        try await world.integrate("suite")
        let answer = try await connect(
            world, "/auth/tba", "suite", #"{"token_id":"ti","token_secret":"ts"}"#, more: "&params[accountId]=12-sb1")
        #expect(answer.status == 200, "\(answer.body)")
        let fetched = try await world.call(.get, "/connection/u1?provider_config_key=suite")
        #expect(fetched.member("credentials.type") == "TBA" && fetched.member("credentials.token_id") == "ti")
        #expect(fetched.member("credentials.config_override") == "{}")
        _ = try await world.call(
            .get, "/proxy/customer?limit=5", headers: [("Connection-Id", "u1"), ("Provider-Config-Key", "suite")])
        let header = try #require(world.provider.seen.api.last?.headers["authorization"])
        #expect(header.hasPrefix(#"OAuth realm="12_SB1", oauth_consumer_key="id", "#), "\(header)")
        #expect(header.contains(#"oauth_signature_method="HMAC-SHA256""#))
        #expect(!header.contains("s3cret") && !header.contains("\"ts\""))
    }

    @Test func `imports take the same credentials, and answer with a token`() async throws {
        let world = try await BrokerWorld(.answers(200, #"{"session":{"id":"s-1","life":600}}"#))
        for key in ["store", "blog", "suite", "login"] { try await world.integrate(key) }
        let pem = P256.Signing.PrivateKey().pemRepresentation
        for (key, credentials, member, value) in [
            (
                "store",
                #"{"type":"APP_STORE","private_key_id":"K","issuer_id":"I","private_key":\#(json(Base64.encoded(pem.utf8)))}"#,
                "type", "APP_STORE"
            ),
            ("blog", #"{"type":"JWT","privateKey":"ab:00ff"}"#, "privateKey", "ab:00ff"),
            ("login", #"{"type":"TWO_STEP","user":"ada","password":"p"}"#, "token", "s-1"),
            (
                "suite",
                #"{"type":"TBA","token_id":"ti","token_secret":"ts","oauth_client_id_override":"o","oauth_client_secret_override":"os"}"#,
                "config_override.client_id", "o"
            ),
        ] {
            let answer = try await world.call(
                .post, "/connections",
                #"{"provider_config_key":"\#(key)","connection_id":"i1","connection_config":{"accountId":"1"},"credentials":\#(credentials)}"#
            )
            #expect(answer.status == 201, "\(answer.body)")
            #expect(answer.member("credentials.\(member)") == value)
            // Keys and passwords of a person's own are not replaced by an import.
            let again = try await world.call(
                .post, "/connections",
                #"{"provider_config_key":"\#(key)","connection_id":"i1","connection_config":{"accountId":"1"},"credentials":\#(credentials)}"#
            )
            #expect(again.status == 409 && again.contains("connection_already_exists"), "\(key): \(again.body)")
            if key == "store" { #expect(try claims(answer.member("credentials.access_token")).contains("store-v1")) }
        }
        let wrong = try await world.call(
            .post, "/connections", #"{"provider_config_key":"login","credentials":{"type":"JWT","user":"a"}}"#)
        #expect(wrong.status == 400 && wrong.contains("invalid_auth_mode"))
    }

    @Test func `the hosted page asks for what the entry names, and says what cannot be right`() async throws {
        let world = try await BrokerWorld()
        try await world.integrate("store")
        let ask = try ConnectSessionAsk.read(Array(#"{"end_user":{"id":"u"}}"#.utf8), isReconnection: false).get()
        let token = Secret<ConnectToken>.random()
        _ = try await world.store.open(ask, as: token, in: world.environment, at: world.site.clock.now)
        let browser = world.site.browser()
        let path = "/connect?session_token=\(token.reveal())"
        let page = try await browser.get(path)
        #expect(page.contains("Issuer ID") && page.contains("<textarea id=\"field-privateKey\""))
        let sent = [
            ("session_token", token.reveal()), ("integration", "store"), ("value-privateKeyId", "K1"),
            ("value-issuerId", "I1"),
        ]
        let wrong = try await browser.submit("/connect", sent + [("value-privateKey", "not-a-key-77")], on: path)
        #expect(wrong.status == 422 && wrong.contains("Copy it once more") && wrong.contains("value=\"K1\""))
        #expect(!wrong.contains("not-a-key-77"))
        let pem = P256.Signing.PrivateKey().pemRepresentation.replacing("\n", with: "\r\n")
        let done = try await browser.submit(
            "/connect", sent + [("value-privateKey", pem), ("value-scope", "GET /v1/apps\r\nGET /v1/users")], on: path)
        #expect(done.status == 200 && done.contains("Connected"), "\(done.status)")
        let stored = try world.store.connections(of: world.environment, ConnectionFilter(), before: nil, limit: 5)
        #expect(stored.map(\.integrationKey) == ["store"])
    }
}
