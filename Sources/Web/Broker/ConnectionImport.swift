import Broker
import HTTPTypes
import OAuth
import Storage

extension ConnectionImport {
    init(nested body: JSONValue) throws {
        try self.init(nested: body, owner: try ConnectionOwner(wire: body))
    }
}

extension BrokerRefusal {
    init(because problem: WireProblem) {
        self.init(
            status: .badRequest, type: problem.type, nestedType: "invalid_body", message: problem.message,
            problems: problem.path.isEmpty
                ? [] : [Problem(code: problem.type, message: problem.message, path: problem.path)])
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
        let (credentials, values) = try await credentials(of: sent, provider, integration)
        let metadata = try Self.metadata(sent.metadata)
        var trace = Trace(
            id: store.newTraceID(at: now()), tenant: integration.tenant, environment: integration.environment,
            action: .imported, integrationKey: key, provider: integration.details.provider, connectionID: id,
            startedAt: now())
        trace.add("The API sent credentials.", [("type", credentials.wireName)], at: now())
        let test = await test(
            credentials, values: integration.completing(values), client: try store.registration(of: integration),
            at: provider, for: integration.tenant)
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
                of: integration, replaces: provider.method.isTypedKey ? .nothing : .anything, trace: trace, at: now())
        } catch let unsaved as ConnectionUnsaved {
            throw Self.refusal(because: unsaved, key)
        }
        guard let stored = try store.connection(id, of: key, in: call.environment) else {
            throw BrokerRefusal.unknownConnection(id, key)
        }
        // With the token that was just made, where tokens are not stored.
        return stored.carrying(credentials)
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

    /// A token that the provider gives is fetched before the connection is stored.
    private func credentials(
        of sent: ConnectionImport, _ provider: Provider, _ integration: Integration
    ) async throws -> (Credentials, values: [String: String]) {
        var values = try sent.values(for: provider)
        let result: Result<Credentials, TokenAnswer.Trouble>
        do {
            let step = try sent.credentials(
                at: provider, of: integration, values: &values, client: try store.registration(of: integration),
                at: now())
            switch step {
            case .ready(let credentials): return (credentials, values)
            case .ask(let call):
                result = try sent.credentials(
                    at: provider, answer: await outside.call(call.made(for: integration.tenant)), at: now())
            }
        } catch let problem as ConnectProblem {
            throw BrokerRefusal.badRequest(problem.rawValue, TraceAdvice.sentence(for: problem.rawValue))
        }
        switch result {
        case .success(let credentials): return (credentials, values)
        case .failure(let trouble):
            throw BrokerRefusal(
                status: .badRequest, type: "refresh_token_external_error", nestedType: "invalid_credentials",
                message: "The provider gave no token (\(trouble.reason)). " + TraceAdvice.sentence(for: trouble.reason),
                payload: [("external_message", .string(trouble.reason))])
        }
    }
}
