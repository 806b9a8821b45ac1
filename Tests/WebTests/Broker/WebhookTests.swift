import Broker
import Crypto
import Foundation
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("Webhooks", .serialized)
struct WebhookTests {
    private func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test func `a connection that was made is told in the wire's words, with all three signatures`() async throws {
        let world = try await BrokerWorld()
        try await world.listen()
        try await world.connect()
        #expect(try await world.site.site.deliverWebhooks() == 1)
        let sent = try #require(world.provider.seen.webhooks.first)
        #expect(
            sent.body == #"{"from":"nango","type":"auth","connectionId":"u1","providerConfigKey":"photos","#
                + #""authMode":"OAUTH2","provider":"photos","environment":"dev","success":true,"operation":"creation"}"#
        )
        #expect(sent.headers["content-type"] == "application/json")
        let legacy = SHA256.hash(data: Data((world.key + sent.body).utf8))
        #expect(sent.headers["x-nango-signature"] == hex(legacy))
        let key = try #require(try world.store.webhookKeys(of: world.environment.id, at: world.site.clock.now).first)
        let keyed = HMAC<SHA256>.authenticationCode(
            for: Data(sent.body.utf8), using: SymmetricKey(data: Data(key.utf8)))
        #expect(sent.headers["x-nango-hmac-sha256"] == hex(keyed))
        let id = try #require(sent.headers["gatewright-id"])
        let time = world.site.clock.now.seconds
        let timed = HMAC<SHA256>.authenticationCode(
            for: Data("\(time).\(id).\(sent.body)".utf8), using: SymmetricKey(data: Data(key.utf8)))
        #expect(sent.headers["gatewright-signature"] == "t=\(time),v1=" + hex(timed))
        // The same one again is an override; end users and tags are in it.
        let integration = try #require(try world.store.integration("photos", in: world.environment))
        let owner = ConnectionOwner(
            endUser: .object([.init("id", .string("e1")), .init("email", .string("e@x.example"))]),
            tags: ["plan": "gold"])
        _ = try await world.store.save(
            ConnectionDraft(
                connectionID: "u1",
                credentials: .oauth2(accessToken: "a", refreshToken: nil, expiresAt: nil, raw: .null), values: [:],
                owner: owner), of: integration, at: world.site.clock.now)
        _ = try await world.site.site.deliverWebhooks()
        let second = try #require(world.provider.seen.webhooks.last)
        #expect(second.body.contains(#""operation":"override""#))
        #expect(
            second.body.contains(#""endUser":{"endUserId":"e1","endUserEmail":"e@x.example","organizationId":null}"#)
                && second.body.contains(#""tags":{"plan":"gold"}"#))
    }

    @Test func `while a signing key is rotated, both sign`() async throws {
        let world = try await BrokerWorld()
        try await world.listen()
        _ = try await world.store.rotateWebhookKey(
            of: world.environment, overlap: 60, by: .system, at: world.site.clock.now)
        _ = try await world.store.announceTest(in: world.environment, at: world.site.clock.now)
        _ = try await world.site.site.deliverWebhooks()
        let both = try #require(world.provider.seen.webhooks.last?.headers["gatewright-signature"])
        #expect(both.split(separator: ",").count == 3)
        world.site.clock.move(by: 60)
        _ = try await world.store.announceTest(in: world.environment, at: world.site.clock.now)
        _ = try await world.site.site.deliverWebhooks()
        let one = try #require(world.provider.seen.webhooks.last?.headers["gatewright-signature"])
        #expect(one.split(separator: ",").count == 2)
    }

    @Test func `what fails is tried again after longer and longer, logged, and sent again on demand`() async throws {
        let world = try await BrokerWorld()
        try await world.listen()
        let id = try #require(try await world.store.announceTest(in: world.environment, at: world.site.clock.now))
        world.provider.next(Array(repeating: (500, [:]), count: 10))
        var waits: [Int64] = []
        for _ in 0..<10 {
            #expect(try await world.site.site.deliverWebhooks() == 1)
            let found = try #require(try world.store.webhook(id, in: world.environment)).delivery
            guard let next = found.nextAttemptAt else { break }
            waits.append(next - world.site.clock.now)
            #expect(try await world.site.site.deliverWebhooks() == 0)
            world.site.clock.move(by: next - world.site.clock.now)
        }
        #expect(waits == [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 43_200])
        let failed = try #require(try world.store.webhook(id, in: world.environment))
        #expect(failed.delivery.failedAt != nil && failed.attempts.count == 10)
        #expect(failed.attempts.allSatisfy { $0.status == 500 && $0.problem == "HTTP 500" })
        try await world.store.flushUses()
        let given = try world.store.traces(of: world.environment, limit: 5).first { $0.action == .webhook }
        #expect(given?.error == "webhook_failed")
        let replay = try #require(try await world.store.replay(id, in: world.environment, at: world.site.clock.now))
        #expect(try await world.site.site.deliverWebhooks() == 1)
        let again = try #require(try world.store.webhook(replay, in: world.environment)).delivery
        #expect(again.deliveredAt != nil && again.replayOf == id.text && again.body == failed.delivery.body)
    }

    @Test func `Case 209: one environment's backlog holds up nobody else's webhooks`() async throws {
        let world = try await BrokerWorld()
        try await world.listen()
        let (store, clock) = (world.store, world.site.clock)
        for _ in 0..<30 { _ = try await store.announceTest(in: world.environment, at: clock.now) }
        clock.move(by: 1)
        let globex = try await store.environments(of: world.site.cast.globex.id, at: clock.now)[0]
        try await store.setWebhook(
            world.provider.url + "/webhook", of: globex, by: .system, at: clock.now)
        let late = try #require(try await store.announceTest(in: globex, at: clock.now))
        #expect(try await world.site.site.deliverWebhooks(limit: 20) == 3)
        #expect(try store.webhook(late, in: globex)?.delivery.deliveredAt != nil)
        while try await world.site.site.deliverWebhooks(limit: 20) > 0 {}
        #expect(world.provider.seen.webhooks.count == 31)
    }

    @Test func `Case 209: a receiver that does not answer in time is asked once a minute`() async throws {
        let world = try await BrokerWorld(patience: 3000)
        try await world.listen()
        let (store, clock) = (world.store, world.site.clock)
        for _ in 0..<12 { _ = try await store.announceTest(in: world.environment, at: clock.now) }
        world.provider.delayWebhooks(60_000)
        #expect(try await world.site.site.deliverWebhooks() == 5)
        #expect(try await world.site.site.deliverWebhooks() == 0)
        world.provider.delayWebhooks(0)
        clock.move(by: 60)
        while try await world.site.site.deliverWebhooks() > 0 {}
        let delivered = try store.webhooks(of: world.environment, limit: 20).filter { $0.deliveredAt != nil }
        #expect(delivered.count == 12)
    }

    @Test func `without an address nothing is told, and another tenant replays nothing`() async throws {
        let world = try await BrokerWorld()
        try await world.connect()
        #expect(try world.store.webhooks(of: world.environment, limit: 10).isEmpty)
        #expect(try await world.store.announceTest(in: world.environment, at: world.site.clock.now) == nil)
        try await world.listen()
        let id = try #require(try await world.store.announceTest(in: world.environment, at: world.site.clock.now))
        let globex = try await world.store.environments(of: world.site.cast.globex.id, at: world.site.clock.now)[0]
        #expect(try await world.store.replay(id, in: globex, at: world.site.clock.now) == nil)
        #expect(try world.store.webhook(id, in: globex) == nil)
    }
}
