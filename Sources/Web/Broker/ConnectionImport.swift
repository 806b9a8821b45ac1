import Broker
import HTTPTypes
import OAuth
import Storage

/// Credentials that a company already has, on their way in.
struct ConnectionImport {
    /// nil asks for one.
    let connectionID: String?
    let integrationKey: String?
    /// Members of `credentials`, or of the whole body in the flat shape of 2023.
    let given: JSONValue
    let isFlat: Bool
    let values: JSONValue?
    let metadata: JSONValue?
    let owner: ConnectionOwner?

    init(flat body: JSONValue) {
        connectionID = body["connection_id"]?.string
        integrationKey = body["provider_config_key"]?.string
        given = body
        isFlat = true
        values = body["connection_config"]
        metadata = body["metadata"]
        owner = nil
    }

    init(nested body: JSONValue) throws {
        connectionID = body["connection_id"]?.string
        integrationKey = body["provider_config_key"]?.string
        guard let credentials = body["credentials"], case .object = credentials else {
            throw BrokerRefusal.badBody(
                "missing_credentials", "credentials must be an object with a type.", path: "credentials")
        }
        given = credentials
        isFlat = false
        values = body["connection_config"]
        metadata = body["metadata"]
        owner = try ConnectionOwner(wire: body)
    }

    func text(_ names: String...) -> String? {
        names.lazy.compactMap { given[$0]?.string }.first { !$0.utf8.isEmpty }
    }

    func required(_ type: String, _ name: String, _ others: String...) throws -> String {
        if let value = text(name) ?? others.lazy.compactMap({ text($0) }).first {
            guard value.utf8.count <= 16_384 else {
                throw BrokerRefusal.badBody("invalid_body", "\(name) is longer than 16 KB.", path: name)
            }
            return value
        }
        throw BrokerRefusal.badBody(type, "Missing param '\(name)'.", path: name)
    }

    /// A token goes into a header: what could not would only fail at each call.
    func token(_ text: String, _ name: String) throws -> String {
        guard OAuth2.Token.isToken(text) else {
            throw BrokerRefusal.badBody(
                "invalid_body", "\(name) must be ASCII without spaces and line breaks, at most 16 KB.", path: name)
        }
        return text
    }

    /// `expires_at` (a number of seconds, or a date) or `expires_in`.
    func expiry(at now: Instant) throws -> Instant? {
        if let value = given["expires_at"], value != .null {
            guard let moment = OAuth2.Token.moment(value) else {
                throw BrokerRefusal.badBody(
                    "invalid_expires_at", "expires_at must be a date in ISO 8601 or seconds since 1970.",
                    path: "expires_at")
            }
            return moment
        }
        guard let value = given["expires_in"], value != .null else { return nil }
        guard let seconds = OAuth2.Token.lifetime(value) else {
            throw BrokerRefusal.badBody(
                "invalid_expires_in", "expires_in must be a number of seconds.", path: "expires_in")
        }
        return now + seconds
    }

    /// Values for the provider's addresses: each as its field wants it, since it may say whose host a call goes to.
    func values(for provider: Provider) throws -> [String: String] {
        guard let values, values != .null else { return [:] }
        guard case .object(let members) = values, members.count <= 50 else {
            throw BrokerRefusal.badBody(
                "invalid_connection_config", "connection_config must be an object of texts.", path: "connection_config")
        }
        var checked: [String: String] = [:]
        for member in members {
            let fits = member.value.string.map { text in
                provider.field(member.name)?.accepts(text) ?? ConnectionField.isPlainText(text)
            }
            guard fits == true, let text = member.value.string else {
                throw BrokerRefusal.badBody(
                    "invalid_connection_config",
                    "connection_config.\(member.name) is not what the provider wants there.",
                    path: "connection_config", member.name)
            }
            checked[member.name] = text
        }
        return checked
    }
}

extension Site {
    /// Stores an import; what there is of the same ID is replaced where its credentials can be renewed or were asked for
    /// by name, and is a conflict for keys and passwords.
    func importConnection(_ sent: ConnectionImport, _ call: BrokerCall) async throws -> BrokerConnection {
        guard let key = sent.integrationKey else {
            throw BrokerRefusal.badBody(
                "missing_provider_config", "Missing param 'provider_config_key'.", path: "provider_config_key")
        }
        var generator = SystemRandomNumberGenerator()
        guard let id = sent.connectionID ?? (sent.isFlat ? nil : WireName.uuid(using: &generator)) else {
            throw BrokerRefusal.badBody("missing_connection", "Missing param 'connection_id'.", path: "connection_id")
        }
        guard WireName.isConnectionID(id) else {
            throw BrokerRefusal.badBody(
                "invalid_connection_id",
                "connection_id has characters that the wire format does not allow, or over 255.",
                path: "connection_id")
        }
        guard let integration = try store.integration(key, in: call.environment) else {
            throw BrokerRefusal.unknownIntegration(key)
        }
        guard let provider = outside.provider(of: integration) else {
            throw BrokerRefusal.badRequest(
                "unknown_provider_template", "The integration's provider is not in the catalogue.")
        }
        var values = try sent.values(for: provider)
        let credentials = try await credentials(of: sent, provider, integration, &values)
        let metadata = try Self.metadata(sent.metadata)
        let isKey = ["API_KEY", "BASIC"].contains(credentials.wireName)
        var trace = Trace(
            id: store.newTraceID(at: now()), tenant: integration.tenant, environment: integration.environment,
            action: .imported, integrationKey: key, provider: integration.details.provider, connectionID: id,
            startedAt: now())
        trace.add("The API sent credentials.", [("type", credentials.wireName)], at: now())
        let test = await test(
            credentials, values: integration.completing(values), at: provider, for: integration.tenant)
        trace.add(test, at: now())
        if case .refused(let problem) = test?.outcome {
            trace.finish(.failure, error: CredentialTest.error, after: 0, at: now())
            try await store.record(trace)
            throw CredentialTest.refusal(because: problem)
        }
        trace.finish(.success, after: 0, at: now())
        do {
            _ = try await store.save(
                ConnectionDraft(
                    connectionID: id, credentials: credentials, values: values, metadata: metadata, owner: sent.owner),
                of: integration, replaces: isKey ? .nothing : .anything, trace: trace, at: now())
        } catch let unsaved as ConnectionUnsaved {
            throw Self.refusal(because: unsaved, key)
        }
        guard let stored = try store.connection(id, of: key, in: call.environment) else {
            throw BrokerRefusal.unknownConnection(id, key)
        }
        return stored
    }

