import Broker
import HTTPTypes
import OAuth
import Portal
import Storage
import Synchronization
import Testing
import Web

@Suite("Who waits for a result")
struct ConnectSocketTests {
    private func open(_ world: ConnectWorld, _ target: String, host: String = "127.0.0.1:8080") -> WaitingSocket? {
        world.site.site.waitingSocket(host: host, target: target, peer: "198.51.100.9", forwardedFor: [])
    }

    @Test func `a socket opens at the root of this server only, under a name of its own or the one it had`()
        async throws
    {
        let world = try await ConnectWorld()
        let first = try #require(open(world, "/"))
        #expect(ConnectAsk.isSocket(first.id))
        #expect(first.hello == #"{"message_type":"connection_ack","ws_client_id":"\#(first.id)"}"#)
        #expect(open(world, "/?ws_client_id=\(first.id)")?.id == first.id)
        #expect(open(world, "/?ws_client_id=mine")?.id != "mine")
        #expect(open(world, "/login") == nil)
        #expect(open(world, "/", host: "evil.example") == nil)
    }

    private static let other = "6f1d3c1e-0000-4000-8000-00000000abcd"

    private final class Heard: Sendable {
        private let all = Mutex<[String]>([])

        var messages: [String] { all.withLock { $0 } }
        func add(_ message: String) { all.withLock { $0.append(message) } }
    }

    @Test func `a result reaches everybody who waits for it, once, and whoever comes later`() async throws {
        let world = try await ConnectWorld()
        let site = world.site.site
        let heard = Heard()
        for _ in 0..<2 {
            _ = try #require(
                site.sockets.wait(for: ConnectWorld.socket) { message in heard.add(message) })
        }
        let gone = try #require(
            site.sockets.wait(for: ConnectWorld.socket) { _ in heard.add("gone") })
        site.sockets.leave(gone)
        let path = world.path("nowhere", "u1", "&ws_client_id=\(ConnectWorld.socket)")
        for _ in 0..<2 { _ = try await world.site.send(.get, path) }
        let messages = heard.messages
        #expect(messages.count == 2)
        #expect(messages.allSatisfy { $0.contains("provider_config_err") })
        // Nobody who waits for another result hears it, nor is one asked about again who has heard.
        _ = try #require(site.sockets.wait(for: Self.other) { _ in heard.add("not theirs") })
        _ = try #require(site.sockets.wait(for: ConnectWorld.socket) { message in heard.add("late " + message) })
        for _ in 0..<2 { try site.deliverLeftResults(isToNew: true) }
        #expect(heard.messages == messages + ["late " + messages[0]])
        // At another process: this one has asked about all there are.
        try await site.store.leave("from elsewhere", for: Self.other, at: world.site.clock.now)
        try site.deliverLeftResults(isToNew: true)
        #expect(heard.messages.count == 3)
        try site.deliverLeftResults(isToNew: false)
        #expect(heard.messages.last == "not theirs" && heard.messages.count == 4)
    }

    @Test func `nothing is kept for whoever names no environment`() async throws {
        let world = try await ConnectWorld()
        let path = "/oauth/connect/github?connection_id=u1&ws_client_id=\(ConnectWorld.socket)"
        #expect(try await world.site.send(.get, path).status == 401)
        #expect(try world.message() == nil)
    }

    @Test func `what has expired is swept away`() async throws {
        let world = try await ConnectWorld()
        _ = try await world.begin(world.site.browser())
        _ = try await world.session(#"{"end_user":{"id":"7"}}"#)
        _ = try await world.site.send(.get, world.path("nowhere", "u1", "&ws_client_id=\(ConnectWorld.socket)"))
        _ = try await world.site.store.spend(
            nonce: "n", of: world.environment.id, until: world.site.clock.now + 300)
        world.site.clock.move(by: 2 * 86_400)
        while try await world.site.store.sweep(at: world.site.clock.now) {}
        for table in ["connect_flows", "connect_sessions", "connect_results", "connect_nonces"] {
            let left = try world.site.engine.read { db in try db.rows(Self.everything[table] ?? "SELECT 1") }
            #expect(left.isEmpty, "\(table)")
        }
    }

    private static let everything: [String: SQL] = [
        "connect_flows": "SELECT 1 FROM connect_flows", "connect_sessions": "SELECT 1 FROM connect_sessions",
        "connect_results": "SELECT 1 FROM connect_results", "connect_nonces": "SELECT 1 FROM connect_nonces",
    ]
}
