import Broker
import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("The Connections API of today")
struct CurrentWireTests {
    private func imported(_ world: BrokerWorld, _ id: String, _ more: String = "") async throws -> Answer {
        if try world.store.integration("mail", in: world.environment) == nil { try await world.integrate("mail") }
        return try await world.call(
            .post, "/connections",
            #"{"connection_id":"\#(id)","provider_config_key":"mail","credentials":{"type":"API_KEY","api_key":"k"}\#(more)}"#
        )
    }

    @Test func `an import is the whole connection, and its end user, tags and metadata are kept`() async throws {
        let world = try await BrokerWorld()
        let user = #"{"id":"e1","email":"e@x.example","display_name":"E","organization":{"id":"o1"}}"#
        let answer = try await imported(
            world, "u1",
            #","end_user":\#(user),"tags":{"plan":"gold"},"metadata":{"a":1},"webhook_url_override":"https://x.example/w""#
        )
        #expect(answer.status == 201, "\(answer.body)")
        let time = world.site.clock.now.wireText
        let number = try #require(answer.member("id"))
        #expect(
            answer.body
                == #"{"id":\#(number),"connection_id":"u1","provider_config_key":"mail","provider":"mail","errors":[],"#
                + #""end_user":\#(user),"tags":{"plan":"gold"},"metadata":{"a":1},"connection_config":{},"#
                + #""webhook_url_override":"https://x.example/w","created_at":"\#(time)","updated_at":"\#(time)","#
                + #""last_fetched_at":null,"credentials":{"type":"API_KEY","apiKey":"k"}}"#)
        #expect(try await world.call(.get, "/connections/u1?provider_config_key=mail").body == answer.body)
        // No ID: one of ours, a UUID.
        let own = try await world.call(
            .post, "/connections", #"{"provider_config_key":"mail","credentials":{"type":"API_KEY","apiKey":"k"}}"#)
        #expect(own.member("connection_id").flatMap { UUID(uuidString: $0) } != nil)
    }

    @Test func `metadata of many is set for all or for none, and no token is taken that no header can hold`()
        async throws
    {
        let world = try await BrokerWorld()
        try await world.connect("a")
        try await world.connect("b")
        func set(_ ids: String) async throws -> Answer {
            try await world.call(
                .post, "/connections/metadata",
                #"{"connection_id":\#(ids),"provider_config_key":"photos","metadata":{"n":1}}"#)
        }
        func metadata(_ id: String) throws -> String? {
            try world.store.connection(id, of: "photos", in: world.environment)
                .map { String(decoding: $0.metadata.bytes, as: UTF8.self) }
        }
        let refused = try await set(#"["a","nobody","b"]"#)
        #expect(refused.status == 404 && refused.member("error.code") == "unknown_connection")
        #expect(try metadata("a") == "{}" && metadata("b") == "{}")
        #expect(try await set(#"["a","b"]"#).status == 201)
        #expect(try metadata("a") == #"{"n":1}"# && metadata("b") == #"{"n":1}"#)
        for token in [#"two\nlines"#, "a b", "umläut"] {
            let answer = try await world.call(
                .post, "/connections",
                #"{"provider_config_key":"photos","credentials":{"type":"OAUTH2","access_token":"\#(token)"}}"#)
            #expect(answer.status == 400 && answer.member("error.code") == "invalid_body", "\(answer.body)")
        }
        #expect(try await world.call(.get, "/connections?page=").status == 400)
    }

    @Test func `a key is shown to the provider before it is stored, where the provider has a call for that`()
        async throws
    {
        let world = try await BrokerWorld()
        try await world.integrate("proven")
        let body =
            #"{"connection_id":"u","provider_config_key":"proven","credentials":{"type":"API_KEY","api_key":"k"}}"#
        world.provider.next([(401, [:])])
        let refused = try await world.call(.post, "/connections", body)
        #expect(refused.status == 400 && refused.member("error.code") == "connection_test_failed", "\(refused.body)")
        #expect(try await world.call(.get, "/connections").body == #"{"connections":[]}"#)
        #expect(try await world.call(.post, "/connections", body).status == 201)
        let seen = world.provider.seen.api
        #expect(seen.map(\.path) == ["/api/me", "/api/me"] && seen.last?.headers["x-api-key"] == "k")
        world.provider.next([(401, [:])])
        let old = try await world.call(
            .post, "/connection", #"{"connection_id":"o","provider_config_key":"proven","api_key":"k"}"#)
        #expect(old.status == 400 && old.member("type") == "connection_test_failed", "\(old.body)")
        let failed = try world.store.traces(of: world.environment, limit: 9).filter { $0.outcome == .failure }
        #expect(failed.map(\.error) == ["connection_test_failed", "connection_test_failed"])
    }

    @Test func `the list has pages and filters, newest first`() async throws {
        let world = try await BrokerWorld()
        for number in 0..<7 {
            let tag = number < 3 ? "gold" : "blue"
            _ = try await imported(
                world, "u_\(number)",
                #","tags":{"plan":"\#(tag)","z":"1"},"end_user":{"id":"e\#(number)","organization":{"id":"o\#(number % 2)"}}"#
            )
        }
        try await world.connect("other")
        func ids(_ query: String) async throws -> [String] {
            let answer = try await world.call(.get, "/connections?" + query)
            #expect(answer.status == 200, "\(answer.body)")
            return (0..<20).compactMap { answer.member("connections.\($0).connection_id") }
        }
        #expect(try await ids("").count == 8)
        #expect(try await ids("limit=3") == ["other", "u_6", "u_5"])
        #expect(try await ids("limit=3&page=2") == ["u_1", "u_0"])
        #expect(try await ids("search=u_") == ["u_6", "u_5", "u_4", "u_3", "u_2", "u_1", "u_0"])
        #expect(try await ids("search=%25") == [])
        #expect(try await ids("search=e3") == ["u_3"])
        #expect(try await ids("endUserId=e2") == ["u_2"])
        #expect(try await ids("endUserOrganizationId=o1") == ["u_5", "u_3", "u_1"])
        #expect(try await ids("integrationId=photos,nothing") == ["other"])
        #expect(try await ids("connectionId=u_4") == ["u_4"])
        #expect(try await ids("tags%5Bplan%5D=gold&tags[z]=1") == ["u_2", "u_1", "u_0"])
        #expect(try await ids("tags[plan]=gol") == [])
        for query in ["limit=0", "limit=2001", "limit=x", "page=-1"] {
            let answer = try await world.call(.get, "/connections?" + query)
            #expect(answer.status == 400 && answer.member("error.code") == "invalid_query_params")
        }
    }

    @Test func `what is not there is 404, but 400 where it is deleted`() async throws {
        let world = try await BrokerWorld()
        try await world.integrate("photos")
        let missing = "/connections/u1?provider_config_key=photos"
        let shown = try await world.call(.get, missing)
        #expect(shown.status == 404 && shown.member("error.code") == "unknown_connection")
        #expect(shown.member("error.payload.connectionId") == "u1")
        let deleted = try await world.call(.delete, missing)
        #expect(deleted.status == 400 && deleted.member("error.code") == "unknown_connection")
        try await world.connect()
        #expect(try await world.call(.delete, missing).body == #"{"success":true}"#)
        let nothing = try await world.call(.get, "/connections/u1?provider_config_key=x")
        #expect(nothing.status == 404 && nothing.member("error.code") == "not_found")
        #expect(try await world.call(.get, "/connections/u1").member("error.code") == "invalid_query_params")
    }

    @Test func `end user, tags and webhook address can be changed, the rest stays`() async throws {
        let world = try await BrokerWorld()
        _ = try await imported(world, "u1", #","tags":{"a":"1"},"end_user":{"id":"e1"}"#)
        let path = "/connections/u1?provider_config_key=mail"
        #expect(try await world.call(.patch, path, #"{"tags":{"b":"2"}}"#).body == #"{"success":true}"#)
        var shown = try await world.call(.get, path)
        #expect(shown.member("tags") == #"{"b":"2"}"# && shown.member("end_user.id") == "e1")
        #expect(try await world.call(.patch, path, #"{"end_user":null}"#).status == 200)
        shown = try await world.call(.get, path)
        #expect(shown.member("end_user") == "null" && shown.member("tags") == #"{"b":"2"}"#)
        for body in [
            #"{"tags":[]}"#, #"{"tags":{"a":1}}"#, #"{"end_user":{}}"#, #"{"end_user":{"id":1}}"#,
            #"{"webhook_url_override":"http://x.example"}"#, #"{"webhook_url_override":"https://a@x.example"}"#,
        ] {
            let answer = try await world.call(.patch, path, body)
            #expect(answer.status == 400 && answer.member("error.code") == "invalid_body", "\(body): \(answer.body)")
            #expect(answer.member("error.errors.0.message") != nil)
        }
    }

    @Test func `metadata of one or many is set, merged, and echoed`() async throws {
        let world = try await BrokerWorld()
        for id in ["u1", "u2"] { _ = try await imported(world, id) }
        let many = #"{"connection_id":["u1","u2"],"provider_config_key":"mail","metadata":{"a":1,"b":2}}"#
        let set = try await world.call(.post, "/connections/metadata", many)
        #expect(set.status == 201 && set.body == many)
        let one = #"{"connection_id":"u1","provider_config_key":"mail","metadata":{"b":3}}"#
        let merged = try await world.call(.patch, "/connections/metadata", one)
        #expect(merged.status == 200 && merged.body == one)
        #expect(
            try await world.call(.get, "/connections/u1?provider_config_key=mail").member("metadata")
                == #"{"a":1,"b":3}"#)
        #expect(
            try await world.call(.get, "/connections/u2?provider_config_key=mail").member("metadata")
                == #"{"a":1,"b":2}"#)
        let unknown = try await world.call(
            .post, "/connections/metadata", #"{"connection_id":["u1","u9"],"provider_config_key":"mail","metadata":{}}"#
        )
        #expect(unknown.status == 404 && unknown.member("error.code") == "unknown_connection")
        #expect(try await world.call(.get, "/connections/u1?provider_config_key=mail").member("metadata.a") == "1")
    }
}

@Suite("Integrations on the wire")
struct IntegrationWireTests {
    @Test func `the shapes of 2023`() async throws {
        let world = try await BrokerWorld()
        #expect(try await world.call(.get, "/config").body == #"{"configs":[]}"#)
        let body =
            #"{"provider_config_key":"my photos","provider":"photos","oauth_client_id":"id","oauth_client_secret":"s","oauth_scopes":"a,b c"}"#
        let made = try await world.call(.post, "/config", body)
        #expect(made.status == 200 && made.body == #"{"config":{"unique_key":"my photos","provider":"photos"}}"#)
        let twice = try await world.call(.post, "/config", body)
        #expect(twice.status == 409 && twice.member("type") == "duplicate_provider_config")
        #expect(
            try await world.call(.get, "/config/my%20photos").body
                == #"{"config":{"unique_key":"my photos","provider":"photos","syncs":[],"actions":[]}}"#)
        #expect(
            try await world.call(.get, "/config/my%20photos?include_creds=true").body
                == #"{"config":{"unique_key":"my photos","provider":"photos","client_id":"id","client_secret":"s","#
                + #""scopes":"a,b,c","app_link":null,"auth_mode":"OAUTH2","syncs":[],"actions":[]}}"#)
        let changed = try await world.call(
            .put, "/config", #"{"provider_config_key":"my photos","provider":"photos","oauth_client_id":"id2"}"#)
        #expect(changed.status == 200)
        let shown = try await world.call(.get, "/config/my%20photos?include_creds=true")
        #expect(shown.member("config.client_id") == "id2" && shown.member("config.client_secret") == "s")
        try await world.integrate("mail")
        let fixed = try await world.call(.put, "/config", #"{"provider_config_key":"mail","provider":"mail"}"#)
        #expect(fixed.status == 400 && fixed.member("type") == "provider_config_edit_not_allowed")
        let unknown = try await world.call(.get, "/config/nothing")
        #expect(unknown.status == 400 && unknown.member("type") == "unknown_provider_config")
        let integration = try #require(try world.store.integration("my photos", in: world.environment))
        _ = try await world.store.save(
            ConnectionDraft(connectionID: "u", credentials: .apiKey("k"), values: [:]), of: integration,
            at: world.site.clock.now)
        #expect(try await world.call(.delete, "/config/my%20photos").status == 204)
        #expect(try await world.call(.get, "/connection").body == #"{"connections":[]}"#)
    }

    @Test(arguments: [
        (#"{"provider":"photos"}"#, "missing_provider_config"),
        (#"{"provider_config_key":"k"}"#, "missing_provider_template"),
        (#"{"provider_config_key":"k","provider":"nothing"}"#, "unknown_provider_template"),
        (#"{"provider_config_key":"k","provider":"photos","oauth_scopes":["a"]}"#, "invalid_oauth_scopes"),
        (#"{"provider_config_key":"k/k","provider":"photos"}"#, "invalid_provider_config_key"),
    ])
    func `a new one that will not do says why`(body: String, type: String) async throws {
        let world = try await BrokerWorld()
        let answer = try await world.call(.post, "/config", body)
        #expect(answer.status == 400 && answer.member("type") == type, "\(answer.body)")
    }

    @Test func `today's shapes`() async throws {
        let world = try await BrokerWorld()
        let body =
            #"{"provider":"photos","unique_key":"p","display_name":"Ours","credentials":{"type":"OAUTH2","client_id":"id","client_secret":"s","scopes":"a,b"}}"#
        let made = try await world.call(.post, "/integrations", body)
        let time = world.site.clock.now.wireText
        #expect(
            made.body == #"{"data":{"unique_key":"p","provider":"photos","display_name":"Ours","logo":null,"#
                + #""forward_webhooks":false,"created_at":"\#(time)","updated_at":"\#(time)"}}"#)
        let whole = try await world.call(.get, "/integrations/p?include=webhook&include=credentials")
        #expect(
            whole.member("data.credentials")
                == #"{"type":"OAUTH2","client_id":"id","client_secret":"s","scopes":"a,b","webhook_secret":null}"#)
        #expect(try await world.call(.get, "/integrations/p").member("data.credentials") == nil)
        #expect(
            try await world.call(.patch, "/integrations/p", #"{"display_name":"New","unique_key":"q"}"#)
                .member("data.unique_key") == "q")
        #expect(try await world.call(.get, "/integrations").member("data.0.display_name") == "New")
        let gone = try await world.call(.get, "/integrations/p")
        #expect(gone.status == 404 && gone.member("error.code") == "not_found")
        #expect(try await world.call(.delete, "/integrations/q").body == #"{"success":true}"#)
        #expect(try await world.call(.get, "/integrations").body == #"{"data":[]}"#)
    }

    @Test func `the catalogue, whole, searched, and one of it`() async throws {
        let world = try await BrokerWorld()
        #expect(try await world.call(.get, "/provider?query=phot").member("providers.photos.auth_mode") == "OAUTH2")
        #expect(try await world.call(.get, "/provider?query=phot").member("providers.mail") == nil)
        #expect(try await world.call(.get, "/provider/birds").member("provider.signature_method") == "HMAC-SHA1")
        let unknown = try await world.call(.get, "/provider/nothing")
        #expect(unknown.status == 400 && unknown.member("type") == "unknown_provider_template")
        #expect(try await world.call(.get, "/providers?search=shop").member("data.0.name") == "shop")
        #expect(
            try await world.call(.get, "/providers/zen").member("data.connection_config.subdomain.title") == "Subdomain"
        )
        #expect(try await world.call(.get, "/providers/nothing").status == 404)
    }
}
