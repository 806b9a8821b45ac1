package import OAuth

/// What a company's backend says when it opens a connect session for one of its users (`POST /connect/sessions`).
package struct ConnectSessionAsk: Hashable, Sendable {
    /// One thing that is wrong with the body, as the wire's current clients read it.
    package struct Mistake: Error, Hashable, Sendable {
        package let code: String
        package let message: String
        package let path: [String]

        package init(code: String, message: String, path: [String]) {
            self.code = code
            self.message = message
            self.path = path
        }
    }

    /// What one integration starts with; it wins over whatever the browser sends.
    package struct Defaults: Hashable, Sendable {
        package let userScopes: String?
        package let parameters: [String: String]
        package let values: [String: String]
    }

    /// `{"id": …, "email": …, "display_name": …, "tags": {…}}`.
    package let endUser: JSONValue?
    package let organization: JSONValue?
    package let tags: JSONValue?
    /// Nil for every integration of the environment.
    package let allowedIntegrations: [String]?
    package let defaults: [String: Defaults]
    package let overrides: JSONValue?
    /// Told of what happens to the connection, instead of the environment's address.
    package let webhookURL: String?
    /// Set for a reconnection: these two and no others.
    package let reconnects: Reconnection?

    package struct Reconnection: Hashable, Sendable {
        package let connectionID: String
        package let integration: String
    }

    /// - Parameter body: JSON text.
    package static func read(_ body: [UInt8], isReconnection: Bool) -> Result<ConnectSessionAsk, Mistakes> {
        guard let value = JSONValue(body), case .object = value else {
            return .failure(
                Mistakes([Mistake(code: "invalid_json", message: "The body must be a JSON object.", path: [])]))
        }
        var reader = Reader(value)
        let ask = ConnectSessionAsk(&reader, isReconnection: isReconnection)
        guard reader.mistakes.isEmpty else { return .failure(Mistakes(reader.mistakes)) }
        return .success(ask)
    }

    package struct Mistakes: Error, Hashable, Sendable {
        package let all: [Mistake]
        init(_ all: [Mistake]) { self.all = all }
    }

    /// Whether the session may be used for an integration.
    package func allows(_ integration: String) -> Bool {
        if let reconnects { return reconnects.integration.isSame(as: integration) }
        return allowedIntegrations?.holds(integration) ?? true
    }

    /// For the person on the hosted page: the name their company knows them by, else their email address, else the ID.
    package var label: String? {
        ["display_name", "email", "id"].lazy.compactMap { endUser?[$0]?.string }.first { !$0.utf8.isEmpty }
    }

    /// Whose the connection is, as the company's backend said.
    package var owner: ConnectionOwner {
        var user: [JSONValue.Member] = []
        if case .object(let members)? = endUser { user = members.filter { !$0.name.isSame(as: "tags") } }
        if let organization { user.append(.init("organization", organization)) }
        var texts: [String: String] = [:]
        for case .object(let members)? in [endUser?["tags"], tags] {
            for member in members { texts[member.name] = member.value.string }
        }
        return ConnectionOwner(endUser: user.isEmpty ? .null : .object(user), tags: texts, webhookURL: webhookURL)
    }

    private init(_ reader: inout Reader, isReconnection: Bool) {
        endUser = reader.endUser()
        organization = reader.object("organization", members: ["id", "display_name"], required: ["id"])
        tags = reader.tags()
        overrides = reader.overrides()
        webhookURL = reader.webhookURL()
        if isReconnection {
            let connection = reader.text("connection_id")
            let integration = reader.text("integration_id")
            reconnects = connection.flatMap { id in integration.map { Reconnection(connectionID: id, integration: $0) }
            }
            allowedIntegrations = nil
            defaults = reader.defaults()
        } else {
            reconnects = nil
            allowedIntegrations = reader.integrations()
            defaults = reader.defaults()
            if endUser == nil, tags == nil {
                reader.refuse("invalid_type", "end_user or tags is required", ["end_user"])
            }
        }
        reader.refuseUnknown()
    }
}

extension ConnectSessionAsk {
    /// As it is stored: what `init(stored:)` reads.
    package var stored: [UInt8] {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ value: JSONValue?) { if let value { members.append(.init(name, value)) } }
        add("end_user", endUser)
        add("organization", organization)
        add("tags", tags)
        add("allowed_integrations", allowedIntegrations.map { .array($0.map(JSONValue.string)) })
        add("integrations_config_defaults", defaults.isEmpty ? nil : defaultsAsJSON)
        add("overrides", overrides)
        add("webhook_url_override", webhookURL.map(JSONValue.string))
        if let reconnects {
            add("connection_id", .string(reconnects.connectionID))
            add("integration_id", .string(reconnects.integration))
        }
        return JSONValue.object(members).bytes
    }

    package init?(stored bytes: [UInt8]) {
        guard let value = JSONValue(bytes) else { return nil }
        let isReconnection = value["connection_id"] != nil
        guard case .success(let ask) = Self.read(bytes, isReconnection: isReconnection) else { return nil }
        self = ask
    }

    package var defaultsAsJSON: JSONValue {
        .object(
            defaults.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { key, value in
                var members: [JSONValue.Member] = []
                if let scopes = value.userScopes { members.append(.init("user_scopes", .string(scopes))) }
                if !value.parameters.isEmpty {
                    members.append(.init("authorization_params", Self.json(value.parameters)))
                }
                if !value.values.isEmpty { members.append(.init("connection_config", Self.json(value.values))) }
                return .init(key, .object(members))
            })
    }

    private static func json(_ texts: [String: String]) -> JSONValue {
        .object(
            texts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { .init($0.key, .string($0.value)) })
    }
}
