import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/login` and `/logout`.
struct SignInController {
    let site: Site

    func new(_ request: Request, _ context: SiteContext) async throws -> Response {
        let next = InternalPath(site.query(request).first("next"))
        let session = context.visitor.session
        // Somebody signed in has nothing to do here, unless an authorization request wants them to prove it again.
        if session != nil, next?.isAuthorization != true { return site.redirect(to: next?.text ?? "/dashboard") }
        var page = try page(email: session?.person.email ?? "", next: next)
        if let chosen = page.demoAccounts.first(where: { $0.name.isSame(as: site.query(request).first("as")) }) {
            (page.email, page.password) = (chosen.email, chosen.password)
        }
        return try site.page(page, request, context)
    }

    func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        let form = try await site.form(request, context)
        let (typed, password) = (try form.text("email"), try form.text("password"))
        let next = InternalPath(try form.text("next"))
        // Bounded before hashing; nobody's password is longer, because none can be set.
        guard password.utf8.count <= PasswordPolicy.longest else { throw Failure.badRequest(PasswordPolicy.tooLong) }
        let email = EmailAddress(typed)
        var page = try page(email: typed, next: next)
        if let wait = try await site.countSignIn(email, request, context) {
            page.retryText = ErrorPage.waiting(wait)
            return try tooOften(page, wait: wait, request, context)
        }
        guard let person = try await person(email, password) else {
            return try site.page(page, request, context, problems: [.wrongCredentials])
        }
        guard !person.isSuspended else {
            try await site.forgiveFailures(of: person, request, context)
            return try site.page(page, request, context, problems: [try suspended(person)])
        }
        guard !person.hasSecondFactor else { return try secondStep(for: person, next: next, request, context) }
        try await site.forgiveFailures(of: person, request, context)
        return try await site.signIn(person, to: next?.text ?? "/dashboard", request, context)
    }

    /// The password is right, and not enough.
    private func secondStep(
        for person: Person, next: InternalPath?, _ request: Request, _ context: SiteContext
    ) throws -> Response {
        guard let hash = try site.store.passwordHash(of: person.id) else { throw Failure.unexpected }
        let ticket = try site.store.signInTicket(
            of: person.id, passwordHash: hash, browser: context.visitor.formSeed, at: site.now())
        return try site.page(SecondStepPage(ticket: ticket, next: next?.text ?? ""), request, context)
    }

    /// `/login/code`, reloaded or typed: without the form there is nothing to do here.
    func startOver(_ request: Request, _ context: SiteContext) async throws -> Response {
        site.redirect(to: "/login")
    }

    func enterCode(_ request: Request, _ context: SiteContext) async throws -> Response {
        let form = try await site.form(request, context)
        let next = InternalPath(try form.text("next"))
        let ticket = try form.text("ticket")
        var page = SecondStepPage(ticket: ticket, next: next?.text ?? "")
        guard
            let person = try site.store.person(
                ofTicket: ticket, browser: context.visitor.formSeed, at: site.now()), person.hasSecondFactor
        else { return site.redirect(to: "/login" + (next.map { "?next=" + PercentEncoding.encode($0.text) } ?? "")) }
        let byAddress = try await site.store.count(
            .signInByAddress, site.network(of: request, context), at: site.now())
        let byPerson = try await site.store.count(.secondStep, person.id.text, at: site.now())
        if let wait = byAddress ?? byPerson {
            page.retryText = ErrorPage.waiting(wait)
            return try tooOften(page, wait: wait, request, context)
        }
        guard try await site.useCode(try form.text("code"), of: person, request, context) else {
            return try site.page(page, request, context, problems: [.wrongCode])
        }
        try await site.forgiveFailures(of: person, request, context)
        return try await site.signIn(person, to: next?.text ?? "/dashboard", request, context)
    }

    func destroy(_ request: Request, _ context: SiteContext) async throws -> Response {
        // Signed out already, perhaps in another tab: the form's token is as dead as the session.
        guard let session = context.visitor.session else { return site.redirect(to: "/login") }
        let form = try await site.form(request, context)
        try await site.store.endSession(
            session.id, of: session.person.id, from: site.clientAddress(of: request, context), at: site.now())
        let next = InternalPath(try form.text("next")).map { "?next=" + PercentEncoding.encode($0.text) }
        return site.signedOut(to: "/login" + (next ?? ""), saying: .signedOut)
    }

    private func tooOften(
        _ page: some Page, wait seconds: Int64, _ request: Request, _ context: SiteContext
    ) throws -> Response {
        var response = try site.page(page, request, context, status: .tooManyRequests)
        response.headers[.retryAfter] = "\(seconds)"
        return response
    }

    /// Whose address and password these are. Unknown and unconfirmed people cost the same work and get the same answer as
    /// a wrong password.
    private func person(_ email: EmailAddress?, _ password: String) async throws -> Person? {
        guard let email, let candidate = try site.store.signInCandidate(for: email) else {
            try await site.passwords.verifyNothing(password)
            return nil
        }
        let person = candidate.person
        let hash = candidate.passwordHash
        guard try await site.passwords.verify(password, against: hash), person.verifiedAt != nil else { return nil }
        if site.passwords.needsRehash(hash) {
            try await site.store.rehash(person.id, to: try await site.passwords.hash(password))
        }
        return person
    }

    /// Said only to whoever gave the right password: nobody else learns that there is an account.
    private func suspended(_ person: Person) throws -> Problem {
        let since = try site.store.suspensions(of: .person(person)).first?.at
        return Problem(
            "email",
            "This account is suspended. The reason is in the mail"
                + (since.map { " of " + Moment.day($0).text } ?? "") + ".")
    }

    /// The page, saying which app asked when signing in is a step of authorizing it.
    private func page(email: String, next: InternalPath?) throws -> LoginPage {
        let app = next?.authorizedClientID.flatMap { try? site.store.app(clientID: $0) }
        let on = next.map { "&next=" + PercentEncoding.encode($0.text) } ?? ""
        // Those who deleted their account are no longer there.
        let accounts = try (site.settings.demo?.accounts ?? []).filter { account in
            try EmailAddress(account.email).flatMap { try site.store.signInCandidate(for: $0) } != nil
        }.map {
            LoginPage.DemoAccount(
                name: $0.name, email: $0.email, password: $0.password, role: $0.role,
                path: "/login?as=" + PercentEncoding.encode($0.name) + on)
        }
        return LoginPage(
            email: email, next: next?.text ?? "", appName: app.map(\.details.name) ?? "", demoAccounts: accounts)
    }
}

extension Problem {
    static let wrongCode = Problem("code", "This code is not right, or was used already. Enter the next one.")
    fileprivate static let wrongCredentials = Problem("email", "The email address or the password is not right.")
}

extension InternalPath {
    /// Whether it is a tenant's authorization endpoint (RFC 6749 §3.1).
    var isAuthorization: Bool {
        let segments = text.utf8.prefix { $0 != UInt8(ascii: "?") }.split(separator: UInt8(ascii: "/"))
        return segments.count == 4 && segments[0].elementsEqual("t".utf8) && segments[2].elementsEqual("oauth".utf8)
            && segments[3].elementsEqual("authorize".utf8)
    }

    fileprivate var authorizedClientID: String? {
        guard isAuthorization, let mark = text.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
        let query = String(decoding: text.utf8[text.utf8.index(after: mark)...], as: UTF8.self)
        let ids = (try? ParameterList(query: query))?.all(Parameter("client_id")) ?? []
        return ids.count == 1 ? ids.first : nil
    }
}
