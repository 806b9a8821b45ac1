package import OAuth

/// A grant as the owner of the app sees it: that it is there, where, since when and whether it is used; who gave it
/// only as far as the app may know them anyway.
package struct AppGrant: Sendable {
    package let id: ID<Entity.Grant>
    package let tenant: Tenant
    package let scopes: ScopeSet
    package let createdAt: Instant
    package let lastUsedAt: Instant?
    private let personName: String
    /// The owner of the app is a member of the same tenant.
    private let ownerIsThere: Bool

    package init(
        id: ID<Entity.Grant>, tenant: Tenant, scopes: ScopeSet, createdAt: Instant, lastUsedAt: Instant?,
        personName: String, ownerIsThere: Bool
    ) {
        self.id = id
        self.tenant = tenant
        self.scopes = scopes
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.personName = personName
        self.ownerIsThere = ownerIsThere
    }

    /// Who gave it. Nil unless they let the app read their profile, or the owner sees them as a fellow member.
    package var visibleName: String? {
        ownerIsThere || scopes.contains(.accountRead) || scopes.contains(.default) ? personName : nil
    }
}

/// How far an app has come.
package struct AppReach: Sendable {
    package let grants: Int64
    package let people: Int64
    package let tenants: Int64

    package init(grants: Int64, people: Int64, tenants: Int64) {
        self.grants = grants
        self.people = people
        self.tenants = tenants
    }
}