    private static func refusal(because unsaved: ConnectionUnsaved, _ key: String) -> BrokerRefusal {
        switch unsaved {
        // An import expects no connection: it is the integration that was deleted a moment ago.
        case .gone: .unknownIntegration(key)
        case .taken:
            BrokerRefusal(
                status: .conflict, type: "connection_already_exists",
                message: "There is a connection of this ID already. Delete it first, or choose another ID.")
        case .installationHeld:
            BrokerRefusal(
                status: .conflict, type: "installation_already_connected",
                message: "Another connection of this integration has this installation. Use that one, or delete it.")
        case .full:
            BrokerRefusal.badRequest(
                "resource_capped", "The environment has as many connections as it may have. Delete some.")
        }
    }

    static func metadata(_ value: JSONValue?) throws -> JSONValue? {
        guard let value, value != .null else { return nil }
        guard case .object = value, value.bytes.count <= 64 * 1024 else {
            throw BrokerRefusal.badBody(
                "invalid_body", "metadata must be an object of at most 64 KB.", path: "metadata")
        }
        return value
    }

    private func credentials(
        of sent: ConnectionImport, _ provider: Provider, _ integration: Integration, _ values: inout [String: String]
    ) async throws -> Credentials {
        if !sent.isFlat, let type = sent.text("type"), !type.utf8.elementsEqual(provider.method.wireName.utf8) {
            throw BrokerRefusal.badBody(
                "invalid_auth_mode", "credentials.type must be \(provider.method.wireName) for this integration.",
                path: "credentials", "type")
        }
        switch provider.method {
        case .oauth2:
            let token = try sent.token(try sent.required("missing_access_token", "access_token"), "access_token")
            let refreshToken = try sent.text("refresh_token").map { try sent.token($0, "refresh_token") }
            return .oauth2(
                accessToken: token, refreshToken: refreshToken, expiresAt: try sent.expiry(at: now()),
                raw: sent.given["raw"] ?? sent.given)
        case .oauth1:
            let token = OAuth1Token(
                token: try sent.required("missing_oauth_token", "oauth_token"),
                secret: try sent.required("missing_oauth_token_secret", "oauth_token_secret"))
            return .oauth1(token, raw: sent.given["raw"] ?? sent.given)
        case .unauthenticated: return .none
        case .apiKey: return .apiKey(try sent.required("missing_api_key", "api_key", "apiKey"))
        case .basic:
            return .basic(
                username: try sent.required("missing_basic_username", "username"), password: sent.text("password") ?? ""
            )
        case .clientCredentials(let token):
            let client = ClientRegistration(
                id: try sent.required("missing_client_id", "client_id"),
                secret: try sent.required("missing_client_secret", "client_secret"))
            let completed = integration.completing(values)
            let answer = try await firstToken { now in
                let call = try token.clientCredentials(
                    scopes: integration.details.scopes, client: client, values: completed)
                return token.absorb(
                    await outside.call(call.made(for: integration.tenant)), keeping: provider.fields, paths: [], at: now
                )
            }
            return .clientCredentials(client, token: answer.accessToken, expiresAt: answer.expiresAt, raw: answer.raw)
        case .app(let app):
            _ = try sent.required("missing_app_id", "app_id")
            let installation = try sent.required("missing_installation_id", "installation_id")
            guard installation.utf8.count <= 20, installation.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw BrokerRefusal.badBody(
                    "missing_installation_id", "installation_id must be digits.", path: "installation_id")
            }
            values["installation_id"] = installation
            let filled = integration.completing(values)
            let client = try store.registration(of: integration)
            let answer = try await firstToken { now in
                let call = try app.token(client: client, values: filled, at: now).made(for: integration.tenant)
                return app.absorb(await outside.call(call), at: now)
            }
            return .app(accessToken: answer.accessToken, expiresAt: answer.expiresAt, raw: answer.raw)
        }
    }

    /// A token that is there before the connection is stored.
    private func firstToken(
        _ ask: (Instant) async throws -> Result<TokenAnswer, TokenAnswer.Trouble>
    ) async throws -> TokenAnswer {
        let result: Result<TokenAnswer, TokenAnswer.Trouble>
        do {
            result = try await ask(now())
        } catch let problem as ConnectProblem {
            throw BrokerRefusal.badRequest(problem.rawValue, TraceAdvice.sentence(for: problem.rawValue))
        }
        switch result {
        case .success(let answer): return answer
        case .failure(let trouble):
            throw BrokerRefusal(
                status: .badRequest, type: "refresh_token_external_error", nestedType: "invalid_credentials",
                message: "The provider gave no token (\(trouble.reason)). " + TraceAdvice.sentence(for: trouble.reason),
                payload: [("external_message", .string(trouble.reason))])
        }
    }
}
