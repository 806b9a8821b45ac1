import Broker
import OAuth

/// A connection as the wire format of 2023 shows it, credentials and all.
struct ConnectionJSON {
    let connection: BrokerConnection
    let showsRefreshToken: Bool

    var bytes: [UInt8] {
        JSONText.object([
            ("id", .integer(connection.number)),
            ("created_at", .string(connection.createdAt.wireText)),
            ("updated_at", .string(connection.updatedAt.wireText)),
            ("provider_config_key", .string(connection.integrationKey)),
            ("connection_id", .string(connection.connectionID)),
            ("credentials", credentials),
            ("connection_config", .object(values)),
            ("account_id", .integer(0)),
            ("metadata", connection.metadata.text),
            ("credentials_iv", .word("null")), ("credentials_tag", .word("null")),
            ("deleted", .boolean(false)), ("deleted_at", .word("null")),
            ("last_fetched_at", connection.lastFetchedAt.map { .string($0.wireText) } ?? .word("null")),
        ]).bytes
    }

    private var values: [(name: String, value: JSONText)] {
        connection.values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }
    }

    private var credentials: JSONText {
        switch connection.credentials {
        case .oauth2(let token, let refresh, let expiry, let raw):
            var members: [(name: String, value: JSONText)] = [
                ("type", .string("OAUTH2")), ("access_token", .string(token)),
            ]
            if showsRefreshToken, let refresh { members.append(("refresh_token", .string(refresh))) }
            if let expiry { members.append(("expires_at", .string(expiry.wireText))) }
            members.append(("raw", shown(raw).text))
            return .object(members)
        case .oauth1(let token, let raw):
            return .object([
                ("type", .string("OAUTH1")), ("oauth_token", .string(token.token)),
                ("oauth_token_secret", .string(token.secret)), ("raw", raw.text),
            ])
        case .apiKey(let key): return .object([("type", .string("API_KEY")), ("apiKey", .string(key))])
        case .basic(let username, let password):
            return .object([
                ("type", .string("BASIC")), ("username", .string(username)), ("password", .string(password)),
            ])
        }
    }

    private func shown(_ raw: JSONValue) -> JSONValue {
        guard !showsRefreshToken, case .object(let members) = raw else { return raw }
        return .object(members.filter { !$0.name.utf8.elementsEqual("refresh_token".utf8) })
    }
}

extension Instant {
    /// `2023-03-08T09:43:03.000Z`: with the milliseconds that clients' parsers were written for.
    var wireText: String { String(CivilDate(self).iso.dropLast()) + ".000Z" }
}
