package import OAuth

/// What a provider's token endpoint said, as far as we keep it.
package struct TokenAnswer: Sendable {
    package let accessToken: String
    package let refreshToken: String?
    package let expiresAt: Instant?
    /// Values that the provider's entry says to keep (`instance_url`), those that fit their fields.
    package let kept: [String: String]
    /// The whole answer, for `credentials.raw`.
    package let raw: JSONValue

    /// Why there is none.
    package enum Trouble: Error, Hashable {
        /// The person's permission is gone; only connecting again helps (`invalid_grant` and the like).
        case gone(String)
        /// The developer's own registration is refused (`invalid_client`): no refresh will work until it is mended.
        case misconfigured(String)
        /// The provider did not answer, or not with anything that can be used; trying again later may help.
        case unavailable(String)

        /// The provider's word or ours, never a body: `invalid_grant`, `HTTP 503`, `timedOut`.
        package var reason: String {
            switch self {
            case .gone(let reason), .misconfigured(let reason), .unavailable(let reason): reason
            }
        }

        /// The call may have reached the provider and spent the refresh token, and what it answered is lost.
        package var leavesDoubt: Bool {
            guard case .unavailable(let reason) = self else { return false }
            let lost: [ProviderAnswer.Failure] = [.timedOut, .tooLarge, .broken]
            return lost.contains { reason.utf8.elementsEqual($0.rawValue.utf8) }
                || reason.utf8.starts(with: "HTTP 2".utf8)
        }
    }
}

extension OAuth2.Token {
    /// Reads an answer (RFC 6749 §5), whatever the provider made of it: JSON or form, errors with status 200, numbers
    /// as text, lifetimes that no calendar holds.
    package func absorb(
        _ answer: ProviderAnswer, keeping fields: [ConnectionField], paths: [String], at now: Instant
    ) -> Result<TokenAnswer, TokenAnswer.Trouble> {
        switch answer {
        case .failed(let failure): return .failure(.unavailable(failure.rawValue))
        case .response(let status, let body):
            guard let object = TokenBody.read(body) else { return .failure(.unavailable("HTTP \(status), unreadable")) }
            if let trouble = Self.trouble(status, object) { return .failure(trouble) }
            let nested = nestedUnder.flatMap { object[$0] }
            let source = object["access_token"] == nil ? nested ?? object : object
            guard let token = source["access_token"]?.string, Self.isToken(token) else {
                return .failure(.unavailable("HTTP \(status) without an access token"))
            }
            let refresh = source["refresh_token"]?.string.flatMap { Self.isToken($0) ? $0 : nil }
            return .success(
                TokenAnswer(
                    accessToken: token, refreshToken: refresh, expiresAt: expiry(of: source, at: now),
                    kept: Self.kept(object, fields: fields, paths: paths), raw: object))
        }
    }

    /// RFC 6749 §5.2, and what stands in its place. Only words that say so end a connection: whoever meets one that we do
    /// not know is asked again later, which costs a call an hour; ending it costs every end user a visit.
    private static func trouble(_ status: Int, _ object: JSONValue) -> TokenAnswer.Trouble? {
        let code = object["error"]?.string ?? object["error"]?["code"]?.string ?? object["error"]?["type"]?.string
        if let code, object["access_token"] == nil || status >= 400 {
            let word = String(decoding: code.utf8.prefix(64).filter { (0x21...0x7E).contains($0) }, as: UTF8.self)
            if status >= 500 || status == 429 { return .unavailable(word) }
            switch code {
            case "invalid_client", "unauthorized_client", "unsupported_grant_type", "bad_client_secret",
                "invalid_client_id", "incorrect_client_credentials":
                return .misconfigured(word)
            case "invalid_grant", "token_revoked", "token_expired", "expired_token", "bad_refresh_token",
                "invalid_refresh_token", "invalid_token", "access_denied", "account_inactive":
                return .gone(word)
            default:
                return .unavailable(word)
            }
        }
        if status == 401 || status == 403 { return .misconfigured("HTTP \(status)") }
        if status == 400 || status == 410 { return .gone("HTTP \(status)") }
        return status >= 300 ? .unavailable("HTTP \(status)") : nil
    }

    /// A token goes into a header: visible ASCII, at most 16 KB.
    package static func isToken(_ text: String) -> Bool {
        (1...16_384).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private func expiry(of object: JSONValue, at now: Instant) -> Instant? {
        if let seconds = Lifetime.seconds(object["expires_in"], in: expiryUnit) { return now + seconds }
        if let moment = Lifetime.epoch(object["expires_at"]) { return moment }
        return assumedLifetime.map { now + $0 }
    }

    private static func kept(_ object: JSONValue, fields: [ConnectionField], paths: [String]) -> [String: String] {
        var kept: [String: String] = [:]
        for path in paths {
            let names = path.utf8.split(separator: 0x2E).map { String(decoding: $0, as: UTF8.self) }
            let value = names.reduce(object as JSONValue?) { $0?[$1] }
            guard let text = value?.string else { continue }
            let field = fields.first { $0.name.utf8.elementsEqual(path.utf8) }
            guard field?.accepts(text) ?? ConnectionField.isPlainText(text) else { continue }
            kept[path] = text
        }
        return kept
    }
}
