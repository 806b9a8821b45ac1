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
    /// - Parameters:
    ///   - key: nil for one of ours.
    ///   - overlap: 0 ends whatever was good before, also a key that was promised more time.
    /// - Returns: the key, to be shown to whoever asked; nil while the key before this one is still good.
    package func rotateHMACKey(
        of environment: BrokerEnvironment, to key: String? = nil, overlap: Int64, by actor: AuditActor,
        from address: String = "", at now: Instant
    ) async throws -> String? {
        let key = key ?? Self.newHMACKey()
        let sealed = try sealEnvironment(key, "hmac_key", environment.id)
        let event = event(.hmacKeyRotated, on: environment, by: actor, from: address)
        return try await engine.write { db in
            // Read here and not before: of two at once, the second must keep what the first has just made.
            let row = try db.row(
                """
                SELECT sealed_hmac_key AS own, sealed_old_hmac_key IS NOT NULL AND old_hmac_until > \(now) AS overlaps
                FROM environments WHERE id = \(environment.id) AND tenant_id = \(environment.tenant)
                """)
            guard let row, try overlap <= 0 || !row.boolean("overlaps") else { return nil }
            let old = try row.optionalBlob("own").map { own in
                try self.sealEnvironment(
                    self.openEnvironment(own, "hmac_key", environment.id), "old_hmac_key", environment.id)
            }
            try self.record(event, in: db, at: now)
            try db.run(
                """
                UPDATE environments SET sealed_hmac_key = \(sealed), sealed_old_hmac_key = \(old),
                    old_hmac_until = \(now + overlap)
                WHERE id = \(environment.id)
                """)
            return key
        }
    }

    /// A new key for webhooks. For `overlap` seconds they are signed with both; 0 ends whatever signed before.
    ///
    /// - Returns: the key; nil while they are still signed with the key before this one, too.
    package func rotateWebhookKey(
        of environment: BrokerEnvironment, overlap: Int64, by actor: AuditActor, from address: String = "",
        at now: Instant
    ) async throws -> String? {
        let key = Self.newWebhookKey()
        let sealed = try sealEnvironment(key, "webhook_key", environment.id)
        let event = event(.webhookKeyRotated, on: environment, by: actor, from: address)
        return try await engine.write { db in
            let row = try db.row(
                """
                SELECT sealed_webhook_key AS own,
                    sealed_old_webhook_key IS NOT NULL AND old_webhook_until > \(now) AS overlaps
                FROM environments WHERE id = \(environment.id) AND tenant_id = \(environment.tenant)
                """)
            guard let row, try overlap <= 0 || !row.boolean("overlaps") else { return nil }
            let own = try self.openEnvironment(row.blob("own"), "webhook_key", environment.id)
            let old = try self.sealEnvironment(own, "old_webhook_key", environment.id)
            try self.record(event, in: db, at: now)
            try db.run(
                """
                UPDATE environments SET sealed_webhook_key = \(sealed), sealed_old_webhook_key = \(old),
                    old_webhook_until = \(now + overlap)
                WHERE id = \(environment.id)
                """)
            return key
        }
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

    /// - Parameter callback: an address that was checked; nil for our own.
    package func setCallback(
        _ callback: String?, of environment: BrokerEnvironment, by actor: AuditActor, from address: String = "",
        at now: Instant
    ) async throws {
        let event = event(
            .environmentChanged, on: environment, by: actor, ["callback": callback ?? "our own"], from: address)
        try await change(
            """
            UPDATE environments SET callback_url = \(callback)
            WHERE id = \(environment.id) AND tenant_id = \(environment.tenant)
            """, event, at: now)
    }

    /// - Parameter webhook: an address that was checked; nil for none.
    package func setWebhook(
        _ webhook: String?, of environment: BrokerEnvironment, by actor: AuditActor, from address: String = "",
        at now: Instant
    ) async throws {
        let event = event(
            .environmentChanged, on: environment, by: actor, ["webhook": webhook ?? "none"], from: address)
        try await change(
            """
            UPDATE environments SET webhook_url = \(webhook)
            WHERE id = \(environment.id) AND tenant_id = \(environment.tenant)
            """, event, at: now)
    }

    private func change(_ sql: SQL, _ event: AuditEvent, at now: Instant) async throws {
        try await engine.write { db in
            guard try db.run(sql) == 1 else { return }
            try self.record(event, in: db, at: now)
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
