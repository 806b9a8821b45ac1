package import Broker
package import OAuth
package import Portal

extension Store {
    /// The keys that digests are checked with: the one in use, and the one before it while it is still good.
    package func hmacKeys(of environment: ID<Entity.Environment>, at now: Instant) throws -> [String] {
        try signingKeys(
            """
            SELECT sealed_hmac_key AS own, CASE WHEN old_hmac_until > \(now) THEN sealed_old_hmac_key END AS old
            FROM environments WHERE id = \(environment)
            """, "hmac_key", "old_hmac_key", environment)
    }

    /// The keys that webhooks are signed with, the one in use first.
    package func webhookKeys(of environment: ID<Entity.Environment>, at now: Instant) throws -> [String] {
        try signingKeys(
            """
            SELECT sealed_webhook_key AS own, CASE WHEN old_webhook_until > \(now) THEN sealed_old_webhook_key END AS old
            FROM environments WHERE id = \(environment)
            """, "webhook_key", "old_webhook_key", environment)
    }

    private func signingKeys(
        _ sql: SQL, _ own: StaticString, _ old: StaticString, _ environment: ID<Entity.Environment>
    ) throws -> [String] {
        guard let row = try engine.read({ db in try db.row(sql) }) else { return [] }
        return try [
            row.optionalBlob("own").map { try openEnvironment($0, own, environment) },
            row.optionalBlob("old").map { try openEnvironment($0, old, environment) },
        ].compactMap { $0 }
    }

    /// A new HMAC key. The one before it stays good for `overlap` seconds.
    ///
    /// - Parameter key: at least 32 bytes; nil for one of ours.
    /// - Returns: the key, to be shown to whoever asked.
    package func rotateHMACKey(
        of environment: BrokerEnvironment, to key: String? = nil, overlap: Int64, by actor: AuditActor,
        from address: String = "", at now: Instant
    ) async throws -> String {
        let key = key ?? Self.newHMACKey()
        let sealed = try sealEnvironment(key, "hmac_key", environment.id)
        let old = try hmacKeys(of: environment.id, at: now).first.map {
            try sealEnvironment($0, "old_hmac_key", environment.id)
        }
        let event = event(.hmacKeyRotated, on: environment, by: actor, from: address)
        try await engine.write { db in
            try self.record(event, in: db, at: now)
            _ = try db.run(
                """
                UPDATE environments SET sealed_hmac_key = \(sealed), sealed_old_hmac_key = \(old),
                    old_hmac_until = \(now + overlap)
                WHERE id = \(environment.id) AND tenant_id = \(environment.tenant)
                """)
        }
        return key
    }

    /// A new key for webhooks. For `overlap` seconds they are signed with both.
    package func rotateWebhookKey(
        of environment: BrokerEnvironment, overlap: Int64, by actor: AuditActor, from address: String = "",
        at now: Instant
    ) async throws -> String {
        let key = Self.newWebhookKey()
        let sealed = try sealEnvironment(key, "webhook_key", environment.id)
        let old = try webhookKeys(of: environment.id, at: now).first.map {
            try sealEnvironment($0, "old_webhook_key", environment.id)
        }
        let event = event(.webhookKeyRotated, on: environment, by: actor, from: address)
        try await engine.write { db in
            try self.record(event, in: db, at: now)
            _ = try db.run(
                """
                UPDATE environments SET sealed_webhook_key = \(sealed), sealed_old_webhook_key = \(old),
                    old_webhook_until = \(now + overlap)
                WHERE id = \(environment.id) AND tenant_id = \(environment.tenant)
                """)
        }
        return key
    }

    /// - Returns: false when it has no key to check digests with.
    package func requireHMAC(
        _ isRequired: Bool, in environment: BrokerEnvironment, by actor: AuditActor, from address: String = "",
        at now: Instant
    ) async throws -> Bool {
        let event = event(
            .environmentChanged, on: environment, by: actor, ["require_hmac": isRequired ? "on" : "off"], from: address)
        return try await engine.write { db in
            let changed = try db.run(
                """
                UPDATE environments SET requires_hmac = \(isRequired)
                WHERE id = \(environment.id) AND tenant_id = \(environment.tenant)
                    AND (\(isRequired) = 0 OR sealed_hmac_key IS NOT NULL)
                """)
            guard changed == 1 else { return false }
            try self.record(event, in: db, at: now)
            return true
        }
    }

    /// - Parameters: addresses that were checked; nil for none.
    package func setAddresses(
        callback: String?, webhook: String?, of environment: BrokerEnvironment, by actor: AuditActor,
        from address: String = "", at now: Instant
    ) async throws {
        let event = event(
            .environmentChanged, on: environment, by: actor,
            ["callback": callback ?? "our own", "webhook": webhook ?? "none"], from: address)
        try await engine.write { db in
            try self.record(event, in: db, at: now)
            _ = try db.run(
                """
                UPDATE environments SET callback_url = \(callback), webhook_url = \(webhook)
                WHERE id = \(environment.id) AND tenant_id = \(environment.tenant)
                """)
        }
    }

    /// Exact origins (`https://app.example.com`) that results are posted to.
    package func allowedOrigins(of environment: ID<Entity.Environment>) throws -> [String] {
        try engine.read { db in
            try db.rows("SELECT origin FROM allowed_origins WHERE environment_id = \(environment) ORDER BY origin")
                .map { try $0.text("origin") }
        }
    }

    package func setAllowedOrigins(
        _ origins: [String], of environment: BrokerEnvironment, by actor: AuditActor, from address: String = "",
        at now: Instant
    ) async throws {
        let event = event(
            .environmentChanged, on: environment, by: actor, ["origins": origins.joined(separator: " ")], from: address)
        try await engine.write { db in
            try self.record(event, in: db, at: now)
            try db.run("DELETE FROM allowed_origins WHERE environment_id = \(environment.id)")
            for origin in origins {
                try db.run(
                    """
                    INSERT INTO allowed_origins (environment_id, origin) VALUES (\(environment.id), \(origin))
                    ON CONFLICT DO NOTHING
                    """)
            }
        }
    }
}
