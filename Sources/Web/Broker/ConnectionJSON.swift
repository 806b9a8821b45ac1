import Broker
import OAuth

/// A connection on the wire.
struct ConnectionJSON {
    let connection: BrokerConnection
    let showsRefreshToken: Bool
    var showsCredentials = true
    /// Values that are secrets like the credentials, by name; nil when nobody knows which are.
    let secretValues: Set<String>?

    init(
        _ connection: BrokerConnection, of provider: Provider?, showsRefreshToken: Bool, showsCredentials: Bool = true
    ) {
        self.connection = connection
        self.showsRefreshToken = showsRefreshToken
        self.showsCredentials = showsCredentials
        secretValues = provider.map { Set($0.fields.filter(\.isSecret).map(\.name)) }
    }

    /// As clients of 2023 know it: the row, with its credentials opened.
    var flat: JSONText {
        var members: [(name: String, value: JSONText)] = [
            ("id", .integer(connection.number)),
            ("created_at", .string(connection.createdAt.wireText)),
            ("updated_at", .string(connection.updatedAt.wireText)),
            ("provider_config_key", .string(connection.integrationKey)),
            ("connection_id", .string(connection.connectionID)),
            ("credentials", showsCredentials ? credentials : .object([])),
            ("connection_config", .object(values)),
            ("account_id", .integer(0)), ("environment_id", .integer(0)),
            ("metadata", connection.metadata.text),
            ("credentials_iv", .word("null")), ("credentials_tag", .word("null")),
            ("deleted", .boolean(false)), ("deleted_at", .word("null")),
            ("last_fetched_at", lastFetched),
        ]
        // A refresh that failed while the token is still good is no error yet, and no secret either.
        if connection.health.trouble != nil { members.append(("errors", Self.errors(connection.health))) }
        return .object(members)
    }

    /// As today's clients do.
    var nested: JSONText {
        var members: [(name: String, value: JSONText)] = [
            ("id", .integer(connection.number)), ("connection_id", .string(connection.connectionID)),
            ("provider_config_key", .string(connection.integrationKey)), ("provider", .string(connection.provider)),
            ("errors", Self.errors(connection.health)), ("end_user", connection.owner.endUser.text),
            ("tags", Self.tags(connection.owner)), ("metadata", connection.metadata.text),
            ("connection_config", .object(values)),
            ("webhook_url_override", connection.owner.webhookURL.map(JSONText.string) ?? .word("null")),
            ("created_at", .string(connection.createdAt.wireText)),
            ("updated_at", .string(connection.updatedAt.wireText)), ("last_fetched_at", lastFetched),
        ]
        if showsCredentials { members.append(("credentials", credentials)) }
        return .object(members)
    }

    static func errors(_ health: ConnectionHealth) -> JSONText {
        guard let trouble = health.trouble else { return .array([]) }
        return .array([.object([("type", .string("auth")), ("log_id", .string("")), ("reason", .string(trouble))])])
    }

    static func tags(_ owner: ConnectionOwner) -> JSONText {
        let sorted = owner.tags.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return .object(sorted.map { ($0.key, .string($0.value)) })
    }

    private var lastFetched: JSONText { connection.lastFetchedAt.map { .string($0.wireText) } ?? .word("null") }

    private var values: [(name: String, value: JSONText)] {
        guard showsCredentials || secretValues != nil else { return [] }
        return connection.values.filter { showsCredentials || secretValues?.contains($0.key) == false }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, .string($0.value)) }
    }

    private var credentials: JSONText {
        let type = (name: "type", value: JSONText.string(connection.credentials.wireName))
        switch connection.credentials {
        case .oauth2(let token, let refresh, let expiry, let raw):
            var members = [type, ("access_token", .string(token))]
            if showsRefreshToken, let refresh { members.append(("refresh_token", .string(refresh))) }
            if let expiry { members.append(("expires_at", .string(expiry.wireText))) }
            members.append(("raw", shown(raw).text))
            return .object(members)
        case .oauth1(let token, let raw):
            return .object([
                type, ("oauth_token", .string(token.token)), ("oauth_token_secret", .string(token.secret)),
                ("raw", raw.text),
            ])
        case .clientCredentials(let client, let token, let expiry, let raw):
            var members = [
                type, ("token", .string(token)), ("client_id", .string(client.id)),
                ("client_secret", .string(client.secret ?? "")),
            ]
            if let expiry { members.append(("expires_at", .string(expiry.wireText))) }
            members.append(("raw", raw.text))
            return .object(members)
        case .apiKey(let key): return .object([type, ("apiKey", .string(key))])
        case .basic(let username, let password):
            return .object([type, ("username", .string(username)), ("password", .string(password))])
        case .app(let token, let expiry, let raw):
            var members = [type, ("access_token", .string(token))]
            if let expiry { members.append(("expires_at", .string(expiry.wireText))) }
            members.append(("raw", raw.text))
            return .object(members)
        case .made(let made): return .object([type] + Self.members(of: made))
        case .tba(let token, let consumer):
            let override: [(name: String, value: JSONText)] =
                consumer.map { [("client_id", .string($0.id)), ("client_secret", .string($0.secret ?? ""))] } ?? []
            return .object([
                type, ("token_id", .string(token.token)), ("token_secret", .string(token.secret)),
                ("config_override", .object(override)),
            ])
        case .none: return .object([])
        }
    }

    /// What was typed stands beside the token, but for the App Store's kind, which has names of its own.
    private static func members(of made: MadeToken) -> [(name: String, value: JSONText)] {
        let token = made.token ?? ""
        let expiry: [(name: String, value: JSONText)] =
            made.expiresAt.map { [("expires_at", .string($0.wireText))] } ?? []
        if made.kind == .appStore {
            let key = Base64.encoded((made.typed["privateKey"] ?? "").utf8)
            let raw: [(name: String, value: JSONText)] = [("access_token", .string(token))] + expiry
            return [("access_token", .string(token))] + expiry + [("private_key", .string(key)), ("raw", .object(raw))]
        }
        let typed = made.typed.filter { !["type", "token", "expires_at", "raw"].contains($0.key) }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { (name: $0.key, value: JSONText.string($0.value)) }
        let raw: [(name: String, value: JSONText)] = made.kind == .twoStep ? [("raw", made.raw.text)] : []
        return typed + [("token", .string(token))] + expiry + raw
    }

    private func shown(_ raw: JSONValue) -> JSONValue {
        guard !showsRefreshToken, case .object(let members) = raw else { return raw }
        return .object(members.filter { !$0.name.utf8.elementsEqual("refresh_token".utf8) })
    }
}

extension ConnectionSummary {
    /// A row of `GET /connection`; the wire's `provider` holds the integration's key there.
    var flat: JSONText {
        .object([
            ("id", .integer(number)), ("connection_id", .string(connectionID)), ("provider", .string(integrationKey)),
            ("created", .string(createdAt.wireText)), ("metadata", metadata.text),
        ])
    }

    /// A row of `GET /connections`.
    var nested: JSONText {
        .object([
            ("id", .integer(number)), ("connection_id", .string(connectionID)),
            ("provider_config_key", .string(integrationKey)), ("provider", .string(provider)),
            ("errors", ConnectionJSON.errors(health)), ("end_user", owner.endUser.text),
            ("tags", ConnectionJSON.tags(owner)), ("metadata", metadata.text),
            ("created", .string(createdAt.wireText)),
        ])
    }
}
