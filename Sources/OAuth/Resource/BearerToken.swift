/// RFC 6750: the token that a request to the API carries, not yet looked up.
package struct BearerToken: Sendable {
    /// An app's token, when it is well-formed as one.
    package let access: Secret<AccessToken>?
    /// A person's own token, when it is well-formed as one.
    package let developer: Secret<DeveloperToken>?

    /// Reads the `Authorization` header (§2.1), which is the only place for it: a token in a body or a URL is refused,
    /// since it ends up in logs (RFC 9700 §4.3.2). Nil when the request has no token at all, which deserves a 401
    /// without an error code (§3.1). `authorizationHeaders` has one element for every field of the request.
    package static func read(
        authorizationHeaders: [String], query: ParameterList, body: ParameterList? = nil
    ) throws(OAuthError) -> BearerToken? {
        guard !query.mentions(.accessToken) else {
            throw OAuthError(.invalidRequest, "access_token was sent in the URL: it is exposed now, revoke it")
        }
        guard body?.mentions(.accessToken) != true else {
            throw OAuthError(.invalidRequest, "access_token belongs in the Authorization header, not in the body")
        }
        guard authorizationHeaders.count <= 1 else {
            throw OAuthError(.invalidRequest, "the Authorization header was sent more than once")
        }
        guard let header = authorizationHeaders.first else { return nil }
        let bytes = Array(header.utf8)
        let scheme = bytes.prefix { $0 != 0x20 }
        guard scheme.elementsEqual("bearer".utf8, by: { $0 | 0x20 == $1 }) else { return nil }
        let token = bytes.dropFirst(scheme.count).drop { $0 == 0x20 }
        guard isToken(token), let text = String(validating: token, as: UTF8.self) else {
            throw OAuthError(.invalidRequest, "the Authorization header must be Bearer, a space and the token")
        }
        return BearerToken(text)
    }

    /// Any text that is said to be a token; one that cannot be ours is neither.
    package init(_ text: String) {
        access = Secret(text)
        developer = Secret(text)
    }

    /// §2.1: `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`.
    private static func isToken(_ bytes: ArraySlice<UInt8>) -> Bool {
        let digits = bytes.prefix { PercentEncoding.isUnreserved($0) || $0 == 0x2B || $0 == 0x2F }
        return !digits.isEmpty && bytes.dropFirst(digits.count).allSatisfy { $0 == 0x3D }
    }
}

/// RFC 6750 §3: the `WWW-Authenticate` of a refusal.
///
/// `error` is nil when the request carried no token; `scope` is what the resource needs, for `insufficient_scope`.
package func bearerChallenge(realm: String, error: OAuthError? = nil, scope: ScopeSet? = nil) -> String {
    var parts = ["realm=" + QuotedString.quote(realm)]
    if let error {
        parts.append("error=" + QuotedString.quote(error.code.rawValue))
        parts.append("error_description=" + QuotedString.quote(error.sentence))
    }
    if let scope, !scope.isEmpty { parts.append("scope=" + QuotedString.quote(scope.text)) }
    return "Bearer " + parts.joined(separator: ", ")
}
