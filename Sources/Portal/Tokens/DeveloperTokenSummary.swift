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
    /// Whose name that is: the owner's own, or an admin's; nil when it was no person.
    package let revokedBy: String?
    package let purpose: DeveloperTokenPurpose

    package init(
        id: ID<Entity.DeveloperToken>, tenant: Tenant, description: String, scopes: ScopeSet, hint: String,
        createdAt: Instant, expiresAt: Instant?, lastUsedAt: Instant?, lastUsedAddress: String?, revokedAt: Instant?,
        revokedBy: String? = nil, purpose: DeveloperTokenPurpose = .own
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
        self.revokedBy = revokedBy
        self.purpose = purpose
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
    package let purpose: DeveloperTokenPurpose

    package init(
        member: Member, description: String, scopes: ScopeSet, expiresAt: Instant?,
        purpose: DeveloperTokenPurpose = .own
    ) {
        self.member = member
        self.description = description
        self.scopes = scopes
        self.expiresAt = expiresAt
        self.purpose = purpose
    }
}

/// What a developer token was made for.
package enum DeveloperTokenPurpose: String, CaseIterable, Sendable {
    case own
    /// To try the API for a day, from the tenant's own page. Not for production.
    case test
}

extension DeveloperTokenDraft {
    /// Seconds that a test token lives: 24 hours.
    package static let testLifetime: Int64 = 86_400

    /// A test token can do whatever its person may give away and the workspace's rules let a token have; nil when that
    /// is nothing.
    package static func test(
        for member: Member, catalogue: [ScopeDescription], under rules: TokenRules, at now: Instant
    ) -> Self? {
        let scopes = ScopeDescription.available(to: member.role, from: catalogue).filter {
            $0.scope != .default && rules.allows($0.scope)
        }
        guard !scopes.isEmpty else { return nil }
        return DeveloperTokenDraft(
            member: member, description: "Test token, not for production", scopes: ScopeSet(scopes.map(\.scope)),
            expiresAt: now + testLifetime, purpose: .test)
    }
}
