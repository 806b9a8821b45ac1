package import OAuth

/// Credentials that a company already has, on their way in.
package struct ConnectionImport: Sendable {
    /// nil asks for one.
    package let connectionID: String?
    package let integrationKey: String?
    package let isFlat: Bool
    package let metadata: JSONValue?
    package let owner: ConnectionOwner?
    /// Members of `credentials`, or of the whole body in the flat shape of 2023.
    private let given: JSONValue
    private let values: JSONValue?

    package init(flat body: JSONValue) {
        connectionID = body["connection_id"]?.string
        integrationKey = body["provider_config_key"]?.string
        given = body
        isFlat = true
        values = body["connection_config"]
        metadata = body["metadata"]
        owner = nil
    }

    /// - Parameter owner: what the body says of it.
    package init(nested body: JSONValue, owner: ConnectionOwner) throws(WireProblem) {
        guard let credentials = body["credentials"], case .object = credentials else {
            throw WireProblem(
                "missing_credentials", "credentials must be an object with a type.", path: "credentials")
        }
        connectionID = body["connection_id"]?.string
        integrationKey = body["provider_config_key"]?.string
        given = credentials
        isFlat = false
        values = body["connection_config"]
        metadata = body["metadata"]
        self.owner = owner
    }

    /// Values for the provider's addresses: each as its field wants it, since it may say whose host a call goes to. None
    /// has to be there, since a token may be at hand although an address is not.
    package func values(for provider: Provider) throws(WireProblem) -> [String: String] {
        guard let values, values != .null else { return [:] }
        guard case .object(let members) = values, members.count <= Provider.mostValues else {
            throw WireProblem(
                "invalid_connection_config", "connection_config must be an object of texts.", path: "connection_config")
        }
        var checked: [String: String] = [:]
        for member in members {
            guard let text = member.value.string, provider.accepts(text, under: member.name) else {
                throw WireProblem(
                    "invalid_connection_config",
                    "connection_config.\(member.name) is not what the provider wants there.", path: "connection_config",
                    member.name)
            }
            checked[member.name] = text
        }
        return checked
    }

    /// The credentials as the provider's kind has them, or the call that gives a token for them.
    ///
    /// - Parameters:
    ///   - values: the connection's; an app's installation is added.
    ///   - client: the integration's registration.
    package func credentials(
        at provider: Provider, of integration: Integration, values: inout [String: String], client: ClientRegistration,
        at now: Instant
    ) throws -> TypedCredentials {
        try checkType(provider)
        switch provider.method {
        case .oauth2:
            let token = try token(try required("missing_access_token", "access_token"), "access_token")
            let refreshToken = try text("refresh_token").map { try self.token($0, "refresh_token") }
            return .ready(
                .oauth2(
                    accessToken: token, refreshToken: refreshToken, expiresAt: try expiry(at: now),
                    raw: given["raw"] ?? given))
        case .oauth1:
            let token = OAuth1Token(
                token: try required("missing_oauth_token", "oauth_token"),
                secret: try required("missing_oauth_token_secret", "oauth_token_secret"))
            return .ready(.oauth1(token, raw: given["raw"] ?? given))
        case .app(let app):
            _ = try required("missing_app_id", "app_id")
            let installation = try required("missing_installation_id", "installation_id")
            guard AppInstallation.isNumber(installation) else {
                throw WireProblem("missing_installation_id", "installation_id must be digits.", path: "installation_id")
            }
            values["installation_id"] = installation
            return .ask(try app.token(client: client, values: integration.completing(values), at: now))
        case .apiKey, .basic, .clientCredentials, .jwt, .twoStep, .tba, .unauthenticated:
            do throws(ConnectRefusal) {
                return try provider.credentials(
                    from: try typed(at: provider), values: integration.completing(values),
                    scopes: integration.details.scopes, client: client, at: now)
            } catch {
                throw problem(because: error, at: provider)
            }
        }
    }

    /// What the provider's answer to that call makes of them.
    package func credentials(
        at provider: Provider, answer: ProviderAnswer, at now: Instant
    ) throws -> Result<Credentials, TokenAnswer.Trouble> {
        provider.credentials(from: try typed(at: provider), answer: answer, at: now)
    }

    private func checkType(_ provider: Provider) throws(WireProblem) {
        guard !isFlat, let type = text("type"), !type.isSame(as: provider.method.wireName) else { return }
        // The App Store's kind had a name of its own before there was a general one.
        if case .jwt = provider.method, MadeToken.Kind(rawValue: type) != nil { return }
        throw WireProblem(
            "invalid_auth_mode", "credentials.type must be \(provider.method.wireName) for this integration.",
            path: "credentials", "type")
    }

    private func typed(at provider: Provider) throws(ConnectRefusal) -> [String: String] {
        var typed: [String: String] = [:]
        for field in provider.method.typed {
            guard let text = field.text(given[field.name] ?? given[field.alias]) else {
                throw ConnectRefusal(.missingCredential(field.name))
            }
            typed[field.name] = text
        }
        return typed
    }

    /// In the words of this address, where keys are called as columns are.
    private func problem(because refusal: ConnectRefusal, at provider: Provider) -> WireProblem {
        switch refusal.reason {
        case .missingCredential(let name), .invalidCredential(let name):
            let alias = provider.method.typed.first { $0.name.isSame(as: name) }?.alias ?? name
            if case .missingCredential = refusal.reason {
                return WireProblem(refusal.machineCode, "Missing param '\(alias)'.", path: alias)
            }
            return WireProblem(refusal.machineCode, refusal.explanation, path: alias)
        default: return WireProblem(refusal.machineCode, refusal.explanation)
        }
    }

    private func text(_ name: String) -> String? {
        given[name]?.string.flatMap { $0.utf8.isEmpty ? nil : $0 }
    }

    private func required(_ type: String, _ name: String) throws(WireProblem) -> String {
        guard let value = text(name) else { throw WireProblem(type, "Missing param '\(name)'.", path: name) }
        guard value.utf8.count <= 16_384 else {
            throw WireProblem("invalid_body", "\(name) is longer than 16 KB.", path: name)
        }
        return value
    }

    /// A token goes into a header: what could not would only fail at each call.
    private func token(_ text: String, _ name: String) throws(WireProblem) -> String {
        guard OAuth2.Token.isToken(text) else {
            throw WireProblem(
                "invalid_body", "\(name) must be ASCII without spaces and line breaks, at most 16 KB.", path: name)
        }
        return text
    }

    /// `expires_at` (a number of seconds, or a date) or `expires_in`.
    private func expiry(at now: Instant) throws(WireProblem) -> Instant? {
        if let value = given["expires_at"], value != .null {
            guard let moment = OAuth2.Token.moment(value) else {
                throw WireProblem(
                    "invalid_expires_at", "expires_at must be a date in ISO 8601 or seconds since 1970.",
                    path: "expires_at")
            }
            return moment
        }
        guard let value = given["expires_in"], value != .null else { return nil }
        guard let seconds = OAuth2.Token.lifetime(value) else {
            throw WireProblem("invalid_expires_in", "expires_in must be a number of seconds.", path: "expires_in")
        }
        return now + seconds
    }
}
