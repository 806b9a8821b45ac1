package import OAuth

/// A tenant's space in the broker, `dev` or `prod`: its integrations, connections and keys are apart from every other's.
package struct BrokerEnvironment: Sendable {
    package let id: ID<Entity.Environment>
    package let tenant: ID<Entity.Tenant>
    package let name: String
    /// Names the environment in browsers; opens nothing by itself.
    package let publicKey: String
    package let requiresHMAC: Bool
    package let hasHMACKey: Bool
    /// What providers are told instead of our own callback, if the tenant put an address of its own in front.
    package let callbackURL: String?
    package let createdAt: Instant

    package init(
        id: ID<Entity.Environment>, tenant: ID<Entity.Tenant>, name: String, publicKey: String, requiresHMAC: Bool,
        hasHMACKey: Bool, callbackURL: String?, createdAt: Instant
    ) {
        self.id = id
        self.tenant = tenant
        self.name = name
        self.publicKey = publicKey
        self.requiresHMAC = requiresHMAC
        self.hasHMACKey = hasHMACKey
        self.callbackURL = callbackURL
        self.createdAt = createdAt
    }

    /// What a tenant has to start with.
    package static let firstNames = ["dev", "prod"]
}

/// One of the keys that a company's backend calls with, as pages show it.
package struct EnvironmentKeySummary: Sendable {
    package let id: ID<Entity.EnvironmentKey>
    package let name: String
    package let hint: String
    package let createdBy: String
    package let createdAt: Instant
    package let lastUsedAt: Instant?
    package let expiresAt: Instant?

    package init(
        id: ID<Entity.EnvironmentKey>, name: String, hint: String, createdBy: String, createdAt: Instant,
        lastUsedAt: Instant?, expiresAt: Instant?
    ) {
        self.id = id
        self.name = name
        self.hint = hint
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
    }
}
