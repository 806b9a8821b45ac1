import Broker
import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("The Connections API of 2023")
struct ConnectionWireTests {
    @Test func `one connection is the row that clients know, without the refresh token unless asked`() async throws {
        let world = try await BrokerWorld()
        let connection = try await world.connect("user@acme.example/1")
        let path =
            "/connection/user%40acme.example%2F1?provider_config_key=photos&force_refresh=false&refresh_token=false"
        let answer = try await world.call(.get, path)
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "application/json")
        let time = connection.createdAt.wireText
        let end = (world.site.clock.now + 3600).wireText
        #expect(
            answer.body == #"{"id":\#(connection.number),"created_at":"\#(time)","updated_at":"\#(time)","#
                + #""provider_config_key":"photos","connection_id":"user@acme.example/1","#
                + #""credentials":{"type":"OAUTH2","access_token":"at-0","expires_at":"\#(end)","#
                + #""raw":{"access_token":"at-0","scope":"read"}},"connection_config":{},"account_id":0,"environment_id":0,"#
                + #""metadata":{},"credentials_iv":null,"credentials_tag":null,"deleted":false,"deleted_at":null,"#
                + #""last_fetched_at":null}"#)
        let whole = try await world.call(.get, path.replacing("refresh_token=false", with: "refresh_token=true"))
        #expect(whole.member("credentials.refresh_token") == "rt-0")
        #expect(whole.member("credentials.raw.refresh_token") == "rt-0")
        // Only the literal word counts.
        let other = try await world.call(.get, path.replacing("refresh_token=false", with: "refresh_token=1"))
        #expect(other.member("credentials.refresh_token") == nil)
        // Raw slashes, as the oldest clients send them.
        #expect(try await world.call(.get, "/connection/user@acme.example/1?provider_config_key=photos").status == 200)
        #expect(world.provider.seen.tokenCalls.isEmpty)
    }

    @Test(arguments: [#"{"a":"b"}"#, "u 1", "a,b.c;d:e=f+g~[h]|@$", "ü"])
    func `an ID is what is left when the address was decoded`(id: String) async throws {
        let world = try await BrokerWorld()
        try await world.connect(id)
        let answer = try await world.call(
            .get, "/connection/\(PercentEncoding.encode(id))?provider_config_key=photos")
        #expect(answer.status == 200 && answer.member("connection_id") == id)
    }

    @Test func `the list says little, and calls the integration's key the provider`() async throws {
        let world = try await BrokerWorld()
        try await world.integrate("photos", key: "github prod")
        let integration = try #require(try world.store.integration("github prod", in: world.environment))
        let saved = try await world.store.save(
            ConnectionDraft(connectionID: "u1", credentials: .apiKey("k"), values: [:]), of: integration,
            at: world.site.clock.now)
        let number = saved.number
        let answer = try await world.call(.get, "/connection")
        #expect(
            answer.body == #"{"connections":[{"id":\#(number),"connection_id":"u1","provider":"github prod","#
                + #""created":"\#(world.site.clock.now.wireText)","metadata":{}}]}"#)
        #expect(try await world.call(.get, "/connection?connectionId=u2").body == #"{"connections":[]}"#)
        #expect(try await world.call(.get, "/connection?connectionId=u1").contains("u1"))
    }

    @Test func `a list comes in pieces and has an end, and metadata that is merged has one, too`() async throws {
        let world = try await BrokerWorld()
        try await world.integrate("mail")
        let integration = try #require(try world.store.integration("mail", in: world.environment))
        func fill(_ numbers: Range<Int>, _ bytes: Int) async throws {
            for number in numbers {
                _ = try await world.store.save(
                    ConnectionDraft(
                        connectionID: "u\(number)", credentials: .apiKey("k"), values: [:],
                        metadata: .object([.init("note", .string(String(repeating: "a", count: bytes)))])),
                    of: integration, at: world.site.clock.now)
            }
        }
        try await fill(0..<450, 1)
        for path in ["/connection", "/connections", "/connections?integrationId=mail,none"] {
            guard case .array(let rows)? = JSONValue(Array(try await world.call(.get, path).body.utf8))?["connections"]
            else { return #expect(Bool(false)) }
            let ids = rows.compactMap { $0["connection_id"]?.string }
            #expect(ids == (0..<450).reversed().map { "u\($0)" }, "\(path)")
        }
        #expect(try await world.call(.get, "/connections?integrationId=none").body == #"{"connections":[]}"#)
        try await fill(0..<150, 60_000)
        let flat = try await world.call(.get, "/connection")
        #expect(flat.status == 400 && flat.member("type") == "list_too_large")
        let part = try await world.call(.get, "/connections?limit=10&page=44")
        #expect(part.status == 200 && part.member("connections.9.connection_id") == "u0")
        let path = "/connection/u0/metadata?provider_config_key=mail"
        let more = try await world.call(.patch, path, #"{"more":"\#(String(repeating: "b", count: 10_000))"}"#)
        #expect(more.status == 400 && more.contains("64 KB"), "\(more.status)")
        #expect(try await world.call(.patch, path, #"{"note":"short"}"#).status == 200)
    }

    @Test func `an environment has a most of connections, and those that are there can be connected again`()
        async throws
    {
        let world = try await BrokerWorld()
        let photos = try await world.integrate("photos")
        func save(_ id: String) async throws {
            _ = try await world.store.save(
                ConnectionDraft(connectionID: id, credentials: .apiKey("k"), values: [:]), of: photos, quota: 2,
                at: world.site.clock.now)
        }
        for id in ["a", "b", "a"] { try await save(id) }
        await #expect(throws: ConnectionUnsaved.full) { try await save("c") }
    }

    @Test func `a key may come as Bearer, alone, or as the user name of Basic`() async throws {
        let world = try await BrokerWorld()
        let basic = Data("\(world.key):".utf8).base64EncodedString()
        for header in ["Bearer \(world.key)", "bearer \(world.key)", world.key, "Basic \(basic)"] {
            let answer = try await world.site.send(.get, "/connection", headers: [("Authorization", header)])
            #expect(answer.status == 200, "\(header.prefix(8))")
        }
    }

    @Test func `without a key that works, the answer says in the flat shape what is wrong with it`() async throws {
        let world = try await BrokerWorld()
        let wrong = Secret<EnvironmentKey>.random().reveal()
        for (headers, type) in [
            ([], "missing_auth_header"), ([("Authorization", "Bearer ")], "malformed_auth_header"),
            ([("Authorization", "Bearer d61dd3ee-6b2c-4b3c-8b0a-2f4f0ad3b5a4")], "invalid_secret_key_format"),
            ([("Authorization", "Bearer \(wrong)")], "unknown_account"),
        ] as [([(String, String)], String)] {
            for path in [
                "/connection", "/connection/u1?provider_config_key=photos", "/config", "/environment-variables",
            ] {
                let answer = try await world.site.send(.get, path, headers: headers)
                #expect(answer.status == 401, "\(path) \(type)")
                #expect(answer.member("type") == type && answer.member("payload") == "{}", "\(answer.body)")
                #expect(answer.member("error").map { !$0.isEmpty && !$0.hasPrefix("{") } == true)
            }
            let nested = try await world.site.send(.get, "/connections", headers: headers)
            #expect(nested.status == 401 && nested.member("error.code") == type)
        }
    }

    @Test func `what is missing or unknown is a 400 with the wire's own code`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        for (path, type) in [
            ("/connection/u1", "missing_provider_config"),
            ("/connection/u1?provider_config_key=", "missing_provider_config"),
            ("/connection/u2?provider_config_key=photos", "unknown_connection"),
            ("/connection/u1?provider_config_key=nothing", "unknown_provider_config"),
        ] {
            let answer = try await world.call(.get, path)
            #expect(answer.status == 400 && answer.member("type") == type, "\(path): \(answer.body)")
        }
        let unknown = try await world.call(.get, "/connection/u2?provider_config_key=photos")
        #expect(unknown.member("payload.connectionId") == "u2")
        #expect(
            unknown.member("error")?.hasSuffix(
                "\n{\n  \"connectionId\": \"u2\",\n  \"providerConfigKey\": \"photos\"\n}") == true)
    }

    @Test func `an environment's key opens no other's connections`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        let prod = try #require(try world.store.environment("prod", of: world.site.cast.acme.id))
        let globex = try await world.store.environments(of: world.site.cast.globex.id, at: world.site.clock.now)[0]
        for other in [prod, globex] {
            let key = Secret<EnvironmentKey>.random()
            _ = try await world.store.addKey(
                key, EnvironmentKeyDraft(name: "x"), to: other, by: .system, at: world.site.clock.now)
            try await world.integrate("photos", in: other)
            let text = key.reveal()
            #expect(try await world.call(.get, "/connection", key: text).body == #"{"connections":[]}"#)
            for method in [HTTPRequest.Method.get, .delete] {
                let answer = try await world.call(method, "/connection/u1?provider_config_key=photos", key: text)
                #expect(answer.status == 400 && answer.member("type") == "unknown_connection")
            }
        }
        #expect(try world.store.connection("u1", of: "photos", in: world.environment) != nil)
    }

    @Test func `deleting is 204, revokes at the provider, and what is gone is unknown`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        let answer = try await world.call(.delete, "/connection/u1?provider_config_key=photos")
        #expect(answer.status == 204 && answer.body.isEmpty)
        #expect(world.provider.seen.revoked == ["token=rt-0&client_id=id&client_secret=s3cret"])
        let again = try await world.call(.delete, "/connection/u1?provider_config_key=photos")
        #expect(again.status == 400 && again.member("type") == "unknown_connection")
        let trace = try #require(
            try world.store.traces(of: world.environment, limit: 10).first { $0.action == .deleted })
        let steps = try #require(try world.store.trace(trace.id, in: world.environment)).steps
        #expect(steps.map(\.sentence) == ["Revoked at the provider.", "Deleted the connection."])
    }

    @Test func `metadata is replaced by POST and merged by PATCH, with the key in a header`() async throws {
        let world = try await BrokerWorld()
        try await world.connect("a/b")
        let header = [("Provider-Config-Key", "photos")]
        let path = "/connection/a%2Fb/metadata?provider_config_key=ignored"
        let set = try await world.call(.post, path, #"{"plan":"gold","n":{"deep":[1,2.50]}}"#, headers: header)
        #expect(set.status == 201 && set.body.isEmpty)
        let merged = try await world.call(.patch, path, #"{"plan":"silver","x":1e3}"#, headers: header)
        #expect(merged.status == 200)
        #expect(merged.body == #"{"n":{"deep":[1,2.50]},"plan":"silver","x":1e3}"#)
        let shown = try await world.call(.get, "/connection/a%2Fb?provider_config_key=photos")
        #expect(shown.member("metadata") == merged.body)
        for body in ["[]", "1", "{", #"{"a":1,"a":2}"#] {
            #expect(try await world.call(.post, path, body, headers: header).status == 400, "\(body)")
        }
        let missing = try await world.call(.post, path, headers: header)
        #expect(missing.status == 400 && missing.member("type") == "missing_body")
        // Connecting again keeps them.
        try await world.connect("a/b")
        #expect(
            try await world.call(.get, "/connection/a%2Fb?provider_config_key=photos").member("metadata.x") == "1e3")
    }

    @Test func `an import is echoed with 201, and is there`() async throws {
        let world = try await BrokerWorld()
        for provider in ["photos", "mail", "shop", "birds"] { try await world.integrate(provider) }
        let bodies = [
            (
                "photos",
                #"{"connection_id":"u","provider_config_key":"photos","access_token":"a","refresh_token":"r","expires_in":60,"metadata":{"k":1}}"#
            ),
            ("mail", #"{"connection_id":"u","provider_config_key":"mail","api_key":"k"}"#),
            ("shop", #"{"connection_id":"u","provider_config_key":"shop","username":"n","password":"p"}"#),
            (
                "birds",
                #"{"connection_id":"u","provider_config_key":"birds","oauth_token":"t","oauth_token_secret":"s"}"#
            ),
        ]
        for (key, body) in bodies {
            let answer = try await world.call(.post, "/connection", body)
            #expect(answer.status == 201 && answer.body == body, "\(key): \(answer.body)")
        }
        let photos = try #require(try world.store.connection("u", of: "photos", in: world.environment))
        #expect(photos.health.isRefreshable && photos.health.expiresAt == world.site.clock.now + 60)
        #expect(photos.metadata["k"] == .number("1"))
        let shown = try await world.call(.get, "/connection/u?provider_config_key=birds")
        #expect(shown.member("credentials.oauth_token_secret") == "s")
        let basic = try await world.call(.get, "/connection/u?provider_config_key=shop")
        #expect(basic.member("credentials") == #"{"type":"BASIC","username":"n","password":"p"}"#)
        let key = try await world.call(.get, "/connection/u?provider_config_key=mail")
        #expect(key.member("credentials") == #"{"type":"API_KEY","apiKey":"k"}"#)
        // OAuth replaces, a key does not.
        #expect(try await world.call(.post, "/connection", bodies[0].1).status == 201)
        let conflict = try await world.call(.post, "/connection", bodies[1].1)
        #expect(conflict.status == 409 && conflict.member("type") == "connection_already_exists")
    }

    @Test(arguments: [
        (#"{"provider_config_key":"photos","access_token":"a"}"#, "missing_connection"),
        (#"{"connection_id":"u","access_token":"a"}"#, "missing_provider_config"),
        (#"{"connection_id":"u","provider_config_key":"none","access_token":"a"}"#, "unknown_provider_config"),
        (#"{"connection_id":"u","provider_config_key":"photos"}"#, "missing_access_token"),
        (#"{"connection_id":"u","provider_config_key":"mail"}"#, "missing_api_key"),
        (#"{"connection_id":"u","provider_config_key":"shop"}"#, "missing_basic_username"),
        (#"{"connection_id":"u","provider_config_key":"birds"}"#, "missing_oauth_token"),
        (#"{"connection_id":"\u00e9","provider_config_key":"photos","access_token":"a"}"#, "invalid_connection_id"),
        (
            #"{"connection_id":"u","provider_config_key":"photos","access_token":"a","expires_in":"soon"}"#,
            "invalid_expires_in"
        ),
        (
            #"{"connection_id":"u","provider_config_key":"photos","access_token":"a","expires_in":1e300}"#,
            "invalid_expires_in"
        ),
        (
            #"{"connection_id":"u","provider_config_key":"photos","access_token":"a","expires_at":"tomorrow"}"#,
            "invalid_expires_at"
        ),
        (
            #"{"connection_id":"u","provider_config_key":"zen","access_token":"a","connection_config":{"subdomain":"evil.example/#"}}"#,
            "invalid_connection_config"
        ),
        (
            #"{"connection_id":"u","provider_config_key":"zen","access_token":"a","connection_config":{"subdomain":"x.evil.com%2f"}}"#,
            "invalid_connection_config"
        ),
        ("[]", "invalid_body"), ("", "missing_body"),
    ])
    func `Case 204: an import that will not do says which member`(body: String, type: String) async throws {
        let world = try await BrokerWorld()
        for provider in ["photos", "mail", "shop", "birds", "zen"] { try await world.integrate(provider) }
        let answer = try await world.call(.post, "/connection", body)
        #expect(answer.status == 400 && answer.member("type") == type, "\(answer.body)")
        #expect(try await world.call(.get, "/connection").body == #"{"connections":[]}"#)
    }

    @Test func `a key with scopes does what they say and nothing else`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        let key = Secret<EnvironmentKey>.random()
        _ = try await world.store.addKey(
            key, EnvironmentKeyDraft(name: "Reader", scopes: [.readConnections, .listConnections]),
            to: world.environment,
            by: .system, at: world.site.clock.now)
        let text = key.reveal()
        #expect(try await world.call(.get, "/connection", key: text).status == 200)
        let shown = try await world.call(.get, "/connection/u1?provider_config_key=photos", key: text)
        #expect(shown.status == 200 && shown.member("credentials") == "{}")
        let nested = try await world.call(.get, "/connections/u1?provider_config_key=photos", key: text)
        #expect(nested.status == 200 && nested.member("credentials") == nil)
        for (method, path) in [
            (HTTPRequest.Method.delete, "/connection/u1?provider_config_key=photos"), (.post, "/connection"),
            (.post, "/connection/u1/metadata"), (.get, "/config"), (.get, "/environment-variables"), (.get, "/proxy/x"),
        ] {
            let answer = try await world.call(method, path, "{}", key: text)
            #expect(answer.status == 403 && answer.member("type") == "forbidden", "\(path): \(answer.status)")
        }
        #expect(try await world.call(.post, "/connections", "{}", key: text).member("error.code") == "forbidden")
    }

    @Test func `a secret beside the credentials is sealed like them, and shown to whoever may read them`() async throws
    {
        let world = try await BrokerWorld()
        let integration = try await world.integrate("metrics")
        _ = try await world.store.save(
            ConnectionDraft(
                connectionID: "u1", credentials: .apiKey("key-of-u1"),
                values: ["app_key": "quite-a-secret", "site": "eu"]),
            of: integration, at: world.site.clock.now)
        let path = "connection/u1?provider_config_key=metrics"
        #expect(try await world.call(.get, "/" + path).member("connection_config.app_key") == "quite-a-secret")
        let reader = Secret<EnvironmentKey>.random()
        _ = try await world.store.addKey(
            reader, EnvironmentKeyDraft(name: "Reader", scopes: [.readConnections]), to: world.environment,
            by: .system, at: world.site.clock.now)
        for place in ["/connection", "/connections"] {
            let shown = try await world.call(
                .get, "\(place)/u1?provider_config_key=metrics", key: reader.reveal())
            #expect(shown.member("connection_config.site") == "eu")
            #expect(!shown.body.contains("quite-a-secret"))
        }
    }

    @Test func `a number that was a deleted connection's is nobody else's`() async throws {
        let world = try await BrokerWorld()
        let first = try await world.connect("u1")
        #expect(try await world.store.deleteConnection(first, by: .system, at: world.site.clock.now))
        #expect(try await world.connect("u2").number > first.number)
    }

    @Test func `a key that was rotated works until its end, one that was revoked not at all`() async throws {
        let world = try await BrokerWorld()
        let now = world.site.clock.now
        let old = try #require(try world.store.keys(of: world.environment, at: now).first)
        let new = Secret<EnvironmentKey>.random()
        let id = try await world.store.rotateKey(
            old.id, to: new, of: world.environment, overlap: 3600, by: .system, at: now)
        #expect(try await world.call(.get, "/connection").status == 200)
        #expect(try await world.call(.get, "/connection", key: new.reveal()).status == 200)
        world.site.clock.move(by: 3600)
        #expect(try await world.call(.get, "/connection").member("type") == "unknown_account")
        #expect(try await world.call(.get, "/connection", key: new.reveal()).status == 200)
        #expect(
            try await world.store.revokeKey(
                try #require(id), of: world.environment, by: .system, at: world.site.clock.now))
        #expect(try await world.call(.get, "/connection", key: new.reveal()).status == 401)
    }

    @Test func `a key that lay in public is revoked, and the workspace's admins are told`() async throws {
        let world = try await BrokerWorld()
        let report = try await world.site.send(
            .post, "/leaked-tokens", headers: [("Content-Type", "text/plain")], body: Array("found: \(world.key)!".utf8)
        )
        #expect(report.status == 202)
        #expect(try await world.call(.get, "/connection").member("type") == "unknown_account")
        let letter = try #require(try world.site.letters(to: world.site.cast.ada.email).first)
        #expect(letter.contains("Acme, dev") && letter.contains("/t/acme/env/dev/settings"))
        #expect(!letter.contains(world.key))
    }

    @Test func `the environment's variables are a list`() async throws {
        let world = try await BrokerWorld()
        #expect(try await world.call(.get, "/environment-variables").body == "[]")
        let variables = EnvironmentVariable.read("B=2\nA=ü").variables
        let outcome = try await world.store.setVariables(
            variables, replacing: 0, of: world.environment, by: .system, at: world.site.clock.now)
        #expect(outcome == .stored)
        #expect(
            try await world.call(.get, "/environment-variables").body
                == #"[{"name":"A","value":"\u00fc"},{"name":"B","value":"2"}]"#)
        #expect(try await world.site.send(.get, "/health").body == #"{"result":"ok"}"#)
    }
}
