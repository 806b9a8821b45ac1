package import Broker
package import OAuth
package import Portal

extension Store {
    /// The environments of a tenant in the order they were made; the first visit makes `dev` and `prod`.
    ///
    /// A new `prod` asks for HMAC from the start, so it gets a key; a new `dev` does not.
    package func environments(of tenant: ID<Entity.Tenant>, at now: Instant) async throws -> [BrokerEnvironment] {
        let there = try engine.read { db in try self.environments(of: tenant, in: db) }
        guard there.isEmpty else { return there }
        for name in BrokerEnvironment.firstNames {
            _ = try await makeEnvironment(named: name, requiresHMAC: name == "prod", of: tenant, at: now)
        }
        return try engine.read { db in try self.environments(of: tenant, in: db) }
    }

    /// - Parameter requiresHMAC: it then has a key from the start.
    /// - Returns: nil when the tenant has one of that name, or ``BrokerEnvironment/most``, or it is no name (``BrokerEnvironment/isName(_:)``).
    package func makeEnvironment(
        named name: String, requiresHMAC: Bool, of tenant: ID<Entity.Tenant>, by actor: AuditActor = .system,
        from address: String = "", at now: Instant
    ) async throws -> BrokerEnvironment? {
        guard BrokerEnvironment.isName(name) else { return nil }
        var generator = SystemRandomNumberGenerator()
        let id = ID<Entity.Environment>.random(using: &generator)
        let publicKey = "gw_pk_" + Base62.draw(30, using: &generator)
        let hmac = requiresHMAC ? try sealEnvironment(Self.newHMACKey(), "hmac_key", id) : nil
        let webhook = try sealEnvironment(Self.newWebhookKey(), "webhook_key", id)
        let event = AuditEvent(
            .environmentAdded, by: actor, on: AuditSubject(.environment, id: id.text, name: name), in: tenant,
            from: address)
        return try await engine.write { db in
            let count = try db.row("SELECT count(*) AS there FROM live_environments WHERE tenant_id = \(tenant)")
            guard try count?.int("there") ?? 0 < BrokerEnvironment.most else { return nil }
            let added = try db.run(
                """
                INSERT INTO environments (id, tenant_id, name, public_key, requires_hmac, sealed_hmac_key,
                    sealed_webhook_key, created_at)
                SELECT \(id), id, \(name), \(publicKey), \(requiresHMAC), \(hmac), \(webhook), \(now)
                FROM live_tenants WHERE id = \(tenant)
                ON CONFLICT DO NOTHING
                """)
            guard added == 1 else { return nil }
            try self.record(event, in: db, at: now)
            return try db.row("\(fragment: BrokerEnvironment.select) WHERE e.id = \(id)").map(BrokerEnvironment.init)
        }
    }

    /// Those that are there. None are made for somebody who only reads about them.
    package func environmentsMade(of tenant: ID<Entity.Tenant>) throws -> [BrokerEnvironment] {
        try engine.read { db in try self.environments(of: tenant, in: db) }
    }

    package func environment(_ name: String, of tenant: ID<Entity.Tenant>) throws -> BrokerEnvironment? {
        try engine.read { db in
            try db.row("\(fragment: BrokerEnvironment.select) WHERE e.tenant_id = \(tenant) AND e.name = \(name)")
                .map(BrokerEnvironment.init)
        }
    }

    /// The environment that a browser names; nil also when its tenant is suspended.
    package func environment(publicKey: String) throws -> BrokerEnvironment? {
        try engine.read { db in
            try db.row(
                """
                \(fragment: BrokerEnvironment.select) WHERE e.public_key = \(publicKey)
                    AND \(fragment: BrokerEnvironment.isLive)
                """
            ).map(BrokerEnvironment.init)
        }
    }

    func event(
        _ action: AuditAction, on environment: BrokerEnvironment, by actor: AuditActor,
        _ detail: [String: String] = [:],
        from address: String
    ) -> AuditEvent {
        AuditEvent(
            action, by: actor,
            on: AuditSubject(.environment, id: environment.id.text, name: environment.name),
            in: environment.tenant, detail: detail, from: address)
    }

    private func environments(of tenant: ID<Entity.Tenant>, in db: any Connection) throws -> [BrokerEnvironment] {
        try db.rows("\(fragment: BrokerEnvironment.select) WHERE e.tenant_id = \(tenant) ORDER BY e.created_at, e.name")
            .map(BrokerEnvironment.init)
    }

    static func newHMACKey() -> String { "gw_hk_" + drawn(43) }
    static func newWebhookKey() -> String { "gw_wk_" + drawn(43) }

    private static func drawn(_ length: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return Base62.draw(length, using: &generator)
    }

    func sealEnvironment(
        _ text: String, _ column: StaticString, _ environment: ID<Entity.Environment>
    ) throws -> [UInt8] {
        try keyring.seal(Array(text.utf8), table: "environments", column: column, row: environment.text)
    }

    func openEnvironment(
        _ sealed: [UInt8], _ column: StaticString, _ environment: ID<Entity.Environment>
    ) throws -> String {
        String(
            decoding: try keyring.open(sealed, table: "environments", column: column, row: environment.text),
            as: UTF8.self)
    }
}

extension BrokerEnvironment {
    static let columns: SQL = """
        e.id AS environment_id, e.tenant_id, e.name AS environment_name, e.public_key, e.requires_hmac,
        e.sealed_hmac_key IS NOT NULL AS has_hmac_key, e.callback_url, e.webhook_url,
        e.created_at AS environment_created_at
        """

    static let select: SQL = "SELECT \(fragment: columns) FROM live_environments e"

    static let isLive: SQL = """
        NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'tenant' AND s.subject_id = e.tenant_id
            AND s.reinstated_at IS NULL)
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.id("environment_id"), tenant: try row.id("tenant_id"), name: try row.text("environment_name"),
            publicKey: try row.text("public_key"), requiresHMAC: try row.boolean("requires_hmac"),
            hasHMACKey: try row.boolean("has_hmac_key"), callbackURL: try row.optionalText("callback_url"),
            webhookURL: try row.optionalText("webhook_url"), createdAt: try row.instant("environment_created_at"))
    }
}
