import Broker
import OAuth

extension ConnectionHealth {
    /// For people, with the kind of its tag.
    func words(at now: Instant) -> (state: String, kind: String) {
        if goneAt != nil { return ("Connect again", "bad") }
        if trouble != nil { return ("Refresh fails", "bad") }
        if let expiresAt, !isRefreshable, expiresAt <= now { return ("Expired", "warn") }
        return ("Working", "ok")
    }
}

extension ConnectionOwner {
    /// The name a company gave, else the email address, else the ID.
    var label: String {
        ["display_name", "email", "id"].lazy.compactMap { endUser[$0]?.string }.first { !$0.utf8.isEmpty } ?? ""
    }

    var facts: [Fact] {
        let user = [("End user", "display_name"), ("Email address", "email"), ("End user’s ID", "id")]
        let organization = endUser["organization"]
        let pairs =
            user.map { ($0.0, endUser[$0.1]?.string) }
            + [
                ("Organization", organization?["display_name"]?.string ?? organization?["id"]?.string),
                ("Webhooks go to", webhookURL),
            ]
        let tags = tags.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return pairs.compactMap { pair in
            pair.1.flatMap { $0.utf8.isEmpty ? nil : Fact(label: pair.0, value: $0) }
        } + tags.map { Fact(label: "Tag \($0.key)", value: $0.value) }
    }
}

extension Credentials {
    var title: String {
        switch self {
        case .oauth2: "OAuth 2"
        case .oauth1: "OAuth 1.0a"
        case .clientCredentials: "Client credentials"
        case .apiKey: "API key"
        case .basic: "User name and password"
        case .app: "Installed app"
        case .made(let made): made.kind == .twoStep ? "Token for a login" : "Signed token"
        case .tba: "Token-based (OAuth 1.0a)"
        case .none: "No credentials"
        }
    }

    /// All that there is in it, by what people call it.
    ///
    /// - Parameter fields: what the provider's entry says of what was typed. Of what it does not name nobody knows
    ///   that it is no secret: a user name may be an API key.
    private func parts(_ fields: [CredentialField]) -> [(label: String, value: String, isSecret: Bool)] {
        func typed(_ name: String, _ label: String, _ value: String) -> (label: String, value: String, isSecret: Bool) {
            let field = fields.first { $0.name.isSame(as: name) }
            return (field?.title ?? label, value, field?.isSecret ?? true)
        }
        return switch self {
        case .oauth2(let token, let refreshToken, _, _):
            [("Access token", token, true)] + (refreshToken.map { [("Refresh token", $0, true)] } ?? [])
        case .oauth1(let token, _): [("Token", token.token, true), ("Token secret", token.secret, true)]
        case .clientCredentials(let client, let token, _, _):
            [
                ("Client ID", client.id, false), ("Client secret", client.secret ?? "", true),
                ("Access token", token, true),
            ]
        case .apiKey(let key): [("API key", key, true)]
        case .basic(let username, let password):
            [typed("username", "User name", username), typed("password", "Password", password)]
        case .app(let token, _, _): [("Access token", token, true)]
        case .made(let made):
            made.typed.sorted { Self.place(of: $0.key, fields) < Self.place(of: $1.key, fields) }
                .map { typed($0.key, $0.key, $0.value) } + (made.token.map { [("Access token", $0, true)] } ?? [])
        case .tba(let token, let consumer):
            [("Token ID", token.token, true), ("Token secret", token.secret, true)]
                + (consumer.map { [("Consumer key", $0.id, false), ("Consumer secret", $0.secret ?? "", true)] } ?? [])
        case .none: []
        }
    }

    /// In the order of the entry, then by name.
    private static func place(of name: String, _ fields: [CredentialField]) -> (Int, String) {
        (fields.firstIndex { $0.name.isSame(as: name) } ?? fields.count, name)
    }

    /// - Parameter provider: nil where the catalogue has it no more.
    func shown(_ isRevealed: Bool, by provider: Provider?) -> [ConnectionPage.Credential] {
        parts(provider?.method.typed ?? []).filter { !$0.value.utf8.isEmpty }.map { part in
            ConnectionPage.Credential(
                label: part.label, value: isRevealed || !part.isSecret ? part.value : Self.masked(part.value))
        }
    }

    /// What tells one token from another, and helps nobody to guess it: nothing of a short one.
    private static func masked(_ secret: String) -> String {
        let bytes = Array(secret.utf8)
        guard bytes.count >= 24, bytes.suffix(4).allSatisfy({ (0x21...0x7E).contains($0) }) else { return "••••" }
        return "••••" + String(decoding: bytes.suffix(4), as: UTF8.self)
    }

    var raw: JSONValue {
        switch self {
        case .oauth2(_, _, _, let raw), .oauth1(_, let raw), .clientCredentials(_, _, _, let raw), .app(_, _, let raw):
            raw
        case .made(let made): made.raw
        case .apiKey, .basic, .tba, .none: .null
        }
    }
}

extension Trace.Outcome {
    var title: String {
        switch self {
        case .running: "Running"
        case .success: "Done"
        case .failure: "Failed"
        }
    }

    /// The kind of its tag.
    var kind: String {
        switch self {
        case .running: "mute"
        case .success: "ok"
        case .failure: "bad"
        }
    }
}
