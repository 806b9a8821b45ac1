package import OAuth

/// What one person allowed one app to do in one tenant, as lists show it.
package struct GrantSummary: Sendable {
    package let id: ID<Entity.Grant>
    package let tenant: Tenant
    package let app: App
    package let scopes: ScopeSet
    package let createdAt: Instant
    package let lastUsedAt: Instant?

    package init(
        id: ID<Entity.Grant>, tenant: Tenant, app: App, scopes: ScopeSet, createdAt: Instant, lastUsedAt: Instant?
    ) {
        self.id = id
        self.tenant = tenant
        self.app = app
        self.scopes = scopes
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }
}
