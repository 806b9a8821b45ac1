package import OAuth

/// One of the keys that a company's backend calls with, as pages show it.
package struct EnvironmentKeySummary: Sendable {
    package let id: ID<Entity.EnvironmentKey>
    package let name: String
    package let hint: String
    /// Empty for everything.
    package let scopes: [BrokerScope]
    /// It also signs webhooks the oldest way (`X-Nango-Signature`), and is kept sealed for that.
    package let signsWebhooks: Bool
    package let createdBy: String
    /// Whoever made it is no longer in the workspace, or is suspended, and may know it still.
    package let hasMakerLeft: Bool
    package let createdAt: Instant
    package let lastUsedAt: Instant?
    package let expiresAt: Instant?

    package init(
        id: ID<Entity.EnvironmentKey>, name: String, hint: String, scopes: [BrokerScope], signsWebhooks: Bool,
        createdBy: String, hasMakerLeft: Bool, createdAt: Instant, lastUsedAt: Instant?, expiresAt: Instant?
    ) {
        self.id = id
        self.name = name
        self.hint = hint
        self.scopes = scopes
        self.signsWebhooks = signsWebhooks
        self.createdBy = createdBy
        self.hasMakerLeft = hasMakerLeft
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
    }
}

/// What somebody asks of a new key.
package struct EnvironmentKeyDraft: Sendable {
    package let name: String
    package let scopes: [BrokerScope]
    package let signsWebhooks: Bool

    package init(name: String, scopes: [BrokerScope] = [], signsWebhooks: Bool = false) {
        self.name = name
        self.scopes = scopes
        self.signsWebhooks = signsWebhooks
    }
}

/// What a key may do; the names are those of the wire format without their `environment:`.
package enum BrokerScope: String, Hashable, Sendable, CaseIterable {
    case listConnections = "connections:list"
    case readConnections = "connections:read"
    case readCredentials = "connections:read_credentials"
    case createConnections = "connections:create"
    case updateConnections = "connections:update"
    case deleteConnections = "connections:delete"
    case listIntegrations = "integrations:list"
    case readIntegrations = "integrations:read"
    case readIntegrationCredentials = "integrations:read_credentials"
    case createIntegrations = "integrations:create"
    case updateIntegrations = "integrations:update"
    case deleteIntegrations = "integrations:delete"
    case writeConnectSessions = "connect_sessions:write"
    case proxy
    case readVariables = "variables:read"

    package var title: String {
        switch self {
        case .listConnections: "List connections"
        case .readConnections: "Read connections, without credentials"
        case .readCredentials: "Read connections with their credentials"
        case .createConnections: "Import connections"
        case .updateConnections: "Change metadata, tags and end users"
        case .deleteConnections: "Delete connections"
        case .listIntegrations: "List integrations"
        case .readIntegrations: "Read integrations, without client secrets"
        case .readIntegrationCredentials: "Read integrations with their client secrets"
        case .createIntegrations: "Add integrations"
        case .updateIntegrations: "Change integrations"
        case .deleteIntegrations: "Delete integrations with their connections"
        case .writeConnectSessions: "Make connect sessions"
        case .proxy: "Call providers through the proxy"
        case .readVariables: "Read environment variables"
        }
    }
}
