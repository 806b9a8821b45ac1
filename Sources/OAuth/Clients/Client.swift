/// RFC 6749 §2: an app, as the protocol sees it.
package struct Client: Sendable {
    /// The app's internal ID (`app_…`).
    package let id: ID<Entity.Client>
    /// The public `client_id` (`gw_id_…`).
    package let clientID: ClientID
    package let name: String
    package let kind: Kind
    package let redirectURIs: [RegisteredRedirectURI]
    /// Its developer asks for PKCE on every request; without it, it is checked whenever it is sent.
    package let pkceRequired: Bool
    package let tokenFormat: TokenFormat
    /// What the app may ask for, and what it gets when it asks for nothing in particular.
    package let allowedScopes: ScopeSet

    package init(
        id: ID<Entity.Client>, clientID: ClientID, name: String, kind: Kind, redirectURIs: [RegisteredRedirectURI],
        pkceRequired: Bool, tokenFormat: TokenFormat, allowedScopes: ScopeSet
    ) {
        self.id = id
        self.clientID = clientID
        self.name = name
        self.kind = kind
        self.redirectURIs = redirectURIs
        self.pkceRequired = pkceRequired
        self.tokenFormat = tokenFormat
        self.allowedScopes = allowedScopes
    }

    /// RFC 6749 §2.1.
    package enum Kind: String, Hashable, CaseIterable, Sendable {
        /// Keeps a secret on a server.
        case confidential
        /// Runs on the person's device and cannot keep one.
        case `public`
    }

    /// What the token endpoint answers with: see `TokenResponse`.
    package enum TokenFormat: String, Hashable, CaseIterable, Sendable {
        /// Never expires, no refresh token.
        case v1
        /// 24 hours and a refresh token.
        case v2
    }
}
