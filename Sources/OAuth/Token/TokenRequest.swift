/// RFC 6749 §4.1.3, §6: what a request to the token endpoint asks for.
package enum TokenRequest: Sendable {
    case authorizationCode(CodeRedemption)
    case refreshToken(RefreshRequest)
    case clientCredentials(ClientCredentialsRequest)

    /// Reads the body. Client credentials are read by `ClientCredentials`.
    package static func read(_ list: ParameterList) throws(OAuthError) -> TokenRequest {
        // RFC 6749 §3.2: none of them may be repeated, whether this grant needs it or not.
        for parameter in known { _ = try list.optional(parameter) }
        let type = try list.required(.grantType)
        if type.utf8.elementsEqual("password".utf8) {
            throw OAuthError(
                .unsupportedGrantType, "passwords are never sent here: use the authorization code grant")
        }
        switch GrantType(sent: type) {
        case .authorizationCode: return .authorizationCode(try CodeRedemption(list))
        case .refreshToken: return .refreshToken(try RefreshRequest(list))
        case .clientCredentials: return .clientCredentials(try ClientCredentialsRequest(list))
        case nil:
            throw OAuthError(
                .unsupportedGrantType, "grant_type must be authorization_code, refresh_token or client_credentials")
        }
    }

    private static let known: [Parameter] = [
        .grantType, .code, .redirectURI, .codeVerifier, .refreshToken, .scope, .clientID, .clientSecret,
    ]
}

/// RFC 6749 §4.1.3, RFC 7636 §4.5.
package struct CodeRedemption: Sendable {
    /// Nil when what was presented cannot be a code: refused as `invalid_grant` before any look-up.
    package let code: Secret<AuthorizationCode>?
    package let redirectURI: String?
    package let verifier: String?

    init(_ list: ParameterList) throws(OAuthError) {
        code = Secret(try list.required(.code))
        redirectURI = try list.optional(.redirectURI)
        verifier = try list.optional(.codeVerifier)
    }
}

/// RFC 6749 §6.
package struct RefreshRequest: Sendable {
    /// Nil when what was presented cannot be one: refused as `invalid_grant` before any look-up.
    package let token: PresentedRefresh?
    /// Nil: all that was granted.
    package let scopes: ScopeSet?

    init(_ list: ParameterList) throws(OAuthError) {
        token = PresentedRefresh(try list.required(.refreshToken))
        scopes = try list.scopes()
    }
}

/// RFC 6749 §4.4.2.
package struct ClientCredentialsRequest: Sendable {
    /// Nil: all that was granted.
    package let scopes: ScopeSet?

    init(_ list: ParameterList) throws(OAuthError) {
        scopes = try list.scopes()
    }
}

extension ParameterList {
    /// `scope`, nil when it was omitted (RFC 6749 §3.3).
    fileprivate func scopes() throws(OAuthError) -> ScopeSet? {
        guard let text = try optional(.scope) else { return nil }
        guard let scopes = ScopeSet(parsing: text) else {
            throw OAuthError(.invalidScope, "scope must be scope names with one space between them")
        }
        return scopes
    }
}
