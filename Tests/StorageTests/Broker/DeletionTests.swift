import Broker
import OAuth
import Portal
@testable import Storage
import Testing

/// What has many rows is gone at once, and its rows go in pieces that nobody waits long for.
@Suite("Deleting environments and integrations")
struct DeletionTests {
    let test: TestStore
    let dev: BrokerEnvironment
    let now = TestStore.start
    var store: Store { test.store }

    init() async throws {
        test = try await TestStore()
        dev = try #require(try await test.store.environments(of: test.acme.id, at: TestStore.start).first)
    }

    private func integrate(_ key: String = "photos", in environment: BrokerEnvironment? = nil) async throws
        -> Integration
    {
        try #require(
            try await store.addIntegration(
                IntegrationDetails(key: key, provider: "photos", clientID: "id", scopes: ["a"]), secret: "s3cret",
                to: environment ?? dev, by: .system, at: now))
    }

    @discardableResult
    private func connect(_ id: String, to integration: Integration) async throws -> Int64 {
        let credentials = Credentials.oauth2(accessToken: "t", refreshToken: "r", expiresAt: now + 60, raw: .null)
        let draft = ConnectionDraft(connectionID: id, credentials: credentials, values: [:])
        return try await store.save(draft, of: integration, at: now).number
    }

    /// So many more of the same, by one statement.
    private func multiply(_ number: Int64, by count: Int) async throws {
        try await test.engine.write { db in
            _ = try db.run(
                """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
                INSERT INTO connections (tenant_id, environment_id, integration_id, connection_id, sealed_credentials,
                    version, expires_at, is_refreshable, refreshed_at, metadata, tags, is_proven, created_at, updated_at)
                SELECT tenant_id, environment_id, integration_id, connection_id || '-' || i, sealed_credentials, version,
                    expires_at, is_refreshable, refreshed_at, metadata, tags, is_proven, created_at, updated_at
                FROM connections, n WHERE number = \(number)
                """)
        }
    }

    private func rows() throws -> Int64 {
        try ["connections", "traces", "webhooks", "connect_sessions", "connect_nonces"].reduce(0) { sum, table in
            sum + (try counts(table))
        }
    }

    private func counts(_ table: String) throws -> Int64 {
        switch table {
        case "connections": Int64(try test.count("SELECT count(*) FROM connections"))
        case "traces": Int64(try test.count("SELECT count(*) FROM traces"))
        case "webhooks": Int64(try test.count("SELECT count(*) FROM webhooks"))
        case "connect_sessions": Int64(try test.count("SELECT count(*) FROM connect_sessions"))
        default: Int64(try test.count("SELECT count(*) FROM connect_nonces"))
        }
    }

    @Test func `thousands of connections go in pieces, and others write between any two of them`() async throws {
        let photos = try await integrate()
        try await multiply(connect("u", to: photos), by: 2600)
        try await store.delete(photos, by: .system, at: now)
        // The transaction of the deletion itself removed no row of them.
        #expect(try test.count("SELECT count(*) FROM connections") == 2601)
        var (transactions, left) = (0, 2601)
        while left > 0 {
            _ = try await store.sweep(at: now + 1, batch: 500)
            let there = Int(try test.count("SELECT count(*) FROM connections"))
            #expect(there == max(0, left - 500))
            left = there
            transactions += 1
            // Somebody else's write, which waits for one such piece at most.
            #expect(
                try await store.makeEnvironment(
                    named: "other-\(transactions)", requiresHMAC: false, of: test.globex.id, at: now) != nil)
        }
        #expect(transactions == 6)
        while try await store.sweep(at: now + 1) {}
        #expect(try test.count("SELECT count(*) FROM integrations") == 0)
        #expect(try store.environment("dev", of: test.acme.id) != nil)
        try test.expectHealth()
    }

    @Test func `nothing of a deleted environment can be reached while its rows are still there`() async throws {
        let photos = try await integrate()
        let number = try await connect("u", to: photos)
        try await store.setWebhook("https://acme.example/hook", of: dev, by: .system, at: now)
        let secret = Secret<EnvironmentKey>.random()
        _ = try await store.addKey(
            secret, EnvironmentKeyDraft(name: "Backend", signsWebhooks: true), to: dev, by: .system, at: now)
        let token = Secret<ConnectToken>.random()
        let asked = ConnectSessionAsk.read(Array(#"{"end_user":{"id":"u"}}"#.utf8), isReconnection: false)
        guard case .success(let ask) = asked else { throw TestStore.Refused() }
        _ = try await store.open(ask, as: token, in: dev, at: now)
        #expect(try await store.spend(nonce: "n", of: dev.id, until: now + 600))
        #expect(
            try await store.announceTest(in: try #require(try store.environment("dev", of: test.acme.id)), at: now)
                != nil)
        let trace = Trace(
            id: store.newTraceID(at: now), tenant: dev.tenant, environment: dev.id, action: .connect,
            integrationKey: "photos", provider: "photos", connectionID: "u", startedAt: now)
        try await store.record(trace)
        let state = Secret<FlowState>.random()
        try await store.begin(
            ConnectFlow(
                id: .random(), of: photos, connectionID: "u2", place: "", secret: "v", values: [:],
                redirectURI: "https://x.example", listeners: .nobody, session: nil, isProven: false, trace: trace.id,
                startedAt: now),
            state: state, browser: .random(), at: now)
        #expect(try store.flow(state, at: now) != nil)
        let due = try store.connectionsDue(before: now + 300, at: now + 40, limit: 10).due
        #expect(try store.environment(key: secret, at: now) != nil && due.isEmpty)

        try await store.delete(dev, by: .system, at: now)
        #expect(try test.count("SELECT count(*) FROM connections") == 1)
        #expect(try await store.environments(of: test.acme.id, at: now).map(\.name) == ["prod"])
        #expect(try store.environment("dev", of: test.acme.id) == nil)
        #expect(try store.environment(publicKey: dev.publicKey) == nil)
        #expect(try store.environment(publicKey: dev.id.text) == nil)
        #expect(try store.environment(key: secret, at: now) == nil)
        #expect(try store.connectSession(token, at: now) == nil)
        #expect(try store.flow(state, at: now) == nil)
        #expect(try store.integration("photos", in: dev) == nil && store.integration(photos.id) == nil)
        #expect(try store.connection("u", of: "photos", in: dev) == nil)
        #expect(try store.connection(number: number, of: test.acme.id) == nil)
        #expect(try store.connectionNumber("u", of: "photos", in: dev) == nil)
        #expect(try store.connections(of: dev, limit: 10).isEmpty && store.connectionCounts(of: dev).isEmpty)
        // The background: nothing is renewed, delivered or noted for it.
        #expect(try store.connectionsDue(before: now + 300, at: now + 86_500, limit: 10).due.isEmpty)
        #expect(try await store.takeDueWebhooks(at: now + 1, limit: 10).isEmpty)
        let late = Trace(
            id: store.newTraceID(at: now), tenant: dev.tenant, environment: dev.id, action: .refresh,
            integrationKey: "photos", provider: "photos", connectionID: "u", startedAt: now)
        try await store.record(late)
        #expect(try test.count("SELECT count(*) FROM traces") == 1)
        // Nobody adds to it.
        await #expect(throws: ConnectionUnsaved.gone) { try await connect("late", to: photos) }
        #expect(
            try await store.addIntegration(
                IntegrationDetails(key: "x", provider: "photos", clientID: "", scopes: []), secret: nil, to: dev,
                by: .system, at: now) == nil)
        // Its name is free, and the new one has nothing of the old one.
        let new = try #require(
            try await store.makeEnvironment(named: "dev", requiresHMAC: false, of: test.acme.id, at: now + 1))
        #expect(new.id != dev.id)
        #expect(try store.traces(of: new, limit: 10).isEmpty && store.integrations(of: new).isEmpty)
        try await store.delete(dev, by: .system, at: now + 2)
        #expect(try test.count("SELECT count(*) FROM audit_events WHERE action = 'environment.deleted'") == 1)

        while try await store.sweep(at: now + 2, batch: 1) {}
        #expect(try rows() == 0)
        #expect(try test.count("SELECT count(*) FROM environments WHERE tenant_id = \(test.acme.id)") == 2)
        #expect(try test.count("SELECT count(*) FROM connect_flows") == 0)
        #expect(try test.count("SELECT count(*) FROM integrations") == 0)
        try test.expectHealth()
    }

    @Test func `an integration's key is free at once, and pages of connections stay whole beside a deleted one`()
        async throws
    {
        let (photos, mail) = (try await integrate(), try await integrate("mail"))
        for number in 0..<6 { try await connect("u\(number)", to: number.isMultiple(of: 2) ? photos : mail) }
        // A key that looks like an ID stops nobody from deleting.
        _ = try await integrate(photos.id.text)
        try await store.delete(photos, by: .person(test.ada), at: now)
        #expect(try store.connections(of: dev, limit: 2).map(\.connectionID) == ["u5", "u3"])
        #expect(try store.connections(of: dev, before: 4, limit: 2).map(\.connectionID) == ["u1"])
        #expect(try store.connectionCounts(of: dev) == [mail.id: 3])
        var filter = ConnectionFilter()
        filter.integrations = ["photos", "mail"]
        #expect(try store.connections(of: dev, filter, limit: 10).map(\.connectionID) == ["u5", "u3", "u1"])
        let again = try await integrate()
        try await connect("u0", to: again)
        #expect(try store.connection("u0", of: "photos", in: dev)?.integration == again.id)
        while try await store.sweep(at: now + 1, batch: 2) {}
        #expect(try test.count("SELECT count(*) FROM connections") == 4)
        #expect(try store.connections(of: dev, limit: 10).map(\.connectionID) == ["u0", "u5", "u3", "u1"])
        try test.expectHealth()
    }

    @Test func `variables are replaced by whoever saw them, and the log has their names alone`() async throws {
        func set(_ text: String, _ version: Int64) async throws -> VariablesOutcome {
            try await store.setVariables(
                EnvironmentVariable.read(text).variables, replacing: version, of: dev, by: .person(test.ada), at: now)
        }
        #expect(try await set("B=secret-one\nA=2", 0) == .stored)
        #expect(try store.variables(of: dev).all.map(\.name) == ["A", "B"])
        #expect(try await set("A=3", 0) == .changedMeanwhile)
        #expect(try await set("A=2\nB=secret-two\nC=", 1) == .stored)
        #expect(try await set("A=2\nB=secret-two\nC=", 2) == .stored)
        #expect(try await set("C=", 3) == .stored)
        #expect(try store.variables(of: dev).all == [EnvironmentVariable(name: "C", value: "")])
        let many = (0...100).map { EnvironmentVariable(name: "A\($0)", value: "") }
        #expect(try await store.setVariables(many, replacing: 4, of: dev, by: .system, at: now) == .tooMany)
        let details = try test.engine.read { db in
            try db.rows(
                "SELECT detail FROM audit_events WHERE action = 'environment.variables_changed' ORDER BY position"
            ).map { try $0.text("detail") }
        }
        // What changed nothing is not in it.
        #expect(
            details == [#"{"added":"A B"}"#, #"{"added":"C","changed":"B"}"#, #"{"removed":"A B"}"#], "\(details)")
        #expect(try store.verifyAuditLog().findings.isEmpty)
    }

    @Test func `a stretch of time is a stretch of the index`() async throws {
        for day in 0..<5 as Range<Int64> {
            let start = now + day * 86_400
            try await store.record(
                Trace(
                    id: store.newTraceID(at: start), tenant: dev.tenant, environment: dev.id, action: .connect,
                    integrationKey: "photos", provider: "photos", connectionID: "u\(day)", startedAt: start))
        }
        var filter = TraceFilter()
        filter.from = now + 86_400
        filter.until = now + 3 * 86_400
        #expect(try store.traces(of: dev, filter, limit: 10).map(\.connectionID) == ["u2", "u1"])
        filter.from = now + 86_401
        filter.until = now + 3 * 86_400 + 1
        #expect(try store.traces(of: dev, filter, limit: 10).map(\.connectionID) == ["u3", "u2"])
        let plan = try test.engine.read { db in
            try db.rows(
                """
                EXPLAIN QUERY PLAN SELECT t.* FROM traces t WHERE t.environment_id = 'a' AND t.id >= 'b' AND t.id < 'c'
                ORDER BY t.id DESC LIMIT 51
                """
            ).map { try $0.text("detail") }
        }
        #expect(plan.joined().contains("traces_by_environment (environment_id=? AND id>? AND id<?)"), "\(plan)")
    }

    @Test func `whoever made a key and left is known to have left`() async throws {
        for (person, name) in [(test.ada, "a"), (test.grace, "g")] {
            _ = try await store.addKey(
                .random(), EnvironmentKeyDraft(name: name), to: dev, by: .person(person), at: now)
        }
        _ = try await store.addKey(.random(), EnvironmentKeyDraft(name: "s"), to: dev, by: .system, at: now)
        func left() throws -> [String] { try store.keys(of: dev, at: now).filter(\.hasMakerLeft).map(\.name) }
        #expect(try left() == [])
        try await test.engine.write { db in
            _ = try db.run("DELETE FROM members WHERE tenant_id = \(test.acme.id) AND person_id = \(test.grace.id)")
        }
        #expect(try left() == ["g"])
        try await test.suspend("person", test.ada.id.text)
        #expect(try left().sorted() == ["a", "g"])
    }
}
