import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/env/{environment}/webhooks`: where a company is told of its connections, and every delivery.
struct WebhookPagesController {
    let site: Site
    private static let perPage = 30

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        return try site.page(try page(desk, site.query(request)), request, context)
    }

    func setAddress(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let desk = try await site.desk(context)
        let typed = try sent.text("address")
        guard typed.utf8.isEmpty || CallbackAddress.isSound(typed) else {
            var page = try page(desk, nil)
            page.address = typed
            let problem = Problem(
                "address",
                "Enter an address that begins with https://, without # (http:// only for 127.0.0.1 and localhost).")
            return try site.page(page, request, context, problems: [problem])
        }
        try await site.store.setWebhook(
            typed.utf8.isEmpty ? nil : typed, of: desk.environment, by: desk.actor,
            from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(to: desk.path + "/webhooks", saying: .environmentSaved)
    }

    func test(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let desk = try await site.desk(context)
        guard let id = try await site.store.announceTest(in: desk.environment, at: site.now()) else {
            return site.redirect(to: desk.path + "/webhooks", saying: .webhookAddressMissing)
        }
        return site.redirect(to: "\(desk.path)/webhooks/\(id.text)", saying: .webhookSent)
    }

    func rotateKey(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.confirmedForm(request, context, part: "key-title")
        let desk = try await site.desk(context)
        guard let overlap = SecretOverlap(rawValue: try sent.text("overlap")) else {
            throw Failure.badRequest("Choose for how long both keys sign.")
        }
        let now = site.now()
        let key = try await site.store.rotateWebhookKey(
            of: desk.environment, overlap: overlap.seconds, by: desk.actor,
            from: site.clientAddress(of: request, context), at: now)
        guard let key else { return site.redirect(to: desk.path + "/webhooks#main", saying: .signingKeysOverlap) }
        var page = try page(desk, nil)
        page.signingKey = key
        page.keyNote = overlap.wordsOfNewKey(at: now)
        return try site.page(page, request, context)
    }

    func revealKey(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context, part: "key-title")
        let desk = try await site.desk(context)
        var page = try page(desk, nil)
        page.signingKey = try site.store.webhookKeys(of: desk.environment.id, at: site.now()).first ?? ""
        try await site.noteReveal(of: "webhook signing key", in: desk, from: site.clientAddress(of: request, context))
        return try site.page(page, request, context)
    }

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        let (delivery, attempts) = try webhook(context, in: desk)
        let path = desk.path + "/webhooks"
        let (state, kind) = delivery.words
        let page = WebhookPage(
            top: site.top(of: desk, at: .webhooks), kind: delivery.kind, state: state, stateKind: kind,
            address: delivery.url, created: .exact(delivery.createdAt),
            next: delivery.nextAttemptAt.flatMap { $0 - site.now() < 45 ? nil : .relative($0, at: site.now()) },
            isWaiting: delivery.nextAttemptAt != nil, connection: delivery.connectionID,
            originalPath: delivery.replayOf.map { "\(path)/\($0)" } ?? "", body: delivery.body, id: delivery.id.text,
            attempts: attempts.map { attempt in
                WebhookPage.Attempt(
                    number: "\(attempt.number)", at: .exact(attempt.at),
                    answer: attempt.problem ?? attempt.status.map { "\($0)" } ?? "", isGood: attempt.problem == nil,
                    duration: took(attempt.milliseconds))
            }, replayPath: desk.environment.webhookURL == nil ? "" : "\(path)/\(delivery.id.text)/replay",
            listPath: path)
        return try site.page(page, request, context)
    }

    func replay(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let desk = try await site.desk(context)
        let (delivery, _) = try webhook(context, in: desk)
        guard let id = try await site.store.replay(delivery.id, in: desk.environment, at: site.now()) else {
            return site.redirect(to: desk.path + "/webhooks", saying: .webhookAddressMissing)
        }
        return site.redirect(to: "\(desk.path)/webhooks/\(id.text)", saying: .webhookSent)
    }
}

extension WebhookPagesController {
    private func webhook(
        _ context: PersonContext, in desk: Desk
    ) throws -> (delivery: WebhookDelivery, attempts: [WebhookAttempt]) {
        guard let id = context.parameters.get("webhook"),
            let found = try site.store.webhook(ID(id), in: desk.environment)
        else { throw Failure.notFound }
        return found
    }

    private func page(_ desk: Desk, _ query: Form?) throws -> WebhooksPage {
        let list = "webhooks \(desk.environment.id.text)"
        let place = try site.place(query?.first("after") ?? "", of: list)
        let found = try site.store.webhooks(
            of: desk.environment, before: place.map { ID($0) }, limit: Self.perPage + 1)
        let shown = found.prefix(Self.perPage)
        let path = desk.path + "/webhooks"
        let now = site.now()
        var page = WebhooksPage(
            top: site.top(of: desk, at: .webhooks), address: desk.environment.webhookURL ?? "",
            hasAddress: desk.environment.webhookURL != nil,
            deliveries: shown.map { delivery in
                let (state, kind) = delivery.words
                return WebhooksPage.Row(
                    kind: delivery.kind, connection: delivery.connectionID, state: state, stateKind: kind,
                    attempts: delivery.attempts == 0 ? "Not sent yet" : counted(delivery.attempts, "attempt"),
                    at: .relative(delivery.createdAt, at: now), path: "\(path)/\(delivery.id.text)")
            }, isNarrowed: place != nil, listPath: path, addressPath: path, testPath: path + "/test",
            rotatePath: path + "/key", revealPath: path + "/key/reveal", languages: WebhookCheck.languages)
        if found.count > shown.count, let last = shown.last {
            page.nextPath = "\(path)?after=\(site.cursor(last.id.text, of: list))"
        }
        return page
    }
}

extension WebhookDelivery {
    /// For people, with the kind of its tag.
    fileprivate var words: (state: String, kind: String) {
        if deliveredAt != nil { return ("Delivered", "ok") }
        return failedAt != nil ? ("Given up", "bad") : ("Waiting", "warn")
    }
}
