import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/requests`: members ask for an app, admins answer, members go on where they were.
struct RequestsController {
    let site: Site
    private static let most = 100

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        let member = try site.liveMember(context)
        let isAdmin = member.role == .admin
        let now = site.now()
        let waiting =
            isAdmin ? try site.store.waitingRequests(seenBy: member, at: now, limit: Self.most) : []
        let others =
            isAdmin
            ? try site.store.answeredRequests(seenBy: member, limit: 50)
            : try site.store.requests(of: member, limit: Self.most)
        let page = RequestsPage(
            top: try site.top(of: member, at: .requests), isAdmin: isAdmin,
            waiting: waiting.map { RequestsPage.Row($0, in: member.tenant, at: now) },
            others: others.map { RequestsPage.Row($0, in: member.tenant, at: now) })
        return try site.page(page, request, context)
    }

    /// A member asks. What for, the ticket of the page that refused them says.
    func create(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let member = try site.liveMember(context)
        let (typed, text) = (try sent.text("note"), try sent.text("ticket"))
        guard case .valid(let note) = AccessRequest.text(typed, field: "note") else {
            guard case .invalid(let problems) = AccessRequest.text(typed, field: "note") else {
                throw Failure.unexpected
            }
            let page = AskAdminPage(
                tenantName: member.tenant.name, note: typed, ticket: text, formPath: member.tenant.path + "/requests")
            return try site.page(page, request, context, problems: problems)
        }
        try await site.count(.accessRequests, member.person.id.text)
        let now = site.now()
        guard let ticket = Secret<ConsentTicket>(text),
            let question = try await site.store.take(ticket, in: member.tenant.id, session: context.session, at: now),
            let app = try site.store.app(question.app), !app.isSuspended
        else { throw Failure.formExpired }
        let outcome = try await site.store.ask(
            for: app, question.scopes, by: member, note: note, path: question.path(of: app, at: member.tenant),
            letters: letters(from: member, about: app, note: note, try site.store.admins(of: member.tenant.id)),
            from: site.clientAddress(of: request, context), at: now)
        switch outcome {
        case .asked(let id): return site.redirect(to: path(id, member.tenant), saying: .requestSent)
        case .waiting(let id): return site.redirect(to: path(id, member.tenant))
        }
    }

    /// To its asker how it stands; to admins the question. Opening it, as mail programs do, answers nothing.
    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let member = try site.liveMember(context)
        return try site.page(try page(try asked(context, seenBy: member), member), request, context)
    }

    /// A yes counts only for the app as it was when the admin's page was made.
    func decide(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let decision = try sent.text("decision")
        let isAllowed = decision.utf8.elementsEqual("allow".utf8)
        if isAllowed { try await site.confirm(sent, request, context) }
        let admin = try site.admin(context)
        let asked = try asked(context, seenBy: admin)
        guard isAllowed || decision.utf8.elementsEqual("deny".utf8) else {
            throw Failure.badRequest("Choose Allow or Deny.")
        }
        let typed = try sent.text("answer")
        switch AccessRequest.text(typed, field: "answer") {
        case .invalid(let problems):
            var page = try page(asked, admin)
            page.answerTyped = typed
            return try site.page(page, request, context, problems: problems)
        case .valid(let answer):
            let isSeen = try sent.text("as_of").utf8.elementsEqual("\(asked.app.updatedAt.seconds)".utf8)
            guard isSeen || !isAllowed else {
                return site.redirect(to: path(asked.id, admin.tenant), saying: .appChanged)
            }
            let letter = Letter.accessDecided(
                to: asked.person.email, name: asked.person.name, isAllowed: isAllowed, app: asked.app.details.name,
                tenant: admin.tenant.name, by: admin.person.name, answer: answer,
                page: site.url(path(asked.id, admin.tenant)))
            let isDone = try await site.store.decide(
                asked, allowing: isAllowed, answer: answer, by: admin, letter: letter,
                from: site.clientAddress(of: request, context), at: site.now())
            // Another admin was faster, or the app was changed: the page says who, and what.
            guard isDone else { return site.redirect(to: path(asked.id, admin.tenant)) }
            return site.redirect(
                to: admin.tenant.path + "/requests", saying: isAllowed ? .requestAllowed : .requestDenied)
        }
    }

    /// Back to the authorization request, which is read and decided anew as if it had just arrived.
    func goOn(_ request: Request, _ context: PersonContext) async throws -> Response {
        let member = try site.liveMember(context)
        let asked = try asked(context, seenBy: member)
        guard asked.person.id == member.person.id else { throw Failure.notFound }
        guard let path = try site.store.path(of: asked.id, for: member, at: site.now()) else {
            return site.redirect(to: self.path(asked.id, member.tenant))
        }
        return .sending(to: path)
    }
}

extension RequestsController {
    private func page(_ asked: AccessRequest, _ member: Member) throws -> RequestPage {
        let now = site.now()
        let catalogue = try site.store.scopeCatalogue()
        let policy = try site.store.policy(of: member.tenant.id)
        let standing = try site.store.tenantStanding(of: asked.app, in: member.tenant.id)
        let state = asked.state(at: now)
        let scopes = asked.scopes.narrowed(to: policy.ceiling(of: standing))
        let details = asked.app.details
        let isAsker = asked.person.id == member.person.id
        var page = RequestPage(
            top: try site.top(of: member, at: .requests), asker: asked.person.name, askerEmail: asked.person.email,
            isYours: isAsker, appName: details.name, appInitials: initials(of: details.name),
            appDescription: details.description, maker: asked.app.owner.name,
            makerDomain: ConsentPage.host(of: details.homepage), isReviewed: standing.isReviewed,
            scopes: catalogue.filter { scopes.contains($0.scope) }.map { ScopeLine($0) }, note: asked.note,
            asked: .relative(asked.createdAt, at: now), state: state.title, stateKind: state.kind)
        if let decision = asked.decision {
            page.decider = decision.by
            page.decided = .relative(decision.at, at: now)
            page.answer = decision.answer
        }
        if member.role == .admin, state == .allowed, !asked.isUsed, now < asked.expiresAt {
            page.appPath = "\(member.tenant.path)/apps/\(asked.app.id.text)"
        }
        if state == .waiting, member.role == .admin {
            page.formPath = path(asked.id, member.tenant)
            page.asOf = "\(asked.app.updatedAt.seconds)"
            page.listsApp = !policy.admits(standing)
        }
        if isAsker, asked.canGoOn, !asked.isUsed, state != .waiting, now < asked.expiresAt {
            page.goOnPath = path(asked.id, member.tenant) + "/continue"
            page.goOnText = state == .allowed ? "Go on to \(details.name)" : "Back to \(details.name)’s request"
        }
        page.isUsed = asked.isUsed
        return page
    }

    private func letters(
        from member: Member, about app: App, note: String, _ admins: [Person]
    ) -> @Sendable (ID<Entity.AccessRequest>) -> [Letter] {
        let (base, tenant) = (site.url(member.tenant.path), member.tenant.name)
        let (asker, name) = (member.person.name, app.details.name)
        return { id in
            admins.filter { !$0.isSuspended }.map { admin in
                .accessAsked(
                    to: admin.email, name: admin.name, asker: asker, app: name, tenant: tenant, note: note,
                    page: "\(base)/requests/\(id.text)")
            }
        }
    }

    private func asked(_ context: PersonContext, seenBy member: Member) throws -> AccessRequest {
        guard let id = context.parameters.get("request"),
            let asked = try site.store.request(ID(id), seenBy: member)
        else { throw Failure.notFound }
        return asked
    }

    private func path(_ id: ID<Entity.AccessRequest>, _ tenant: Tenant) -> String {
        "\(tenant.path)/requests/\(id.text)"
    }
}

extension ConsentQuestion {
    /// The request that led to this question, written anew: of the authorization endpoint (RFC 6749 §4.1.1, RFC 7636
    /// §4.3) or of the direct flow, which has no scopes and names its tenant.
    fileprivate func path(of app: App, at tenant: Tenant) -> String {
        let start: String
        let parameters: [(String, String?)]
        switch delivery {
        case .code:
            start = "\(tenant.path)/oauth/authorize?response_type=code"
            parameters = [
                ("client_id", app.clientID), ("redirect_uri", redirectURIWasSent ? redirectURI : nil),
                ("scope", scopes.text), ("state", state), ("code_challenge", challenge),
                ("code_challenge_method", challenge == nil ? nil : "S256"),
            ]
        case .token:
            start = "/user/oauth_allow?tenant=\(tenant.slug.text)"
            parameters = [("api_key", app.clientID), ("callback", redirectURI), ("state", state)]
        }
        return parameters.reduce(start) { path, parameter in
            parameter.1.map { "\(path)&\(parameter.0)=\(PercentEncoding.encode($0))" } ?? path
        }
    }
}

extension RequestsPage.Row {
    fileprivate init(_ asked: AccessRequest, in tenant: Tenant, at now: Instant) {
        let state = asked.state(at: now)
        self.init(
            appName: asked.app.details.name, asker: asked.person.name, note: asked.note,
            asked: .relative(asked.createdAt, at: now), state: state.title, stateKind: state.kind,
            decider: asked.decision?.by ?? "", path: "\(tenant.path)/requests/\(asked.id.text)")
    }
}

extension AccessRequest.State {
    var title: String {
        switch self {
        case .waiting: "Waiting"
        case .allowed: "Allowed"
        case .denied: "Denied"
        case .expired: "Nobody answered in time"
        }
    }

    var kind: String {
        switch self {
        case .waiting: "warn"
        case .allowed: "ok"
        case .denied: "bad"
        case .expired: "mute"
        }
    }
}
