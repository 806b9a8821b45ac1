/// RFC 6749 §4.1.2, RFC 9207 §2: where the browser goes with a code. Send it with 303 after a POST (RFC 9700 §4.12).
package func callbackURL(
    _ uri: VerifiedRedirectURI, code: Secret<AuthorizationCode>, state: String?, issuer: String
) -> String {
    appending([("code", code.reveal()), ("state", state), ("iss", issuer)], to: uri)
}

/// Where the browser goes with the token itself. Send it with `Referrer-Policy: no-referrer`.
package func callbackURL(_ uri: VerifiedRedirectURI, token: Secret<AccessToken>, state: String?) -> String {
    appending([("access_token", token.reveal()), ("state", state)], to: uri)
}

/// RFC 6749 §4.1.2.1, RFC 9207 §2: where the browser goes with an error.
package func callbackURL(_ uri: VerifiedRedirectURI, error: OAuthError, state: String?, issuer: String) -> String {
    appending(
        [("error", error.code.rawValue), ("error_description", error.sentence), ("state", state), ("iss", issuer)],
        to: uri)
}

/// RFC 6749 §3.1.2: an existing query is kept.
private func appending(_ parameters: [(name: String, value: String?)], to uri: VerifiedRedirectURI) -> String {
    let pairs = parameters.compactMap { name, value in
        value.map { name + "=" + PercentEncoding.encode($0) }
    }
    let separator =
        if !uri.text.utf8.contains(0x3F) { "?" } else if uri.text.utf8.last == 0x3F || uri.text.utf8.last == 0x26 {
            ""
        } else { "&" }
    return uri.text + separator + pairs.joined(separator: "&")
}
