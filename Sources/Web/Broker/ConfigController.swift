import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Storage

/// `/config` and `/provider`: integrations and the catalogue in the shapes of 2023.
struct ConfigController {
    let site: Site

    func index(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .listIntegrations) { call in
            let rows = try site.store.integrations(of: call.environment).map(Self.short)
            return .json(bytes: JSONText.object([("configs", .array(rows))]).bytes)
        }
    }

    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context) { call in
            let showsSecret = call.query.flag("include_creds")
            try call.require(showsSecret ? .readIntegrationCredentials : .readIntegrations)
            let integration = try site.integration(named: call.name(after: "/config/"), call)
            var members: [(name: String, value: JSONText)] = [
                ("unique_key", .string(integration.details.key)), ("provider", .string(integration.details.provider)),
            ]
            if showsSecret {
                let client = try site.store.registration(of: integration)
                members += [
                    ("client_id", .string(client.id)), ("client_secret", .string(client.secret ?? "")),
                    ("scopes", .string(integration.details.scopes.joined(separator: ","))),
                    ("app_link", integration.details.values["appPublicLink"].map(JSONText.string) ?? .word("null")),
                    (
                        "auth_mode",
                        site.outside.provider(of: integration).map { .string($0.method.wireName) } ?? .word("null")
                    ),
                ]
            }
            members += [("syncs", .array([])), ("actions", .array([]))]
            return .json(bytes: JSONText.object([("config", .object(members))]).bytes)
        }
    }

    func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .createIntegrations) { call in
            let body = try await call.object(atMost: 64 * 1024)
            guard let key = body["provider_config_key"]?.string, !key.utf8.isEmpty else {
                throw BrokerRefusal.missingIntegration
            }
            let sent = try IntegrationSent(flat: body, key: key, keeping: nil)
            let added = try await site.add(sent, call)
            return .json(bytes: JSONText.object([("config", Self.short(added))]).bytes)
        }
    }

    func update(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .updateIntegrations) { call in
            let body = try await call.object(atMost: 64 * 1024)
            guard let key = body["provider_config_key"]?.string, !key.utf8.isEmpty else {
                throw BrokerRefusal.missingIntegration
            }
            let old = try site.integration(named: key, call)
            guard let provider = site.outside.provider(of: old), provider.method.needsRegistration else {
                throw BrokerRefusal.badRequest(
                    "provider_config_edit_not_allowed",
                    "Integrations that take keys or passwords have nothing to change.")
            }
            let changed = try await site.change(old, to: IntegrationSent(flat: body, key: key, keeping: old), call)
            return .json(bytes: JSONText.object([("config", Self.short(changed))]).bytes)
        }
    }

    func destroy(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .deleteIntegrations) { call in
            let integration = try site.integration(named: call.name(after: "/config/"), call)
            try await site.store.delete(integration, by: call.key.actor, from: call.address, at: site.now())
            return Response(status: .noContent)
        }
    }

    func providers(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context) { call in
            let found = site.providers(matching: call.query.text("query"))
            let members = found.map { (name: $0.key, value: ProviderJSON(provider: $0).flat) }
            return .json(bytes: JSONText.object([("providers", .object(members))]).bytes)
        }
    }

    func provider(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context) { call in
            let provider = try site.provider(named: call.name(after: "/provider/"))
            return .json(bytes: JSONText.object([("provider", ProviderJSON(provider: provider).flat)]).bytes)
        }
    }

    private static func short(_ integration: Integration) -> JSONText {
        .object([
            ("unique_key", .string(integration.details.key)), ("provider", .string(integration.details.provider)),
        ])
    }
}

extension Site {
    func integration(named key: String?, _ call: BrokerCall) throws -> Integration {
        guard let key, !key.utf8.isEmpty else { throw BrokerRefusal.missingIntegration }
        guard let integration = try store.integration(key, in: call.environment) else {
            throw BrokerRefusal.unknownIntegration(key)
        }
        return integration
    }

    func add(_ sent: IntegrationSent, _ call: BrokerCall) async throws -> Integration {
        try sent.check(with: outside.provider(sent.details.provider, definition: sent.details.definition))
        let added = try await store.addIntegration(
            sent.details, secret: sent.secret, to: call.environment, by: call.key.actor, from: call.address, at: now())
        guard let added else {
            throw BrokerRefusal(
                status: .conflict, type: "duplicate_provider_config",
                message: "The environment has an integration of this key already, or 500 of them.")
        }
        return added
    }

    func change(_ old: Integration, to sent: IntegrationSent, _ call: BrokerCall) async throws -> Integration {
        try sent.check(with: outside.provider(sent.details.provider, definition: sent.details.definition))
        let isChanged = try await store.update(
            old, to: sent.details, secret: sent.secret, by: call.key.actor, from: call.address, at: now())
        guard isChanged, let stored = try store.integration(sent.details.key, in: call.environment) else {
            throw BrokerRefusal(
                status: .conflict, type: "duplicate_provider_config",
                message: "Another integration of the environment has this key.")
        }
        return stored
    }

    func providers(matching text: String?) -> [Provider] {
        guard let text else { return outside.providers.providers }
        return outside.providers.providers.filter { $0.matches(text) }
    }

    func provider(named key: String?) throws -> Provider {
        guard let key, let provider = outside.providers[key] else {
            throw BrokerRefusal(
                status: .badRequest, nestedStatus: .notFound, type: "unknown_provider_template",
                nestedType: "not_found",
                message: "The catalogue has no provider of this name.")
        }
        return provider
    }
}
