import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

extension AuthorizeVisit {
    /// The consent page, and the ticket that its answer must bring.
    func consent(
        _ asked: AuthorizeRequest, _ app: App, _ member: Member, _ session: Session, new: ScopeSet, already: ScopeSet,
        standing: ClientStanding, at now: Instant
    ) async throws -> Response {
        // What the tenant's rules leave of what was asked for.
        let scopes = new.union(already)
        let ticket = try await keep(asked, scopes, app, session, at: now)
        let catalogue = try site.store.scopeCatalogue()
        let started = ContinuousClock.now
        let direct = asked.delivery == .token ? try site.store.directFlow(of: app.id) : nil
        var page = ConsentPage(
            asked, scopes, of: app, by: member, catalogue: catalogue, new: already.isEmpty ? ScopeSet() : new,
            direct: direct,
            formPath: formPath, ticket: ticket)
        page.isUnreviewed = standing != .trusted
        var response = try site.page(page, request, context)
        if site.settings.showsTiming { response.addTiming("render", since: started) }
        return response
    }

    func unreviewedAtLimit(_ app: App) throws -> Response {
        let page = AppLimitPage(
            appName: app.details.name, tenantName: tenant.name, makerName: app.owner.name,
            limit: counted(try site.store.rules().unreviewedLimit, "workspace"), switchPath: "/logout")
        return try site.page(page, request, context, status: .forbidden)
    }

    func notAMember(_ app: App) throws -> Response {
        let page = NotAMemberPage(
            appName: app.details.name, tenantName: tenant.name,
            personEmail: context.visitor.session?.person.email ?? "", switchPath: "/logout")
        return try site.page(page, request, context, status: .forbidden)
    }

    /// A member whom the tenant's rules do not let allow this: they can ask an admin, who can change the rules.
    func mayNotAllow(
        _ asked: AuthorizeRequest, _ app: App, _ member: Member, _ session: Session, why: NextStep, at now: Instant
    ) async throws -> Response {
        let ticket = try await keep(asked, asked.scopes, app, session, at: now)
        let admins = try site.store.admins(of: tenant.id)
        var page = NotAnAdminPage(
            appName: app.details.name, tenantName: tenant.name, personEmail: session.person.email,
            role: member.role == .admin ? "an admin" : "a member",
            admins: admins.map { NotAnAdminPage.Admin(name: $0.name, email: $0.email) }, switchPath: "/logout",
            formPath: formPath, ticket: ticket)
        switch why {
        case .notAdmitted: page.reason = .notAdmitted
        case .nothingToAllow: page.reason = .nothingToAllow
        default: page.reason = .needsAdmin
        }
        if member.role == .admin {
            page.admins = []
            page.rulesPath =
                why == .notAdmitted
                ? "\(tenant.path)/apps/add?client_id=\(PercentEncoding.encode(app.clientID))" : "\(tenant.path)/policy"
            page.rulesText = why == .notAdmitted ? "Put it on the list" : "Change the policy"
        } else if why != .nothingToAllow {
            try offerToAsk(on: &page, app, member, at: now)
        }
        return try site.page(page, request, context, status: .forbidden)
    }

    /// A form to ask with, or how the last request stands.
    private func offerToAsk(on page: inout NotAnAdminPage, _ app: App, _ member: Member, at now: Instant) throws {
        page.askPath = "\(tenant.path)/requests"
        guard let last = try site.store.requests(of: member, limit: 50).first(where: { $0.app.id == app.id }) else {
            return
        }
        page.requestPath = "\(tenant.path)/requests/\(last.id.text)"
        switch last.state(at: now) {
        case .waiting:
            page.askPath = ""
            page.requestState =
                "You asked \(Moment.relative(last.createdAt, at: now).text). We write to you when an admin answers."
        case .denied:
            page.requestState = "\(last.decision?.by ?? "An admin") denied your last request."
            page.answer = last.decision?.answer ?? ""
        case .allowed, .expired: page.requestPath = ""
        }
    }

    func errorPage(_ error: OAuthError) -> AuthorizeErrorPage {
        AuthorizeErrorPage(error, as: kind, request, context, at: site)
    }

    /// Asks before it sends anybody to an address that nobody here knows.
    func leaving(for uri: VerifiedRedirectURI, with error: OAuthError, by way: String) throws -> Response {
        let app = try site.store.app(uri.client)
        let destination = Destination(uri)
        let page = LeavingPage(
            appName: app?.details.name ?? "An app", makerName: app?.owner.name ?? "",
            destinationStart: destination.start, destinationHost: destination.host, destinationEnd: destination.end,
            leavePath: way, stayPath: context.visitor.session == nil ? "/" : "/dashboard", code: error.code.rawValue,
            explanation: error.sentence, requestID: context.requestID)
        return try site.page(page, request, context)
    }

    private var formPath: String { tenant.path + "/oauth/authorize" }

