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
    func page(for app: App, seenBy person: Person) throws -> AppPage {
        let now = now()
        let secrets = try store.liveSecrets(of: app.id, at: now)
        let details = app.details
        let isFull = secrets.count >= liveSecretLimit
        let catalogue = try store.scopeCatalogue().filter { details.scopes.contains($0.scope) }
        let tenant = try store.memberships(of: person.id).first?.tenant
        return AppPage(
            name: details.name, initials: initials(of: details.name), description: details.description,
            homepageURL: details.homepage, clientID: app.clientID,
            kind: app.kindName, isConfidential: details.kind == .confidential, callbacks: details.callbacks,
            scopes: catalogue.map { ScopeLine($0) },
            secrets: secrets.map { AppPage.Secret($0, of: app, at: now) }, canRotate: !isFull,
            whyNotRotate: isFull ? RotationRefusal.twoExist.sentence : "",
            pkce: details.pkceRequired ? "Required" : "Optional", isV1: details.tokenFormat == .v1,
            tokenFormat: details.tokenFormat == .v1
                ? "Never expire (V1)" : "Expire after 24 hours, renewed with refresh tokens (V2)",
            created: .day(app.createdAt), grants: counted(try store.reach(of: app.id).grants, "grant"),
            snippets: snippets(for: app, at: tenant.map { issuer(of: $0) } ?? url("/t/$TENANT")),
            editPath: app.path + "/edit", rotatePath: app.path + "/secrets", deletePath: app.path + "/delete")
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
