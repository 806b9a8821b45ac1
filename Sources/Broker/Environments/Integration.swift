package import OAuth

/// One provider as one environment uses it.
package struct Integration: Sendable {
    package let id: ID<Entity.Integration>
    package let tenant: ID<Entity.Tenant>
    package let environment: ID<Entity.Environment>
    package let details: IntegrationDetails
    package let hasSecret: Bool
    /// Why the provider refused the registration the last time, and when; nil while it works.
    package let trouble: String?
    package let failedAt: Instant?
    package let createdAt: Instant
    package let updatedAt: Instant

    package init(
        id: ID<Entity.Integration>, tenant: ID<Entity.Tenant>, environment: ID<Entity.Environment>,
        details: IntegrationDetails, hasSecret: Bool, trouble: String? = nil, failedAt: Instant? = nil,
        createdAt: Instant, updatedAt: Instant
    ) {
        self.id = id
        self.tenant = tenant
        self.environment = environment
        self.details = details
        self.hasSecret = hasSecret
        self.trouble = trouble
        self.failedAt = failedAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// What a developer says about an integration.
package struct IntegrationDetails: Sendable {
    /// The wire's `provider_config_key`.
    package var key: String
    /// The catalogue's key.
    package var provider: String
    /// A provider entry of its own, in the form of a provider file with one entry whose key is `provider`.
    package var definition: String?
    package var displayName: String
    package var clientID: String
    package var scopes: [String]
    /// What the developer says once for all connections (fields whose source is the integration).
    package var values: [String: String]
    /// Whether the developer wants providers to be told `/oauth/callback/{id}` instead of `/oauth/callback`.
    package var hasOwnCallback: Bool
    /// Whether they are told so, which rules out mix-up. Always with a provider of one's own: its token address may be
    /// anybody's, and must never be given a code that an honest provider sent to the address that all others share.
    package var usesOwnCallback: Bool { hasOwnCallback || definition != nil }

    package init(
        key: String, provider: String, definition: String? = nil, displayName: String = "", clientID: String,
        scopes: [String], values: [String: String] = [:], hasOwnCallback: Bool = false
    ) {
        self.key = key
        self.provider = provider
        self.definition = definition
        self.displayName = displayName
        self.clientID = clientID
        self.scopes = scopes
        self.values = values
        self.hasOwnCallback = hasOwnCallback
    }
}

extension IntegrationDetails {
    /// The scopes of a text, whatever stands between them: `a,b`, `a b`, or one on each line.
    package static func scopes(of text: String) -> [String] {
        text.utf8.split { [0x20, 0x09, 0x0A, 0x0D, 0x2C].contains($0) }.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension Integration {
    /// What a call needs: a connection's values, with those that the developer set for all of them. They are put
    /// together when they are used, so a change reaches every connection, and imported ones too.
    package func completing(_ values: [String: String]) -> [String: String] {
        values.merging(details.values) { _, set in set }
    }

    /// Where it stands, for people: what is missing before anybody can connect, or what the provider refuses.
    package enum State: Sendable {
        case incomplete, ready, failing
    }

    /// - Parameter provider: nil when the catalogue does not have it any more.
    package func state(with provider: Provider?) -> State {
        guard let provider else { return .incomplete }
        if provider.method.needsRegistration, details.clientID.utf8.isEmpty || !hasSecret { return .incomplete }
        let isMissing = provider.fields.contains { field in
            field.source == .integration && !field.isOptional && details.values[field.name] == nil
        }
        if isMissing { return .incomplete }
        return trouble == nil ? .ready : .failing
    }
}

extension Provider.Method {
    /// Whether a developer registers something at the provider first.
    package var needsRegistration: Bool {
        switch self {
        case .oauth2, .oauth1, .app, .tba: true
        case .clientCredentials, .apiKey, .basic, .jwt, .twoStep, .unauthenticated: false
        }
    }
}
