import OAuth

extension OAuth2.Token {
    /// RFC 6749 §4.1.3, as this provider wants it.
    package func exchange(
        code: String, verifier: String?, redirectURI: String, client: ClientRegistration, values: [String: String]
    ) throws(ConnectProblem) -> ProviderCall {
        var pairs = [(name: "grant_type", value: "authorization_code"), ("code", code), ("redirect_uri", redirectURI)]
        if let verifier { pairs.append(("code_verifier", verifier)) }
        return try call(url, pairs, parameters, client, values)
    }

    /// RFC 6749 §6.
    package func refresh(
        _ refreshToken: String, client: ClientRegistration, values: [String: String]
    ) throws(ConnectProblem) -> ProviderCall {
        let pairs = [(name: "grant_type", value: "refresh_token"), ("refresh_token", refreshToken)]
        return try call(refreshURL, pairs, refreshParameters, client, values)
    }

    /// RFC 6749 §4.4.2.
    package func clientCredentials(
        scopes: [String], client: ClientRegistration, values: [String: String]
    ) throws(ConnectProblem) -> ProviderCall {
        var pairs = [(name: "grant_type", value: "client_credentials")]
        if !scopes.isEmpty { pairs.append(("scope", scopes.joined(separator: " "))) }
        return try call(url, pairs, parameters, client, values)
    }

    private func call(
        _ url: [URLTemplate], _ pairs: [(name: String, value: String)], _ fixed: [(name: String, value: String)],
        _ client: ClientRegistration, _ values: [String: String]
    ) throws(ConnectProblem) -> ProviderCall {
        guard let url = url.filled(values) else { throw .missingValue }
        // A file may replace what stands here by default (`grant_type`), so its value wins.
        var pairs = pairs.filter { pair in !fixed.contains { $0.name == pair.name } }
        for parameter in fixed { pairs.append((parameter.name, try Self.filled(parameter.value, values))) }
        var headers: [(name: String, value: String)] = [("accept", "application/json"), ("user-agent", "Gatewright")]
        switch self.client {
        case .body: break
        case .basic, .both: headers.append(("authorization", client.basic))
        case .secret: headers.append(("authorization", "Basic " + Base64.encoded(((client.secret ?? "") + ":").utf8)))
        }
        if self.client == .body || self.client == .both {
            pairs.append(("client_id", client.id))
            if let secret = client.secret { pairs.append(("client_secret", secret)) }
        }
        pairs = pairs.map { (renamed[$0.name] ?? $0.name, $0.value) }
        headers += self.headers
        switch body {
        case .form:
            headers.append(("content-type", "application/x-www-form-urlencoded"))
            return ProviderCall(
                method: .post, url: url, headers: headers, body: Array(FormText.encode(pairs).utf8))
        case .json:
            headers.append(("content-type", "application/json"))
            let members = pairs.map { (name: $0.name, value: JSONText.string($0.value)) }
            return ProviderCall(method: .post, url: url, headers: headers, body: JSONText.object(members).bytes)
        }
    }

    /// A parameter may name values of the connection (`{context}`); text with other braces stands for itself.
    private static func filled(_ text: String, _ values: [String: String]) throws(ConnectProblem) -> String {
        guard let template = URLTemplate(text), !template.placeholders.isEmpty else { return text }
        guard let filled = template.filled(values) else { throw .missingValue }
        return filled
    }
}
