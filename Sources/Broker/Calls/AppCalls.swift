package import OAuth

extension AppInstallation {
    /// In seconds: GitHub takes no JWT that lives longer than ten minutes, and clocks differ.
    private static let lifetime: Int64 = 540

    /// The call for an installation's token: the app signs who it is (RFC 7519, RS256) and names the installation in the
    /// address.
    ///
    /// - Parameter client: the app's ID, and its private key in PEM form or the base64 of one.
    package func token(
        client: ClientRegistration, values: [String: String], at now: Instant
    ) throws(ConnectProblem) -> ProviderCall {
        guard let url = tokenURL.filled(values) else { throw .missingValue }
        guard let secret = client.secret, let token = Self.token(of: client.id, key: secret, at: now) else {
            throw .notConfigured
        }
        return ProviderCall(
            method: .post, url: url,
            headers: [
                ("accept", "application/json"), ("user-agent", "Gatewright"), ("authorization", "Bearer " + token),
            ],
            body: [])
    }

    /// `{"token": …, "expires_at": "2026-11-21T18:00:00Z"}`.
    package func absorb(_ answer: ProviderAnswer, at now: Instant) -> Result<TokenAnswer, TokenAnswer.Trouble> {
        switch answer {
        case .failed(let failure): return .failure(.unavailable(failure.rawValue))
        case .response(let status, let body):
            if status == 404 || status == 410 { return .failure(.gone("HTTP \(status)")) }
            if status == 401 || status == 403 { return .failure(.misconfigured("HTTP \(status)")) }
            guard (200..<300).contains(status), let object = TokenBody.read(body),
                let token = object["token"]?.string, OAuth2.Token.isToken(token)
            else { return .failure(.unavailable("HTTP \(status) without a token")) }
            let expiry = object["expires_at"]?.string.flatMap { Instant(wireText: $0) } ?? now + 3600
            return .success(
                TokenAnswer(accessToken: token, refreshToken: nil, expiresAt: expiry, kept: [:], raw: object))
        }
    }

    /// Whether a text may be an installation's number: it stands in an address, and one number has one spelling.
    package static func isNumber(_ text: String) -> Bool {
        (1...20).contains(text.utf8.count) && text.utf8.first != 0x30
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func token(of app: String, key: String, at now: Instant) -> String? {
        let head = JSONText.object([("alg", .string("RS256")), ("typ", .string("JWT"))])
        // A minute back, for a provider whose clock is behind ours.
        let claims = JSONText.object([
            ("iat", .integer(now.seconds - 60)), ("exp", .integer(now.seconds + lifetime)), ("iss", .string(app)),
        ])
        let message = Base64.urlEncoded(head.bytes) + "." + Base64.urlEncoded(claims.bytes)
        return JWTSigning.Algorithm.rs256(Array(message.utf8), pem: key).map { message + "." + Base64.urlEncoded($0) }
    }
}
