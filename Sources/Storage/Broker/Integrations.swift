package import Broker
package import OAuth
package import Portal

extension Store {
    /// All of an environment, with the developer's own values opened.
    package func integrations(of environment: BrokerEnvironment) throws -> [Integration] {
        try engine.read { db in
            try db.rows(
                """
                \(fragment: Integration.select)
                WHERE i.environment_id = \(environment.id) AND i.tenant_id = \(environment.tenant) ORDER BY i.key LIMIT \(BrokerEnvironment.mostIntegrations)
                """
            ).map { try self.integration($0) }
        }
    }

    /// How many connections each integration has, by the integration's ID; those without any are left out.
    package func connectionCounts(of environment: BrokerEnvironment) throws -> [ID<Entity.Integration>: Int64] {
        let deleted = try deletedIntegrations(of: environment.id)
        let rows = try engine.read { db in
            try db.rows(
                """
                SELECT integration_id, count(*) AS connections FROM connections
                WHERE environment_id = \(environment.id) GROUP BY integration_id
                """)
        }
        let counts: [(ID<Entity.Integration>, Int64)] = try rows.map {
            (try $0.id("integration_id"), try $0.integer("connections"))
        }
        return Dictionary(counts.filter { !deleted.contains($0.0.text) }, uniquingKeysWith: { first, _ in first })
    }

    /// The keys of all integrations, without opening anything of them.
    package func integrationKeys(of environment: BrokerEnvironment) throws -> Set<String> {
        try engine.read { db in
            Set(
                try db.rows("SELECT key FROM live_integrations WHERE environment_id = \(environment.id)").map {
                    try $0.text("key")
                })
        }
    }

    /// - Parameter key: the wire's `provider_config_key`.
    package func integration(_ key: String, in environment: BrokerEnvironment) throws -> Integration? {
        try engine.read { db in
            try db.row(
                """
                \(fragment: Integration.select)
                WHERE i.environment_id = \(environment.id) AND i.tenant_id = \(environment.tenant) AND i.key = \(key)
                """
            ).map { try self.integration($0) }
        }
    }

    /// Any tenant's: whoever has the ID from a request compares the environment.
    package func integration(_ id: ID<Entity.Integration>) throws -> Integration? {
        try engine.read { db in
            try db.row("\(fragment: Integration.select) WHERE i.id = \(id)").map { try self.integration($0) }
        }
    }

    /// What the provider gave the developer, in clear: for the call to the provider and nothing else.
    package func registration(of integration: Integration) throws -> ClientRegistration {
        let sealed = try engine.read { db in
            try db.row("SELECT sealed_client_secret FROM live_integrations WHERE id = \(integration.id)")?
                .optionalBlob("sealed_client_secret")
        }
        return ClientRegistration(
            id: integration.details.clientID, secret: try sealed.map { try open($0, of: integration.id) })
    }

    /// - Parameter details: checked: the key's characters, and a provider that exists or a definition that can be read.
    /// - Returns: nil when the environment has an integration of that key, or ``BrokerEnvironment/mostIntegrations``.
    package func addIntegration(
        _ details: IntegrationDetails, secret: String?, to environment: BrokerEnvironment, by actor: AuditActor,
        from address: String = "", at now: Instant
    ) async throws -> Integration? {
        let id = ID<Entity.Integration>.random()
        let sealed = try secret.map { try seal($0, of: id) }
        let values = try seal(details.values, of: "integrations", id.text)
        let event = event(.integrationAdded, id, details.key, in: environment.tenant, by: actor, from: address)
        return try await engine.write { db in
            let count = try db.row(
                "SELECT count(*) AS there FROM live_integrations WHERE environment_id = \(environment.id)")
            guard try count?.int("there") ?? 0 < BrokerEnvironment.mostIntegrations else { return nil }
            let added = try db.run(
                """
                INSERT INTO integrations (id, tenant_id, environment_id, key, provider, definition, display_name,
                    client_id, sealed_client_secret, scopes, sealed_values, has_own_callback, created_at, updated_at)
                SELECT \(id), tenant_id, id, \(details.key), \(details.provider), \(details.definition),
                    \(details.displayName), \(details.clientID), \(sealed), \(details.scopes.joined(separator: " ")),
                    \(values), \(details.hasOwnCallback), \(now), \(now)
                FROM live_environments WHERE id = \(environment.id) AND tenant_id = \(environment.tenant)
                ON CONFLICT DO NOTHING
                """)
            guard added == 1 else { return nil }
            try self.record(event, in: db, at: now)
            return try db.row("\(fragment: Integration.select) WHERE i.id = \(id)").map { try self.integration($0) }
        }
    }

