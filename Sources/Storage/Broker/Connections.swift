package import Broker
package import OAuth

extension Store {
    /// One connection with its credentials opened: one indexed read. `key` and `connectionID` are the wire's names.
    package func connection(
        _ connectionID: String, of key: String, in environment: BrokerEnvironment
    ) throws -> BrokerConnection? {
        try engine.read { db in
            try db.row(
                """
                \(fragment: BrokerConnection.select)
                WHERE i.environment_id = \(environment.id) AND i.tenant_id = \(environment.tenant) AND i.key = \(key)
                    AND c.connection_id = \(connectionID)
                """
            ).map { try self.connection($0) }
        }
    }

    package func connection(number: Int64, of tenant: ID<Entity.Tenant>) throws -> BrokerConnection? {
        try engine.read { db in
            try db.row("\(fragment: BrokerConnection.select) WHERE c.number = \(number) AND c.tenant_id = \(tenant)")
                .map { try self.connection($0) }
        }
    }

    /// - Parameters:
    ///   - connectionID: only those of exactly this ID.
    ///   - before: continues after the row of this number, newest first.
    ///   - search: part of a connection ID; `%` and `_` stand for themselves.
    package func connections(
        of environment: BrokerEnvironment, connectionID: String? = nil, integration: String? = nil,
        search: String? = nil, before: Int64? = nil, limit: Int
    ) throws -> [ConnectionSummary] {
        let pattern = search.map { "%" + Self.escapedForLike($0) + "%" }
        return try engine.read { db in
            try db.rows(
                """
                SELECT c.number, i.key, i.provider, c.connection_id, \(fragment: ConnectionHealth.columns), c.created_at,
                    c.last_fetched_at
                FROM connections c JOIN integrations i ON i.id = c.integration_id
                WHERE c.number < \(before ?? .max) AND c.tenant_id = \(environment.tenant)
                    AND i.environment_id = \(environment.id)
                    AND (\(connectionID) IS NULL OR c.connection_id = \(connectionID))
                    AND (\(integration) IS NULL OR i.key = \(integration))
                    AND (\(pattern) IS NULL OR c.connection_id LIKE \(pattern) ESCAPE '!')
                ORDER BY c.number DESC LIMIT \(limit)
                """
            ).map { row in
                ConnectionSummary(
                    number: try row.integer("number"), integrationKey: try row.text("key"),
                    provider: try row.text("provider"), connectionID: try row.text("connection_id"),
                    health: try ConnectionHealth(row), createdAt: try row.instant("created_at"),
                    lastFetchedAt: try row.optionalInstant("last_fetched_at"))
            }
        }
    }

    /// Stores what somebody connected; the same connection ID again is a reconnection, which keeps its metadata.
    package func saveConnection(
        _ connectionID: String, of integration: Integration, credentials: Credentials, values: [String: String],
        isRefreshable: Bool, at now: Instant
    ) async throws {
        let sealed = try seal(credentials, connectionID, of: integration.id)
        let values = Self.text(of: values)
        try await engine.write { db in
            _ = try db.run(
                """
                INSERT INTO connections (tenant_id, integration_id, connection_id, sealed_credentials, version, expires_at,
                    is_refreshable, field_values, metadata, created_at, updated_at)
                VALUES (\(integration.tenant), \(integration.id), \(connectionID), \(sealed), 1,
                    \(credentials.expiresAt), \(isRefreshable), \(values), '{}', \(now), \(now))
                ON CONFLICT (integration_id, connection_id) DO UPDATE SET
                    sealed_credentials = excluded.sealed_credentials, version = connections.version + 1,
                    expires_at = excluded.expires_at, is_refreshable = excluded.is_refreshable,
                    field_values = excluded.field_values, trouble = NULL, failed_at = NULL, failures = 0, gone_at = NULL,
                    lease = NULL, leased_until = NULL, updated_at = excluded.updated_at
                """)
        }
    }

    package func deleteConnection(_ connection: BrokerConnection) async throws -> Bool {
        try await engine.write { db in
            try db.run(
                "DELETE FROM connections WHERE number = \(connection.number) AND tenant_id = \(connection.tenant)") == 1
        }
    }

    package func setMetadata(_ metadata: JSONValue, of connection: BrokerConnection, at now: Instant) async throws {
        let text = String(decoding: metadata.bytes, as: UTF8.self)
        try await engine.write { db in
            _ = try db.run(
                """
                UPDATE connections SET metadata = \(text), updated_at = \(now)
                WHERE number = \(connection.number) AND tenant_id = \(connection.tenant)
                """)
        }
    }

