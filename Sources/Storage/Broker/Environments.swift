package import Broker
package import OAuth
package import Portal

extension Store {
    /// The environments of a tenant in the order they were made; the first visit makes `dev` and `prod`.
    ///
    /// A new `prod` asks for HMAC from the start, so it gets a key; a new `dev` does not.
    package func environments(
        of tenant: ID<Entity.Tenant>, at now: Instant
    ) async throws -> [BrokerEnvironment] {
        let there = try engine.read { db in try self.environments(of: tenant, in: db) }
        guard there.isEmpty else { return there }
        var generator = SystemRandomNumberGenerator()
        let fresh = try BrokerEnvironment.firstNames.map { name in
            let id = ID<Entity.Environment>.random(using: &generator)
            let isProduction = name == "prod"
            let key = isProduction ? try sealHMACKey(Base62.draw(43, using: &generator), of: id) : nil
            return (id: id, name: name, publicKey: "gw_pk_" + Base62.draw(30, using: &generator), key: key)
        }
        return try await engine.write { db in
            for environment in fresh {
                try db.run(
                    """
                    INSERT INTO environments (id, tenant_id, name, public_key, requires_hmac, sealed_hmac_key, created_at)
                    VALUES (\(environment.id), \(tenant), \(environment.name), \(environment.publicKey),
                        \(environment.key != nil), \(environment.key), \(now))
                    ON CONFLICT DO NOTHING
                    """)
            }
            return try self.environments(of: tenant, in: db)
        }
    }

    package func environment(_ name: String, of tenant: ID<Entity.Tenant>) throws -> BrokerEnvironment? {
        try engine.read { db in
            try db.row(
                "\(fragment: BrokerEnvironment.select) WHERE e.tenant_id = \(tenant) AND e.name = \(name)"
            ).map(BrokerEnvironment.init)
        }
    }

    /// The environment that a browser names.
    package func environment(publicKey: String) throws -> BrokerEnvironment? {
        try engine.read { db in
            try db.row("\(fragment: BrokerEnvironment.select) WHERE e.public_key = \(publicKey)")
                .map(BrokerEnvironment.init)
        }
    }

    package func hmacKey(of environment: ID<Entity.Environment>) throws -> String? {
        let sealed = try engine.read { db in
            try db.row("SELECT sealed_hmac_key FROM environments WHERE id = \(environment)")?
                .optionalBlob("sealed_hmac_key")
        }
        return try sealed.map {
            String(
                decoding: try keyring.open($0, table: "environments", column: "hmac_key", row: environment.text),
                as: UTF8.self)
        }
    }

    /// A new HMAC key; the one before it ends at once.
    package func setHMACKey(_ key: String, of environment: BrokerEnvironment) async throws {
        let sealed = try sealHMACKey(key, of: environment.id)
        try await engine.write { db in
            _ = try db.run(
                """
                UPDATE environments SET sealed_hmac_key = \(sealed)
                WHERE id = \(environment.id) AND tenant_id = \(environment.tenant)
                """)
        }
    }

    /// - Returns: false when it has no key to check digests with.
    package func requireHMAC(_ isRequired: Bool, in environment: BrokerEnvironment) async throws -> Bool {
        try await engine.write { db in
            try db.run(
                """
                UPDATE environments SET requires_hmac = \(isRequired)
                WHERE id = \(environment.id) AND tenant_id = \(environment.tenant)
                    AND (\(isRequired) = 0 OR sealed_hmac_key IS NOT NULL)
                """) == 1
        }
    }

    package func keys(of environment: BrokerEnvironment, at now: Instant) throws -> [EnvironmentKeySummary] {
        try engine.read { db in
            try db.rows(
                """
                SELECT id, name, hint, created_by, created_at, last_used_at, expires_at FROM environment_keys
                WHERE environment_id = \(environment.id) AND tenant_id = \(environment.tenant)
                    AND (expires_at IS NULL OR expires_at > \(now))
                ORDER BY created_at DESC, id
                """
            ).map { row in
                EnvironmentKeySummary(
                    id: try row.id("id"), name: try row.text("name"), hint: try row.text("hint"),
                    createdBy: try row.text("created_by"), createdAt: try row.instant("created_at"),
                    lastUsedAt: try row.optionalInstant("last_used_at"), expiresAt: try row.optionalInstant("expires_at"))
            }
        }
    }

