import Broker
import Foundation
import OAuth
import Portal
import Storage
import Testing

@Suite("Connect flows, sessions and nonces in the database")
struct ConnectStoreTests {
    private let test: TestStore
    private let environment: BrokerEnvironment
    private let integration: Integration
    private let now = TestStore.start

    init() async throws {
        test = try await TestStore()
        environment = try #require(try await test.store.environments(of: test.acme.id, at: now).first)
        integration = try #require(
            try await test.store.addIntegration(
                IntegrationDetails(key: "github", provider: "github", clientID: "id", scopes: []), secret: "s",
                to: environment, by: .system, at: now))
    }

    private let secret = "verifier-verifier-verifier-verifier-verifier-verifier"

    private func begun(session: ID<Entity.ConnectSession>? = nil) async throws -> (
        state: Secret<FlowState>, browser: Secret<FlowCookie>
    ) {
        var random = SystemRandomNumberGenerator()
        let flow = ConnectFlow(
            id: .random(using: &random), of: integration, connectionID: "u1", place: "", secret: secret,
            values: ["subdomain": "acme"], redirectURI: "https://gw.example/oauth/callback",
            listeners: ConnectListeners(socket: nil, openerOrigin: "https://app.example", returnURL: nil),
            session: session, isProven: false, trace: test.store.newTraceID(at: now), startedAt: now)
        let (state, browser) = (Secret<FlowState>.random(), Secret<FlowCookie>.random())
        try await test.store.begin(flow, state: state, browser: browser, at: now)
        return (state, browser)
    }

    @Test func `a flow comes back as it was, to its own browser, until its time is over`() async throws {
        let (state, browser) = try await begun()
        let found = try #require(try test.store.flow(state, at: now))
        #expect(found.flow.secret == secret && found.flow.values == ["subdomain": "acme"])
        #expect(found.flow.listeners.openerOrigin == "https://app.example")
        #expect(found.integration.id == integration.id && found.environment.id == environment.id)
        #expect(try test.store.flow(.random(), at: now) == nil)
        #expect(try test.store.flow(state, at: now + Store.flowLifetime) == nil)
        #expect(try await !test.store.take(found.flow, browser: nil))
        #expect(try await !test.store.take(found.flow, browser: .random()))
        #expect(try await test.store.take(found.flow, browser: browser))
        #expect(try test.store.flow(state, at: now) == nil)
    }

    @Test func `Case 197: of fifty callbacks at once, one takes the flow`() async throws {
        let (state, browser) = try await begun()
        let flow = try #require(try test.store.flow(state, at: now)).flow
        let store = test.store
        let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { try await store.take(flow, browser: browser) } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(taken == 1)
    }

    @Test func `Case 195: of fifty connections at once, one spends the session`() async throws {
        let token = Secret<ConnectToken>.random()
        let ask = try ConnectSessionAsk.read(Array(#"{"end_user":{"id":"7"}}"#.utf8), isReconnection: false).get()
        _ = try await test.store.open(ask, as: token, in: environment, at: now)
        let session = try #require(try test.store.connectSession(token, at: now))
        #expect(session.ask == ask && !session.isUsed)
        let (store, id, now) = (test.store, session.id, now)
        let spent = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { try await store.spend(id, at: now) } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(spent == 1)
        #expect(try test.store.connectSession(token, at: now)?.isUsed == true)
        #expect(try test.store.connectSession(token, at: now + Store.connectSessionLifetime) == nil)
    }

    @Test func `Case 190: of fifty requests with one nonce, one goes on, in each environment`() async throws {
        let (store, id, end) = (test.store, environment.id, now + 300)
        let passed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { try await store.spend(nonce: "n", of: id, until: end) } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(passed == 1)
        let other = try #require(try await store.environments(of: test.globex.id, at: now).first)
        #expect(try await store.spend(nonce: "n", of: other.id, until: end))
    }

    @Test func `Case 202: neither verifier, state, cookie nor token is in the files`() async throws {
        let (state, browser) = try await begun()
        let token = Secret<ConnectToken>.random()
        let ask = try ConnectSessionAsk.read(Array(#"{"end_user":{"id":"7"}}"#.utf8), isReconnection: false).get()
        _ = try await test.store.open(ask, as: token, in: environment, at: now)
        let folder = (test.folder.database as NSString).deletingLastPathComponent
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let data = FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
            for text in [secret, state.reveal(), browser.reveal(), token.reveal()] {
                #expect(data.range(of: Data(text.utf8)) == nil, "\(name)")
            }
        }
    }

    @Test func `a session is held to the browser that uses it first`() async throws {
        let token = Secret<ConnectToken>.random()
        let ask = try ConnectSessionAsk.read(Array(#"{"end_user":{"id":"7"}}"#.utf8), isReconnection: false).get()
        _ = try await test.store.open(ask, as: token, in: environment, at: now)
        let id = try #require(try test.store.connectSession(token, at: now)).id
        let first = Secret<FlowCookie>.random()
        #expect(try await test.store.hold(id, to: first))
        #expect(try await test.store.hold(id, to: first))
        #expect(try await !test.store.hold(id, to: .random()))
    }
}
