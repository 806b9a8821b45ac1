package import OAuth

/// Why a flow cannot begin. The raw values are what clients of the wire format get as `error_type`.
package enum ConnectProblem: String, Error, Sendable {
    case missingValue = "url_param_err"
    case notConfigured = "provider_config_err"
}

extension OAuth2 {
    /// What one authorization asks for.
    package struct Ask: Sendable {
        package let client: ClientRegistration
        package let redirectURI: String
        package let state: String
        package let challenge: PKCE.Challenge
        package let scopes: [String]
        /// Wins over the provider's own parameters; nil takes one away.
        package let parameters: [(name: String, value: String?)]
        package let values: [String: String]

        package init(
            client: ClientRegistration, redirectURI: String, state: String, challenge: PKCE.Challenge,
            scopes: [String], parameters: [(name: String, value: String?)], values: [String: String]
        ) {
            self.client = client
            self.redirectURI = redirectURI
            self.state = state
            self.challenge = challenge
            self.scopes = scopes
            self.parameters = parameters
            self.values = values
        }
    }

    /// Where the browser is sent (RFC 6749 §4.1.1), with this provider's names for things.
    package func address(for ask: Ask) throws(ConnectProblem) -> String {
        guard let url = authorize.url.filled(ask.values) else { throw .missingValue }
        let scopes = authorize.defaultScopes + ask.scopes.filter { !authorize.defaultScopes.contains($0) }
        var pairs: [(name: String, value: String)] = [
            ("response_type", "code"), ("client_id", ask.client.id), ("redirect_uri", ask.redirectURI),
            ("state", ask.state),
        ]
        if !scopes.isEmpty { pairs.append(("scope", scopes.joined(separator: authorize.scopeSeparator))) }
        if authorize.sendsPKCE {
            pairs += [("code_challenge", ask.challenge.text), ("code_challenge_method", "S256")]
        }
        pairs = pairs.filter { !authorize.omitted.contains($0.name) }
            .map { (authorize.renamed[$0.name] ?? $0.name, $0.value) }
        return FormText.url(url, pairs + extras(ask.parameters, beside: pairs.map(\.name)))
    }

    /// What the caller may not add either where the provider's entry leaves it out; `request` and `request_uri` can hold
    /// all the others (RFC 9101).
    private static let reserved = [
        "request", "request_uri", "response_type", "client_id", "redirect_uri", "state", "code_challenge",
        "code_challenge_method",
    ]

    /// The provider's parameters and the caller's. What the flow itself stands on cannot be replaced: a caller that
    /// could set `redirect_uri` or `state` could send the code elsewhere.
    private func extras(
        _ asked: [(name: String, value: String?)], beside names: [String]
    ) -> [(name: String, value: String)] {
        let own = asked.filter { pair in !Self.reserved.contains { $0.utf8.elementsEqual(pair.name.utf8) } }
        let fixed = authorize.parameters.filter { pair in !own.contains { $0.name == pair.name } }
        let added = own.compactMap { pair in pair.value.map { (name: pair.name, value: $0) } }
        return (fixed + added).filter { !names.contains($0.name) }
    }
}
