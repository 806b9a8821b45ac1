import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/operator/apps`: every app, and the queue of those that nobody has looked at.
struct AppsDeskController {
    let site: Site

    func index(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let list = OperatorList(at: "/operator/apps", site.query(request))
        let apps = try site.store.apps(list.filter, after: list.after, limit: OperatorList.perPage + 1)
        let page = list.page(
            "Apps", "What developers registered, newest first.",
            shows: [
                (value: "asked", label: "Review asked for"), (value: "unreviewed", label: "Not reviewed"),
                (value: "suspended", label: "Suspended"),
            ], of: apps, factsTitle: "Allowed in", row: { OperatorListPage.Row($0, at: site.now()) },
            position: { ListPosition(at: $0.app.createdAt, id: $0.app.id.text) })
        return try site.page(page, request, context)
    }

    func show(_ request: Request, _ context: OperatorContext) async throws -> Response {
        try site.page(try page(for: try app(context)), request, context)
    }

    /// Counts only for the app as it was when the operator's page was made.
    func review(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let form = try await site.confirmedForm(request, context)
        let app = try app(context)
        let typed = try form.text("note")
        let note = TypedText.line(typed, atMost: 300) ?? ""
        guard !note.utf8.isEmpty || typed.utf8.allSatisfy({ $0 == 0x20 }) else {
            var page = try page(for: app)
            page.note = typed
            let problem = Problem("note", "Use up to 300 characters of plain text.")
            return try site.page(page, request, context, problems: [problem])
        }
        let isReviewed = try await site.store.review(
            app.id, asOf: Instant(seconds: Int64(try form.text("as_of")) ?? -1), note: note, by: context.session.person,
            letter: .appReviewed(to: app.owner, app: app.details.name, page: site.url(app.path)),
            from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(to: app.operatorPath, saying: isReviewed ? .appReviewed : .appChanged)
    }

    func withdraw(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let form = try await site.confirmedForm(request, context)
        let app = try app(context)
        switch site.operatorReason(try form.text("because"), field: "because") {
        case .failure(let problem):
            var page = try page(for: app)
            page.because = try form.text("because")
            return try site.page(page, request, context, problems: [problem])
        case .success(let reason):
            _ = try await site.store.withdrawReview(
                of: app.id, because: reason, by: context.session.person,
                letter: .appReviewWithdrawn(
                    to: app.owner, app: app.details.name, reason: reason, page: site.url(app.path)),
                from: site.clientAddress(of: request, context), at: site.now())
            return site.redirect(to: app.operatorPath, saying: .reviewWithdrawn)
        }
    }

    func suspend(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let form = try await site.confirmedForm(request, context)
        let app = try app(context)
        return try await site.suspend(
            .app(app), called: what(app), telling: [(app.owner.email, app.owner.name)], form, request, context
        ) { try page(for: app) }
    }

    func reinstate(_ request: Request, _ context: OperatorContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context)
        let app = try app(context)
        return try await site.reinstate(
            .app(app), called: what(app), telling: [(app.owner.email, app.owner.name)], request, context)
    }

    private func what(_ app: App) -> String { "your app \"\(app.details.name)\"" }

    private func app(_ context: OperatorContext) throws -> App {
        guard let id = context.parameters.get("app"), let app = try site.store.app(ID<Entity.Client>(id)) else {
            throw Failure.notFound
        }
        return app
    }

    private func page(for app: App) throws -> SubjectPage {
        let now = site.now()
        let details = app.details
        let suspensions = try site.store.suspensions(of: .app(app))
        let isSuspended = suspensions.first.map { $0.reinstatedAt == nil } ?? false
        var page = SubjectPage(
            name: details.name, kind: "an app", status: app.operatorStatus.text, statusKind: app.operatorStatus.kind,
            facts: [
                Fact(label: "Client ID", value: app.clientID), Fact(label: "ID", value: app.id.text),
                Fact(label: "Kind", value: app.kindName),
                Fact(label: "PKCE", value: details.pkceRequired ? "Required" : "Optional"),
                Fact(
                    label: "Tokens",
                    value: details.tokenFormat == .v1 ? "Never expire (V1)" : "Expire after 24 hours (V2)"),
                Fact(
                    label: "Direct flow",
                    value: try site.store.directFlow(of: app.id).map { "On, tokens live \($0.lifetime.words)" } ?? "Off"
                ),
                Fact(label: "Callbacks", value: details.callbacks.joined(separator: ", ")),
                Fact(label: "Scopes", value: details.scopes.text),
                Fact(label: "Allowed in", value: counted(try site.store.reach(of: app.id).tenants, "tenant")),
                Fact(label: "Registered", value: Moment.exact(app.createdAt).text),
                Fact(label: "Changed", value: Moment.exact(app.updatedAt).text),
            ],
            websiteURL: details.homepage, description: details.description, hints: try hints(for: app, at: now),
            ways: [
                SubjectPage.Way(
                    path: "/operator/people/\(app.owner.id.text)", text: "Its developer, \(app.owner.name)"),
                SubjectPage.Way(path: "/operator/audit?subject=\(app.id.text)", text: "What was done to it"),
                SubjectPage.Way(path: "/operator/audit?actor=\(app.id.text)", text: "What it did"),
            ], history: [],
            effect: "Its tokens are refused and nobody can allow it, from the next request on. Nothing is deleted.")
        if let asked = try site.store.reviewRequest(of: app.id) {
            page.facts.append(
                Fact(label: "Review asked for", value: "by \(asked.askedBy), \(Moment.exact(asked.askedAt).text)"))
        }
        page.show(suspensions)
        for review in try site.store.reviews(of: app.id) {
            if let end = review.endedAt {
                page.history.append(
                    SubjectPage.Past(what: "Review ended", reason: review.endedBecause ?? "", at: .exact(end)))
            }
            page.history.append(
                SubjectPage.Past(
                    what: "Reviewed by \(review.reviewedBy)", reason: review.note, at: .exact(review.reviewedAt)))
        }
        if isSuspended {
            page.reinstatePath = app.operatorPath + "/reinstate"
        } else {
            page.suspendPath = app.operatorPath + "/suspend"
        }
        if app.isReviewed {
            page.withdrawPath = app.operatorPath + "/withdraw"
        } else {
            (page.reviewPath, page.asOf) = (app.operatorPath + "/review", "\(app.updatedAt.seconds)")
        }
        return page
    }

    private func hints(for app: App, at now: Instant) throws -> [ApplicationPage.Hint] {
        guard !app.isReviewed, let owner = try site.store.person(app.owner.id) else { return [] }
        let sensitive = try site.store.scopeCatalogue().filter {
            $0.sensitivity == .high && app.details.scopes.contains($0.scope)
        }
        return app.risks(
            owner: owner, known: try site.store.knownNames(), sensitive: sensitive.map(\.scope.text), at: now
        )
        .map { ApplicationPage.Hint($0) }
    }
}

extension App {
    /// The app's page at the operator's desk.
    var operatorPath: String { "/operator/apps/\(id.text)" }

    var operatorStatus: (text: String, kind: String) {
        if isSuspended { return ("Suspended", "bad") }
        return isReviewed ? ("Reviewed", "ok") : ("Not reviewed", "warn")
    }
}

extension OperatorListPage.Row {
    fileprivate init(_ listed: ListedApp, at now: Instant) {
        let app = listed.app
        let asked = listed.asked.map {
            "; \($0.askedBy) asked for a review \(Moment.relative($0.askedAt, at: now).text)"
        }
        self.init(
            path: app.operatorPath, name: app.details.name,
            sub: "by \(app.owner.name), \(app.owner.email)\(asked ?? "")",
            facts: counted(listed.tenants, "tenant"), since: .day(app.createdAt), status: app.operatorStatus.text,
            statusKind: app.operatorStatus.kind)
    }
}
