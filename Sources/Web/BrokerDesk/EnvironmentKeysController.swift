import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/env/{environment}/settings/keys`: what a company's backend proves itself with.
struct EnvironmentKeysController {
    let site: Site

    func create(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.confirmedForm(request, context)
        let desk = try await site.desk(context)
        var page = try site.settingsPage(desk)
        page.keyName = try sent.text("key_name")
        page.isKeyLimited = try sent.text("limited").utf8.elementsEqual("yes".utf8)
        page.signsWebhooks = try sent.text("signs_webhooks").utf8.elementsEqual("yes".utf8)
        let ticked = sent.all("scopes")
        page.scopes = page.scopes.map { choice in
            var choice = choice
            choice.isChosen = ticked.contains { $0.utf8.elementsEqual(choice.value.utf8) }
            return choice
        }
        let scopes = page.isKeyLimited ? BrokerScope.allCases.filter { ticked.contains($0.rawValue) } : []
        var problems: [Problem] = []
        let name = TypedText.line(page.keyName, atMost: 60)
        if name == nil { problems.append(Problem("key_name", "Enter a name, up to 60 characters.")) }
        if page.isKeyLimited, scopes.isEmpty {
            problems.append(Problem("scopes", "Choose at least one, or let it do everything."))
        }
        guard let name, problems.isEmpty else {
            page.isMakingKey = true
            return try site.page(page, request, context, problems: problems)
        }
        let secret = Secret<EnvironmentKey>.random()
        let now = site.now()
        let added = try await site.store.addKey(
            secret, EnvironmentKeyDraft(name: name, scopes: scopes, signsWebhooks: page.signsWebhooks),
            to: desk.environment,
            by: desk.actor, from: site.clientAddress(of: request, context), at: now)
        guard let added else {
            return try site.page(
                page, request, context,
                problems: [
                    Problem(
                        "key_name",
                        "There are \(BrokerEnvironment.mostKeys) keys. Revoke one before you make another.")
                ])
        }
        site.shownOnce.keep(secret.reveal(), of: added.text, for: context.session.id, at: now)
        return site.redirect(to: "\(desk.path)/settings/keys/\(added.text)")
    }

    /// The new key, the first time.
    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        let key = try key(context, in: desk)
        let now = site.now()
        let secret = site.shownOnce.take(key.id.text, for: context.session.id, by: request.method, at: now) ?? ""
        let newest = try site.store.connections(of: desk.environment, limit: 1).first
        var page = EnvironmentKeyPage(
            top: site.top(of: desk, at: .settings), name: key.name, secret: secret,
            languages: newest.map { site.call(for: $0.connectionID, of: $0.integrationKey).languages } ?? [],
            settingsPath: desk.path + "/settings")
        let older = try site.store.keys(of: desk.environment, at: now).first {
            $0.id != key.id && $0.name.utf8.elementsEqual(key.name.utf8) && $0.expiresAt != nil
        }
        if let end = older?.expiresAt { page.overlap = "The key before it works until \(CivilDate(end).dayAndClock)." }
        return try site.page(page, request, context)
    }

    func rotate(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.confirmedForm(request, context)
        let desk = try await site.desk(context)
        let key = try key(context, in: desk)
        guard let overlap = SecretOverlap(rawValue: try sent.text("overlap")) else {
            throw Failure.badRequest("Choose how long the old key works on.")
        }
        let secret = Secret<EnvironmentKey>.random()
        let now = site.now()
        let made = try await site.store.rotateKey(
            key.id, to: secret, of: desk.environment, overlap: overlap.seconds, by: desk.actor,
            from: site.clientAddress(of: request, context), at: now)
        // One that was rotated already ends by itself.
        guard let made else { return site.redirect(to: desk.path + "/settings", saying: .keyRotatedBefore) }
        site.shownOnce.keep(secret.reveal(), of: made.text, for: context.session.id, at: now)
        return site.redirect(to: "\(desk.path)/settings/keys/\(made.text)")
    }

    func askToRevoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        let key = try key(context, in: desk)
        try site.askToConfirm(context)
        let used = key.lastUsedAt.map { "\(CivilDate($0).dayAndClock)" } ?? "Never"
        let page = EndBrokerPage(
            top: site.top(of: desk, at: .settings), headline: "Revoke the secret key \(key.name)?",
            sentences: [
                "Whatever uses it is refused from the next request on. Rotate it instead if you need time to change over."
            ],
            facts: [Fact(label: "Key", value: key.hint), Fact(label: "Last used", value: used)],
            action: "Revoke the key",
            formPath: "\(desk.path)/settings/keys/\(key.id.text)/revoke", cancelPath: desk.path + "/settings")
        return try site.page(page, request, context)
    }

    func revoke(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context)
        let desk = try await site.desk(context)
        let key = try key(context, in: desk)
        let isGone = try await site.store.revokeKey(
            key.id, of: desk.environment, by: desk.actor, from: site.clientAddress(of: request, context), at: site.now()
        )
        guard isGone else { throw Failure.notFound }
        return site.redirect(to: desk.path + "/settings", saying: .environmentKeyRevoked)
    }

    /// The key that the path names, if it is this environment's and still works.
    private func key(_ context: PersonContext, in desk: Desk) throws -> EnvironmentKeySummary {
        let asked = context.parameters.get("key").map { ID<Entity.EnvironmentKey>($0) }
        guard let key = try site.store.keys(of: desk.environment, at: site.now()).first(where: { $0.id == asked })
        else {
            throw Failure.notFound
        }
        return key
    }
}
