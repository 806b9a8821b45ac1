/// The protocol's one error: a word from the closed lists of the RFCs and a sentence for the developer.
///
/// The sentence is a literal, so nothing of a request is ever echoed, and a test can check the character set of
/// RFC 6749 §5.2 over all of them. What an operator needs goes to the log where it arises.
package struct OAuthError: Error, Equatable, Sendable {
    package let code: Code
    package let description: StaticString
    /// RFC 6749 §5.2: a client that tried Basic is told so in `WWW-Authenticate` when it is refused.
    package let triedBasic: Bool

    package init(_ code: Code, _ description: StaticString, triedBasic: Bool = false) {
        self.code = code
        self.description = description
        self.triedBasic = triedBasic
    }

    /// The raw value is the word on the wire.
    package enum Code: String, CaseIterable, Sendable {
        /// RFC 6749 §4.1.2.1, §5.2; RFC 6750 §3.1: missing, repeated or malformed.
        case invalidRequest = "invalid_request"
        /// RFC 6749 §5.2: client authentication failed.
        case invalidClient = "invalid_client"
        /// RFC 6749 §5.2: the code or refresh token is invalid, expired, revoked or somebody else's.
        case invalidGrant = "invalid_grant"
        /// RFC 6749 §4.1.2.1, §5.2: the client may not use this grant.
        case unauthorizedClient = "unauthorized_client"
        /// RFC 6749 §5.2.
        case unsupportedGrantType = "unsupported_grant_type"
        /// RFC 6749 §4.1.2.1: only `code` is offered.
        case unsupportedResponseType = "unsupported_response_type"
        /// RFC 6749 §4.1.2.1, §5.2: unknown, malformed or more than was granted.
        case invalidScope = "invalid_scope"
        /// RFC 6749 §4.1.2.1: the person or the tenant said no.
        case accessDenied = "access_denied"
        /// RFC 6749 §4.1.2.1: a 500 that has to travel by redirect.
        case serverError = "server_error"
        /// RFC 6749 §4.1.2.1: a 503 that has to travel by redirect.
        case temporarilyUnavailable = "temporarily_unavailable"
        /// OpenID Connect Core §3.1.2.6: `prompt=none` and nobody is signed in.
        case loginRequired = "login_required"
        /// OpenID Connect Core §3.1.2.6: `prompt=none` and consent is missing.
        case consentRequired = "consent_required"
        /// OpenID Connect Core §3.1.2.6, §6.
        case requestNotSupported = "request_not_supported"
        /// OpenID Connect Core §3.1.2.6, §6.
        case requestURINotSupported = "request_uri_not_supported"
        /// RFC 6750 §3.1: the access token is unknown, malformed, expired or revoked.
        case invalidToken = "invalid_token"
        /// RFC 6750 §3.1: the access token lacks a scope.
        case insufficientScope = "insufficient_scope"
    }

    /// The HTTP status when it is answered in place and not by redirect.
    package var status: Int {
        switch code {
        case .invalidClient, .invalidToken: 401
        case .accessDenied, .insufficientScope: 403
        case .serverError: 500
        case .temporarilyUnavailable: 503
        default: 400
        }
    }

    /// The sentence as a String.
    package var sentence: String { description.withUTF8Buffer { String(decoding: $0, as: UTF8.self) } }

    package static func == (a: OAuthError, b: OAuthError) -> Bool {
        a.code == b.code && a.triedBasic == b.triedBasic && a.sentence.utf8.elementsEqual(b.sentence.utf8)
    }
}
