import Broker
import OAuth
import Storage
import Testing
import Web

@Suite("Whose an installed app is, at the callback")
struct InstallationOwnerCallbackTests {
    private static let listed = #"""
        {"installations":[{"id":42,"target_type":"Organization","account":{"id":9,"login":"acme"}},
        {"id":43,"target_type":"User","account":{"id":7,"login":"ada"}},
        {"id":44,"target_type":"Enterprise","account":{"id":5,"slug":"big"}}]}
        """#

    /// The provider lists three installations to whoever comes back: of an organization, of a person, of an enterprise.
    private func world() async throws -> ConnectWorld {
        let world = try await ConnectWorld()
        world.far.answers(201, #"{"token":"ghs_1","expires_at":"2026-11-21T19:00:00Z"}"#)
        world.far.answers(200, #"{"access_token":"ghu_person"}"#, at: "/oauth/access_token")
        world.far.answers(200, Self.listed, at: "/user/installations")
        world.far.answers(204, "", at: "/applications/")
        return world
    }

    private func install(_ number: String, in world: ConnectWorld) async throws -> Answer {
        let browser = world.site.browser()
        let started = try await browser.get(
            world.path("owned", "u1", "&ws_client_id=\(ConnectWorld.socket)"), headers: ConnectWorld.navigation())
        let state = ConnectWorld.query(of: started.location ?? "")["state"] ?? ""
        return try await browser.get("/app-auth/connect?installation_id=\(number)&code=once-77&state=\(state)")
    }

    private func isConnected(_ world: ConnectWorld) throws -> Bool {
        try world.connection("u1", of: "owned") != nil
            || world.far.calls.contains { $0.url.contains("access_tokens") }
    }

    @Test(arguments: [
        (200, #"{"state":"active","role":"member","organization":{"id":9}}"#, "installation_not_owned"),
        (200, #"{"state":"pending","role":"admin","organization":{"id":9}}"#, "installation_not_owned"),
        (403, "{}", "installation_owner_unknown"), (404, "{}", "installation_owner_unknown"), (502, "{}", "token_err"),
    ])
    func `whoever may merely read a repository of an organization does not connect it`(
        status: Int, answer: String, code: String
    ) async throws {
        let world = try await world()
        world.far.answers(status, answer, at: "/user/memberships/orgs/acme")
        let refused = try await install("42", in: world)
        #expect(refused.contains("<code>\(code)</code>"), "\(refused.body)")
        #expect(code == "token_err" || refused.status == 403)
        #expect(try world.message()?.contains(code) == true)
        // Whoever mends it is told which permission the app lacks.
        let names = try world.message()?.contains("Organization permissions, Members: read-only") == true
        #expect(names == (code == "installation_owner_unknown"))
        #expect(try !isConnected(world))
        try expectGivenBack(world)
    }

    @Test func `an active admin of the organization connects it, and what they were given is given back`() async throws
    {
        let world = try await world()
        world.far.answers(
            200, #"{"state":"active","role":"admin","organization":{"id":9}}"#, at: "/user/memberships/orgs/acme")
        #expect(try await install("42", in: world).status == 200)
        let connection = try #require(try world.connection("u1", of: "owned"))
        #expect(connection.credentials.accessToken == "ghs_1" && connection.values == ["installation_id": "42"])
        let asked = try #require(world.far.calls.first { $0.url.contains("/memberships/") })
        #expect(asked.headers.contains { $0.name == "authorization" && $0.value == "Bearer ghu_person" })
        try expectGivenBack(world)
    }

    @Test func `on a person's account nobody else connects it`() async throws {
        let world = try await world()
        world.far.answers(200, #"{"id":8,"login":"mallory"}"#, at: "api.hub.example/user")
        world.far.answers(200, Self.listed, at: "/user/installations")
        let refused = try await install("43", in: world)
        #expect(refused.status == 403 && refused.contains("<code>installation_not_owned</code>"))
        #expect(try !isConnected(world))
        world.far.answers(200, #"{"id":7,"login":"ada"}"#, at: "api.hub.example/user")
        world.far.answers(200, Self.listed, at: "/user/installations")
        #expect(try await install("43", in: world).status == 200)
        #expect(try world.connection("u1", of: "owned")?.values == ["installation_id": "43"])
    }

    @Test func `on any other kind of account nobody does, and a token that cannot be given back changes nothing`()
        async throws
    {
        let world = try await world()
        world.far.answers(500, "{}", at: "/applications/")
        let refused = try await install("44", in: world)
        #expect(refused.status == 403 && refused.contains("<code>installation_account_unknown</code>"))
        #expect(try !isConnected(world))
        world.far.answers(
            200, #"{"state":"active","role":"admin","organization":{"id":9}}"#, at: "/user/memberships/orgs/acme")
        #expect(try await install("42", in: world).status == 200)
    }

    /// The person's token is revoked however it ended, the trace says so, and holds neither it nor the code.
    private func expectGivenBack(_ world: ConnectWorld) throws {
        let call = try #require(world.far.calls.last { $0.url.contains("/applications/") })
        #expect(call.method == .delete && call.url == "https://api.hub.example/applications/Iv1.1/token")
        #expect(String(decoding: call.body, as: UTF8.self) == #"{"access_token":"ghu_person"}"#)
        let basic = "Basic " + Base64.encoded("Iv1.1:app-secret".utf8)
        #expect(call.headers.contains { $0.name == "authorization" && $0.value == basic })
        let traces = try world.site.store.traces(of: world.environment, limit: 5)
        let steps = try traces.flatMap { try world.site.store.trace($0.id, in: world.environment)?.steps ?? [] }
        let told = try #require(steps.first { $0.sentence == "Asked the provider to revoke the person’s own token." })
        // Some providers take the token in the address.
        #expect(told.detail.map(\.name) == ["status"])
        #expect(!steps.flatMap(\.detail).contains { $0.value.contains("ghu_person") || $0.value.contains("once-77") })
    }
}
