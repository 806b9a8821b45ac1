import Hummingbird
import OAuth
import Portal
import Storage

/// `/apps/{id}/secrets`: a confidential app's secrets, two at most.
struct ClientSecretsController {
    let site: Site

    /// Rotates: a new secret beside the old one, which ends when the developer says.
    func create(_ request: Request, _ context: PersonContext) async throws -> Response {
        let form = try await site.confirmedForm(request, context)
        let app = try app(context)
        guard let overlap = SecretOverlap(typed: try form.text("overlap")) else {
            return try refuse("Choose how long the old secret goes on working.", app, request, context)
        }
        let now = site.now()
        let secret = Secret<ClientSecretKind>.random()
        let letter = Letter.secretRotated(
            to: context.person.email, name: context.person.name, app: app.details.name, page: site.url(app.path))
        let refusal = try await site.store.rotateSecret(
            of: app.id, owner: context.person, to: secret, overlap: overlap, letter: letter,
            from: site.clientAddress(of: request, context), at: now)
        switch refusal {
        case .unknownApp: throw Failure.notFound
        case .publicApp, .twoExist: return try refuse(refusal?.sentence ?? "", app, request, context)
        case nil: break
        }
        site.store.activity.note(.change("A new client secret was made: \(secret.hint.text).", of: app.id, at: now))
        site.shownOnce.keep(secret.reveal(), of: app.id.text, for: context.session.id, at: now)
        return site.redirect(to: app.path + "/created")
    }

    func askToRevoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        try site.askToConfirm(context)
        let app = try app(context)
        let now = site.now()
        let live = try site.store.liveSecrets(of: app.id, at: now)
        let secret = try secret(context, among: live)
        let page = RevokeSecretPage(
            appName: app.details.name, hint: secret.hint, lastUsed: secret.lastUsedAt.map { .relative($0, at: now) },
            isLast: live.count == 1, formPath: secret.revokePath(of: app), appPath: app.path)
        return try site.page(page, request, context)
    }

    func revoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context)
        let app = try app(context)
        let secret = try secret(context, among: try site.store.liveSecrets(of: app.id, at: site.now()))
        guard
            try await site.store.revokeSecret(
                secret.id, of: app.id, owner: context.person.id, from: site.clientAddress(of: request, context),
                at: site.now())
        else { throw Failure.notFound }
        site.store.activity.note(
            .change("The client secret \(secret.hint) was revoked.", of: app.id, at: site.now()))
        return site.redirect(to: app.path, saying: .secretRevoked)
    }
}

extension ClientSecretsController {
    private func app(_ context: PersonContext) throws -> App {
        try site.app(named: context.parameters.get("app"), of: context.person)
    }

    private func secret(_ context: PersonContext, among live: [ClientSecretSummary]) throws -> ClientSecretSummary {
        let asked = context.parameters.get("secret").map { ID<Entity.ClientSecret>($0) }
        guard let secret = live.first(where: { $0.id == asked }) else { throw Failure.notFound }
        return secret
    }

    private func refuse(_ sentence: String, _ app: App, _ request: Request, _ context: PersonContext) throws -> Response
    {
        let page = try site.page(for: app, seenBy: context.person)
        return try site.page(page, request, context, problems: [Problem("overlap", sentence)])
    }
}

extension SecretOverlap {
    fileprivate init?(typed: String) {
        guard let found = Self.allCases.first(where: { $0.rawValue.utf8.elementsEqual(typed.utf8) }) else { return nil }
        self = found
    }
}
