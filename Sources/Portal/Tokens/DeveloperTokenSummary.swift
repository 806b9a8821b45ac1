package import OAuth

/// A person's own scoped bearer token in one tenant, as its owner sees it after it was shown once.
package struct DeveloperTokenSummary: Sendable {
    package enum Status: String, Sendable { case active, expired, revoked }

    package let id: ID<Entity.DeveloperToken>
    package let tenant: Tenant
    package let description: String
    package let scopes: ScopeSet
    package let hint: String
    package let createdAt: Instant
    package let expiresAt: Instant?
    package let lastUsedAt: Instant?
    package let lastUsedAddress: String?
    package let revokedAt: Instant?

    package init(
        id: ID<Entity.DeveloperToken>, tenant: Tenant, description: String, scopes: ScopeSet, hint: String,
        createdAt: Instant, expiresAt: Instant?, lastUsedAt: Instant?, lastUsedAddress: String?, revokedAt: Instant?
    ) {
        self.id = id
        self.tenant = tenant
        self.description = description
        self.scopes = scopes
        self.hint = hint
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.lastUsedAddress = lastUsedAddress
        self.revokedAt = revokedAt
    }

    package func status(at now: Instant) -> Status {
        if revokedAt != nil { return .revoked }
        if let expiresAt, now >= expiresAt { return .expired }
        return .active
    }
}

/// A token about to be made.
package struct DeveloperTokenDraft: Sendable {
    package let member: Member
    package let description: String
    package let scopes: ScopeSet
    package let expiresAt: Instant?

    package init(member: Member, description: String, scopes: ScopeSet, expiresAt: Instant?) {
        self.member = member
        self.description = description
        self.scopes = scopes
        self.expiresAt = expiresAt
    }
}
