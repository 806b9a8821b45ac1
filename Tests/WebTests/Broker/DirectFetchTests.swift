import Broker
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("Connections fetched directly")
struct DirectFetchTests {
    private let paths = ["/connection/u1", "/connections/u1"].map { $0 + "?provider_config_key=photos" }

    private func key(_ scopes: [BrokerScope], of world: BrokerWorld) async throws -> String {
        let secret = Secret<EnvironmentKey>.random()
        _ = try await world.store.addKey(
            secret, EnvironmentKeyDraft(name: "Other \(scopes.count)", scopes: scopes), to: world.environment,
            by: .system, at: world.site.clock.now)
        return secret.reveal()
    }

    @Test func `what works as it is stored is answered where it arrives, as the router does`() async throws {
        let world = try await BrokerWorld(rate: 0)
        try await world.connect()
        let narrow = try await key([.readConnections], of: world)
        for path in paths {
            for (path, key) in [(path, world.key), (path + "&refresh_token=true", world.key), (path, narrow)] {
                let routed = try await world.call(.get, path, key: key, by: .router)
                let direct = try await world.call(.get, path, key: key)
                direct.expectIs(routed)
                #expect(direct.status == 200 && direct.member("connection_id") == "u1")
                #expect(direct.contains("at-0") == (key == world.key))
            }
        }
        let header = [("Provider-Config-Key", "photos")]
        #expect(try await world.call(.get, "/connection/u1", headers: header).isDirect)
    }

    @Test func `what takes a renewal, or is refused, goes to the router`() async throws {
        let world = try await BrokerWorld(rate: 0)
        try await world.connect()
        try await world.connect("metadata")
        #expect(try await world.call(.get, "/connection/metadata?provider_config_key=photos").isDirect)
        #expect(try await world.call(.get, "/connections/metadata?provider_config_key=photos").status == 405)
        let listing = try await key([.listConnections], of: world)
        for (path, unknown) in zip(paths, [400, 404]) {
            let forced = try await world.call(.get, path + "&force_refresh=true")
            #expect(forced.status == 200 && !forced.isDirect)
            for (path, key, status) in [
                (path.replacing("u1", with: "nobody"), world.key, unknown),
                (path.replacing("photos", with: "nothing"), world.key, unknown), (path + "&x=%zz", world.key, 400),
                (path.replacing("?provider_config_key=photos", with: ""), world.key, 400), (path, listing, 403),
                (path, Secret<EnvironmentKey>.random().reveal(), 401), (path, "x", 401),
            ] {
                let answer = try await world.call(.get, path, key: key)
                #expect(!answer.isDirect && answer.status == status, "\(path): \(answer.status)")
            }
            #expect(try await !world.call(.get, path, "{}").isDirect, "with a body")
            let twice = [("Authorization", "Bearer \(world.key)")]
            #expect(try await world.call(.get, path, headers: twice).status == 401)
        }
        #expect(try await !world.call(.get, "/connections").isDirect)
        #expect(try await world.call(.delete, paths[0]).status == 204)
    }

    @Test func `a token that is over is renewed on the router's way, and the new one is fetched directly`() async throws
    {
        let world = try await BrokerWorld(rate: 0)
        try await world.connect(expiresIn: -10)
        for isDirect in [false, true] {
            let answer = try await world.call(.get, paths[1])
            #expect(answer.isDirect == isDirect && answer.member("credentials.access_token") == "at-1")
        }
    }

    @Test func `what takes long to write out holds up no neighbour: the router answers it`() async throws {
        let world = try await BrokerWorld(rate: 0)
        try await world.connect()
        for (length, isDirect) in [(1_000, true), (5_000, false)] {
            let notes = #"{"note":"\#(String(repeating: "x", count: length))"}"#
            #expect(
                try await world.call(.post, "/connection/u1/metadata?provider_config_key=photos", notes).status == 201)
            let answer = try await world.call(.get, paths[0])
            #expect(
                answer.status == 200 && answer.isDirect == isDirect && answer.member("metadata.note")?.count == length)
        }
    }

    @Test func `a call counts once, whichever way it is answered`() async throws {
        let world = try await BrokerWorld(rate: 4)
        try await world.connect()
        for (way, left) in [(TestSite.Way.server, 3), (.router, 2), (.server, 1), (.server, 0)] {
            let answer = try await world.call(.get, paths[0], by: way)
            #expect(answer.status == 200 && answer.isDirect == (way == .server))
            #expect(answer.header("X-RateLimit-Remaining") == "\(left)")
        }
        let late = try await world.call(.get, paths[0])
        #expect(late.status == 429 && late.header("X-RateLimit-Remaining") == "0" && !late.isDirect)
        world.site.clock.move(by: 15)
        #expect(try await world.call(.get, paths[0]).isDirect)
        #expect(try await world.call(.get, paths[0]).status == 429)
    }

    @Test func `a fetch is noted, and a key that was revoked opens nothing at the next`() async throws {
        let world = try await BrokerWorld()
        let connection = try await world.connect()
        #expect(try await world.call(.get, paths[0]).isDirect)
        try await world.store.flushUses()
        let again = try #require(try world.store.connection("u1", of: "photos", in: world.environment))
        #expect(connection.lastFetchedAt == nil && again.lastFetchedAt == world.site.clock.now)
        let keys = try world.store.keys(of: world.environment, at: world.site.clock.now)
        for key in keys {
            _ = try await world.store.revokeKey(key.id, of: world.environment, by: .system, at: world.site.clock.now)
        }
        let refused = try await world.call(.get, paths[0])
        #expect(refused.status == 401 && !refused.isDirect)
    }
}
