package import OAuth

/// What lets somebody in at a provider. Sealed wherever it rests; in clear only on its way to the company's backend.
package enum Credentials: Sendable {
    case oauth2(accessToken: String, refreshToken: String?, expiresAt: Instant?, raw: JSONValue)
    case oauth1(OAuth1Token, raw: JSONValue)
    /// RFC 6749 §4.4: ID and secret belong to the connection, and a token comes of them whenever one is wanted.
    case clientCredentials(ClientRegistration, token: String, expiresAt: Instant?, raw: JSONValue)
    case apiKey(String)
    case basic(username: String, password: String)
    /// The tokens of an installed app; the installation's ID is among the connection's values.
    case app(accessToken: String, expiresAt: Instant?, raw: JSONValue)
    /// A token that comes of what a person typed.
    case made(MadeToken)
    /// A token that a person made at the provider, with which each call is signed; `consumer` where the connection has
    /// one of its own.
    case tba(OAuth1Token, consumer: ClientRegistration?)
    /// Nothing but the fact that somebody connected.
    case none

    package var refreshToken: String? {
        guard case .oauth2(_, let refreshToken, _, _) = self else { return nil }
        return refreshToken
    }

    package var expiresAt: Instant? {
        switch self {
        case .oauth2(_, _, let expiresAt, _), .clientCredentials(_, _, let expiresAt, _), .app(_, let expiresAt, _):
            expiresAt
        // What is signed here is signed anew each time.
        case .made(let made): made.kind == .twoStep ? made.expiresAt : nil
        case .oauth1, .apiKey, .basic, .tba, .none: nil
        }
    }

    /// What a call to the provider carries, where that is one token.
    package var accessToken: String? {
        switch self {
        case .oauth2(let token, _, _, _), .clientCredentials(_, let token, _, _), .app(let token, _, _): token
        case .made(let made): made.token
        case .oauth1, .apiKey, .basic, .tba, .none: nil
        }
    }

    /// Each use gets a token of that moment, made here from what the person typed; nothing of it is stored.
    package var isSignedHere: Bool {
        guard case .made(let made) = self else { return false }
        return made.kind != .twoStep
    }

    /// Whether another access token can be had without the person.
    package var isRefreshable: Bool {
        switch self {
        case .oauth2(_, let refreshToken, _, _): refreshToken != nil
        case .clientCredentials, .app: true
        case .made(let made): made.kind == .twoStep
        case .oauth1, .apiKey, .basic, .tba, .none: false
        }
    }

    package var wireName: String {
        switch self {
        case .oauth2: "OAUTH2"
        case .oauth1: "OAUTH1"
        case .clientCredentials: "OAUTH2_CC"
        case .apiKey: "API_KEY"
        case .basic: "BASIC"
        case .app: "APP"
        case .made(let made): made.kind.rawValue
        case .tba: "TBA"
        case .none: "NONE"
        }
    }

    /// After a refresh: what the provider did not say again stays (RFC 6749 §6).
    package func refreshed(by answer: TokenAnswer) -> Credentials {
        switch self {
        case .clientCredentials(let client, _, _, _):
            .clientCredentials(client, token: answer.accessToken, expiresAt: answer.expiresAt, raw: answer.raw)
        case .app: .app(accessToken: answer.accessToken, expiresAt: answer.expiresAt, raw: answer.raw)
        case .made(let made):
            .made(
                MadeToken(
                    kind: made.kind, typed: made.typed, token: answer.accessToken, expiresAt: answer.expiresAt,
                    raw: answer.raw))
        case .oauth2, .oauth1, .apiKey, .basic, .tba, .none:
            .oauth2(
                accessToken: answer.accessToken, refreshToken: answer.refreshToken ?? refreshToken,
                expiresAt: answer.expiresAt, raw: answer.raw)
        }
    }
}

extension Credentials {
    /// For the vault: seconds instead of dates, nothing left out.
    package var stored: [UInt8] { JSONValue.object([.init("type", .string(wireName))] + storedMembers).bytes }

