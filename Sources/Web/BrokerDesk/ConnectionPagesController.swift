import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/env/{environment}/connections`: whose accounts are connected, and each of them.
struct ConnectionPagesController {
    let site: Site
    private static let perPage = 50
    private static let mostMetadata = 8 * 1024

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        let query = site.query(request)
        var filter = ConnectionFilter()
        let search = String(query.first("q").prefix(255))
        let key = query.first("integration")
        if !search.utf8.isEmpty { filter.search = search }
        if !key.utf8.isEmpty { filter.integrations = [key] }
        filter.isBroken = query.first("state").utf8.elementsEqual("broken".utf8)
        let list = "connections \(desk.environment.id.text)"
        let before = try site.place(query.first("after"), of: list).flatMap { Int64($0) }
        let found = try site.store.connections(of: desk.environment, filter, before: before, limit: Self.perPage + 1)
        let shown = found.prefix(Self.perPage)
        let path = desk.path + "/connections"
        let now = site.now()
        var page = ConnectionsPage(
            top: site.top(of: desk, at: .connections),
            connections: shown.map { ConnectionsPage.Row($0, below: path, at: now) }, search: search,
            integrations: try site.integrationChoices(of: desk, chosen: key),
            states: [
                Choice(value: "", label: "All", isChosen: !filter.isBroken),
                Choice(value: "broken", label: "Needs somebody", isChosen: filter.isBroken),
            ], listPath: path, integrationsPath: desk.path + "/integrations")
        page.isNarrowed = before != nil || filter.search != nil || !filter.integrations.isEmpty || filter.isBroken
        if found.count > shown.count, let last = shown.last {
            let asked = [("q", search), ("integration", key), ("state", filter.isBroken ? "broken" : "")]
                .filter { !$0.1.utf8.isEmpty }.map { "\($0.0)=\(PercentEncoding.encode($0.1))&" }.joined()
            page.nextPath = "\(path)?\(asked)after=\(site.cursor(String(last.number), of: list))"
        }
        return try site.page(page, request, context)
    }

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        return try site.page(try page(try connection(context, in: desk), desk), request, context)
    }

    /// The credentials, once: the page is the answer to the form, so no address shows them.
    func reveal(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context, part: "credentials-title")
        let desk = try await site.desk(context)
        let connection = try connection(context, in: desk)
        try await site.store.noteReveal(
            of: connection, by: desk.admin.person, from: site.clientAddress(of: request, context), at: site.now())
        return try site.page(try page(connection, desk, isRevealed: true), request, context)
    }

    func refresh(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let desk = try await site.desk(context)
        let connection = try connection(context, in: desk)
        switch try await site.fresh(connection, isForced: true) {
        case .success(let fresh):
            let isNew = fresh.version > connection.version
            return site.redirect(to: path(connection, desk), saying: isNew ? .connectionRefreshed : .refreshFailed)
        case .failure(.deleted): throw Failure.notFound
        case .failure: return site.redirect(to: path(connection, desk), saying: .refreshFailed)
        }
    }

    func setMetadata(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let desk = try await site.desk(context)
        let connection = try connection(context, in: desk)
        let typed = try sent.text("metadata")
        let bytes = Array(typed.utf8.filter { $0 != 0x0D })
        guard let value = JSONValue(bytes), case .object = value, bytes.count <= Self.mostMetadata else {
            var page = try page(connection, desk)
            page.metadata = typed
            return try site.page(page, request, context, problems: [Problem("metadata", Self.complaint(about: bytes))])
        }
        guard try await site.store.setMetadata(value, merges: false, of: connection, at: site.now()) != nil else {
            throw Failure.notFound
        }
        return site.redirect(to: path(connection, desk), saying: .metadataSaved)
    }

    func askToDelete(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        let connection = try connection(context, in: desk)
        let path = path(connection, desk)
        let page = EndBrokerPage(
            top: site.top(of: desk, at: .connections),
            headline: "Delete the connection \(connection.connectionID)?",
            sentences: [
                whatHappens(to: connection),
                "Your backend is answered that there is no such connection. The end user can connect again at any time.",
            ],
            facts: [Fact(label: "Integration", value: connection.integrationKey)] + connection.owner.facts.prefix(1),
            action: "Delete the connection", formPath: path + "/delete", cancelPath: path)
        return try site.page(page, request, context)
    }

    func destroy(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let desk = try await site.desk(context)
        let connection = try connection(context, in: desk)
        let isGone = try await site.disconnect(
            connection, by: desk.actor, from: site.clientAddress(of: request, context))
        guard isGone else { throw Failure.notFound }
        return site.redirect(to: desk.path + "/connections", saying: .connectionDeleted)
    }
}

extension ConnectionPagesController {
    private func path(_ connection: BrokerConnection, _ desk: Desk) -> String {
        "\(desk.path)/connections/\(connection.number)"
    }

    /// The connection that the path names, if it is this environment's.
    private func connection(_ context: PersonContext, in desk: Desk) throws -> BrokerConnection {
        guard let number = context.parameters.get("connection").flatMap({ Int64($0) }),
            let connection = try site.store.connection(number: number, of: desk.admin.tenant.id),
            connection.environment == desk.environment.id
        else { throw Failure.notFound }
        return connection
    }

    private func whatHappens(to connection: BrokerConnection) -> String {
        guard let provider = site.outside.provider(of: connection) else {
            return
                "Its credentials are deleted here. The catalogue does not know the provider any more, so nothing is revoked there."
        }
        if provider.revocation != nil {
            return "\(provider.title) is told to revoke the tokens, and they are deleted here."
        }
        return
            "Its credentials are deleted here. \(provider.title) offers no way to revoke them: there, the end user must "
            + "withdraw the access, or it runs out by itself."
    }

    private static func complaint(about bytes: [UInt8]) -> String {
        if bytes.count > mostMetadata {
            return "This is \(bytes.count / 1024 + 1) KB. Keep it to 8 KB; your backend can store more through the API."
        }
        guard let mistake = JSONValue.mistake(in: bytes) else {
            return "Enter one JSON object: { and } around names and values."
        }
        return
            "Line \(mistake.line), column \(mistake.column): from here on it is not JSON. Look for a missing quote, or a comma "
            + "too many, or a name that comes twice."
    }

    private func page(_ connection: BrokerConnection, _ desk: Desk, isRevealed: Bool = false) throws -> ConnectionPage {
        let now = site.now()
        let health = connection.health
        let (state, kind) = health.words(at: now)
        let path = path(connection, desk)
        let activity = "\(desk.path)/activity"
        let provider = site.outside.provider(of: connection)
        var filter = TraceFilter()
        filter.integrationKey = connection.integrationKey
        filter.connectionID = connection.connectionID
        let traces = try site.store.traces(of: desk.environment, filter, limit: 5)
        var page = ConnectionPage(
            top: site.top(of: desk, at: .connections), connectionID: connection.connectionID,
            integration: connection.integrationKey,
            integrationPath: "\(desk.path)/integrations/\(connection.integration.text)",
            listPath: desk.path + "/connections", state: state, stateKind: kind,
            method: connection.credentials.title, created: .exact(connection.createdAt),
            refreshed: health.refreshedAt.map { .relative($0, at: now) },
            lastFetched: connection.lastFetchedAt.map { .relative($0, at: now) },
            expires: health.expiresAt.map { .exact($0) }, isRefreshable: health.isRefreshable,
            owner: connection.owner.facts,
            values: connection.values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { value in
                    let field = provider?.field(value.key)
                    // Of a provider that has left the catalogue nobody knows which are.
                    let isSecret = provider == nil || field?.isSecret == true
                    return Fact(
                        label: field?.title ?? value.key, value: isSecret && !isRevealed ? "••••" : value.value)
                },
            credentials: connection.credentials.shown(isRevealed, by: provider), isRevealed: isRevealed,
            metadata: connection.metadata.indented,
            events: traces.map { trace in
                ConnectionPage.Event(
                    title: trace.action.title, outcome: trace.outcome.title, outcomeKind: trace.outcome.kind,
                    at: .relative(trace.startedAt, at: now), path: "\(activity)/\(trace.id.text)")
            }, languages: site.call(for: connection.connectionID, of: connection.integrationKey).languages,
            activityPath: "\(activity)?integration=\(PercentEncoding.encode(connection.integrationKey))&connection="
                + PercentEncoding.encode(connection.connectionID),
            revealPath: path + "/reveal", refreshPath: path + "/refresh", metadataPath: path + "/metadata",
            deletePath: path + "/delete")
        if isRevealed, connection.credentials.raw != .null { page.raw = connection.credentials.raw.indented }
        if let integration = try site.store.integration(connection.integration),
            integration.state(with: provider) != .incomplete
        {
            page.reconnectPath = path + "/reconnect"
        }
        guard let trouble = health.trouble else { return page }
        page.trouble = trouble
        page.advice = TraceAdvice.sentence(for: trouble)
        page.failed = health.failedAt.map { .relative($0, at: now) }
        let failed = traces.first { $0.outcome == .failure && $0.action == .refresh }
        page.troublePath = failed.map { "\(activity)/\($0.id.text)" } ?? ""
        return page
    }
}

extension ConnectionsPage.Row {
    fileprivate init(_ connection: ConnectionSummary, below path: String, at now: Instant) {
        let (state, kind) = connection.health.words(at: now)
        self.init(
            connectionID: connection.connectionID, person: connection.owner.label,
            integration: connection.integrationKey, state: state, stateKind: kind, created: .day(connection.createdAt),
            lastFetched: connection.lastFetchedAt.map { .relative($0, at: now) }, path: "\(path)/\(connection.number)")
    }
}

extension Site {
    /// For a filter. A key that is none of them any more stays on offer while it is asked for.
    func integrationChoices(of desk: Desk, chosen: String) throws -> [Choice] {
        var keys = try store.integrations(of: desk.environment).map(\.details.key)
        if !chosen.utf8.isEmpty, !keys.contains(where: { $0.utf8.elementsEqual(chosen.utf8) }) {
            keys.append(String(chosen.prefix(255)))
        }
        return ([Choice(value: "", label: "All")] + keys.map { Choice(value: $0, label: $0) }).map {
            $0.chosen(if: chosen)
        }
    }
}
