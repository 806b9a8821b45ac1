import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

extension AuthorizeVisit {
    /// The consent page, and the ticket that its answer must bring.
    func consent(
        _ asked: AuthorizeRequest, _ app: App, _ member: Member, _ session: Session, new: ScopeSet, already: ScopeSet,
        at now: Instant
    ) async throws -> Response {
        let ticket = try await keep(asked, app, session, at: now)
        let catalogue = try site.store.scopeCatalogue()
        let started = ContinuousClock.now
        let page = ConsentPage(
            asked, of: app, by: member, catalogue: catalogue, new: already.isEmpty ? ScopeSet() : new,
            formPath: formPath, ticket: ticket)
        var response = try site.page(page, request, context)
        if site.settings.showsTiming {
            let spent = started.duration(to: .now).components.attoseconds / 1_000_000_000_000
            response.headers[.serverTiming] = "render;dur=\(spent / 1000).\(spent % 1000 / 100)"
        }
        return response
    }

    func notAMember(_ app: App) throws -> Response {
        let page = NotAMemberPage(
            appName: app.details.name, tenantName: tenant.name,
            personEmail: context.visitor.session?.person.email ?? "", switchPath: "/logout")
        return try site.page(page, request, context, status: .forbidden)
    }

    func notAnAdmin(_ asked: AuthorizeRequest, _ app: App, at now: Instant) async throws -> Response {
        guard let session = context.visitor.session else { throw Failure.signInFirst }
        let ticket = try await keep(asked, app, session, at: now)
        let admins = try site.store.admins(of: tenant.id)
        let page = NotAnAdminPage(
            appName: app.details.name, tenantName: tenant.name, personEmail: session.person.email,
            admins: admins.map { NotAnAdminPage.Admin(name: $0.name, email: $0.email) },
            message: "Could you open \(app.details.homepage), connect it to \(tenant.name) and allow "
                + "\(app.details.name)? It needs an admin.",
            switchPath: "/logout", formPath: formPath, ticket: ticket)
        return try site.page(page, request, context, status: .forbidden)
    }

    /// For two readers: one who did not expect it, and the developer who has to mend it.
    func errorPage(_ error: OAuthError) -> AuthorizeErrorPage {
        let query = site.query(request)
        let names: [StaticString] = ["client_id", "redirect_uri", "response_type"]
        let received = names.flatMap { name in
            query.all(name).prefix(3).map { Fact(label: "\(name)", value: String($0.prefix(300))) }
        }
        let clientID = query.all("client_id")
        let app = clientID.count == 1 ? try? site.store.app(clientID: clientID.first ?? "") : nil
        // Callback URLs are the owner's business: strangers to the app see only what they sent.
        let isOwner = app.map { $0.owner.id == context.visitor.session?.person.id } ?? false
        return AuthorizeErrorPage(
            headline: app.map { "\($0.details.name) sent a request that cannot be answered" }
                ?? "An app sent a request that cannot be answered",
            sentence: "To be safe, you were not sent on. Nothing was allowed.", code: error.code.rawValue,
            explanation: error.sentence, received: received, registered: isOwner ? app?.details.callbacks ?? [] : [],
            requestID: context.requestID)
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

    private var formPath: String { "/t/\(tenant.slug.text)/oauth/authorize" }

    private func keep(
        _ asked: AuthorizeRequest, _ app: App, _ session: Session, at now: Instant
    ) async throws -> String {
        let ticket = Secret<ConsentTicket>.random()
        try await site.store.keep(
            ConsentQuestion(
                tenant: tenant.id, session: session.id, person: session.person.id, app: app.id,
                appUpdatedAt: app.updatedAt, redirectURI: asked.redirectURI.text,
                redirectURIWasSent: asked.redirectURIWasSent, scopes: asked.scopes, state: asked.state,
                challenge: asked.challenge?.text),
            as: ticket, at: now)
        return ticket.reveal()
    }
}

extension ConsentPage {
    /// - Parameter new: what was not allowed before; empty when this is the first time.
    init(
        _ asked: AuthorizeRequest, of app: App, by member: Member, catalogue: [ScopeDescription], new: ScopeSet,
        formPath: String, ticket: String
    ) {
        let lines = catalogue.filter { asked.scopes.contains($0.scope) }
            .sorted { ($0.sensitivity == .high ? 0 : 1) < ($1.sensitivity == .high ? 0 : 1) }
            .map { ScopeLine($0, isNew: new.contains($0.scope)) }
        let domain = Self.host(of: app.details.homepage)
        let destination = Destination(asked.redirectURI)
        self.init(
            appName: app.details.name, appInitials: initials(of: app.details.name),
            appDescription: app.details.description, makerName: app.owner.name, makerDomain: domain,
            makerURL: app.details.homepage, tenantName: member.tenant.name,
            tenantInitials: initials(of: member.tenant.name), scopes: lines, asksForMore: !new.isEmpty,
            cannot: Self.cannot(asked.scopes, tenant: member.tenant.name),
            lifetime: Self.lifetime(app.details.tokenFormat), destinationStart: destination.start,
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

/// Where the person goes next, said so that they recognise it. The last two labels of a host are emphasised: most
/// names' registrable part, though below a public suffix of two labels (co.uk) it is one label short.
struct Destination {
    let start: String
    let host: String
    let end: String

    init(_ uri: VerifiedRedirectURI) {
        switch uri.shape {
        case .privateUse:
            (start, host, end) = ("the app registered for ", uri.destination + ":", "")
        case .loopback:
            (start, host, end) = ("", "an app on this computer", " (\(uri.destination))")
        case .web:
            let labels = uri.destination.utf8.split(separator: UInt8(ascii: ".")).map {
                String(decoding: $0, as: UTF8.self)
            }
            let isAddress = labels.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
            guard labels.count > 2, !isAddress else {
                (start, host, end) = ("", uri.destination, "")
                return
            }
            start = labels.dropLast(2).joined(separator: ".") + "."
            host = labels.suffix(2).joined(separator: ".")
            end = ""
        }
    }
}

extension ScopeLine {
    init(_ description: ScopeDescription, isChecked: Bool = false, refusal: String = "", isNew: Bool = false) {
        self.init(
            code: description.scope.text, title: description.title, sentence: description.sentence,
            isSensitive: description.sensitivity == .high, isChecked: isChecked, refusal: refusal, isNew: isNew)
    }
}