    private var storedMembers: [JSONValue.Member] {
        switch self {
        case .oauth2(let token, let refresh, let expiry, let raw):
            [
                .init("access_token", .string(token)),
                .init("refresh_token", refresh.map(JSONValue.string) ?? .null), Self.stored(expiry), .init("raw", raw),
            ]
        case .oauth1(let token, let raw):
            [
                .init("oauth_token", .string(token.token)), .init("oauth_token_secret", .string(token.secret)),
                .init("raw", raw),
            ]
        case .clientCredentials(let client, let token, let expiry, let raw):
            [
                .init("client_id", .string(client.id)), .init("client_secret", .string(client.secret ?? "")),
                .init("token", .string(token)), Self.stored(expiry), .init("raw", raw),
            ]
        case .apiKey(let key): [.init("apiKey", .string(key))]
        case .basic(let username, let password):
            [.init("username", .string(username)), .init("password", .string(password))]
        case .app(let token, let expiry, let raw):
            [.init("access_token", .string(token)), Self.stored(expiry), .init("raw", raw)]
        case .made(let made):
            [.init("typed", .object(made.typed.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }))]
                + (made.kind == .twoStep
                    ? [
                        .init("token", made.token.map(JSONValue.string) ?? .null), Self.stored(made.expiresAt),
                        .init("raw", made.raw),
                    ] : [])
        case .tba(let token, let consumer):
            [
                .init("token_id", .string(token.token)), .init("token_secret", .string(token.secret)),
                .init("client_id", consumer.map { .string($0.id) } ?? .null),
                .init("client_secret", consumer.map { .string($0.secret ?? "") } ?? .null),
            ]
        case .none: []
        }
    }

    private static func stored(_ expiry: Instant?) -> JSONValue.Member {
        .init("expires_at", expiry.map { .number(String($0.seconds)) } ?? .null)
    }

    /// What `stored` wrote; nil for anything else.
    package init?(stored bytes: [UInt8]) {
        guard let value = JSONValue(bytes), let type = value["type"]?.string else { return nil }
        func text(_ name: String) -> String? { value[name]?.string }
        let expiry = value["expires_at"]?.wholeNumber.map { Instant(seconds: $0) }
        let raw = value["raw"] ?? .null
        switch type {
        case "OAUTH2":
            guard let token = text("access_token") else { return nil }
            self = .oauth2(accessToken: token, refreshToken: text("refresh_token"), expiresAt: expiry, raw: raw)
        case "OAUTH1":
            guard let token = text("oauth_token"), let secret = text("oauth_token_secret") else { return nil }
            self = .oauth1(OAuth1Token(token: token, secret: secret), raw: raw)
        case "OAUTH2_CC":
            guard let id = text("client_id"), let secret = text("client_secret"), let token = text("token") else {
                return nil
            }
            self = .clientCredentials(
                ClientRegistration(id: id, secret: secret), token: token, expiresAt: expiry, raw: raw)
        case "API_KEY":
            guard let key = text("apiKey") else { return nil }
            self = .apiKey(key)
        case "BASIC":
            guard let username = text("username"), let password = text("password") else { return nil }
            self = .basic(username: username, password: password)
        case "APP":
            guard let token = text("access_token") else { return nil }
            self = .app(accessToken: token, expiresAt: expiry, raw: raw)
        case "TBA":
            guard let id = text("token_id"), let secret = text("token_secret") else { return nil }
            self = .tba(
                OAuth1Token(token: id, secret: secret),
                consumer: text("client_id").map { ClientRegistration(id: $0, secret: text("client_secret")) })
        case "NONE": self = .none
        default:
            guard let kind = MadeToken.Kind(rawValue: type), case .object(let members)? = value["typed"] else {
                return nil
            }
            let typed = members.compactMap { member in member.value.string.map { (member.name, $0) } }
            self = .made(
                MadeToken(
                    kind: kind, typed: Dictionary(typed, uniquingKeysWith: { first, _ in first }),
                    token: text("token"), expiresAt: expiry, raw: raw))
        }
    }
}

/// A token that comes of what a person typed: signed here, or handed out by the provider for it.
package struct MadeToken: Sendable {
    /// The raw values are the wire's words.
    package enum Kind: String, Sendable {
        case appStore = "APP_STORE"
        case jwt = "JWT"
        case twoStep = "TWO_STEP"
    }

    package let kind: Kind
    /// By the names of the provider's entry.
    package let typed: [String: String]
    /// nil where it is stored: a token that is signed here is never older than the question for it.
    package let token: String?
    package let expiresAt: Instant?
    package let raw: JSONValue

    package init(kind: Kind, typed: [String: String], token: String?, expiresAt: Instant?, raw: JSONValue) {
        self.kind = kind
        self.typed = typed
        self.token = token
        self.expiresAt = expiresAt
        self.raw = raw
    }
}
