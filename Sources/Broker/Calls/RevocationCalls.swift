import OAuth

extension Provider {
    /// How it is told of a connection that somebody deletes; nil where it has no way.
    package var revocation: OAuth2.Revocation? {
        switch method {
        case .oauth2(let oauth2): oauth2.token.revocation
        case .twoStep(let twoStep): twoStep.revocation
        case .oauth1, .clientCredentials, .apiKey, .basic, .app, .jwt, .tba, .unauthenticated: nil
        }
    }
}

extension OAuth2.Revocation {
    /// RFC 7009 §2.1, as this provider wants it; nil where the connection has no token.
    package func call(
        of credentials: Credentials, client: ClientRegistration, values: [String: String]
    ) throws(ConnectProblem) -> ProviderCall? {
        guard let token = (which == .refresh ? credentials.refreshToken : nil) ?? credentials.accessToken else {
            return nil
        }
        return try call(token, client: client, values: values)
    }

    /// The same for a token that no connection has.
    package func call(
        _ token: String, client: ClientRegistration, values: [String: String]
    ) throws(ConnectProblem) -> ProviderCall {
        guard var url = url.filled(values) else { throw .missingValue }
        var pairs = [(name: parameter, value: token)] + parameters
        var headers: [(name: String, value: String)] = [("accept", "application/json"), ("user-agent", "Gatewright")]
        if self.client == .basic || self.client == .both { headers.append(("authorization", client.basic)) }
        if self.client == .body || self.client == .both {
            pairs.append(("client_id", client.id))
            if let secret = client.secret { pairs.append(("client_secret", secret)) }
        }
        pairs = pairs.map { (renamed[$0.name] ?? $0.name, $0.value) }
        var body: [UInt8] = []
        switch place {
        case .form:
            headers.append(("content-type", "application/x-www-form-urlencoded"))
            body = Array(FormText.encode(pairs).utf8)
        case .json:
            headers.append(("content-type", "application/json"))
            body = JSONText.object(pairs.map { (name: $0.name, value: JSONText.string($0.value)) }).bytes
        case .header: break
        case .query: url = FormText.url(url, pairs)
        case .path: url += "/" + FormText.encode(token)
        case .bearer:
            headers = headers.filter { !$0.name.utf8.elementsEqual("authorization".utf8) }
            headers.append(("authorization", "Bearer " + token))
        }
        headers += self.headers.compactMap { header in
            header.value.filled(["token": token]).map { (Provider.lowercased(header.name), $0) }
        }
        return ProviderCall(method: method == .delete ? .delete : .post, url: url, headers: headers, body: body)
    }
}
