package import OAuth

/// One app that members of a tenant allowed, as the tenant's admins see it.
package struct TenantApp: Sendable {
    package let app: App
    package let standing: AppStanding
    /// How many people allow it now.
    package let grants: Int64
    /// How often an admin said yes to a member who has not allowed it since.
    package let unusedYeses: Int64

    package init(app: App, standing: AppStanding, grants: Int64, unusedYeses: Int64 = 0) {
        self.app = app
        self.standing = standing
        self.grants = grants
        self.unusedYeses = unusedYeses
    }
}

/// One member's grant to an app, as an admin sees it.
package struct MemberGrant: Sendable {
    package let id: ID<Entity.Grant>
    package let name: String
    package let email: String
    /// What they are now.
    package let role: Role
    package let scopes: ScopeSet
    package let allowedAs: Role
    package let isApproved: Bool
    package let createdAt: Instant
    package let lastUsedAt: Instant?

    package init(
        id: ID<Entity.Grant>, name: String, email: String, role: Role, scopes: ScopeSet, allowedAs: Role,
        isApproved: Bool, createdAt: Instant, lastUsedAt: Instant?
    ) {
        self.id = id
        self.name = name
        self.email = email
        self.role = role
        self.scopes = scopes
        self.allowedAs = allowedAs
        self.isApproved = isApproved
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }

    /// Given as an admin by somebody who is none any more: its tokens are refused.
    package var isSpent: Bool { allowedAs == .admin && role != .admin }
}
