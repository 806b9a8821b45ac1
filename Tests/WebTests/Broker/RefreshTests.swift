import Broker
import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("Fresh tokens", .serialized)
struct RefreshTests {
    private let path = "/connection/u1?provider_config_key=photos"

    @Test func `a token that is about to end is renewed before it is handed out`() async throws {
        let world = try await BrokerWorld()
        try await world.connect(expiresIn: 1800)
        world.site.clock.move(by: 900)
        let answer = try await world.call(.get, path + "&refresh_token=true")
        #expect(answer.status == 200 && answer.member("credentials.access_token") == "at-1")
        #expect(answer.member("credentials.refresh_token") == "rt-1")
        #expect(answer.member("credentials.raw.access_token") == "at-1")
        #expect(answer.member("credentials.expires_at") == (world.site.clock.now + 3600).wireText)
        #expect(
            world.provider.seen.tokenCalls == [
                "grant_type=refresh_token&refresh_token=rt-0&client_id=id&client_secret=s3cret"
            ])
        // The next one is as it is.
        #expect(try await world.call(.get, path).member("credentials.access_token") == "at-1")
        #expect(world.provider.seen.tokenCalls.count == 1)
    }

    @Test func `force_refresh renews whatever the clock says, and only the literal word does`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        #expect(try await world.call(.get, path + "&force_refresh=1").member("credentials.access_token") == "at-0")
        #expect(try await world.call(.get, path + "&force_refresh=true").member("credentials.access_token") == "at-1")
        #expect(try await world.call(.get, path + "&force_refresh=true").member("credentials.access_token") == "at-2")
    }

    @Test func `without a refresh token the old one is all there is`() async throws {
        let world = try await BrokerWorld()
        try await world.connect(expiresIn: -10, refreshToken: nil)
        let answer = try await world.call(.get, path + "&force_refresh=true")
        #expect(answer.status == 200 && answer.member("credentials.access_token") == "at-0")
        #expect(world.provider.seen.tokenCalls.isEmpty)
    }

    @Test func `Case 213: a thousand fetches of one expired connection make one refresh`() async throws {
        let world = try await BrokerWorld(.rotates(after: 200))
        try await world.connect(expiresIn: -10)
        let tokens = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<1000 {
                group.addTask { try await world.call(.get, path).member("credentials.access_token") }
            }
            var tokens: [String?: Int] = [:]
            for try await token in group { tokens[token, default: 0] += 1 }
            return tokens
        }
        #expect(tokens == ["at-1": 1000])
        #expect(world.provider.seen.tokenCalls.count == 1)
    }

    @Test func `Case 213: two processes at one database make one refresh`() async throws {
        let world = try await BrokerWorld(.rotates(after: 300))
        let connection = try await world.connect(expiresIn: -10)
        // Another process: the same rows, and nothing in memory that the first one has.
        let other = Site(
            settings: world.site.site.settings, store: world.store, passwords: world.site.site.passwords,
            passwordPolicy: world.site.site.passwordPolicy, renderer: world.site.site.renderer,
            outside: world.site.site.outside, now: world.site.site.now)
        async let first = world.site.site.fresh(connection, isForced: false)
        async let second = other.fresh(connection, isForced: false)
        for result in try await [first, second] {
            #expect(try result.get().credentials.accessToken == "at-1")
        }
        #expect(world.provider.seen.tokenCalls.count == 1)
    }

    @Test func `Case 214: what was cut off in the middle is tried once with the old token, then surfaced`() async throws
    {
        let world = try await BrokerWorld()
        let connection = try await world.connect(expiresIn: -10)
        // A process that took the lease, rotated at the provider and died.
        #expect(try await world.store.leaseRefresh(of: connection, as: "dead", at: world.site.clock.now))
        world.provider.behave(.answers(400, #"{"error":"invalid_grant"}"#))
        world.site.clock.move(by: ConnectionHealth.lease)
        let answer = try await world.call(.get, path)
        #expect(answer.status == 400 && answer.member("payload.external_message") == "interrupted")
        let stored = try #require(try world.store.connection("u1", of: "photos", in: world.environment))
        #expect(stored.health.goneAt != nil && stored.health.inDoubtSince != nil)
        #expect(world.provider.seen.tokenCalls.count == 1)
        // Never silently stale, and the provider is left in peace.
        #expect(try await world.call(.get, path).status == 400)
        #expect(world.provider.seen.tokenCalls.count == 1)
        // Connecting again mends it.
        try await world.connect()
        #expect(try await world.call(.get, path).status == 200)
    }

    @Test func `Case 214: a lease that ended by itself is taken over, and works when the token still does`()
        async throws
    {
        let world = try await BrokerWorld()
        let connection = try await world.connect(expiresIn: -10)
        #expect(try await world.store.leaseRefresh(of: connection, as: "dead", at: world.site.clock.now))
        #expect(try await world.store.leaseRefresh(of: connection, as: "late", at: world.site.clock.now) == false)
        world.site.clock.move(by: ConnectionHealth.lease)
        #expect(try await world.call(.get, path).member("credentials.access_token") == "at-1")
        let stored = try #require(try world.store.connection("u1", of: "photos", in: world.environment))
        #expect(stored.health.inDoubtSince == nil && stored.health.leasedUntil == nil)
    }

    @Test func `Case 214: an answer that never came is remembered, whatever the provider says in between`() async throws
    {
        let world = try await BrokerWorld(.rotatesAndFails)
        try await world.connect(expiresIn: -10)
        let first = world.site.clock.now
        #expect(try await world.call(.get, path).status == 400)
        var stored = try #require(try world.store.connection("u1", of: "photos", in: world.environment))
        #expect(stored.health.inDoubtSince == first)
        // A provider that is down for a while clears no mark.
        world.provider.behave(.answers(503, "{}"))
        world.site.clock.move(by: 3600)
        #expect(try await world.call(.get, path).status == 400)
        stored = try #require(try world.store.connection("u1", of: "photos", in: world.environment))
        #expect(stored.health.inDoubtSince == first && stored.health.goneAt == nil)
        // It knows only the refresh token whose answer was lost.
        world.provider.behave(.rotates())
        world.site.clock.move(by: 3600)
        #expect(try await world.call(.get, path).member("payload.external_message") == "interrupted")
        #expect(world.provider.refreshToken == "rt-1")
    }

    @Test func `Case 214: whoever answers after the lease ended is stored, and its follower looks again`() async throws
    {
        let world = try await BrokerWorld(.answers(400, #"{"error":"invalid_grant"}"#))
        let old = try await world.connect(expiresIn: -10)
        let (store, clock) = (world.store, world.site.clock)
        #expect(try await store.leaseRefresh(of: old, as: "slow", at: clock.now))
        clock.move(by: ConnectionHealth.lease)
        #expect(try await store.leaseRefresh(of: old, as: "next", at: clock.now))
        let renewed = Renewed(
            credentials: .oauth2(accessToken: "late", refreshToken: "rt-1", expiresAt: clock.now + 3600, raw: .null),
            values: [:])
        #expect(try await store.finishRefresh(of: old, with: renewed, trace: nil, at: clock.now))
        #expect(
            try await store.failRefresh(
                of: old, lease: "next", because: .gone("invalid_grant"), trace: nil, at: clock.now) == false)
        #expect(try await world.call(.get, path).member("credentials.access_token") == "late")
        #expect(world.provider.seen.tokenCalls.isEmpty)
    }

    @Test func `a renewal that came too late is not said to be stored`() async throws {
        let world = try await BrokerWorld(.rotates(after: 1000))
        let old = try await world.connect(expiresIn: -10)
        async let late = world.site.site.fresh(old, isForced: false)
        while world.provider.seen.tokenCalls.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        try await world.connect("u1")
        #expect(try await late.get().credentials.accessToken == "at-0")
        let found = try #require(
            try world.store.traces(of: world.environment, limit: 5).first { $0.action == .refresh })
        let steps = try #require(try world.store.trace(found.id, in: world.environment)).steps
        #expect(!steps.contains { $0.sentence == "Stored the new credentials." })
        #expect(steps.last?.level == .warning && steps.last?.sentence.hasPrefix("Not stored") == true)
    }

    @Test func `a token that lives five minutes is fetched from the provider once, not at each call`() async throws {
        let world = try await BrokerWorld(.rotates(expiresIn: "300"))
        try await world.connect(expiresIn: -10)
        for _ in 0..<10 {
            #expect(try await world.call(.get, path).member("credentials.access_token") == "at-1")
            world.site.clock.move(by: 14)
        }
        #expect(world.provider.seen.tokenCalls.count == 1)
        world.site.clock.move(by: 10)
        #expect(try await world.call(.get, path).member("credentials.access_token") == "at-2")
    }

    @Test(arguments: [(404, #"{"message":"Not Found"}"#), (400, #"{"error":"too_many_requests"}"#), (408, "{}")])
    func `Case 215: what says nothing of the permission ends no connection`(status: Int, body: String) async throws {
        let world = try await BrokerWorld(.answers(status, body))
        try await world.connect(expiresIn: -10)
        let answer = try await world.call(.get, path)
        #expect(answer.status == 400 && answer.member("payload.reconnect") == "false")
        world.provider.behave(.rotates())
        world.site.clock.move(by: 3600)
        #expect(try await world.call(.get, path).member("credentials.access_token") == "at-1")
    }

    @Test func `a refresh that finished late replaces nothing newer`() async throws {
        let world = try await BrokerWorld()
        let old = try await world.connect(expiresIn: -10)
        #expect(try await world.store.leaseRefresh(of: old, as: "slow", at: world.site.clock.now))
        try await world.connect("u1")
        let renewed = Renewed(
            credentials: .oauth2(accessToken: "late", refreshToken: nil, expiresAt: nil, raw: .null), values: [:])
        #expect(
            try await world.store.finishRefresh(
                of: old, with: renewed, trace: nil, at: world.site.clock.now)
                == false)
        #expect(try await world.call(.get, path).member("credentials.access_token") == "at-0")
    }

    @Test func `Case 215: invalid_grant breaks the connection and is announced; the next call does not ask again`()
        async throws
    {
        let world = try await BrokerWorld(.answers(400, #"{"error":"invalid_grant","error_description":"<b>x"}"#))
        try await world.listen()
        try await world.connect(expiresIn: -10)
        _ = try await world.site.site.deliverWebhooks()
        for _ in 0..<3 {
            let answer = try await world.call(.get, path)
            #expect(answer.status == 400 && answer.member("type") == "refresh_token_external_error")
            #expect(answer.member("payload.external_message") == "invalid_grant")
            #expect(answer.member("payload.reconnect") == "true")
            #expect(!answer.contains("<b>"))
        }
        let nested = try await world.call(.get, "/connections/u1?provider_config_key=photos")
        #expect(nested.status == 424 && nested.member("error.code") == "invalid_credentials")
        #expect(nested.member("error.payload.connection.connection_id") == "u1")
        #expect(world.provider.seen.tokenCalls.count == 1)
        #expect(try await world.call(.get, "/connections?failing=true").member("connections.0.connection_id") == "u1")
        let listed = try await world.call(.get, "/connections")
        #expect(listed.member("connections.0.errors.0.type") == "auth")
        _ = try await world.site.site.deliverWebhooks()
        let said = try #require(world.provider.seen.webhooks.last?.body)
        #expect(said.contains(#""success":false,"operation":"refresh""#) && said.contains(#""type":"invalid_grant""#))
    }

    @Test
    func `Case 215: a provider that is down is asked again after a pause, which grows, and its recovery announced`()
        async throws
    {
        let world = try await BrokerWorld(.answers(503, "{}"))
        try await world.listen()
        try await world.connect(expiresIn: -10)
        let first = try await world.call(.get, path)
        #expect(first.status == 400 && first.member("payload.external_message") == "HTTP 503")
        // Deliveries of one moment are made side by side.
        _ = try await world.site.site.deliverWebhooks()
        let second = try await world.call(.get, path)
        #expect(second.headers[.retryAfter] == "30")
        #expect(world.provider.seen.tokenCalls.count == 1)
        #expect(try await world.call(.get, "/connections/u1?provider_config_key=photos").status == 424)
        world.site.clock.move(by: 30)
        _ = try await world.call(.get, path)
        #expect(world.provider.seen.tokenCalls.count == 2)
        world.site.clock.move(by: 59)
        _ = try await world.call(.get, path)
        #expect(world.provider.seen.tokenCalls.count == 2)
        // Asked for by name it is tried at once.
        world.provider.behave(.rotates())
        #expect(try await world.call(.get, path + "&force_refresh=true").member("credentials.access_token") == "at-1")
        _ = try await world.site.site.deliverWebhooks()
        let said = world.provider.seen.webhooks.map(\.body).filter { $0.contains(#""operation":"refresh""#) }
        #expect(said.count == 2 && said.first?.contains(#""success":false"#) == true)
        #expect(said.last?.contains(#""success":true"#) == true)
    }

    @Test func `while the old token is good, a provider that is down is nobody's error`() async throws {
        let world = try await BrokerWorld(.answers(500, "{}"))
        try await world.connect(expiresIn: 300)
        world.site.clock.move(by: 150)
        for _ in 0..<3 {
            let answer = try await world.call(.get, path)
            #expect(answer.member("credentials.access_token") == "at-0")
            // It works, and says that it will not for long.
            #expect(answer.member("errors.0.reason") == "HTTP 500", "\(answer.body)")
        }
        #expect(world.provider.seen.tokenCalls.count == 1)
        let current = try await world.call(.get, "/connections/u1?provider_config_key=photos&force_refresh=true")
        #expect(current.status == 200 && current.member("errors.0.reason") == "HTTP 500")
        world.provider.behave(.rotates())
        #expect(try await world.call(.get, path + "&force_refresh=true").member("errors") == nil)
    }

    @Test func `what a provider hands out while the connection is deleted is revoked there too`() async throws {
        let world = try await BrokerWorld(.rotates(after: 800))
        let connection = try await world.connect(expiresIn: -10)
        async let renewal = world.site.site.fresh(connection, isForced: false)
        while world.provider.seen.tokenCalls.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try await world.call(.delete, path).status == 204)
        #expect(world.provider.seen.revoked.count == 1)
        guard case .failure(.deleted) = try await renewal else { return #expect(Bool(false), "not deleted") }
        let revoked = world.provider.seen.revoked
        #expect(revoked.count == 2 && revoked.last?.contains("token=rt-1&") == true, "\(revoked)")
    }

    @Test func `what a provider hands out while the integration is deleted is revoked there, and stored nowhere`()
        async throws
    {
        let world = try await BrokerWorld(.rotates(after: 800))
        let connection = try await world.connect(expiresIn: -10)
        async let renewal = world.site.site.fresh(connection, isForced: false)
        while world.provider.seen.tokenCalls.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        let photos = try #require(try world.store.integration("photos", in: world.environment))
        try await world.store.delete(photos, by: .system, at: world.site.clock.now)
        guard case .failure(.deleted) = try await renewal else { return #expect(Bool(false), "not deleted") }
        let revoked = world.provider.seen.revoked
        #expect(revoked.count == 1 && revoked.first?.contains("token=rt-1&") == true, "\(revoked)")
        let row = try world.site.engine.read { db in
            try db.row("SELECT version FROM connections WHERE number = \(connection.number)")
        }
        #expect(try row?.integer("version") == connection.version)
        let trace = try #require(
            try world.store.traces(of: world.environment, limit: 5).first { $0.action == .refresh })
        let steps = try #require(try world.store.trace(trace.id, in: world.environment)).steps
        #expect(steps.contains { $0.sentence == "Revoked at the provider." }, "\(steps.map(\.sentence))")
    }

    @Test func `a registration that the provider refuses is the integration's trouble`() async throws {
        let world = try await BrokerWorld(.answers(401, #"{"error":"invalid_client"}"#))
        try await world.connect(expiresIn: -10)
        #expect(try await world.call(.get, path).member("payload.external_message") == "invalid_client")
        let integration = try #require(try world.store.integration("photos", in: world.environment))
        #expect(integration.trouble == "invalid_client")
        #expect(integration.state(with: world.site.site.outside.provider(of: integration)) == .failing)
        world.provider.behave(.rotates())
        _ = try await world.call(.get, path + "&force_refresh=true")
        #expect(try world.store.integration("photos", in: world.environment)?.trouble == nil)
    }

    @Test(arguments: [
        "1e300", "-1", "0", #""3600""#, "9223372036854775807", "null", "true", "[]", "{}", "99999999999999999999999999",
    ])
    func `Case 211: no lifetime that a provider says can end the process`(lifetime: String) async throws {
        let world = try await BrokerWorld(.rotates(expiresIn: lifetime))
        try await world.connect(expiresIn: -10)
        let answer = try await world.call(.get, path)
        #expect(answer.status == 200 && answer.member("credentials.access_token") == "at-1", "\(answer.body)")
    }

    @Test(arguments: [
        (200, "<html>access_token=1</html>"), (200, ""), (200, #"{"access_token":"#), (200, "[]"),
        (200, #"{"access_token":"a","access_token":"b"}"#), (200, #"{"access_token":1}"#),
        (200, #"{"access_token":"a\u0000b"}"#), (200, String(repeating: "[", count: 600)),
        (200, #"{"access_token":"\#(String(repeating: "a", count: 1 << 20))"}"#), (204, ""), (302, "{}"),
    ])
    func `Case 210: an answer that cannot be used is a typed failure, and the credentials stay`(
        status: Int, body: String
    ) async throws {
        let world = try await BrokerWorld(.answers(status, body, location: "http://127.0.0.1:1/"))
        try await world.connect(expiresIn: -10)
        let answer = try await world.call(.get, path)
        #expect(answer.status == 400 && answer.member("type") == "refresh_token_external_error", "\(answer.status)")
        let stored = try #require(try world.store.connection("u1", of: "photos", in: world.environment))
        #expect(stored.credentials.refreshToken == "rt-0" && stored.health.goneAt == nil)
        #expect(stored.health.kind == .unavailable)
    }

    @Test func `Case 209: a provider that says nothing is given up after its time, and others are not held up`()
        async throws
    {
        let world = try await BrokerWorld(.sleeps(seconds: 600), patience: 500)
        try await world.connect(expiresIn: -10)
        let start = ContinuousClock.now
        let answer = try await world.call(.get, path)
        #expect(answer.member("payload.external_message") == "timedOut")
        #expect(ContinuousClock.now - start < .seconds(300))
    }

    @Test func `Case 205: an address on a private network is not called`() async throws {
        let world = try await BrokerWorld(allows: false)
        try await world.connect(expiresIn: -10)
        #expect(try await world.call(.get, path).member("payload.external_message") == "refusedAddress")
        #expect(world.provider.seen.tokenCalls.isEmpty)
    }

    @Test func `client credentials are a token whenever one is wanted`() async throws {
        let world = try await BrokerWorld()
        try await world.integrate("machine")
        let body = #"{"connection_id":"m","provider_config_key":"machine","client_id":"ci","client_secret":"cs"}"#
        #expect(try await world.call(.post, "/connection", body).status == 201)
        #expect(world.provider.seen.headers == ["Basic " + Data("ci:cs".utf8).base64EncodedString()])
        #expect(world.provider.seen.tokenCalls == ["grant_type=client_credentials&scope=read"])
        world.site.clock.move(by: 3600)
        let answer = try await world.call(.get, "/connection/m?provider_config_key=machine")
        #expect(answer.member("credentials.token") == "at-2" && answer.member("credentials.type") == "OAUTH2_CC")
    }

    @Test func `the background renews what is used or long idle, and nothing else`() async throws {
        let world = try await BrokerWorld()
        try await world.connect("idle", expiresIn: 100)
        #expect(try await world.site.site.renewDue() == 0)
        world.site.clock.move(by: 86_400)
        #expect(try await world.site.site.renewDue() == 1)
        #expect(world.provider.seen.tokenCalls.count == 1)
        #expect(try await world.site.site.renewDue() == 0)
        // Fetched within the day, so it is kept fresh.
        _ = try await world.call(.get, "/connection/idle?provider_config_key=photos")
        try await world.store.flushUses()
        world.site.clock.move(by: 3400)
        #expect(try await world.site.site.renewDue() == 1)
        #expect(world.provider.seen.tokenCalls.count == 2)
    }

    @Test func `the background renews a short token once in half of its life, and its round ends`() async throws {
        let world = try await BrokerWorld(.rotates(expiresIn: "60"))
        try await world.connect(expiresIn: -10)
        _ = try await world.call(.get, path)
        try await world.store.flushUses()
        #expect(world.provider.seen.tokenCalls.count == 1)
        #expect(try await world.site.site.renewDue() == 0)
        world.site.clock.move(by: 30)
        #expect(try await world.site.site.renewDue() == 1)
        #expect(try await world.site.site.renewDue() == 0)
        #expect(world.provider.seen.tokenCalls.count == 2)
    }

    @Test func `a round of the background looks at every page of what is due, failures among them`() async throws {
        let world = try await BrokerWorld(.answers(503, "{}"))
        for number in 0..<150 { try await world.connect("u\(number)", expiresIn: Int64(number % 7) - 100) }
        world.site.clock.move(by: 86_400)
        #expect(try await world.site.site.renewDue() == 0)
        #expect(world.provider.seen.tokenCalls.count == 150)
    }

    @Test func `the background calls nobody for a suspended tenant`() async throws {
        let world = try await BrokerWorld()
        try await world.connect(expiresIn: 100)
        try await world.listen()
        _ = try await world.store.announceTest(in: world.environment, at: world.site.clock.now)
        world.site.clock.move(by: 86_400)
        try await world.site.suspend("tenant", world.environment.tenant.text)
        #expect(try await world.site.site.renewDue() == 0)
        #expect(try await world.site.site.deliverWebhooks() == 0)
        #expect(world.provider.seen.tokenCalls.isEmpty && world.provider.seen.webhooks.isEmpty)
    }

    @Test func `a refresh is a trace with its steps, and no token in them`() async throws {
        let world = try await BrokerWorld()
        try await world.connect(expiresIn: -10)
        _ = try await world.call(.get, path)
        let found = try #require(try world.store.traces(of: world.environment, limit: 5).first)
        #expect(found.action == .refresh && found.outcome == .success && found.connectionID == "u1")
        let trace = try #require(try world.store.trace(found.id, in: world.environment))
        #expect(
            trace.steps.map(\.sentence) == [
                "Asked the provider for new credentials.", "The provider answered.", "Stored the new credentials.",
            ])
        let written = trace.steps.flatMap(\.detail).map(\.value).joined()
        #expect(!written.contains("at-") && !written.contains("rt-") && !written.contains("s3cret"))
        // Another tenant's page does not find it.
        let globex = try await world.store.environments(of: world.site.cast.globex.id, at: world.site.clock.now)[0]
        #expect(try world.store.trace(found.id, in: globex) == nil)
        world.site.clock.move(by: Store.traceRetention)
        while try await world.store.sweep(at: world.site.clock.now) {}
        #expect(try world.store.traces(of: world.environment, limit: 5).isEmpty)
    }
}

extension BrokerWorld {
    /// Acme is told by webhook from here on.
    func listen() async throws {
        try await store.setWebhook(
            provider.url + "/webhook", of: environment, by: .system, at: site.clock.now)
    }
}
