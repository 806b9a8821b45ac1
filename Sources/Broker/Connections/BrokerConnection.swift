package import OAuth

/// One end user's credentials at one integration, and how they are doing.
package struct BrokerConnection: Sendable {
    /// The wire's numeric `id`.
    package let number: Int64
    package let tenant: ID<Entity.Tenant>
    package let integration: ID<Entity.Integration>
    package let integrationKey: String
    package let provider: String
    /// What the company calls it: the wire's `connection_id`.
    package let connectionID: String
    package let credentials: Credentials
    package let version: Int64
    package let health: ConnectionHealth
    /// The wire's `connection_config`.
    package let values: [String: String]
    /// The company's own notes, any JSON object.
    package let metadata: JSONValue
    package let createdAt: Instant
    package let updatedAt: Instant
    package let lastFetchedAt: Instant?

    package init(
        number: Int64, tenant: ID<Entity.Tenant>, integration: ID<Entity.Integration>, integrationKey: String,
        provider: String, connectionID: String, credentials: Credentials, version: Int64, health: ConnectionHealth,
        values: [String: String], metadata: JSONValue, createdAt: Instant, updatedAt: Instant, lastFetchedAt: Instant?
    ) {
        self.number = number
        self.tenant = tenant
        self.integration = integration
        self.integrationKey = integrationKey
        self.provider = provider
        self.connectionID = connectionID
        self.credentials = credentials
        self.version = version
        self.health = health
        self.values = values
        self.metadata = metadata
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.lastFetchedAt = lastFetchedAt
    }
}

/// A connection as lists show it: no credentials.
package struct ConnectionSummary: Sendable {
    package let number: Int64
    package let integrationKey: String
    package let provider: String
    package let connectionID: String
    package let health: ConnectionHealth
    package let createdAt: Instant
    package let lastFetchedAt: Instant?

    package init(
        number: Int64, integrationKey: String, provider: String, connectionID: String, health: ConnectionHealth,
        createdAt: Instant, lastFetchedAt: Instant?
    ) {
        self.number = number
        self.integrationKey = integrationKey
        self.provider = provider
        self.connectionID = connectionID
        self.health = health
        self.createdAt = createdAt
        self.lastFetchedAt = lastFetchedAt
    }
}

/// How a connection's refreshes have gone.
package struct ConnectionHealth: Sendable {
    package let expiresAt: Instant?
    package let isRefreshable: Bool
    /// The provider's word for why the last refresh failed.
    package let trouble: String?
    package let failedAt: Instant?
    package let failures: Int
    /// Since when only connecting again helps.
    package let goneAt: Instant?
    package let leasedUntil: Instant?

    package init(
        expiresAt: Instant?, isRefreshable: Bool, trouble: String?, failedAt: Instant?, failures: Int, goneAt: Instant?,
        leasedUntil: Instant?
    ) {
        self.expiresAt = expiresAt
        self.isRefreshable = isRefreshable
        self.trouble = trouble
        self.failedAt = failedAt
        self.failures = failures
        self.goneAt = goneAt
        self.leasedUntil = leasedUntil
    }
}