    private func keep(
        _ asked: AuthorizeRequest, _ scopes: ScopeSet, _ app: App, _ session: Session, at now: Instant
    ) async throws -> String {
        let ticket = Secret<ConsentTicket>.random()
        try await site.store.keep(
            ConsentQuestion(
                tenant: tenant.id, session: session.id, person: session.person.id, app: app.id,
                appUpdatedAt: app.updatedAt, redirectURI: asked.redirectURI.text,
                redirectURIWasSent: asked.redirectURIWasSent, scopes: scopes, state: asked.state,
                challenge: asked.challenge?.text, delivery: asked.delivery),
            as: ticket, at: now)
        return ticket.reveal()
    }
}

extension AuthorizeErrorPage {
    /// For two readers: one who did not expect it, and the developer who has to mend it.
    init(
        _ error: OAuthError, as kind: AppEvent.Kind, _ request: Request, _ context: SiteContext, at site: Site
    ) {
        let query = site.query(request)
        let names: [StaticString] =
            kind == .direct ? ["api_key", "callback"] : ["client_id", "redirect_uri", "response_type"]
        let received = names.flatMap { name in
            query.all(name).prefix(3).map { Fact(label: "\(name)", value: String($0.prefix(300))) }
        }
        let clientID = query.all(kind == .direct ? "api_key" : "client_id")
        let app = clientID.count == 1 ? try? site.store.app(clientID: clientID.first ?? "") : nil
        // Callback URLs are the owner's business: strangers to the app see only what they sent.
        let isOwner = app.map { $0.owner.id == context.visitor.session?.person.id } ?? false
        self.init(
            headline: app.map { "\($0.details.name) sent a request that cannot be answered" }
                ?? "An app sent a request that cannot be answered",
            sentence: "To be safe, you were not sent on. Nothing was allowed.", code: error.code.rawValue,
            codePath: "/docs/errors#\(error.code.rawValue)", explanation: error.sentence, received: received,
            registered: isOwner ? app?.details.callbacks ?? [] : [],
            requestID: context.requestID)
    }
}

extension ConsentPage {
    /// - Parameters:
    ///   - scopes: what the tenant's rules leave of what was asked for.
    ///   - new: what was not allowed before; empty when this is the first time.
    init(
        _ asked: AuthorizeRequest, _ scopes: ScopeSet, of app: App, by member: Member, catalogue: [ScopeDescription],
        new: ScopeSet, direct: DirectFlow? = nil, formPath: String, ticket: String
    ) {
        let withheld = asked.scopes.subtracting(scopes)
        let lines = catalogue.filter { scopes.contains($0.scope) }
            .sorted { ($0.sensitivity == .high ? 0 : 1) < ($1.sensitivity == .high ? 0 : 1) }
            .map { ScopeLine($0, isNew: new.contains($0.scope)) }
        let domain = Self.host(of: app.details.homepage)
        let destination = Destination(asked.redirectURI)
        self.init(
            appName: app.details.name, appInitials: initials(of: app.details.name),
            appDescription: app.details.description, makerName: app.owner.name, makerDomain: domain,
            makerURL: app.details.homepage, tenantName: member.tenant.name,
            tenantInitials: initials(of: member.tenant.name), scopes: lines, asksForMore: !new.isEmpty,
            withheld: catalogue.filter { withheld.contains($0.scope) }.map(\.title),
            cannot: Self.cannot(scopes, tenant: member.tenant.name),
            lifetime: direct.map { Self.lifetime($0) } ?? Self.lifetime(app.details.tokenFormat),
            isDirect: asked.delivery == .token, destinationStart: destination.start,
            destinationHost: destination.host, destinationEnd: destination.end, personName: member.person.name,
            personEmail: member.person.email, role: "\(member.role.rawValue) of \(member.tenant.name)",
            switchPath: "/logout", formPath: formPath, ticket: ticket)
    }

    private static func cannot(_ scopes: ScopeSet, tenant: String) -> [String] {
        var list = ["See or change your password", "Let other apps or people in"]
        guard !scopes.contains(.default) else { return list }
        if !scopes.contains(.peopleWrite) { list.insert("Add, change or delete people of \(tenant)", at: 0) }
        if !scopes.contains(.peopleRead) { list.insert("See the people of \(tenant)", at: 0) }
        return list
    }

    private static func lifetime(_ direct: DirectFlow) -> String {
        "Its access ends after \(direct.lifetime.words); then it has to ask you again."
    }

    private static func lifetime(_ format: Client.TokenFormat) -> String {
        switch format {
        case .v1: "Its access does not expire by itself."
        case .v2: "It renews its access every 24 hours, also while you are away."
        }
    }

    /// What people recognise of a homepage. It was checked to be ASCII with a host when it was saved.
    static func host(of url: String) -> String {
        let rest = Array(url.utf8).split(separator: UInt8(ascii: "/"), maxSplits: 2, omittingEmptySubsequences: false)
        guard rest.count >= 2, let last = rest.dropFirst(2).first else { return "" }
        return String(decoding: last.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }, as: UTF8.self)
    }
}

extension ScopeLine {
    init(_ description: ScopeDescription, isChecked: Bool = false, refusal: String = "", isNew: Bool = false) {
        self.init(
            code: description.scope.text, title: description.title, sentence: description.sentence,
            isSensitive: description.sensitivity == .high, isChecked: isChecked, refusal: refusal, isNew: isNew,
            isApart: description.scope == .default)
    }
}