    /// Everything but the provider can be changed; what the provider refused before is forgotten, since it may work now.
    ///
    /// - Parameter secret: nil keeps the one there is.
    /// - Returns: false when another integration has the key already.
    package func update(
        _ integration: Integration, to details: IntegrationDetails, secret: String?, by actor: AuditActor,
        from address: String = "", at now: Instant
    ) async throws -> Bool {
        let sealed = try secret.map { try seal($0, of: integration.id) }
        let values = try seal(details.values, of: "integrations", integration.id.text)
        let event = event(
            .integrationChanged, integration.id, details.key, in: integration.tenant, by: actor, from: address)
        return try await engine.write { db in
            let taken = try db.row(
                """
                SELECT 1 AS one FROM integrations
                WHERE environment_id = \(integration.environment) AND key = \(details.key) AND id <> \(integration.id)
                """)
            guard taken == nil else { return false }
            let changed = try db.run(
                """
                UPDATE integrations SET key = \(details.key), definition = \(details.definition),
                    display_name = \(details.displayName), client_id = \(details.clientID),
                    scopes = \(details.scopes.joined(separator: " ")), sealed_values = \(values),
                    has_own_callback = \(details.hasOwnCallback),
                    sealed_client_secret = coalesce(\(sealed), sealed_client_secret), trouble = NULL, failed_at = NULL,
                    updated_at = \(now)
                WHERE id = \(integration.id) AND tenant_id = \(integration.tenant) AND deleted_at IS NULL
                """)
            guard changed == 1 else { return false }
            try self.record(event, in: db, at: now)
            return true
        }
    }

    /// Notes that the provider refused the developer's registration, or with nil that it works.
    package func note(
        trouble: String?, of integration: ID<Entity.Integration>, at now: Instant
    ) async throws {
        try await engine.write { db in try self.note(trouble: trouble, of: integration, in: db, at: now) }
    }

    func note(
        trouble: String?, of integration: ID<Entity.Integration>, in db: any Connection, at now: Instant
    ) throws {
        if let trouble {
            try db.run(
                "UPDATE integrations SET trouble = \(trouble), failed_at = \(now) WHERE id = \(integration)")
        } else {
            try db.run(
                "UPDATE integrations SET trouble = NULL, failed_at = NULL WHERE id = \(integration) AND trouble IS NOT NULL"
            )
        }
    }

    func event(
        _ action: AuditAction, _ id: ID<Entity.Integration>, _ key: String, in tenant: ID<Entity.Tenant>,
        by actor: AuditActor, from address: String
    ) -> AuditEvent {
        AuditEvent(
            action, by: actor, on: AuditSubject(.integration, id: id.text, name: key), in: tenant, from: address)
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

extension Store {
    func integration(_ row: Row) throws -> Integration {
        let id: ID<Entity.Integration> = try row.id("integration_id")
        return try Integration(row, id, values: values(row, of: "integrations", id.text))
    }
}

extension Integration {
    static let select: SQL = """
        SELECT i.id AS integration_id, i.tenant_id, i.environment_id, i.key, i.provider, i.definition, i.display_name,
            i.client_id, i.scopes, i.sealed_values, i.has_own_callback, i.sealed_client_secret IS NOT NULL AS has_secret,
            i.trouble, i.failed_at, i.created_at, i.updated_at
        FROM live_integrations i
        """

    fileprivate init(_ row: Row, _ id: ID<Entity.Integration>, values: [String: String]) throws {
        let scopes = try row.text("scopes").utf8.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        self.init(
            id: id, tenant: try row.id("tenant_id"),
            environment: try row.id("environment_id"),
            details: IntegrationDetails(
                key: try row.text("key"), provider: try row.text("provider"),
                definition: try row.optionalText("definition"), displayName: try row.text("display_name"),
                clientID: try row.text("client_id"), scopes: scopes,
                values: values,
                hasOwnCallback: try row.boolean("has_own_callback")),
            hasSecret: try row.boolean("has_secret"), trouble: try row.optionalText("trouble"),
            failedAt: try row.optionalInstant("failed_at"), createdAt: try row.instant("created_at"),
            updatedAt: try row.instant("updated_at"))
    }
}
