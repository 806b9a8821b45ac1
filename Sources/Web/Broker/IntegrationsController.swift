import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Storage

/// `/integrations` and `/providers`: the same in today's shapes.
struct IntegrationsController {
    let site: Site

    func index(_ request: Request, _ context: SiteContext) async throws -> Response {
        // A page with a connect session sees those that it may connect.
        let offered = try await site.forSession(request) { session in
            let rows = try site.store.integrations(of: session.environment)
                .filter { session.ask.allows($0.details.key) }.map { JSONText.object(members(of: $0)) }
            return .json(bytes: JSONText.object([("data", .array(rows))]).bytes)
        }
        if let offered { return offered }
        return try await site.broker(request, context, needs: .listIntegrations) { call in
            let rows = try site.store.integrations(of: call.environment).map { JSONText.object(members(of: $0)) }
            return .json(bytes: JSONText.object([("data", .array(rows))]).bytes)
        }
    }

    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .readIntegrations) { call in
            let integration = try site.integration(named: call.name(after: "/integrations/"), call)
            let included = call.query.all("include")
            var members = members(of: integration)
            if included.holds("webhook") {
                members.append(("webhook_url", call.environment.webhookURL.map(JSONText.string) ?? .word("null")))
            }
            if included.holds("credentials") {
                try call.require(.readIntegrationCredentials)
                members.append(("credentials", try credentials(of: integration)))
            }
            return Self.data(members)
        }
    }

    func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .createIntegrations) { call in
            let sent = try IntegrationSent(nested: try await call.object(atMost: 64 * 1024), keeping: nil)
            return Self.data(members(of: try await site.add(sent, call)))
        }
    }

    func update(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .updateIntegrations) { call in
            let old = try site.integration(named: call.name(after: "/integrations/"), call)
            let sent = try IntegrationSent(nested: try await call.object(atMost: 64 * 1024), keeping: old)
            return Self.data(members(of: try await site.change(old, to: sent, call)))
        }
    }

    func destroy(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context, needs: .deleteIntegrations) { call in
            let integration = try site.integration(named: call.name(after: "/integrations/"), call)
            try await site.store.delete(integration, by: call.key.actor, from: call.address, at: site.now())
            return CurrentConnectionsController.success
        }
    }

    func providers(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.broker(request, context) { call in
            let found = site.providers(matching: call.query.text("search"))
            return .json(
                bytes: JSONText.object([("data", .array(found.map { ProviderJSON(provider: $0).nested }))]).bytes)
        }
    }

    func provider(_ request: Request, _ context: SiteContext) async throws -> Response {
        let offered = try await site.forSession(request) { _ in
            let name = PercentEncoding.decode(request.uri.path.utf8.dropFirst("/providers/".utf8.count))
            let provider = try site.provider(named: name)
            return .json(bytes: JSONText.object([("data", ProviderJSON(provider: provider).nested)]).bytes)
        }
        if let offered { return offered }
        return try await site.broker(request, context) { call in
            let provider = try site.provider(named: call.name(after: "/providers/"))
            return .json(bytes: JSONText.object([("data", ProviderJSON(provider: provider).nested)]).bytes)
        }
    }

    private static func data(_ members: [(name: String, value: JSONText)]) -> Response {
        .json(bytes: JSONText.object([("data", .object(members))]).bytes)
    }

    private func members(of integration: Integration) -> [(name: String, value: JSONText)] {
        let provider = site.outside.provider(of: integration)
        let name = integration.details.displayName
        return [
            ("unique_key", .string(integration.details.key)), ("provider", .string(integration.details.provider)),
            ("display_name", .string(name.utf8.isEmpty ? provider?.title ?? integration.details.provider : name)),
            ("logo", .word("null")), ("forward_webhooks", .boolean(false)),
            ("created_at", .string(integration.createdAt.wireText)),
            ("updated_at", .string(integration.updatedAt.wireText)),
        ]
    }

    private func credentials(of integration: Integration) throws -> JSONText {
        guard let provider = site.outside.provider(of: integration), provider.method.needsRegistration else {
            return .word("null")
        }
        let client = try site.store.registration(of: integration)
        if case .app = provider.method {
            return .object([
                ("type", .string("APP")), ("app_id", .string(client.id)),
                ("app_link", integration.details.values["appPublicLink"].map(JSONText.string) ?? .word("null")),
                ("private_key", .string(client.secret ?? "")),
            ])
        }
        return .object([
            ("type", .string(provider.method.wireName)), ("client_id", .string(client.id)),
            ("client_secret", .string(client.secret ?? "")),
            ("scopes", .string(integration.details.scopes.joined(separator: ","))), ("webhook_secret", .word("null")),
        ])
    }
}

