package import OAuth

/// One provider as one environment uses it.
package struct Integration: Sendable {
    package let id: ID<Entity.Integration>
    package let tenant: ID<Entity.Tenant>
    package let environment: ID<Entity.Environment>
    package let details: IntegrationDetails
    package let hasSecret: Bool
    package let createdAt: Instant
    package let updatedAt: Instant

    package init(
        id: ID<Entity.Integration>, tenant: ID<Entity.Tenant>, environment: ID<Entity.Environment>,
        details: IntegrationDetails, hasSecret: Bool, createdAt: Instant, updatedAt: Instant
    ) {
        self.id = id
        self.tenant = tenant
        self.environment = environment
        self.details = details
        self.hasSecret = hasSecret
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// What a developer says about an integration.
package struct IntegrationDetails: Sendable {
    /// The wire's `provider_config_key`.
    package let key: String
    /// The catalogue's key.
    package let provider: String
    package let clientID: String
    package let scopes: [String]

    package init(key: String, provider: String, clientID: String, scopes: [String]) {
        self.key = key
        self.provider = provider
        self.clientID = clientID
        self.scopes = scopes
    }
}
