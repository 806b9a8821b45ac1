import Broker
import Foundation
import OAuth
import Portal
@testable import Storage
import Testing

@Suite("What the broker keeps")
struct BrokerStorageTests {
    let test: TestStore
    let dev: BrokerEnvironment
    let prod: BrokerEnvironment
    let now = TestStore.start
    var store: Store { test.store }

    init() async throws {
        test = try await TestStore()
        let both = try await test.store.environments(of: test.acme.id, at: TestStore.start)
        dev = try #require(both.first { $0.name == "dev" })
        prod = try #require(both.first { $0.name == "prod" })
    }

    private func integrate(_ key: String = "photos", in environment: BrokerEnvironment? = nil) async throws
        -> Integration
    {
        try #require(
            try await store.addIntegration(
                IntegrationDetails(key: key, provider: "photos", clientID: "id", scopes: ["a", "b"]), secret: "s3cret",
                to: environment ?? dev, by: .system, at: now))
    }

    @discardableResult
    private func connect(_ id: String, to integration: Integration, token: String = "t") async throws
        -> BrokerConnection
    {
        let saved = try await store.save(
            ConnectionDraft(
                connectionID: id,
                credentials: .oauth2(accessToken: token, refreshToken: "r", expiresAt: now + 60, raw: .null),
                values: ["subdomain": "acme"]),
            of: integration, at: now)
        let number = saved.number
        return try #require(try store.connection(number: number, of: integration.tenant))
    }

    @Test func `a tenant begins with dev and prod, and only prod asks for HMAC`() async throws {
        #expect(try await store.environments(of: test.acme.id, at: now + 100).map(\.name) == ["dev", "prod"])
        #expect(!dev.requiresHMAC && !dev.hasHMACKey && prod.requiresHMAC && prod.hasHMACKey)
        #expect(dev.publicKey != prod.publicKey && dev.publicKey.hasPrefix("gw_pk_"))
        #expect(try store.environment(publicKey: prod.publicKey)?.id == prod.id)
        #expect(try store.hmacKeys(of: dev.id, at: now).isEmpty)
        #expect(try store.webhookKeys(of: dev.id, at: now).count == 1)
        let others = try await store.environments(of: test.globex.id, at: now)
        #expect(Set(others.map(\.id)).isDisjoint(with: [dev.id, prod.id]))
    }

    @Test func `ten environments are the most, and a name is a name`() async throws {
        for number in 3...10 {
            #expect(
                try await store.makeEnvironment(named: "e\(number)", requiresHMAC: false, of: test.acme.id, at: now)
                    != nil)
        }
        #expect(try await store.makeEnvironment(named: "e11", requiresHMAC: false, of: test.acme.id, at: now) == nil)
        for name in ["", "Dev", "a b", "-a", "a\"", String(repeating: "a", count: 41)] {
            #expect(
                try await store.makeEnvironment(named: name, requiresHMAC: false, of: test.globex.id, at: now) == nil)
        }
    }

    @Test func `Case 193: without a key HMAC cannot be required`() async throws {
        #expect(try await store.requireHMAC(true, in: dev, by: .system, at: now) == false)
        _ = try await store.rotateHMACKey(of: dev, overlap: 0, by: .system, at: now)
        #expect(try await store.requireHMAC(true, in: dev, by: .system, at: now))
        #expect(try store.environment("dev", of: test.acme.id)?.requiresHMAC == true)
    }

    @Test func `Case 194: two HMAC keys are good while they overlap`() async throws {
        let old = try #require(try store.hmacKeys(of: prod.id, at: now).first)
        let new = try #require(try await store.rotateHMACKey(of: prod, overlap: 60, by: .system, at: now))
        #expect(new.utf8.count >= ConnectDigest.shortestKey)
        #expect(try store.hmacKeys(of: prod.id, at: now + 59) == [new, old])
        // Whoever was promised a minute keeps it, unless everything is to end.
        #expect(try await store.rotateHMACKey(of: prod, overlap: 3600, by: .system, at: now + 59) == nil)
        #expect(try store.hmacKeys(of: prod.id, at: now + 59) == [new, old])
        #expect(try store.hmacKeys(of: prod.id, at: now + 60) == [new])
        let last = try #require(try await store.rotateHMACKey(of: prod, overlap: 60, by: .system, at: now + 60))
        #expect(try store.hmacKeys(of: prod.id, at: now + 60) == [last, new])
        let only = try #require(try await store.rotateHMACKey(of: prod, overlap: 0, by: .system, at: now + 61))
        #expect(try store.hmacKeys(of: prod.id, at: now + 61) == [only])
    }

    @Test func `Case 194: of two rotations at once, each key that somebody was shown is good or was refused`()
        async throws
    {
        let first = try #require(try store.webhookKeys(of: prod.id, at: now).first)
        let made = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<8 {
                group.addTask { try await store.rotateWebhookKey(of: prod, overlap: 60, by: .system, at: now) }
            }
            return try await group.reduce(into: []) { made, key in made += key.map { [$0] } ?? [] }
        }
        #expect(made.count == 1)
        #expect(try store.webhookKeys(of: prod.id, at: now) == made + [first])
    }

    @Test func `each form saves its own address`() async throws {
        try await store.setCallback("https://a.example/back", of: dev, by: .system, at: now)
        try await store.setWebhook("https://a.example/hook", of: dev, by: .system, at: now)
        try await store.setCallback("https://b.example/back", of: dev, by: .system, at: now)
        let found = try #require(try store.environment("dev", of: test.acme.id))
        #expect(found.callbackURL == "https://b.example/back" && found.webhookURL == "https://a.example/hook")
    }

    @Test func `nothing of a suspended tenant opens`() async throws {
        let key = Secret<EnvironmentKey>.random()
        _ = try await store.addKey(key, EnvironmentKeyDraft(name: "x"), to: dev, by: .system, at: now)
        #expect(try store.environment(key: key, at: now)?.environment.id == dev.id)
        try await test.suspend("tenant", test.acme.id.text)
        #expect(try store.environment(key: key, at: now) == nil)
        #expect(try store.environment(publicKey: dev.publicKey) == nil)
        try await test.reinstate(test.acme.id.text)
        #expect(try store.environment(key: key, at: now) != nil)
    }

    @Test func `twenty keys are the most, and what is done to them is in the audit log`() async throws {
        for number in 0..<20 {
            #expect(
                try await store.addKey(
                    .random(), EnvironmentKeyDraft(name: "\(number)", scopes: [.proxy]), to: dev, by: .person(test.ada),
                    at: now) != nil)
        }
        #expect(try await store.addKey(.random(), EnvironmentKeyDraft(name: "x"), to: dev, by: .system, at: now) == nil)
        let keys = try store.keys(of: dev, at: now)
        #expect(
            keys.count == 20 && keys.allSatisfy { $0.scopes == [.proxy] && $0.createdBy == "Ada" && !$0.signsWebhooks })
        #expect(try await store.revokeKey(keys[0].id, of: prod, by: .system, at: now) == false)
        #expect(try await store.revokeKey(keys[0].id, of: dev, by: .person(test.ada), at: now))
        #expect(
            try test.count("SELECT count(*) FROM audit_events WHERE action = 'environment.key_added'") == 20)
        #expect(try test.count("SELECT count(*) FROM audit_events WHERE action = 'environment.key_revoked'") == 1)
        #expect(try store.verifyAuditLog().findings.isEmpty)
    }

    @Test
    func `Case 200: no connection belongs to another tenant's integration, nor an integration to its environment`()
        async throws
    {
        let photos = try await integrate()
        try await connect("u", to: photos)
        let globex = try await store.environments(of: test.globex.id, at: now)[0]
        for statement in [
            "UPDATE connections SET tenant_id = '\(test.globex.id.text)'",
            "UPDATE connections SET environment_id = '\(globex.id.text)'",
            "UPDATE integrations SET tenant_id = '\(test.globex.id.text)'",
            "UPDATE integrations SET environment_id = '\(globex.id.text)'",
        ] {
            #expect(throws: StorageError.self) { try test.engine.migrate { try $0.script(statement) } }
        }
        #expect(try store.integration("photos", in: globex) == nil)
        #expect(try store.connection("u", of: "photos", in: globex) == nil)
        #expect(try store.connection(number: 1, of: test.globex.id) == nil)
    }

    @Test func `Case 224: credentials of another row, or an older version of the same, do not open`() async throws {
        let photos = try await integrate(), mails = try await integrate("mails")
        let first = try await connect("a", to: photos, token: "one")
        try await connect("b", to: photos, token: "two")
        try await connect("a", to: mails, token: "three")
        let old = try test.engine.read { db in
            try db.row("SELECT sealed_credentials FROM connections WHERE number = \(first.number)")?.blob(0)
        }
        let before = try #require(old)
        try await connect("a", to: photos, token: "newer")
        for statement: SQL in [
            "UPDATE connections SET sealed_credentials = \(before) WHERE number = \(first.number)",
            """
            UPDATE connections SET sealed_credentials = (SELECT o.sealed_credentials FROM connections o
                WHERE o.integration_id = \(mails.id)) WHERE number = \(first.number)
            """,
            """
            UPDATE connections SET sealed_credentials = (SELECT o.sealed_credentials FROM connections o
                WHERE o.connection_id = 'b') WHERE number = \(first.number)
            """,
        ] {
            try await test.engine.write { db in _ = try db.run(statement) }
            #expect(throws: (any Error).self) { try store.connection("a", of: "photos", in: dev) }
        }
        #expect(try store.connection("b", of: "photos", in: dev)?.credentials.accessToken == "two")
    }

    @Test func `Case 227: everything opens under the next master key, also where an ID has spaces`() async throws {
        let photos = try await integrate()
        for id in ["plain", "with two spaces", #"{"a": 1}"#] { try await connect(id, to: photos, token: id) }
        let key = Secret<EnvironmentKey>.random()
        _ = try await store.addKey(
            key, EnvironmentKeyDraft(name: "x", signsWebhooks: true), to: dev, by: .system, at: now)
        _ = try await store.rotateHMACKey(of: prod, overlap: 600, by: .system, at: now)
        _ = try await store.rotateWebhookKey(of: prod, overlap: 600, by: .system, at: now)
        let variables = [EnvironmentVariable(name: "A", value: "1"), EnvironmentVariable(name: "C", value: "2")]
        #expect(try await store.setVariables(variables, replacing: 0, of: dev, by: .system, at: now) == .stored)
        var random = SystemRandomNumberGenerator()
        let next = MasterKey.random(using: &random)
        try await test.engine.write { db in
            for column in SealedColumn.broker {
                for row in try db.rows(column.stale(next.id, 1000)) {
                    let id = try row.text("id")
                    let open = try test.keyring.open(
                        row.blob("sealed"), table: column.table, column: column.place, row: id)
                    let sealed = try Keyring([next]).seal(open, table: column.table, column: column.place, row: id)
                    #expect(try db.run(column.update(id, sealed)) == 1, "\(column.table) \(id)")
                }
            }
        }
        let other = Store(engine: test.engine, keyring: try Keyring([next]))
        for id in ["plain", "with two spaces", #"{"a": 1}"#] {
            #expect(try other.connection(id, of: "photos", in: dev)?.credentials.accessToken == id)
        }
        #expect(try other.registration(of: photos).secret == "s3cret")
        #expect(try other.hmacKeys(of: prod.id, at: now).count == 2)
        #expect(try other.webhookKeys(of: prod.id, at: now).count == 2)
        #expect(try other.webhookSecrets(of: dev.id, at: now) == [key.reveal()])
        #expect(try other.variables(of: dev).all.map(\.value) == ["1", "2"])
    }

    @Test func `of a hundred that want the lease at once, one gets it`() async throws {
        let connection = try await connect("u", to: integrate())
        let won = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask { try await store.leaseRefresh(of: connection, as: "l\(number)", at: now) }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(won == 1)
    }

    @Test func `deleting an environment takes everything in it along`() async throws {
        let photos = try await integrate()
        try await connect("u", to: photos)
        try await store.setAllowedOrigins(["https://a.example"], of: dev, by: .system, at: now)
        let variable = EnvironmentVariable(name: "A", value: "1")
        #expect(try await store.setVariables([variable], replacing: 0, of: dev, by: .system, at: now) == .stored)
        var trace = Trace(
            id: store.newTraceID(at: now), tenant: dev.tenant, environment: dev.id, action: .refresh,
            integrationKey: "",
            provider: "", connectionID: "", startedAt: now)
        trace.add("Began", at: now)
        try await store.record(trace)
        try await store.delete(dev, by: .person(test.ada), at: now)
        while try await store.sweep(at: now) {}
        for table: SQL in [
            "integrations", "connections", "allowed_origins", "environment_variables", "traces", "trace_steps",
        ] {
            #expect(try test.count("SELECT count(*) FROM \(fragment: table)") == 0)
        }
        // What comes late has nowhere to go, and says nothing.
        try await store.record(trace)
        #expect(try store.environment("prod", of: test.acme.id) != nil)
    }

    @Test func `a trace grows: steps are added, its outcome is the last one`() async throws {
        var trace = Trace(
            id: store.newTraceID(at: now), tenant: dev.tenant, environment: dev.id, action: .connect,
            integrationKey: "photos", provider: "photos", connectionID: "u", startedAt: now)
        trace.add("Sent to the provider", [("url", "https://x.example/?state=abc")], at: now)
        try await store.record(trace)
        var later = Trace(
            id: trace.id, tenant: dev.tenant, environment: dev.id, action: .connect, integrationKey: "photos",
            provider: "photos", connectionID: "u", startedAt: now)
        later.add("Came back", level: .warning, after: 1500, at: now + 2)
        later.finish(.failure, error: "access_denied", after: 1500, at: now + 2)
        try await store.record(later)
        let stored = try #require(try store.trace(trace.id, in: dev))
        #expect(stored.steps.map(\.sentence) == ["Sent to the provider", "Came back"])
        #expect(stored.steps[0].detail.map(\.value) == ["https://x.example/?state=[hidden]"])
        #expect(stored.outcome == .failure && stored.error == "access_denied" && stored.milliseconds == 1500)
        #expect(try store.trace(trace.id, in: prod) == nil)
        var filter = TraceFilter()
        filter.outcome = .failure
        filter.connectionID = "u"
        #expect(try store.traces(of: dev, filter, limit: 5).map(\.id) == [trace.id])
        filter.action = .proxy
        #expect(try store.traces(of: dev, filter, limit: 5).isEmpty)
        #expect(try store.traces(of: dev, before: trace.id, limit: 5).isEmpty)
    }

    private func trace(
        _ outcome: Trace.Outcome, in environment: BrokerEnvironment, of connectionID: String = "u"
    ) -> Trace {
        var trace = Trace(
            id: store.newTraceID(at: now), tenant: environment.tenant, environment: environment.id, action: .proxy,
            integrationKey: "photos", provider: "photos", connectionID: connectionID, startedAt: now)
        trace.finish(outcome, error: outcome == .failure ? "HTTP 500" : nil, after: 1, at: now)
        return trace
    }

    private func kept(_ environment: BrokerEnvironment) throws -> (all: Int, failures: Int) {
        let traces = try store.traces(of: environment, limit: 10_000)
        return (traces.count, traces.count { $0.outcome == .failure })
    }

    @Test func `a busy environment pushes out nothing of another's, and its own successes before its failures`()
        async throws
    {
        for _ in 0..<WaitingTraces.mostOfOne * 2 { store.note(trace(.success, in: dev)) }
        for _ in 0..<3 { store.note(trace(.failure, in: dev)) }
        store.note(trace(.success, in: dev))
        store.note(trace(.failure, in: prod))
        #expect(store.droppedTraces == UInt64(WaitingTraces.mostOfOne + 3 + 1))
        try await store.flushTraces()
        #expect(try kept(dev) == (WaitingTraces.mostOfOne, 3))
        #expect(try kept(prod) == (1, 1))
        // Full of failures, it takes no more of either.
        for _ in 0..<WaitingTraces.mostOfOne + 5 { store.note(trace(.failure, in: prod)) }
        try await store.flushTraces()
        #expect(try kept(prod).failures == 1 + WaitingTraces.mostOfOne)
        #expect(store.droppedTraces == UInt64(WaitingTraces.mostOfOne + 4 + 5))
    }

    @Test func `no number of calls on one connection hides what was done with another`() async throws {
        for _ in 0..<WaitingTraces.mostOfOne { store.note(trace(.failure, in: dev)) }
        store.note(trace(.success, in: dev, of: "another"))
        for _ in 0..<WaitingTraces.mostOfOne { store.note(trace(.failure, in: dev)) }
        store.note(trace(.failure, in: dev, of: "a third"))
        try await store.flushTraces()
        let seen = try store.traces(of: dev, limit: 10_000).map(\.connectionID)
        #expect(seen.count == WaitingTraces.mostOfOne)
        #expect(seen.contains("another") && seen.contains("a third"))
    }

    @Test func `when all places are taken, whoever has most makes room`() throws {
        let waiting = WaitingTraces()
        func trace(_ number: Int, _ outcome: Trace.Outcome = .success) -> Trace {
            var trace = Trace(
                id: ID("trc_\(number)"), tenant: dev.tenant, environment: ID("env\(number)"), action: .proxy,
                integrationKey: "", provider: "", connectionID: "", startedAt: now)
            trace.finish(outcome, after: 1, at: now)
            return trace
        }
        let crowd = WaitingTraces.most / WaitingTraces.mostOfOne
        for number in 0..<crowd { for _ in 0..<WaitingTraces.mostOfOne { waiting.add(trace(number)) } }
        #expect(waiting.dropped == 0)
        for _ in 0..<2 { waiting.add(trace(-1, .failure)) }
        #expect(waiting.dropped == 2)
        let all = waiting.drain()
        #expect(all.count == WaitingTraces.most && all.count { $0.environment == ID("env-1") } == 2)
        #expect(waiting.drain().isEmpty)
    }

    @Test func `calls are counted by day, and the first that goes well after a failure is kept`() async throws {
        let connection = try await connect("u", to: integrate())
        func call(_ outcome: Trace.Outcome, isWanted: Bool = true, at moment: Instant) {
            store.note(proxied: trace(outcome, in: dev), on: connection, isWanted: isWanted, at: moment)
        }
        for _ in 0..<ProxySample.wholeEachMinute { call(.success, isWanted: false, at: now) }
        call(.success, at: now)
        call(.failure, at: now)
        call(.success, at: now)
        call(.success, at: now)
        call(.failure, at: now + 86_400)
        try await store.flushTraces()
        call(.failure, at: now + 86_400)
        try await store.flushTraces()
        // Of those that nobody wanted listed, the connection's first of the hour alone.
        #expect(try kept(dev) == (7, 3))
        #expect(try store.proxiedCalls(of: dev, since: now.day) == (Int64(ProxySample.wholeEachMinute) + 6, 3))
        #expect(try store.proxiedCalls(of: dev, since: now.day + 1) == (2, 2))
        #expect(try store.proxiedCalls(of: prod, since: 0) == (0, 0))
        while try await store.sweep(at: now + 92 * 86_400) {}
        #expect(try store.proxiedCalls(of: dev, since: 0) == (0, 0))
    }
}