/// A provider of the catalogue on the wire.
struct ProviderJSON {
    let provider: Provider

    var flat: JSONText { .object(members) }
    var nested: JSONText { .object([("name", .string(provider.key))] + members) }

    private var members: [(name: String, value: JSONText)] {
        var members: [(name: String, value: JSONText)] = [
            ("display_name", .string(provider.title)), ("auth_mode", .string(provider.method.wireName)),
            ("categories", .strings(provider.categories)), ("docs", .string(provider.documentation)),
        ]
        switch provider.method {
        case .oauth2(let oauth2):
            members += [
                ("authorization_url", Self.text(oauth2.authorize.url)), ("token_url", Self.text(oauth2.token.url)),
                ("scope_separator", .string(oauth2.authorize.scopeSeparator)),
                ("default_scopes", .strings(oauth2.authorize.defaultScopes)),
                ("disable_pkce", .boolean(!oauth2.authorize.sendsPKCE)),
            ]
        case .oauth1(let oauth1):
            members += [
                ("request_url", .string(oauth1.requestURL.text)),
                ("authorization_url", .string(oauth1.authorizeURL.text)), ("token_url", .string(oauth1.tokenURL.text)),
                ("signature_method", .string(oauth1.signature.rawValue)),
            ]
        case .clientCredentials(let token): members.append(("token_url", Self.text(token.url)))
        case .app(let app):
            members += [
                ("authorization_url", .string(app.installURL.text)), ("token_url", .string(app.tokenURL.text)),
            ]
        case .twoStep(let twoStep): members.append(("token_url", Self.text(twoStep.url)))
        case .tba(let tba): members.append(("signature_method", .string(tba.signature.rawValue)))
        default: break
        }
        if !provider.method.typed.isEmpty { members.append(("credentials", .object(credentials))) }
        if let api = provider.api { members.append(("proxy", .object([("base_url", Self.text(api.base))]))) }
        members.append(("connection_config", .object(fields)))
        return members
    }

    private var fields: [(name: String, value: JSONText)] {
        provider.fields.filter { $0.source == .person }.map { field in
            var members: [(name: String, value: JSONText)] = [
                ("type", .string("string")), ("title", .string(field.title)),
                ("description", field.explanation.map(JSONText.string) ?? .word("null")),
                ("example", field.example.map(JSONText.string) ?? .word("null")),
                ("optional", .boolean(field.isOptional)), ("secret", .boolean(field.isSecret)),
            ]
            if let prefix = field.prefix { members.append(("prefix", .string(prefix))) }
            if let suffix = field.suffix { members.append(("suffix", .string(suffix))) }
            return (field.name, .object(members))
        }
    }

    /// What a page asks for, for those who build their own.
    private var credentials: [(name: String, value: JSONText)] {
        provider.method.typed.filter { !$0.isForPrograms }.map { field in
            (
                field.name,
                .object([
                    ("type", .string(field.shape == .list ? "array" : "string")), ("title", .string(field.title)),
                    ("description", field.explanation.map(JSONText.string) ?? .word("null")),
                    ("example", field.example.map(JSONText.string) ?? .word("null")),
                    ("optional", .boolean(field.isOptional)), ("secret", .boolean(field.isSecret)),
                ])
            )
        }
    }

    private static func text(_ templates: [URLTemplate]) -> JSONText {
        templates.count == 1 ? .string(templates[0].text) : .strings(templates.map(\.text))
    }
}
