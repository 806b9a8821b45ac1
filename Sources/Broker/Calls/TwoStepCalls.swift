package import OAuth

extension TwoStep {
    /// The call that turns what somebody typed into a token. A parameter that lacks its value is left out.
    package func ask(_ typed: [String: String], values: [String: String]) throws(ConnectProblem) -> ProviderCall {
        guard let url = url.filled(values) else { throw .missingValue }
        let known = values.merging(credentials.placeholders(typed)) { _, own in own }
        let pairs = parameters.compactMap { pair in pair.value.filled(known).map { (name: pair.name, value: $0) } }
        var headers: [(name: String, value: String)] = [("accept", "application/json"), ("user-agent", "Gatewright")]
        headers += self.headers.compactMap { pair in pair.value.filled(known).map { (pair.name, $0) } }
        switch body {
        case .form:
            headers.append(("content-type", "application/x-www-form-urlencoded"))
            return ProviderCall(method: .post, url: url, headers: headers, body: Array(FormText.encode(pairs).utf8))
        case .json:
            headers.append(("content-type", "application/json"))
            let members = pairs.map { (name: $0.name, value: JSONText.string($0.value)) }
            return ProviderCall(method: .post, url: url, headers: headers, body: JSONText.object(members).bytes)
        }
    }

    /// The token where the entry says that it stands. A provider that turns the person away (400, 401, 403) means what
    /// they typed; whatever else is no success may pass.
    package func absorb(_ answer: ProviderAnswer, at now: Instant) -> Result<TokenAnswer, TokenAnswer.Trouble> {
        switch answer {
        case .failed(let failure): return .failure(.unavailable(failure.rawValue))
        case .response(let status, let body):
            if [400, 401, 403].contains(status) { return .failure(.gone("invalid_credentials")) }
            guard (200..<300).contains(status), let object = TokenBody.read(body),
                let token = object.at(token)?.string, OAuth2.Token.isToken(token)
            else { return .failure(.unavailable("HTTP \(status) without a token")) }
            return .success(
                TokenAnswer(
                    accessToken: token, refreshToken: nil, expiresAt: expiry(of: object, at: now), kept: [:],
                    raw: object))
        }
    }

    private func expiry(of object: JSONValue, at now: Instant) -> Instant? {
        if let seconds = Lifetime.seconds(expiresIn.flatMap(object.at), in: expiryUnit) { return now + seconds }
        if let moment = Lifetime.epoch(expiresAt.flatMap(object.at)) { return moment }
        return assumedLifetime.map { now + $0 }
    }
}

extension JSONValue {
    /// What stands at a dotted path.
    func at(_ path: String) -> JSONValue? {
        path.utf8.split(separator: 0x2E).reduce(self as JSONValue?) { $0?[String(decoding: $1, as: UTF8.self)] }
    }
}
