package import Broker
package import OAuth

extension Store {
    package func integrations(of environment: BrokerEnvironment) throws -> [Integration] {
        try engine.read { db in
            try db.rows(
                """
                \(fragment: Integration.select)
                WHERE i.environment_id = \(environment.id) AND i.tenant_id = \(environment.tenant) ORDER BY i.key LIMIT 500
                """
            ).map(Integration.init)
        }
    }

    package func integration(_ key: String, in environment: BrokerEnvironment) throws -> Integration? {
        try engine.read { db in
            try db.row(
                """
                \(fragment: Integration.select)
                WHERE i.environment_id = \(environment.id) AND i.tenant_id = \(environment.tenant) AND i.key = \(key)
                """
            ).map(Integration.init)
        }
    }

    package func integration(of connection: BrokerConnection) throws -> Integration? {
        try engine.read { db in
            try db.row(
                """
                \(fragment: Integration.select)
                WHERE i.id = \(connection.integration) AND i.tenant_id = \(connection.tenant)
                """
            ).map(Integration.init)
        }
    }

    /// What the provider gave the developer, in clear: for the call to the provider and nothing else.
    package func registration(of integration: Integration) throws -> ClientRegistration {
        let sealed = try engine.read { db in
            try db.row("SELECT sealed_client_secret FROM integrations WHERE id = \(integration.id)")?
                .optionalBlob("sealed_client_secret")
        }
        return ClientRegistration(
            id: integration.details.clientID, secret: try sealed.map { try open($0, of: integration.id) })
    }

    /// - Returns: nil when the environment has an integration of that key.
    package func addIntegration(
        _ details: IntegrationDetails, secret: String?, to environment: BrokerEnvironment, at now: Instant
    ) async throws -> Integration? {
        let id = ID<Entity.Integration>.random()
        let sealed = try secret.map { try seal($0, of: id) }
        return try await engine.write { db in
            let added = try db.run(
                """
                INSERT INTO integrations (id, tenant_id, environment_id, key, provider, client_id, sealed_client_secret,
                    scopes, created_at, updated_at)
                VALUES (\(id), \(environment.tenant), \(environment.id), \(details.key), \(details.provider),
                    \(details.clientID), \(sealed), \(details.scopes.joined(separator: " ")), \(now), \(now))
                ON CONFLICT DO NOTHING
                """)
            guard added == 1 else { return nil }
            return Integration(
                id: id, tenant: environment.tenant, environment: environment.id, details: details,
                hasSecret: sealed != nil, createdAt: now, updatedAt: now)
        }
    }

    /// - Parameter secret: nil keeps the one there is.
    package func update(
        _ integration: Integration, clientID: String, secret: String?, scopes: [String], at now: Instant
    ) async throws {
        let sealed = try secret.map { try seal($0, of: integration.id) }
        try await engine.write { db in
            _ = try db.run(
                """
                UPDATE integrations SET client_id = \(clientID), scopes = \(scopes.joined(separator: " ")),
                    sealed_client_secret = coalesce(\(sealed), sealed_client_secret), updated_at = \(now)
                WHERE id = \(integration.id) AND tenant_id = \(integration.tenant)
                """)
        }
    }

    /// Its connections go with it.
    package func delete(_ integration: Integration) async throws {
        try await engine.write { db in
            _ = try db.run(
                "DELETE FROM integrations WHERE id = \(integration.id) AND tenant_id = \(integration.tenant)")
        }
    }

    private func seal(_ secret: String, of integration: ID<Entity.Integration>) throws -> [UInt8] {
        try keyring.seal(Array(secret.utf8), table: "integrations", column: "client_secret", row: integration.text)
    }

    private func open(_ sealed: [UInt8], of integration: ID<Entity.Integration>) throws -> String {
        String(
            decoding: try keyring.open(
                sealed, table: "integrations", column: "client_secret", row: integration.text), as: UTF8.self)
    }
}

extension Integration {
    static let select: SQL = """
        SELECT i.id AS integration_id, i.tenant_id, i.environment_id, i.key, i.provider, i.client_id, i.scopes,
            i.sealed_client_secret IS NOT NULL AS has_secret, i.created_at, i.updated_at
        FROM integrations i
        """

    init(_ row: Row) throws {
        let scopes = try row.text("scopes").utf8.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        self.init(
            id: try row.id("integration_id"), tenant: try row.id("tenant_id"), environment: try row.id("environment_id"),
            details: IntegrationDetails(
                key: try row.text("key"), provider: try row.text("provider"), clientID: try row.text("client_id"),
                scopes: scopes),
            hasSecret: try row.boolean("has_secret"), createdAt: try row.instant("created_at"),
            updatedAt: try row.instant("updated_at"))
    }
}
