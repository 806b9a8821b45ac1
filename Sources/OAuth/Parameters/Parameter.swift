/// The name of a request parameter, with what to say when it is missing or repeated.
package struct Parameter: Sendable {
    package let name: StaticString
    let missing: StaticString
    let repeated: StaticString

    /// `missing` and `repeated` become the `error_description`.
    package init(
        _ name: StaticString,
        missing: StaticString = "a required parameter is missing",
        repeated: StaticString = "a parameter was sent more than once"
    ) {
        self.name = name
        self.missing = missing
        self.repeated = repeated
    }

    func isNamed(_ other: String) -> Bool {
        // Lengths first: nearly every name that is asked for is another one.
        name.utf8CodeUnitCount == other.utf8.count && name.withUTF8Buffer { $0.elementsEqual(other.utf8) }
    }
}

// RFC 6749 §4.1.1, the authorization request
extension Parameter {
    package static let clientID = Parameter(
        "client_id", missing: "client_id is missing", repeated: "client_id was sent more than once")
    package static let redirectURI = Parameter(
        "redirect_uri", missing: "redirect_uri is missing", repeated: "redirect_uri was sent more than once")
    package static let responseType = Parameter(
        "response_type", missing: "response_type is missing", repeated: "response_type was sent more than once")
    package static let scope = Parameter(
        "scope", missing: "scope is missing", repeated: "scope was sent more than once")
    package static let state = Parameter(
        "state", missing: "state is missing", repeated: "state was sent more than once")
}

// RFC 7636 §4.3, §4.5
extension Parameter {
    package static let codeChallenge = Parameter(
        "code_challenge", missing: "code_challenge is missing", repeated: "code_challenge was sent more than once")
    package static let codeChallengeMethod = Parameter(
        "code_challenge_method", missing: "code_challenge_method is missing",
        repeated: "code_challenge_method was sent more than once")
    package static let codeVerifier = Parameter(
        "code_verifier", missing: "code_verifier is missing", repeated: "code_verifier was sent more than once")
}

// OpenID Connect Core §3.1.2.1, §6; OAuth 2.0 Multiple Response Types §2.1
extension Parameter {
    package static let responseMode = Parameter(
        "response_mode", missing: "response_mode is missing", repeated: "response_mode was sent more than once")
    package static let prompt = Parameter(
        "prompt", missing: "prompt is missing", repeated: "prompt was sent more than once")
    package static let maxAge = Parameter(
        "max_age", missing: "max_age is missing", repeated: "max_age was sent more than once")
    package static let request = Parameter(
        "request", missing: "request is missing", repeated: "request was sent more than once")
    package static let requestURI = Parameter(
        "request_uri", missing: "request_uri is missing", repeated: "request_uri was sent more than once")
}

// RFC 6749 §2.3.1, §4.1.3, §6: the token request
extension Parameter {
    package static let grantType = Parameter(
        "grant_type", missing: "grant_type is missing", repeated: "grant_type was sent more than once")
    package static let code = Parameter(
        "code", missing: "code is missing", repeated: "code was sent more than once")
    package static let refreshToken = Parameter(
        "refresh_token", missing: "refresh_token is missing", repeated: "refresh_token was sent more than once")
    package static let clientSecret = Parameter(
        "client_secret", missing: "client_secret is missing", repeated: "client_secret was sent more than once")
}

// RFC 7009 §2.1, RFC 7662 §2.1: the token that is asked about
extension Parameter {
    package static let token = Parameter(
        "token", missing: "token is missing", repeated: "token was sent more than once")
    package static let tokenTypeHint = Parameter(
        "token_type_hint", missing: "token_type_hint is missing", repeated: "token_type_hint was sent more than once")
}

// RFC 7521 §4.2 (refused), RFC 6750 §2.2 and §2.3 (refused)
extension Parameter {
    package static let clientAssertion = Parameter(
        "client_assertion", missing: "client_assertion is missing",
        repeated: "client_assertion was sent more than once")
    package static let clientAssertionType = Parameter(
        "client_assertion_type", missing: "client_assertion_type is missing",
        repeated: "client_assertion_type was sent more than once")
    package static let accessToken = Parameter(
        "access_token", missing: "access_token is missing", repeated: "access_token was sent more than once")
}
