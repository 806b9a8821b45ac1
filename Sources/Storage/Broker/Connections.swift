package import Broker
package import OAuth
import Portal

extension Store {
    /// One connection with its credentials opened: one indexed read. `key` and `connectionID` are the wire's names.
    ///
    /// - Parameter most: in bytes, of all that is stored with it. A larger one is nil too, and is not opened.
    package func connection(
        _ connectionID: String, of key: String, in environment: BrokerEnvironment, noLargerThan most: Int = .max
    ) throws -> BrokerConnection? {
        let row = try engine.read { db in
            try db.row(
                """
                \(fragment: BrokerConnection.select)
                WHERE i.environment_id = \(environment.id) AND i.tenant_id = \(environment.tenant) AND i.key = \(key)
                    AND c.connection_id = \(connectionID)
                """)
        }
        guard let row, row.size <= most else { return nil }
        return try connection(row)
    }

    /// Its number, without opening anything; nil when there is none.
    package func connectionNumber(
        _ connectionID: String, of key: String, in environment: BrokerEnvironment
    ) throws -> Int64? {
        try engine.read { db in
            try db.row(
                """
                SELECT c.number FROM connections c JOIN live_integrations i ON i.id = c.integration_id
                WHERE i.environment_id = \(environment.id) AND i.tenant_id = \(environment.tenant) AND i.key = \(key)
                    AND c.connection_id = \(connectionID)
                """)?.integer("number")
        }
    }

    /// By the wire's numeric ID: any of the tenant's, so the caller compares the environment.
    package func connection(number: Int64, of tenant: ID<Entity.Tenant>) throws -> BrokerConnection? {
        try engine.read { db in
            try db.row("\(fragment: BrokerConnection.select) WHERE c.number = \(number) AND c.tenant_id = \(tenant)")
        }.map { try connection($0) }
    }

    /// - Parameters:
    ///   - before: continues after the row of this number, newest first.
    ///   - offset: or skips so many rows, for the wire's numbered pages.
    package func connections(
        of environment: BrokerEnvironment, _ filter: ConnectionFilter = ConnectionFilter(), before: Int64? = nil,
        offset: Int = 0, limit: Int
    ) throws -> [ConnectionSummary] {
        let integrations = try integrationIDs(filter.integrations, in: environment.id)
        guard filter.integrations.isEmpty || !integrations.isEmpty else { return [] }
        let deleted = integrations.isEmpty ? try deletedIntegrations(of: environment.id) : []
        // Which rows, from an index alone where nothing else is asked; only of these the rest is read.
        let chosen: SQL = """
            SELECT c.number FROM connections c
            WHERE c.environment_id = \(environment.id) AND c.number < \(before ?? .max)
                \(fragment: Self.condition(filter, of: integrations, but: deleted))
            ORDER BY c.number DESC LIMIT \(limit) OFFSET \(offset)
            """
        let sql: SQL = """
            SELECT c.number, i.key, i.provider, c.connection_id, \(fragment: ConnectionHealth.columns), c.metadata,
                c.end_user, c.tags, c.webhook_url, c.created_at, c.last_fetched_at
            FROM (\(fragment: chosen)) n JOIN connections c ON c.number = n.number
                JOIN live_integrations i ON i.id = c.integration_id
            ORDER BY c.number DESC
            """
        return try engine.read { db in try db.rows(sql) }.map(ConnectionSummary.init)
    }

    /// The integrations of these keys. Looked up before, so that one of them can be asked for by its own index.
    private func integrationIDs(_ keys: [String], in environment: ID<Entity.Environment>) throws -> [String] {
        guard !keys.isEmpty else { return [] }
        return try engine.read { db in
            try db.rows(
                "SELECT id FROM live_integrations WHERE environment_id = \(environment) AND key IN (\(list: keys))"
            ).map { try $0.text("id") }
        }
    }

    /// A condition only for what is asked, so that each question finds its own index.
    private static func condition(
        _ filter: ConnectionFilter, of integrations: [String], but deleted: [String]
    ) -> SQL {
        var condition: SQL = ""
        if !deleted.isEmpty { condition = "AND c.integration_id NOT IN (\(list: deleted))" }
        if let id = filter.connectionID { condition = "\(fragment: condition) AND c.connection_id = \(id)" }
        if integrations.count == 1, let only = integrations.first {
            condition = "\(fragment: condition) AND c.integration_id = \(only)"
        } else if !integrations.isEmpty {
            condition = "\(fragment: condition) AND c.integration_id IN (\(list: integrations))"
        }
        if let search = filter.search {
            let pattern = "%" + escapedForLike(search) + "%"
            condition = """
                \(fragment: condition) AND (c.connection_id LIKE \(pattern) ESCAPE '!' OR c.end_user_id = \(search)
                    OR c.organization_id = \(search))
                """
        }
        if let user = filter.endUserID { condition = "\(fragment: condition) AND c.end_user_id = \(user)" }
        if let organization = filter.organizationID {
            condition = "\(fragment: condition) AND c.organization_id = \(organization)"
        }
        if filter.isBroken { condition = "\(fragment: condition) AND c.trouble IS NOT NULL" }
        // A tag's value stands in the stored text behind its name, both quoted: "plan":"gold".
        for tag in filter.tags.prefix(5) {
            let pattern = "%" + escapedForLike(text(of: [tag.key: tag.value], inside: true)) + "%"
            condition = "\(fragment: condition) AND c.tags LIKE \(pattern) ESCAPE '!'"
        }
        return condition
    }

