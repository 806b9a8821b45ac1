package import OAuth

/// What lets somebody in at a provider. Sealed wherever it rests; in clear only on its way to the company's backend.
package enum Credentials: Sendable {
    case oauth2(accessToken: String, refreshToken: String?, expiresAt: Instant?, raw: JSONValue)
    case oauth1(OAuth1Token, raw: JSONValue)
    case apiKey(String)
    case basic(username: String, password: String)

    package var refreshToken: String? {
        guard case .oauth2(_, let refreshToken, _, _) = self else { return nil }
        return refreshToken
    }

    package var expiresAt: Instant? {
        guard case .oauth2(_, _, let expiresAt, _) = self else { return nil }
        return expiresAt
    }

    /// After a refresh: what the provider did not say again stays (RFC 6749 §6).
    package func refreshed(by answer: TokenAnswer) -> Credentials {
        .oauth2(
            accessToken: answer.accessToken, refreshToken: answer.refreshToken ?? refreshToken,
            expiresAt: answer.expiresAt, raw: answer.raw)
    }
}

extension Credentials {
    /// For the vault: seconds instead of dates, nothing left out.
    package var stored: [UInt8] {
        let members: [JSONValue.Member] =
            switch self {
            case .oauth2(let token, let refresh, let expiry, let raw):
                [
                    .init("type", .string("OAUTH2")), .init("access_token", .string(token)),
                    .init("refresh_token", refresh.map(JSONValue.string) ?? .null),
                    .init("expires_at", expiry.map { .number(String($0.seconds)) } ?? .null), .init("raw", raw),
                ]
            case .oauth1(let token, let raw):
                [
                    .init("type", .string("OAUTH1")), .init("oauth_token", .string(token.token)),
                    .init("oauth_token_secret", .string(token.secret)), .init("raw", raw),
                ]
            case .apiKey(let key): [.init("type", .string("API_KEY")), .init("apiKey", .string(key))]
            case .basic(let username, let password):
                [
                    .init("type", .string("BASIC")), .init("username", .string(username)),
                    .init("password", .string(password)),
                ]
            }
        return JSONValue.object(members).bytes
    }

    /// What `stored` wrote; nil for anything else.
    package init?(stored bytes: [UInt8]) {
        guard let value = JSONValue(bytes), let type = value["type"]?.string else { return nil }
        switch type {
        case "OAUTH2":
            guard let token = value["access_token"]?.string else { return nil }
            self = .oauth2(
                accessToken: token, refreshToken: value["refresh_token"]?.string,
                expiresAt: value["expires_at"]?.wholeNumber.map { Instant(seconds: $0) }, raw: value["raw"] ?? .null)
        case "OAUTH1":
            guard let token = value["oauth_token"]?.string, let secret = value["oauth_token_secret"]?.string else {
                return nil
            }
            self = .oauth1(OAuth1Token(token: token, secret: secret), raw: value["raw"] ?? .null)
        case "API_KEY":
            guard let key = value["apiKey"]?.string else { return nil }
            self = .apiKey(key)
        case "BASIC":
            guard let username = value["username"]?.string, let password = value["password"]?.string else { return nil }
            self = .basic(username: username, password: password)
        default: return nil
        }
    }
}
