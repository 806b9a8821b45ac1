/// Somebody else's API that people connect to: where it authorizes, what it wants to hear, and how its answers are
/// read. Data, from `Providers/*.yaml`; nothing about one provider is written in Swift.
package struct Provider: Sendable {
    /// `github`: how integrations and the wire name it.
    package let key: String
    package let title: String
    package let categories: [String]
    /// The provider's own page about authorization, which the entry was checked against.
    package let documentation: String
    /// What a developer does at the provider before the integration works, in sentences.
    package let guide: String?
    package let method: Method
    package let api: API?
    /// What a connection needs beyond credentials: a subdomain, an account number.
    package let fields: [ConnectionField]

    package enum Method: Sendable {
        case oauth2(OAuth2)
        case oauth1(OAuth1)
        /// RFC 6749 §4.4, where ID and secret belong to the connection.
        case clientCredentials(OAuth2.Token)
        case apiKey
        /// A user name and a password, as the provider calls them.
        case basic([CredentialField])
        /// An app that is installed at the provider and signs a JWT for its tokens (GitHub Apps).
        case app(AppInstallation)
        /// A token that is signed here with a key that a person brings.
        case jwt(JWTSigning)
        /// What a person types is posted for a token.
        case twoStep(TwoStep)
        /// A person brings a token, and each call is signed.
        case tba(TokenBased)
        /// Nothing to authorize with: a connection says only that somebody connected.
        case unauthenticated
    }

    /// Where its API is and what a call carries; placeholders are connection values and credentials.
    package struct API: Sendable {
        package let base: [URLTemplate]
        package let headers: [(name: String, value: URLTemplate)]
        package let query: [(name: String, value: URLTemplate)]
        /// A call that only working credentials are let through; nil where nobody named one.
        package let proof: Proof?
        package let pauses: Pauses
    }

    /// Headers of an API's own in which it says when to come back, in lower case. Any API may say `Retry-After`.
    package struct Pauses: Sendable {
        /// In seconds from now.
        package let after: [String]
        /// A moment: seconds since 1970, or a date.
        package let at: [String]
        /// `0` there with 403 means the same as 429.
        package let remaining: [String]

        package init(after: [String], at: [String], remaining: [String]) {
            self.after = after
            self.at = at
            self.remaining = remaining
        }
    }

    package struct Proof: Sendable {
        /// Behind the base, beginning with `/`.
        package let path: String
        /// Statuses that mean "these are wrong". Any other that is no success says nothing of the credentials: a
        /// restricted key may be refused this one call and work for all others.
        package let refusing: Set<Int>
    }
}

extension Provider.Method {
    /// The name that clients of the wire format know it by (`credentials.type`).
    package var wireName: String {
        switch self {
        case .oauth2: "OAUTH2"
        case .oauth1: "OAUTH1"
        case .clientCredentials: "OAUTH2_CC"
        case .apiKey: "API_KEY"
        case .basic: "BASIC"
        case .app: "APP"
        case .jwt(let signing): signing.kind.rawValue
        case .twoStep: MadeToken.Kind.twoStep.rawValue
        case .tba: "TBA"
        case .unauthenticated: "NONE"
        }
    }
}

/// RFC 6749 §4.1 as one provider speaks it.
package struct OAuth2: Sendable {
    package struct Authorize: Sendable {
        /// The first whose placeholders all have values.
        package let url: [URLTemplate]
        package let parameters: [(name: String, value: String)]
        /// Parameters under other names (`client_id` as `client_key`), and those that are not sent at all.
        package let renamed: [String: String]
        package let omitted: Set<String>
        package let scopeSeparator: String
        package let defaultScopes: [String]
        package let sendsPKCE: Bool
        /// What the callback calls the code.
        package let codeName: String
        /// What the callback must say as `iss` (RFC 9207), where the provider promises to.
        package let issuer: String?
    }

    package struct Token: Sendable {
        /// `secret`: the secret as the user name of Basic, and no ID (Stripe).
        package enum ClientPlace: String, Sendable, CaseIterable { case body, basic, both, secret }
        package enum BodyFormat: String, Sendable, CaseIterable { case form, json }
        package enum ExpiryUnit: String, Sendable, CaseIterable { case seconds, milliseconds }

        package let url: [URLTemplate]
        package let refreshURL: [URLTemplate]
        package let parameters: [(name: String, value: String)]
        package let refreshParameters: [(name: String, value: String)]
        /// Parameters under other names (`client_id` as `client_key`).
        package let renamed: [String: String]
        /// Sent with every call, beside those that must be.
        package let headers: [(name: String, value: String)]
        package let client: ClientPlace
        package let body: BodyFormat
        package let expiryUnit: ExpiryUnit
        /// Where the answer holds the credentials when not at its top: `authed_user` (Slack).
        package let nestedUnder: String?
        /// In seconds: refreshed when less than this is left.
        package let refreshesBefore: Int64
        /// In seconds, for providers that do not say.
        package let assumedLifetime: Int64?
        /// nil where the provider offers none.
        package let revocation: Revocation?

        package var revocationURL: [URLTemplate] { revocation?.url ?? [] }
    }

    /// How a provider is told that a token is not wanted any more: RFC 7009, or what stands in its place.
    package struct Revocation: Sendable {
        /// Which token; the access token where there is no refresh token.
        package enum Which: String, Sendable, CaseIterable { case refresh, access }
        /// `path`: behind a slash at the end of the address. `header`: in one of ``headers`` alone.
        package enum Place: String, Sendable, CaseIterable { case form, json, query, bearer, path, header }
        package enum Client: String, Sendable, CaseIterable { case body, basic, both, none }
        package enum Method: String, Sendable, CaseIterable { case post, delete }

        package let method: Method
        package let url: [URLTemplate]
        package let which: Which
        package let place: Place
        /// What the token is called.
        package let parameter: String
        package let client: Client
        /// Sent along (`token_type_hint`).
        package let parameters: [(name: String, value: String)]
        /// Parameters under other names (`client_id` as `client_key`).
        package let renamed: [String: String]
        /// Sent with the call; `{token}` in them is the token.
        package let headers: [(name: String, value: URLTemplate)]
    }

    package let authorize: Authorize
    package let token: Token
    /// Values of the token answer (dotted paths) and of the callback that the connection keeps.
    package let keptFromToken: [String]
    package let keptFromCallback: [String]
}

/// RFC 5849.
package struct OAuth1: Sendable {
    package enum SignatureMethod: String, Sendable, CaseIterable {
        case hmacSHA1 = "HMAC-SHA1"
        case hmacSHA256 = "HMAC-SHA256"
        case plaintext = "PLAINTEXT"
    }

    package let requestURL: URLTemplate
    package let requestParameters: [(name: String, value: String)]
    package let authorizeURL: URLTemplate
    package let authorizeParameters: [(name: String, value: String)]
    package let tokenURL: URLTemplate
    package let signature: SignatureMethod
}

package struct AppInstallation: Sendable {
    package let installURL: URLTemplate
    package let tokenURL: URLTemplate
    /// nil where the provider has no way to ask whose an installation is: then it is the first connection's.
    package let owner: InstallationOwner?
}