    /// - Returns: nil when the environment has twenty keys already.
    package func addKey(
        _ secret: Secret<EnvironmentKey>, named name: String, to environment: BrokerEnvironment, by person: Person,
        at now: Instant
    ) async throws -> ID<Entity.EnvironmentKey>? {
        let id = ID<Entity.EnvironmentKey>.random()
        let digest = keyring.digest(secret)
        let hint = secret.hint.text
        return try await engine.write { db in
            let count = try db.row(
                "SELECT count(*) AS keys FROM environment_keys WHERE environment_id = \(environment.id)")
            guard try count?.integer("keys") ?? 0 < 20 else { return nil }
            try db.run(
                """
                INSERT INTO environment_keys (id, tenant_id, environment_id, name, digest, hint, created_by, created_at)
                VALUES (\(id), \(environment.tenant), \(environment.id), \(name), \(digest), \(hint), \(person.name), \(now))
                """)
            return id
        }
    }

    /// Refused from the next request on.
    package func revokeKey(
        _ key: ID<Entity.EnvironmentKey>, of environment: BrokerEnvironment
    ) async throws -> Bool {
        try await engine.write { db in
            try db.run(
                """
                DELETE FROM environment_keys
                WHERE id = \(key) AND environment_id = \(environment.id) AND tenant_id = \(environment.tenant)
                """) == 1
        }
    }

    /// The environment that a backend's key opens: one digest, one indexed read. Nothing of a suspended tenant.
    package func environment(key: Secret<EnvironmentKey>, at now: Instant) throws -> BrokerEnvironment? {
        let digest = keyring.digest(key)
        let row = try engine.read { db in
            try db.row(
                """
                SELECT k.id AS key_id, k.last_used_at, \(fragment: BrokerEnvironment.columns)
                FROM environment_keys k JOIN environments e ON e.id = k.environment_id
                WHERE k.digest = \(digest) AND (k.expires_at IS NULL OR k.expires_at > \(now))
                    AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'tenant'
                        AND s.subject_id = e.tenant_id AND s.reinstated_at IS NULL)
                """)
        }
        guard let row else { return nil }
        uses.note(
            .environmentKey(try row.id("key_id")), at: now, stored: try row.optionalInstant("last_used_at"), address: nil)
        return try BrokerEnvironment(row)
    }

    private func environments(of tenant: ID<Entity.Tenant>, in db: any Connection) throws -> [BrokerEnvironment] {
        try db.rows("\(fragment: BrokerEnvironment.select) WHERE e.tenant_id = \(tenant) ORDER BY e.created_at, e.name")
            .map(BrokerEnvironment.init)
    }

    private func sealHMACKey(_ key: String, of environment: ID<Entity.Environment>) throws -> [UInt8] {
        try keyring.seal(Array(key.utf8), table: "environments", column: "hmac_key", row: environment.text)
    }
}

extension BrokerEnvironment {
    static let columns: SQL = """
        e.id AS environment_id, e.tenant_id, e.name AS environment_name, e.public_key, e.requires_hmac,
        e.sealed_hmac_key IS NOT NULL AS has_hmac_key, e.callback_url, e.created_at AS environment_created_at
        """

    static let select: SQL = "SELECT \(fragment: columns) FROM environments e"

    init(_ row: Row) throws {
        self.init(
            id: try row.id("environment_id"), tenant: try row.id("tenant_id"), name: try row.text("environment_name"),
            publicKey: try row.text("public_key"), requiresHMAC: try row.boolean("requires_hmac"),
            hasHMACKey: try row.boolean("has_hmac_key"), callbackURL: try row.optionalText("callback_url"),
            createdAt: try row.instant("environment_created_at"))
    }
}