    /// Whoever gets the lease refreshes; everybody else waits for what they store. A lease ends by itself.
    package func leaseRefresh(
        of connection: BrokerConnection, as lease: String, at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            try db.run(
                """
                UPDATE connections SET lease = \(lease), leased_until = \(now + ConnectionHealth.lease)
                WHERE number = \(connection.number) AND version = \(connection.version)
                    AND (leased_until IS NULL OR leased_until <= \(now))
                """) == 1
        }
    }

    /// - Returns: false when the credentials were replaced meanwhile, and these are not stored.
    package func finishRefresh(
        of connection: BrokerConnection, lease: String, with credentials: Credentials, values: [String: String],
        at now: Instant
    ) async throws -> Bool {
        let sealed = try seal(credentials, connection.connectionID, of: connection.integration)
        let values = Self.text(of: values)
        return try await engine.write { db in
            try db.run(
                """
                UPDATE connections SET sealed_credentials = \(sealed), version = version + 1,
                    expires_at = \(credentials.expiresAt), field_values = \(values), trouble = NULL, failed_at = NULL,
                    failures = 0, gone_at = NULL, lease = NULL, leased_until = NULL, updated_at = \(now)
                WHERE number = \(connection.number) AND version = \(connection.version) AND lease = \(lease)
                """) == 1
        }
    }

    package func failRefresh(
        of connection: BrokerConnection, lease: String, because trouble: TokenAnswer.Trouble, at now: Instant
    ) async throws {
        let isGone = if case .gone = trouble { true } else { false }
        let reason = trouble.reason
        try await engine.write { db in
            _ = try db.run(
                """
                UPDATE connections SET trouble = \(reason), failed_at = \(now), failures = failures + 1,
                    gone_at = CASE WHEN \(isGone) = 1 THEN coalesce(gone_at, \(now)) END, lease = NULL, leased_until = NULL
                WHERE number = \(connection.number) AND lease = \(lease)
                """)
        }
    }

    /// Those whose end is near, for the background: soonest first.
    package func connectionsDue(
        before end: Instant, at now: Instant, limit: Int
    ) throws -> [BrokerConnection] {
        try engine.read { db in
            try db.rows(
                """
                \(fragment: BrokerConnection.select)
                WHERE c.expires_at <= \(end) AND c.is_refreshable = 1 AND c.gone_at IS NULL
                    AND (c.leased_until IS NULL OR c.leased_until <= \(now))
                    AND (c.failed_at IS NULL OR c.failed_at <= \(now + -60))
                ORDER BY c.expires_at LIMIT \(limit)
                """
            ).map { try self.connection($0) }
        }
    }

    private func connection(_ row: Row) throws -> BrokerConnection {
        let integration: ID<Entity.Integration> = try row.id("integration_id")
        let connectionID = try row.text("connection_id")
        let opened = try keyring.open(
            row.blob("sealed_credentials"), table: "connections", column: "credentials",
            row: Self.place(connectionID, of: integration))
        guard let credentials = Credentials(stored: opened) else {
            throw StorageError.column("sealed_credentials", "holds what this version does not know")
        }
        return BrokerConnection(
            number: try row.integer("number"), tenant: try row.id("tenant_id"), integration: integration,
            integrationKey: try row.text("key"), provider: try row.text("provider"), connectionID: connectionID,
            credentials: credentials, version: try row.integer("version"), health: try ConnectionHealth(row),
            values: Self.values(of: try row.text("field_values")),
            metadata: JSONValue(Array(try row.text("metadata").utf8)) ?? .object([]),
            createdAt: try row.instant("created_at"), updatedAt: try row.instant("updated_at"),
            lastFetchedAt: try row.optionalInstant("last_fetched_at"))
    }

    private func seal(
        _ credentials: Credentials, _ connectionID: String, of integration: ID<Entity.Integration>
    ) throws -> [UInt8] {
        try keyring.seal(
            credentials.stored, table: "connections", column: "credentials",
            row: Self.place(connectionID, of: integration))
    }

    private static func place(_ connectionID: String, of integration: ID<Entity.Integration>) -> String {
        integration.text + " " + connectionID
    }

    static func text(of values: [String: String]) -> String {
        let members = values.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) }
        return String(decoding: JSONValue.object(members).bytes, as: UTF8.self)
    }

    static func values(of text: String) -> [String: String] {
        guard case .object(let members)? = JSONValue(Array(text.utf8)) else { return [:] }
        return Dictionary(
            members.compactMap { member in member.value.string.map { (member.name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    private static func escapedForLike(_ text: String) -> String {
        String(
            decoding: text.utf8.flatMap { [0x25, 0x5F, 0x21].contains($0) ? [0x21, $0] : [$0] }, as: UTF8.self)
    }
}

extension ConnectionHealth {
    static let columns: SQL = """
        c.expires_at, c.is_refreshable, c.trouble, c.failed_at, c.failures, c.gone_at, c.leased_until
        """

    init(_ row: Row) throws {
        self.init(
            expiresAt: try row.optionalInstant("expires_at"), isRefreshable: try row.boolean("is_refreshable"),
            trouble: try row.optionalText("trouble"), failedAt: try row.optionalInstant("failed_at"),
            failures: try row.int("failures"), goneAt: try row.optionalInstant("gone_at"),
            leasedUntil: try row.optionalInstant("leased_until"))
    }
}

extension BrokerConnection {
    static let select: SQL = """
        SELECT c.number, c.tenant_id, c.integration_id, i.key, i.provider, c.connection_id, c.sealed_credentials,
            c.version, \(fragment: ConnectionHealth.columns), c.field_values, c.metadata, c.created_at, c.updated_at,
            c.last_fetched_at
        FROM connections c JOIN integrations i ON i.id = c.integration_id
        """
}
