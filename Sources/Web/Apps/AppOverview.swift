import OAuth
import Portal
import Storage

extension AppsPage.App {
    init(_ app: App) {
        self.init(
            name: app.details.name, initials: Web.initials(of: app.details.name), path: app.path,
            clientID: app.clientID, kind: app.kindName,
            callbacks: counted(Int64(app.details.callbacks.count), "callback"),
            created: .day(app.createdAt))
    }
}

extension AppPage.Secret {
    init(_ secret: ClientSecretSummary, of app: App, at now: Instant) {
        self.init(
            hint: secret.hint, created: .day(secret.createdAt), createdBy: secret.createdBy,
            lastUsed: secret.lastUsedAt.map { .relative($0, at: now) },
            expires: secret.expiresAt.map { .exact($0) }, status: "Active", statusKind: "ok",
            revokePath: secret.revokePath(of: app))
        guard let expiry = secret.expiresAt else { return }
        status = "Stops \(Moment.relative(expiry, at: now).text)"
        statusKind = "warn"
    }
}

extension ClientSecretSummary {
    func revokePath(of app: App) -> String { "\(app.path)/secrets/\(id.text)/revoke" }
}

extension Site {
    /// An app of the person who asks; anybody else's is as unknown as one that does not exist.
    func app(named parameter: String?, of person: Person) throws -> App {
        guard let parameter, let app = try store.app(ID(parameter), of: person.id) else { throw Failure.notFound }
        return app
    }

    /// Everything about one app.
    ///
    /// - Parameter slug: the workspace that the ready requests go to, as it was typed; one of the reader's own when
    ///   nothing usable was.
    func page(for app: App, seenBy person: Person, connectingTo slug: String = "") throws -> AppPage {
        let now = now()
        let secrets = try store.liveSecrets(of: app.id, at: now)
        let details = app.details
        let isFull = secrets.count >= liveSecretLimit
        let catalogue = try store.scopeCatalogue().filter { details.scopes.contains($0.scope) }
        let own = try store.memberships(of: person.id).map(\.tenant)
        let workspace = Slug(slug)?.text ?? own.first?.slug.text ?? "your-workspace"
        let hints = app.hints(secrets: secrets, direct: try store.directFlow(of: app.id), at: now)
        let standing = try standing(of: app)
        var page = AppPage(
            name: details.name, initials: initials(of: details.name), description: details.description,
            tabs: AppTab.row(below: app.path, current: "Overview"), hints: hints.map { AppHintLine($0, of: app) },
            homepageURL: details.homepage, standing: standing.text, standingKind: standing.kind,
            clientID: app.clientID,
            kind: app.kindName, isConfidential: details.kind == .confidential, callbacks: details.callbacks,
            scopes: catalogue.map { ScopeLine($0) },
            secrets: secrets.map { AppPage.Secret($0, of: app, at: now) }, canRotate: !isFull,
            whyNotRotate: isFull ? RotationRefusal.twoExist.sentence : "",
            pkce: details.pkceRequired ? "Required" : "Optional", isV1: details.tokenFormat == .v1,
            tokenFormat: details.tokenFormat == .v1
                ? "Never expire (V1)" : "Expire after 24 hours, renewed with refresh tokens (V2)",
            created: .day(app.createdAt), allowedBy: try allowedBy(app),
            workspaces: own.map { Choice(value: $0.slug.text, label: $0.name) }, workspace: workspace,
            languages: FlowExample(of: app, at: workspace, settings.tenants).languages, showPath: app.path,
            formatPath: app.path + "/token-format", editPath: app.path + "/edit", rotatePath: app.path + "/secrets",
            deletePath: app.path + "/delete")
        guard !app.isReviewed, !app.isSuspended else { return page }
        if let asked = try store.reviewRequest(of: app.id) {
            page.reviewAsked = .relative(asked.askedAt, at: now)
        } else {
            page.reviewPath = app.path + "/review"
        }
        return page
    }
}

extension Site {
    /// What operators decided about an app, for its developer; empty when there is nothing to say.
    fileprivate func standing(of app: App) throws -> (text: String, kind: String) {
        if let last = try store.suspensions(of: .app(app)).first, last.reinstatedAt == nil {
            return (
                "An operator suspended this app: \(last.reason) Its tokens are refused until it is reinstated.", "bad"
            )
        }
        guard !app.isReviewed else { return ("", "ok") }
        let limit = counted(try store.rules().unreviewedLimit, "workspace")
        return (
            "No operator has reviewed this app yet. It works in sandboxes, and elsewhere in up to \(limit), where people "
                + "are warned before they allow it.", "warn"
        )
    }
}

extension Site {
    /// "2 people in 1 workspace"; "nobody" when nobody does now.
    func allowedBy(_ app: App) throws -> String {
        let reach = try store.reach(of: app.id)
        guard reach.grants > 0 else { return "nobody" }
        let people = reach.people == 1 ? "1 person" : "\(reach.people) people"
        return "\(people) in \(counted(reach.tenants, "workspace"))"
    }
}

extension RotationRefusal {
    /// What to tell the app's owner.
    var sentence: String {
        switch self {
        case .unknownApp: "There is no such app."
        case .publicApp: "A public app has no secret: anybody could read it out of the app."
        case .twoExist: "Two secrets work already. Revoke one of them first."
        }
    }
}
