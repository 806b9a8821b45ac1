package import OAuth

/// One end user's credentials at one integration, and how they are doing.
package struct BrokerConnection: Sendable {
    /// The wire's numeric `id`.
    package let number: Int64
    package let tenant: ID<Entity.Tenant>
    package let environment: ID<Entity.Environment>
    package let integration: ID<Entity.Integration>
    package let integrationKey: String
    package let provider: String
    /// Of an integration whose provider is its own.
    package let definition: String?
    /// What the company calls it: the wire's `connection_id`.
    package let connectionID: String
    package private(set) var credentials: Credentials
    package let version: Int64
    package let health: ConnectionHealth
    /// The wire's `connection_config`.
    package let values: [String: String]
    /// The company's own notes, any JSON object.
    package let metadata: JSONValue
    package let owner: ConnectionOwner
    package let createdAt: Instant
    package let updatedAt: Instant
    package let lastFetchedAt: Instant?

    package init(
        number: Int64, tenant: ID<Entity.Tenant>, environment: ID<Entity.Environment>,
        integration: ID<Entity.Integration>, integrationKey: String, provider: String, definition: String?,
        connectionID: String, credentials: Credentials, version: Int64, health: ConnectionHealth,
        values: [String: String], metadata: JSONValue, owner: ConnectionOwner, createdAt: Instant, updatedAt: Instant,
        lastFetchedAt: Instant?
    ) {
        self.number = number
        self.tenant = tenant
        self.environment = environment
        self.integration = integration
        self.integrationKey = integrationKey
        self.provider = provider
        self.definition = definition
        self.connectionID = connectionID
        self.credentials = credentials
        self.version = version
        self.health = health
        self.values = values
        self.metadata = metadata
        self.owner = owner
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.lastFetchedAt = lastFetchedAt
    }

    /// The same with credentials for this moment, which are not stored.
    package func carrying(_ credentials: Credentials) -> BrokerConnection {
        var connection = self
        connection.credentials = credentials
        return connection
    }
}

/// Whose connection it is, by what the company says of its own customer.
package struct ConnectionOwner: Sendable {
    /// `{"id": …, "email": …, "display_name": …, "organization": {…}}` as it was given, or null.
    package var endUser: JSONValue
    /// Names and texts.
    package var tags: [String: String]
    /// Told instead of the environment's address.
    package var webhookURL: String?

    package init(endUser: JSONValue = .null, tags: [String: String] = [:], webhookURL: String? = nil) {
        self.endUser = endUser
        self.tags = tags
        self.webhookURL = webhookURL
    }

    package static let mostTags = 64

    /// Whether a company may say so of a connection, wherever it says it.
    package static func isTag(_ name: String, _ value: JSONValue) -> Bool {
        guard let text = value.string else { return false }
        return (1...64).contains(name.utf8.count) && text.utf8.count <= 255
    }

    package var endUserID: String? { endUser["id"]?.string }
    package var organizationID: String? { endUser["organization"]?["id"]?.string }
}

/// A connection as lists show it: no credentials.
package struct ConnectionSummary: Sendable {
    package let number: Int64
    package let integrationKey: String
    package let provider: String
    package let connectionID: String
    package let health: ConnectionHealth
    package let metadata: JSONValue
    package let owner: ConnectionOwner
    package let createdAt: Instant
    package let lastFetchedAt: Instant?

    package init(
        number: Int64, integrationKey: String, provider: String, connectionID: String, health: ConnectionHealth,
        metadata: JSONValue, owner: ConnectionOwner, createdAt: Instant, lastFetchedAt: Instant?
    ) {
        self.number = number
        self.integrationKey = integrationKey
        self.provider = provider
        self.connectionID = connectionID
        self.health = health
        self.metadata = metadata
        self.owner = owner
        self.createdAt = createdAt
        self.lastFetchedAt = lastFetchedAt
    }
}

/// Which connections a list shows. Empty parts do not filter.
package struct ConnectionFilter: Sendable {
    package var connectionID: String?
    /// Keys of integrations, any of them.
    package var integrations: [String] = []
    /// Part of a connection ID, or an end user's whole ID; `%` and `_` stand for themselves.
    package var search: String?
    package var endUserID: String?
    package var organizationID: String?
    /// All of these.
    package var tags: [String: String] = [:]
    /// Only those that need somebody.
    package var isBroken = false

    package init() {}
}

/// How a connection's refreshes have gone.
package struct ConnectionHealth: Sendable {
    package let expiresAt: Instant?
    package let isRefreshable: Bool
    /// The provider's word for why the last refresh failed.
    package let trouble: String?
    package let kind: Kind?
    package let failedAt: Instant?
    package let failures: Int
    /// Since when only connecting again helps.
    package let goneAt: Instant?
    package let leasedUntil: Instant?
    /// A refresh was cut off in the middle then, and the provider may have changed its refresh token.
    package let inDoubtSince: Instant?
    /// When it was connected or renewed the last time.
    package let refreshedAt: Instant?

    /// Who can help: the end user by connecting again, the developer, or time.
    package enum Kind: String, Sendable { case gone, misconfigured, unavailable }

    package init(
        expiresAt: Instant?, isRefreshable: Bool, trouble: String?, kind: Kind? = nil, failedAt: Instant?,
        failures: Int, goneAt: Instant?, leasedUntil: Instant?, inDoubtSince: Instant? = nil,
        refreshedAt: Instant? = nil
    ) {
        self.expiresAt = expiresAt
        self.isRefreshable = isRefreshable
        self.trouble = trouble
        self.kind = kind
        self.failedAt = failedAt
        self.failures = failures
        self.goneAt = goneAt
        self.leasedUntil = leasedUntil
        self.inDoubtSince = inDoubtSince
        self.refreshedAt = refreshedAt
    }
}

extension TokenAnswer.Trouble {
    package var kind: ConnectionHealth.Kind {
        switch self {
        case .gone: .gone
        case .misconfigured: .misconfigured
        case .unavailable: .unavailable
        }
    }
}
