package import Broker
package import OAuth
package import Portal

extension Store {
    package func keys(of environment: BrokerEnvironment, at now: Instant) throws -> [EnvironmentKeySummary] {
        try engine.read { db in
            try db.rows(
                """
                SELECT k.id, k.name, k.hint, k.scopes, k.sealed_secret IS NOT NULL AS signs_webhooks,
                    coalesce(p.name, CASE WHEN k.created_by = '' THEN 'Gatewright' ELSE 'somebody who left' END)
                        AS created_by_name,
                    k.created_by <> '' AND (
                        NOT EXISTS (SELECT 1 FROM members m
                            WHERE m.tenant_id = k.tenant_id AND m.person_id = k.created_by)
                        OR EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'person'
                            AND s.subject_id = k.created_by AND s.reinstated_at IS NULL)) AS has_maker_left,
                    k.created_at, k.last_used_at, k.expires_at
                FROM environment_keys k LEFT JOIN live_people p ON p.id = k.created_by
                WHERE k.environment_id = \(environment.id) AND k.tenant_id = \(environment.tenant)
                    AND (k.expires_at IS NULL OR k.expires_at > \(now))
                ORDER BY k.created_at DESC, k.id
                """
            ).map { row in
                EnvironmentKeySummary(
                    id: try row.id("id"), name: try row.text("name"), hint: try row.text("hint"),
                    scopes: Self.scopes(of: try row.text("scopes")), signsWebhooks: try row.boolean("signs_webhooks"),
                    createdBy: try row.text("created_by_name"), hasMakerLeft: try row.boolean("has_maker_left"),
                    createdAt: try row.instant("created_at"),
                    lastUsedAt: try row.optionalInstant("last_used_at"),
                    expiresAt: try row.optionalInstant("expires_at"))
            }
        }
    }

    /// - Returns: nil when the environment has ``BrokerEnvironment/mostKeys`` already.
    package func addKey(
        _ secret: Secret<EnvironmentKey>, _ draft: EnvironmentKeyDraft, to environment: BrokerEnvironment,
        by actor: AuditActor, from address: String = "", at now: Instant
    ) async throws -> ID<Entity.EnvironmentKey>? {
        let id = ID<Entity.EnvironmentKey>.random()
        let row = try row(of: secret, id, signsWebhooks: draft.signsWebhooks)
        let scopes = draft.scopes.map(\.rawValue).joined(separator: " ")
        let event = event(.environmentKeyAdded, on: environment, by: actor, ["key": draft.name], from: address)
        return try await engine.write { db in
            let count = try db.row(
                """
                SELECT count(*) AS keys FROM environment_keys
                WHERE environment_id = \(environment.id) AND (expires_at IS NULL OR expires_at > \(now))
                """)
            guard try count?.int("keys") ?? 0 < BrokerEnvironment.mostKeys else { return nil }
            try db.run(
                """
                INSERT INTO environment_keys (id, tenant_id, environment_id, name, digest, sealed_secret, scopes, hint,
                    created_by, created_at)
                VALUES (\(id), \(environment.tenant), \(environment.id), \(draft.name), \(row.digest), \(row.sealed),
                    \(scopes), \(row.hint), \(actor.id), \(now))
                """)
            try self.record(event, in: db, at: now)
            return id
        }
    }

    /// A new key in the place of another, which stays good for `overlap` seconds.
    ///
    /// - Returns: nil when there is no such key.
    package func rotateKey(
        _ key: ID<Entity.EnvironmentKey>, to secret: Secret<EnvironmentKey>, of environment: BrokerEnvironment,
        overlap: Int64, by actor: AuditActor, from address: String = "", at now: Instant
    ) async throws -> ID<Entity.EnvironmentKey>? {
        let id = ID<Entity.EnvironmentKey>.random()
        let row = try row(of: secret, id, signsWebhooks: true)
        let event = event(.environmentKeyRotated, on: environment, by: actor, from: address)
        return try await engine.write { db in
            let added = try db.run(
                """
                INSERT INTO environment_keys (id, tenant_id, environment_id, name, digest, sealed_secret, scopes, hint,
                    created_by, created_at)
                SELECT \(id), tenant_id, environment_id, name, \(row.digest),
                    CASE WHEN sealed_secret IS NOT NULL THEN \(row.sealed) END, scopes, \(row.hint), \(actor.id), \(now)
                FROM environment_keys
                WHERE id = \(key) AND environment_id = \(environment.id) AND tenant_id = \(environment.tenant)
                    AND expires_at IS NULL
                """)
            guard added == 1 else { return nil }
            try db.run("UPDATE environment_keys SET expires_at = \(now + overlap) WHERE id = \(key)")
            try self.record(event, in: db, at: now)
            return id
        }
    }

