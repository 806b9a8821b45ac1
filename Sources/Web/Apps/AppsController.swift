import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/apps`: what a person registered.
struct AppsController {
    let site: Site

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        try list(request, context)
    }

    func new(_ request: Request, _ context: PersonContext) async throws -> Response {
        guard try obstacle(for: context.person) == nil else { return site.redirect(to: "/apps") }
        return try site.page(try page(try filled(request, context) ?? AppForm(), editing: nil), request, context)
    }

    func create(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        guard try obstacle(for: context.person) == nil else {
            return try list(request, context, status: .unprocessableContent)
        }
        var form = try AppForm(sent)
        let catalogue = try site.store.scopeCatalogue()
        if let part = form.fill(by: try sent.text("action"), catalogue: catalogue) {
            if let again = site.showFilled(sent, at: "/apps/new", part: part, context) { return again }
            return try site.page(try page(form, editing: nil), request, context)
        }
        switch form.check(catalogue: catalogue) {
        case .invalid(let problems):
            return try site.page(
                try page(form, editing: nil, problems: problems), request, context, problems: problems)
        case .valid(let details):
            guard let app = try await register(details, request, context) else {
                return try list(request, context, status: .unprocessableContent)
            }
            return site.redirect(to: app.path + "/created")
        }
    }

    func created(_ request: Request, _ context: PersonContext) async throws -> Response {
        let app = try app(context)
        let now = site.now()
        let secrets = try site.store.liveSecrets(of: app.id, at: now)
        let isPublic = app.details.kind == .public
        var page = AppCreatedPage(
            name: app.details.name, clientID: app.clientID,
            clientSecret: site.shownOnce.take(app.id.text, for: context.session.id, by: request.method, at: now) ?? "",
            isPublic: isPublic, path: app.path)
        page.wasRotated = secrets.count > 1 || (secrets.first.map { $0.createdAt > app.createdAt } ?? false)
        if page.wasRotated { page.overlap = Self.overlap(of: secrets) }
        return try site.page(page, request, context)
    }

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let slug = site.query(request).first("at")
        let page = try site.page(for: try app(context), seenBy: context.person, connectingTo: slug)
        return try site.page(page, request, context)
    }

    func edit(_ request: Request, _ context: PersonContext) async throws -> Response {
        let app = try app(context)
        let form = try filled(request, context, editing: app) ?? AppForm(app.details)
        return try site.page(try page(form, editing: app), request, context)
    }

    /// Consent pages that were open before have to ask again when what they say has changed.
    func update(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let app = try app(context)
        var form = try AppForm(sent, editing: app)
        let catalogue = try site.store.scopeCatalogue()
        if let part = form.fill(by: try sent.text("action"), catalogue: catalogue) {
            if let again = site.showFilled(sent, at: app.path + "/edit", part: part, context) { return again }
            return try site.page(try page(form, editing: app), request, context)
        }
        switch form.check(catalogue: catalogue) {
        case .invalid(let problems):
            return try site.page(
                try page(form, editing: app, problems: problems), request, context, problems: problems)
        case .valid(let details):
            // A changed callback redirects codes: as dangerous as a new secret.
            if details.isDangerous(since: app.details) { try await site.confirm(sent, request, context) }
            let now = site.now()
            let change = try await site.store.update(
                app.id, of: context.person.id, to: details, from: site.clientAddress(of: request, context), at: now)
            switch change {
            case .saved: break
            case .unknownApp: throw Failure.notFound
            case .holdsRefreshTokens:
                let problem = Problem(
                    "token_format", "There is no way back to V1: clients of this app hold refresh tokens already.")
                return try site.page(
                    try page(form, editing: app, problems: [problem]), request, context, problems: [problem])
            }
            let changed = details.changes(since: app.details).keys.sorted()
            if !changed.isEmpty {
                site.store.activity.note(
                    .change("Settings were changed: \(changed.joined(separator: ", ")).", of: app.id, at: now))
            }
            return site.redirect(to: app.path, saying: .appSaved)
        }
    }

    func askForReview(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let app = try app(context)
        let isAsked = try await site.store.askForReview(
            of: app.id, by: context.person,
            toOperators: { [site] in
                .reviewWaiting(to: $0, app: $1.details.name, page: site.url($1.operatorPath))
            }, from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(to: app.path, saying: isAsked ? .reviewAsked : nil)
    }

    func askToDelete(_ request: Request, _ context: PersonContext) async throws -> Response {
        let app = try app(context)
        try site.askToConfirm(context)
        return try site.page(try deletePage(of: app), request, context)
    }

    func destroy(_ request: Request, _ context: PersonContext) async throws -> Response {
        let form = try await site.confirmedForm(request, context)
        let app = try app(context)
        let typed = try form.text("confirm_name")
        guard typed.utf8.elementsEqual(app.details.name.utf8) else {
            let problem = Problem("confirm_name", "Type the name exactly: \(app.details.name)")
            return try site.page(try deletePage(of: app, typed: typed), request, context, problems: [problem])
        }
        guard
            try await site.store.deleteApp(
                app.id, of: context.person.id, from: site.clientAddress(of: request, context), at: site.now())
        else { throw Failure.notFound }
        return site.redirect(to: "/apps", saying: .appDeleted)
    }
}

extension AppsController {
    /// What was typed before a button filled it in further.
    private func filled(_ request: Request, _ context: PersonContext, editing app: App? = nil) throws -> AppForm? {
        guard let typed = site.filled(request, context) else { return nil }
        var form = try AppForm(typed, editing: app)
        form.fill(by: try typed.text("action"), catalogue: try site.store.scopeCatalogue())
        return form
    }

    private func app(_ context: PersonContext) throws -> App {
        try site.app(named: context.parameters.get("app"), of: context.person)
    }

    private func list(
        _ request: Request, _ context: PersonContext, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let obstacle = try obstacle(for: context.person)
        var page = AppsPage(
            apps: try site.store.apps(of: context.person.id).map { AppsPage.App($0) },
            canRegister: obstacle == nil, whyNot: obstacle ?? "")
        if case .closed(let obstacle) = try site.developerAccess(of: context.person) {
            (page.applyPath, page.applyText) = (obstacle.path, obstacle.action)
        }
        return try site.page(page, request, context, status: status)
    }

    /// Why this person cannot register an app now; nil when they can. The number is asked again where it is written.
    func obstacle(for person: Person) throws -> String? {
        if case .closed(let obstacle) = try site.developerAccess(of: person) { return obstacle.sentence }
        return try site.store.obstacleToApp(of: person.id)?.sentence
    }

    private func page(_ form: AppForm, editing app: App?, problems: [Problem] = []) throws -> AppFormPage {
        AppFormPage(form, editing: app, catalogue: try site.store.scopeCatalogue(), problems: problems)
    }

    /// - Returns: nil when somebody has used up what was left, meanwhile.
    func register(_ details: AppDetails, _ request: Request, _ context: PersonContext) async throws -> App? {
        let now = site.now()
        let secret = details.kind == .confidential ? Secret<ClientSecretKind>.random() : nil
        let registered = try await site.store.register(
            details, by: context.person, secret: secret, from: site.clientAddress(of: request, context), at: now)
        guard case .success(let app) = registered else { return nil }
        if let secret {
            site.shownOnce.keep(secret.reveal(), of: app.id.text, for: context.session.id, at: now)
        }
        return app
    }

    private func deletePage(of app: App, typed: String = "") throws -> DeleteAppPage {
        let allowedBy = try site.allowedBy(app)
        let effect =
            allowedBy == "nobody"
            ? "Nobody allows it to do anything now."
            : "It is allowed by \(allowedBy). All its tokens stop working at once."
        return DeleteAppPage(
            name: app.details.name, confirmName: typed, effect: effect, formPath: app.path + "/delete",
            appPath: app.path)
    }

    private static func overlap(of secrets: [ClientSecretSummary]) -> String {
        // A new secret has no end; the ones before it have.
        guard let last = secrets.compactMap(\.expiresAt).max() else { return "No older secret works any more." }
        return "The old secret works until \(Moment.exact(last).text)."
    }
}