    func connection(_ row: Row) throws -> BrokerConnection {
        let integration: ID<Entity.Integration> = try row.id("integration_id")
        let connectionID = try row.text("connection_id")
        let version = try row.integer("version")
        let place = Self.place(connectionID, version, of: integration)
        let opened = try keyring.open(
            row.blob("sealed_credentials"), table: "connections", column: "credentials",
            row: place)
        guard let credentials = Credentials(stored: opened) else {
            throw StorageError.column("sealed_credentials", "holds what this version does not know")
        }
        return BrokerConnection(
            number: try row.integer("number"), tenant: try row.id("tenant_id"),
            environment: try row.id("environment_id"), integration: integration, integrationKey: try row.text("key"),
            provider: try row.text("provider"), definition: try row.optionalText("definition"),
            connectionID: connectionID, credentials: credentials, version: version, health: try ConnectionHealth(row),
            values: try values(row, of: "connections", place), metadata: Self.object(try row.text("metadata")),
            owner: try ConnectionOwner(row), createdAt: try row.instant("created_at"),
            updatedAt: try row.instant("updated_at"), lastFetchedAt: try row.optionalInstant("last_fetched_at"))
    }

    func seal(
        _ credentials: Credentials, _ connectionID: String, _ version: Int64, of integration: ID<Entity.Integration>
    ) throws -> [UInt8] {
        try keyring.seal(
            credentials.stored, table: "connections", column: "credentials",
            row: Self.place(connectionID, version, of: integration))
    }

    /// What a connection, an integration or a flow holds beside its secret; nil when that is nothing.
    func seal(_ values: [String: String], of table: StaticString, _ row: String) throws -> [UInt8]? {
        guard !values.isEmpty else { return nil }
        return try keyring.seal(Array(Self.text(of: values).utf8), table: table, column: "values", row: row)
    }

    /// The opposite, of the column `sealed_values`.
    func values(_ row: Row, of table: StaticString, _ place: String) throws -> [String: String] {
        guard let sealed = try row.optionalBlob("sealed_values") else { return [:] }
        let opened = try keyring.open(sealed, table: table, column: "values", row: place)
        return Self.values(of: String(decoding: opened, as: UTF8.self))
    }

    /// With the version in it, so that an older row of the same connection does not open in its place.
    static func place(_ connectionID: String, _ version: Int64, of integration: ID<Entity.Integration>) -> String {
        integration.text + " " + String(version) + " " + connectionID
    }

    static func text(of values: [String: String], inside: Bool = false) -> String {
        guard !values.isEmpty else { return inside ? "" : "{}" }
        let members = values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { JSONValue.Member($0.key, .string($0.value)) }
        let bytes = JSONValue.object(members).bytes
        return String(decoding: inside ? Array(bytes.dropFirst().dropLast()) : bytes, as: UTF8.self)
    }

    static func values(of text: String) -> [String: String] {
        guard !text.utf8.elementsEqual("{}".utf8), case .object(let members)? = JSONValue(Array(text.utf8)) else {
            return [:]
        }
        return Dictionary(
            members.compactMap { member in member.value.string.map { (member.name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    static func object(_ text: String) -> JSONValue {
        text.utf8.elementsEqual("{}".utf8) ? .object([]) : JSONValue(Array(text.utf8)) ?? .object([])
    }

    static func escapedForLike(_ text: String) -> String {
        String(decoding: text.utf8.flatMap { [0x25, 0x5F, 0x21].contains($0) ? [0x21, $0] : [$0] }, as: UTF8.self)
    }
}

extension ConnectionHealth {
    static let columns: SQL = """
        c.expires_at, c.is_refreshable, c.trouble, c.trouble_kind, c.failed_at, c.failures, c.gone_at, c.leased_until,
        c.in_doubt_since, c.refreshed_at
        """

    init(_ row: Row) throws {
        self.init(
            expiresAt: try row.optionalInstant("expires_at"), isRefreshable: try row.boolean("is_refreshable"),
            trouble: try row.optionalText("trouble"),
            kind: try row.optionalText("trouble_kind").flatMap(ConnectionHealth.Kind.init),
            failedAt: try row.optionalInstant("failed_at"), failures: try row.int("failures"),
            goneAt: try row.optionalInstant("gone_at"), leasedUntil: try row.optionalInstant("leased_until"),
            inDoubtSince: try row.optionalInstant("in_doubt_since"),
            refreshedAt: try row.optionalInstant("refreshed_at"))
    }
}

extension ConnectionOwner {
    init(_ row: Row) throws {
        self.init(
            endUser: try row.optionalText("end_user").map(Store.object) ?? .null,
            tags: Store.values(of: try row.text("tags")), webhookURL: try row.optionalText("webhook_url"))
    }
}

extension ConnectionSummary {
    fileprivate init(_ row: Row) throws {
        self.init(
            number: try row.integer("number"), integrationKey: try row.text("key"), provider: try row.text("provider"),
            connectionID: try row.text("connection_id"), health: try ConnectionHealth(row),
            metadata: Store.object(try row.text("metadata")), owner: try ConnectionOwner(row),
            createdAt: try row.instant("created_at"), lastFetchedAt: try row.optionalInstant("last_fetched_at"))
    }
}

extension BrokerConnection {
    static let select: SQL = """
        SELECT c.number, c.tenant_id, c.environment_id, c.integration_id, i.key, i.provider, i.definition, c.connection_id,
            c.sealed_credentials, c.version, \(fragment: ConnectionHealth.columns), c.sealed_values, c.metadata, c.end_user,
            c.tags, c.webhook_url, c.created_at, c.updated_at, c.last_fetched_at
        FROM connections c JOIN live_integrations i ON i.id = c.integration_id
        """
}
