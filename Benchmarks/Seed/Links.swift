import Broker
import Foundation
import OAuth
import Portal
import Storage

/// Connections of the broker: many that are fresh, and some that have just ended, at a provider of the benchmark's own.
struct Links: Encodable {
    let secret_key: String
    let integration: String
    let fresh: [String]
    let expired: [String]

    /// At a provider whose key is `slow`, in the provider file that the measured server reads.
    static func lay(on shelf: Shelf, connections: Int, expiring: Int) async throws -> Links {
        let (now, store) = (shelf.now, shelf.store)
        guard let environment = try await store.environments(of: shelf.cast.tenant, at: now).last else {
            throw Cast.Missing()
        }
        let key = Secret<EnvironmentKey>.random()
        _ = try await store.addKey(key, EnvironmentKeyDraft(name: "Benchmark"), to: environment, by: .system, at: now)
        let added = try await store.addIntegration(
            IntegrationDetails(key: "slow", provider: "slow", clientID: "id", scopes: []), secret: "secret",
            to: environment, by: .system, at: now)
        guard let integration = added else { throw Cast.Missing() }
        let fresh = (0..<connections).map { "user-\($0)" }
        let expired = (0..<expiring).map { "late-\($0)" }
        let all = fresh.map { ($0, now + 10 * 86_400) } + expired.map { ($0, now - 60) }
        for start in stride(from: 0, to: all.count, by: 1000) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (id, end) in all[start..<min(start + 1000, all.count)] {
                    group.addTask { try await save(id, ends: end, of: integration, in: store, at: now) }
                }
                try await group.waitForAll()
            }
        }
        return Links(secret_key: key.reveal(), integration: "slow", fresh: fresh, expired: expired)
    }

    /// A token answer of the usual size: two tokens of some 100 characters, and what else providers send.
    private static func save(
        _ id: String, ends end: Instant, of integration: Integration, in store: Store, at now: Instant
    ) async throws {
        var generator = SystemRandomNumberGenerator()
        let access = "at-" + Base62.draw(90, using: &generator)
        let refresh = "rt-\(id)-0"
        let raw = JSONValue.object([
            .init("access_token", .string(access)), .init("refresh_token", .string(refresh)),
            .init("token_type", .string("bearer")), .init("expires_in", .number("3600")),
            .init("scope", .string("read write offline_access")),
        ])
        _ = try await store.save(
            ConnectionDraft(
                connectionID: id,
                credentials: .oauth2(accessToken: access, refreshToken: refresh, expiresAt: end, raw: raw),
                values: ["instance_url": "https://na1.example.com"]),
            of: integration, at: now)
    }
}
