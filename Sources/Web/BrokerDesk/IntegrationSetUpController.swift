import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/env/{environment}/integrations`: the providers that an environment uses, and setting them up.
struct IntegrationSetUpController {
    let site: Site

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        let counts = try site.store.connectionCounts(of: desk.environment)
        let page = IntegrationsPage(
            top: site.top(of: desk, at: .integrations),
            integrations: try site.store.integrations(of: desk.environment).map { integration in
                let provider = site.outside.provider(of: integration)
                let state = integration.state(with: provider)
                let name = integration.title(with: provider)
                let kind = [provider?.title ?? integration.details.provider, provider?.method.title].compactMap { $0 }
                return IntegrationsPage.Row(
                    name: name, initials: Web.initials(of: name), key: integration.details.key,
                    provider: kind.joined(separator: ", "), state: state.title, stateKind: state.kind,
                    advice: integration.advice(with: provider), connections: Self.words(counts[integration.id]),
                    path: Self.path(integration, desk))
            }, newPath: desk.path + "/integrations/new")
        return try site.page(page, request, context)
    }

    func pick(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        let search = String(site.query(request).first("q").prefix(80))
        let all = site.outside.providers.providers
        let found = search.utf8.isEmpty ? all : all.filter { $0.matches(search) }
        let count = counted(Int64(found.count), "provider")
        let page = PickProviderPage(
            top: site.top(of: desk, at: .integrations), search: search,
            providers: found.map { provider in
                PickProviderPage.Row(
                    name: provider.title, initials: Web.initials(of: provider.title), method: provider.method.title,
                    categories: provider.categories.joined(separator: ", "),
                    path: "\(desk.path)/integrations/new/\(provider.key)")
            },
            count: found.isEmpty ? "No provider matches" : search.utf8.isEmpty ? count : "\(count) like “\(search)”",
            formPath: desk.path + "/integrations/new",
            customPath: "\(desk.path)/integrations/new/\(CustomProvider.key)")
        return try site.page(page, request, context)
    }

    func new(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        let named = context.parameters.get("provider") ?? ""
        let provider = try catalogued(named)
        let form = IntegrationForm(
            suggesting: provider, key: try freeKey(like: provider?.key ?? "my-provider", in: desk.environment))
        return try show(form, of: nil, provider, desk, request, context)
    }

    func create(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let desk = try await site.desk(context)
        let provider = try catalogued(try sent.text("provider"))
        let form = try IntegrationForm(sent, fields: Self.fields(of: provider), isCustom: provider == nil)
        let (checked, problems) = form.check(provider)
        guard problems.isEmpty else {
            return try show(form, of: nil, provider, desk, request, context, problems: problems)
        }
        let details = form.details(checked, provider: provider?.key ?? CustomProvider.key)
        let added = try await site.store.addIntegration(
            details, secret: checked.secret, to: desk.environment, by: desk.actor,
            from: site.clientAddress(of: request, context), at: site.now())
        guard let added else {
            let problem = FieldProblem("key", "An integration here has this key already. Choose another one.")
            return try show(form, of: nil, provider, desk, request, context, problems: [problem])
        }
        return site.redirect(to: Self.path(added, desk), saying: .integrationAdded)
    }

    func edit(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        let integration = try site.integration(context, in: desk)
        let provider = site.outside.provider(of: integration)
        return try show(IntegrationForm(integration, provider), of: integration, provider, desk, request, context)
    }

    /// A change that would break connections is saved only by somebody who was told how many.
    func update(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let desk = try await site.desk(context)
        let integration = try site.integration(context, in: desk)
        let provider = site.outside.provider(of: integration)
        var form = try IntegrationForm(
            sent, fields: Self.fields(of: provider), isCustom: integration.details.definition != nil)
        var (checked, problems) = form.check(provider)
        form.values.merge(kept(of: integration, provider, but: form.removed)) { typed, _ in typed }
        let connections = try site.store.connectionCounts(of: desk.environment)[integration.id] ?? 0
        let warning = warning(integration, form, connections, provider)
        if !warning.utf8.isEmpty, !form.understood.utf8.elementsEqual(String(connections).utf8) {
            problems.append(FieldProblem("understood", "Tick the box to save this change."))
        }
        guard problems.isEmpty else {
            return try show(
                form, of: integration, provider, desk, request, context, problems: problems, warning: warning)
        }
        let details = form.details(checked, provider: integration.details.provider)
        // Whoever says where secrets are sent, or brings their own, takes over what is connected from now on.
        if checked.secret != nil || details.definition != integration.details.definition
            || details.values != integration.details.values
            || !details.clientID.isSame(as: integration.details.clientID)
        {
            try await site.confirm(sent, request, context)
        }
        let isSaved = try await site.store.update(
            integration, to: details, secret: checked.secret, by: desk.actor,
            from: site.clientAddress(of: request, context), at: site.now())
        guard isSaved else {
            let problem = FieldProblem("key", "Another integration here has this key. Choose a different one.")
            return try show(form, of: integration, provider, desk, request, context, problems: [problem])
        }
        return site.redirect(to: Self.path(integration, desk), saying: .integrationSaved)
    }

    func askToDelete(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        let integration = try site.integration(context, in: desk)
        try site.askToConfirm(context)
        return try deletePage(integration, desk, typed: "", request, context)
    }

    func destroy(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.confirmedForm(request, context)
        let desk = try await site.desk(context)
        let integration = try site.integration(context, in: desk)
        let typed = try sent.text("confirm_name")
        guard typed.utf8.elementsEqual(integration.details.key.utf8) else {
            let problem = Problem("confirm_name", "Type the key exactly: \(integration.details.key)")
            return try deletePage(integration, desk, typed: typed, request, context, problems: [problem])
        }
        try await site.store.delete(
            integration, by: desk.actor, from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(to: desk.path + "/integrations", saying: .integrationDeleted)
    }
}

extension IntegrationSetUpController {
    static func path(_ integration: Integration, _ desk: Desk) -> String {
        "\(desk.path)/integrations/\(integration.id.text)"
    }

    static func words(_ connections: Int64?) -> String {
        guard let connections, connections > 0 else { return "No connections" }
        return counted(connections, "connection")
    }

    /// nil for a provider of one's own.
    private func catalogued(_ key: String) throws -> Provider? {
        guard !key.utf8.elementsEqual(CustomProvider.key.utf8) else { return nil }
        guard let provider = site.outside.providers[key] else { throw Failure.notFound }
        return provider
    }

    private static func fields(of provider: Provider?) -> [ConnectionField] {
        (provider?.fields ?? []).filter { $0.source == .integration }
    }

    /// Values that came by the API and no field of the form asks for, and secret ones, which it does not show: left
    /// empty, they stay until a box says that they go.
    private func kept(of integration: Integration, _ provider: Provider?, but removed: [String]) -> [String: String] {
        let asked = Self.fields(of: provider).filter { !$0.isSecret }.map(\.name) + removed
        return integration.details.values.filter { !asked.holds($0.key) }
    }

    private func freeKey(like key: String, in environment: BrokerEnvironment) throws -> String {
        let taken = Set(try site.store.integrations(of: environment).map(\.details.key))
        return ([key] + (2...500).map { "\(key)-\($0)" }).first { !taken.contains($0) } ?? key
    }

    private func warning(
        _ integration: Integration, _ form: IntegrationForm, _ connections: Int64, _ provider: Provider?
    ) -> String {
        guard connections > 0 else { return "" }
        var sentences: [String] = []
        let count = counted(connections, "connection")
        if !form.clientID.utf8.elementsEqual(integration.details.clientID.utf8),
            provider?.method.needsRegistration == true
        {
            sentences.append(
                "The ID changes. Tokens belong to the ID that they were issued to: \(count) can no longer be refreshed, "
                    + "and those people must connect again.")
        }
        if !form.key.utf8.elementsEqual(integration.details.key.utf8) {
            sentences.append(
                "The key changes. Code that asks for \(count) under the old key is answered that there is no such "
                    + "integration, and digests made with the old key are refused.")
        }
        return sentences.joined(separator: " ")
    }

    private func deletePage(
        _ integration: Integration, _ desk: Desk, typed: String, _ request: Request, _ context: PersonContext,
        problems: [Problem] = []
    ) throws -> Response {
        let connections = try site.store.connectionCounts(of: desk.environment)[integration.id] ?? 0
        let goes =
            connections == 0
            ? "It has no connections."
            : "\(counted(connections, "connection")) \(connections == 1 ? "goes" : "go") with it, and nothing is revoked at "
                + "the provider. To have that done, delete the connections first."
        let page = DeleteBrokerPage(
            top: site.top(of: desk, at: .integrations), what: "integration",
            name: integration.title(with: site.outside.provider(of: integration)), asked: "key",
            expected: integration.details.key,
            sentences: [goes, "Backends that ask for it are answered that there is no such integration."],
            confirmName: typed, formPath: Self.path(integration, desk) + "/delete",
            cancelPath: Self.path(integration, desk))
        return try site.page(page, request, context, problems: problems)
    }

    private func show(
        _ form: IntegrationForm, of integration: Integration?, _ provider: Provider?, _ desk: Desk, _ request: Request,
        _ context: PersonContext, problems: [FieldProblem] = [], warning: String = ""
    ) throws -> Response {
        let page = try IntegrationPage(form, of: integration, provider, desk, at: site, problems: problems, warning)
        return try site.page(
            page, request, context, status: problems.isEmpty ? .ok : .unprocessableContent, fieldProblems: problems)
    }
}

extension Site {
    /// The integration that the path names, if it is this environment's.
    func integration(_ context: PersonContext, in desk: Desk) throws -> Integration {
        guard let id = context.parameters.get("integration"), let integration = try store.integration(ID(id)),
            integration.tenant == desk.admin.tenant.id, integration.environment == desk.environment.id
        else { throw Failure.notFound }
        return integration
    }
}
