import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/env`: a workspace's environments, what is in each, and its end.
struct EnvironmentsController {
    let site: Site

    /// The first one; which one somebody wants to see stands in the address from there on.
    func first(_ request: Request, _ context: PersonContext) async throws -> Response {
        let admin = try site.admin(context)
        let all = try await site.store.environments(of: admin.tenant.id, at: site.now())
        guard let first = all.first else { throw Failure.notFound }
        return site.redirect(to: "\(Desk.path(of: admin.tenant))/\(first.name)")
    }

    func new(_ request: Request, _ context: PersonContext) async throws -> Response {
        try site.page(try newPage(try site.admin(context)), request, context)
    }

    func create(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let admin = try site.admin(context)
        var page = try newPage(admin)
        page.name = try sent.text("name")
        page.requiresHMAC = !(try sent.text("hmac").utf8.elementsEqual("off".utf8))
        let name = page.name
        guard BrokerEnvironment.isName(name) else {
            let sentence =
                "Enter a name of lower-case letters and digits, with hyphens inside if you like: at most "
                + "\(BrokerEnvironment.longestName) characters. “new” is taken."
            return try site.page(page, request, context, problems: [Problem("name", sentence)])
        }
        // The two that everybody has are there first, whatever is added.
        _ = try await site.store.environments(of: admin.tenant.id, at: site.now())
        let made = try await site.store.makeEnvironment(
            named: name, requiresHMAC: page.requiresHMAC, of: admin.tenant.id, by: .person(admin.person),
            from: site.clientAddress(of: request, context), at: site.now())
        guard made != nil else {
            let problem = Problem(
                "name",
                "There is one of this name, or there are \(BrokerEnvironment.most) already. Choose another name.")
            return try site.page(page, request, context, problems: [problem])
        }
        return site.redirect(to: "\(Desk.path(of: admin.tenant))/\(name)", saying: .environmentAdded)
    }

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        let integrations = try site.store.integrations(of: desk.environment)
        let count = try site.store.connectionCounts(of: desk.environment).values.reduce(0, +)
        var filter = ConnectionFilter()
        filter.isBroken = true
        let broken = try site.store.connections(of: desk.environment, filter, limit: 6)
        let steps = try steps(of: desk, integrations, connections: count)
        var page = EnvironmentPage(
            top: site.top(of: desk, at: .home), steps: steps.allSatisfy(\.isDone) ? [] : steps,
            integrations: integrations.isEmpty ? "No integrations" : counted(Int64(integrations.count), "integration"),
            connections: count == 0 ? "No connections" : counted(count, "connection"),
            integrationsPath: desk.path + "/integrations", connectionsPath: desk.path + "/connections",
            settingsPath: desk.path + "/settings")
        page.broken = broken.prefix(5).map { connection in
            EnvironmentPage.Broken(
                connectionID: connection.connectionID, integration: connection.integrationKey,
                trouble: connection.health.trouble ?? "",
                advice: TraceAdvice.sentence(for: connection.health.trouble ?? ""),
                path: "\(desk.path)/connections/\(connection.number)")
        }
        if !broken.isEmpty { page.brokenPath = desk.path + "/connections?state=broken" }
        if let newest = try site.store.connections(of: desk.environment, limit: 1).first {
            page.languages = site.call(for: newest.connectionID, of: newest.integrationKey).languages
        }
        return try site.page(page, request, context)
    }

    func askToDelete(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        try site.askToConfirm(context)
        return try deletePage(desk, typed: "", request, context)
    }

    /// By typing its name, and after proving who one is.
    func destroy(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.confirmedForm(request, context)
        let desk = try await site.desk(context)
        let typed = try sent.text("confirm_name")
        guard typed.utf8.elementsEqual(desk.environment.name.utf8) else {
            let problem = Problem("confirm_name", "Type the name exactly: \(desk.environment.name)")
            return try deletePage(desk, typed: typed, request, context, problems: [problem])
        }
        try await site.store.delete(
            desk.environment, by: desk.actor, from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(to: desk.admin.tenant.path, saying: .environmentDeleted)
    }
}

extension EnvironmentsController {
    private func newPage(_ admin: Member) throws -> NewEnvironmentPage {
        NewEnvironmentPage(
            top: try site.top(of: admin, at: .integrations), formPath: Desk.path(of: admin.tenant),
            cancelPath: Desk.path(of: admin.tenant))
    }

    private func steps(
        of desk: Desk, _ integrations: [Integration], connections: Int64
    ) throws -> [EnvironmentPage.Step] {
        let ready = integrations.first { $0.state(with: site.outside.provider(of: $0)) == .ready }
        let keys = try site.store.keys(of: desk.environment, at: site.now())
        let start = integrations.first.map { "\(desk.path)/integrations/\($0.id.text)" }
        let set = start ?? desk.path + "/integrations/new"
        return [
            EnvironmentPage.Step(
                title: "Add an integration", sentence: "One provider, with the ID and secret that it gave you.",
                isDone: ready != nil, path: ready == nil ? set : "",
                action: start == nil ? "Choose a provider" : "Finish setting it up"),
            EnvironmentPage.Step(
                title: "Connect to test", sentence: "Connect an account of your own, as your users will.",
                isDone: connections > 0,
                path: connections > 0 ? "" : ready.map { "\(desk.path)/integrations/\($0.id.text)" } ?? "",
                action: "Connect to test"),
            EnvironmentPage.Step(
                title: "Make a secret key", sentence: "Your backend proves itself with it.", isDone: !keys.isEmpty,
                path: keys.isEmpty ? desk.path + "/settings#keys-title" : "", action: "Make a key"),
            EnvironmentPage.Step(
                title: "Fetch from your backend",
                sentence: connections > 0
                    ? "Ask for the token each time you need it, with the call below."
                    : "Ask for the token each time you need it.",
                isDone: keys.contains { $0.lastUsedAt != nil }),
        ]
    }

    private func deletePage(
        _ desk: Desk, typed: String, _ request: Request, _ context: PersonContext, problems: [Problem] = []
    ) throws -> Response {
        let integrations = try site.store.integrations(of: desk.environment).count
        let connections = try site.store.connectionCounts(of: desk.environment).values.reduce(0, +)
        let page = DeleteBrokerPage(
            top: site.top(of: desk, at: .settings), what: "environment", name: desk.environment.name,
            expected: desk.environment.name,
            sentences: [
                "\(counted(Int64(integrations), "integration")), \(counted(connections, "connection")), every key and the "
                    + "activity go with it. Backends that use its keys are refused at once.",
                "Nothing is revoked at the providers. To have that done, delete the connections first.",
            ], confirmName: typed, formPath: desk.path + "/delete", cancelPath: desk.path + "/settings")
        return try site.page(page, request, context, problems: problems)
    }
}

extension Site {
    /// The call that fetches a connection from the reader's own backend.
    func call(for connectionID: String, of key: String) -> ConnectionCall {
        ConnectionCall(base: settings.base.text, integrationKey: key, connectionID: connectionID)
    }
}