    /// Refused from the next request on.
    package func revokeKey(
        _ key: ID<Entity.EnvironmentKey>, of environment: BrokerEnvironment, by actor: AuditActor,
        from address: String = "", at now: Instant
    ) async throws -> Bool {
        let event = event(.environmentKeyRevoked, on: environment, by: actor, ["key": key.text], from: address)
        return try await engine.write { db in
            let removed = try db.run(
                """
                DELETE FROM environment_keys
                WHERE id = \(key) AND environment_id = \(environment.id) AND tenant_id = \(environment.tenant)
                """)
            guard removed == 1 else { return false }
            try self.record(event, in: db, at: now)
            return true
        }
    }

    /// The environment that a backend's key opens, and what the key may do: one digest, one indexed read; the use is noted.
    /// Nothing of a suspended tenant.
    package func environment(
        key: Secret<EnvironmentKey>, at now: Instant
    ) throws -> (environment: BrokerEnvironment, key: EnvironmentKeyUse)? {
        let digest = keyring.digest(key)
        let row = try engine.read { db in
            try db.row(
                """
                SELECT k.id AS key_id, k.name AS key_name, k.scopes, k.last_used_at,
                    \(fragment: BrokerEnvironment.columns)
                FROM environment_keys k JOIN live_environments e ON e.id = k.environment_id
                WHERE k.digest = \(digest) AND (k.expires_at IS NULL OR k.expires_at > \(now))
                    AND \(fragment: BrokerEnvironment.isLive)
                """)
        }
        guard let row else { return nil }
        let id: ID<Entity.EnvironmentKey> = try row.id("key_id")
        uses.note(.environmentKey(id), at: now, stored: try row.optionalInstant("last_used_at"), address: nil)
        let scopes = try row.text("scopes")
        let use = EnvironmentKeyUse(
            id: id, name: try row.text("key_name"),
            scopes: scopes.utf8.isEmpty ? nil : Set(Self.scopes(of: scopes)))
        return (try BrokerEnvironment(row), use)
    }

    /// The keys that sign webhooks the oldest way, newest first.
    package func webhookSecrets(of environment: ID<Entity.Environment>, at now: Instant) throws -> [String] {
        try engine.read { db in
            try db.rows(
                """
                SELECT id, sealed_secret FROM environment_keys
                WHERE environment_id = \(environment) AND sealed_secret IS NOT NULL
                    AND (expires_at IS NULL OR expires_at > \(now))
                ORDER BY created_at DESC, id
                """)
        }.map { row in
            let id: ID<Entity.EnvironmentKey> = try row.id("id")
            let open = try keyring.open(
                row.blob("sealed_secret"), table: "environment_keys", column: "secret", row: id.text)
            return String(decoding: open, as: UTF8.self)
        }
    }

    private func row(
        of secret: Secret<EnvironmentKey>, _ id: ID<Entity.EnvironmentKey>, signsWebhooks: Bool
    ) throws -> (digest: Digest, sealed: [UInt8]?, hint: String) {
        let sealed =
            signsWebhooks
            ? try keyring.seal(
                Array(secret.reveal().utf8), table: "environment_keys", column: "secret", row: id.text) : nil
        return (keyring.digest(secret), sealed, secret.hint.text)
    }

    private static func scopes(of text: String) -> [BrokerScope] {
        text.utf8.split(separator: 0x20).compactMap { BrokerScope(rawValue: String(decoding: $0, as: UTF8.self)) }
    }
}

/// A key as a request brought it.
package struct EnvironmentKeyUse: Sendable {
    package let id: ID<Entity.EnvironmentKey>
    package let name: String
    /// nil for everything.
    private let scopes: Set<BrokerScope>?

    init(id: ID<Entity.EnvironmentKey>, name: String, scopes: Set<BrokerScope>?) {
        self.id = id
        self.name = name
        self.scopes = scopes
    }

    package func allows(_ scope: BrokerScope) -> Bool { scopes?.contains(scope) ?? true }

    /// In the audit log.
    package var actor: AuditActor { AuditActor(.key, id: id.text, name: name) }
}
