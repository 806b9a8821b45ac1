package import OAuth

/// What a developer registers; the protocol calls it a client (RFC 6749 §2).
package struct App: Sendable {
    package let id: ID<Entity.Client>
    /// What clients send as `client_id`.
    package let clientID: String
    package let owner: Owner
    package let details: AppDetails
    package let createdAt: Instant
    package let updatedAt: Instant
    package let isSuspended: Bool
    /// An operator looked at it as it is now.
    package let isReviewed: Bool

    /// Who registered it, as consent pages show it.
    package struct Owner: Sendable {
        package let id: ID<Entity.Person>
        package let name: String
        package let email: String

        package init(id: ID<Entity.Person>, name: String, email: String) {
            self.id = id
            self.name = name
            self.email = email
        }
    }

    package init(
        id: ID<Entity.Client>, clientID: String, owner: Owner, details: AppDetails, createdAt: Instant,
        updatedAt: Instant, isSuspended: Bool, isReviewed: Bool = false
    ) {
        self.id = id
        self.clientID = clientID
        self.owner = owner
        self.details = details
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.isSuspended = isSuspended
        self.isReviewed = isReviewed
    }
}

extension App {
    /// What the protocol sees of it. A callback that today's rules refuse is left out: it no longer verifies.
    package var client: Client {
        Client(
            id: id, clientID: ClientID(clientID), name: details.name, kind: details.kind,
            redirectURIs: details.callbacks.compactMap { try? RegisteredRedirectURI.parse($0, details.kind) },
            pkceRequired: details.pkceRequired, tokenFormat: details.tokenFormat, allowedScopes: details.scopes)
    }
}

/// What a developer decides about an app.
package struct AppDetails: Sendable {
    package var name: String
    package var description: String
    package var homepage: String
    package var callbacks: [String]
    package var kind: Client.Kind
    package var pkceRequired: Bool
    package var tokenFormat: Client.TokenFormat
    package var scopes: ScopeSet

    package init(
        name: String, description: String, homepage: String, callbacks: [String], kind: Client.Kind,
        pkceRequired: Bool, tokenFormat: Client.TokenFormat, scopes: ScopeSet
    ) {
        self.name = name
        self.description = description
        self.homepage = homepage
        self.callbacks = callbacks
        self.kind = kind
        self.pkceRequired = pkceRequired
        self.tokenFormat = tokenFormat
        self.scopes = scopes
    }
}

/// A client secret as its owner may see it after it was shown once.
package struct ClientSecretSummary: Sendable {
    package let id: ID<Entity.ClientSecret>
    package let hint: String
    package let createdBy: String
    package let createdAt: Instant
    package let lastUsedAt: Instant?
    package let expiresAt: Instant?

    package init(
        id: ID<Entity.ClientSecret>, hint: String, createdBy: String, createdAt: Instant, lastUsedAt: Instant?,
        expiresAt: Instant?
    ) {
        self.id = id
        self.hint = hint
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
    }
}

/// How long the old secret goes on working beside a new one.
package enum SecretOverlap: String, Sendable, CaseIterable {
    case now, hour = "1h", day = "24h", week = "7d"

    /// In seconds.
    package var seconds: Int64 {
        switch self {
        case .now: 0
        case .hour: 3600
        case .day: 86_400
        case .week: 7 * 86_400
        }
    }
}

/// An app has at most two secrets that work.
package let liveSecretLimit = 2
