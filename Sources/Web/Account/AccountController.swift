import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/account`: profile, password, sessions.
struct AccountController {
    let site: Site

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        try page(request, context)
    }

    /// Ends every other session, and gives this one a new cookie.
    func changePassword(_ request: Request, _ context: PersonContext) async throws -> Response {
        let form = try await site.form(request, context)
        // The form asks for the password itself; who has two-step sign-in proves that as well.
        if context.person.hasSecondFactor { try await site.confirm(form, request, context) }
        let (current, password) = (try form.text("current_password"), try form.text("password"))
        let person = context.person
        // The same count as signing in: a stolen session is no way to guess faster.
        if let wait = try await site.countSignIn(EmailAddress(person.email), request, context) {
            throw Failure.tooManyRequests(retryAfter: wait)
        }
        var problems: [Problem] = []
        if try await !site.isPassword(current, of: person) { problems.append(.notCurrentPassword) }
        if let problem = site.passwordPolicy.problem(with: password, name: person.name, email: person.email) {
            problems.append(problem)
        }
        guard problems.isEmpty else { return try page(request, context, problems: problems) }
        let hash = try await site.passwords.hash(password)
        try await site.store.changePassword(
            of: person, to: hash, keeping: context.session.id,
            letter: .passwordChanged(to: person.email, name: person.name, forgot: site.url("/forgot")),
            from: site.clientAddress(of: request, context), at: site.now())
        try await site.forgiveFailures(of: person, request, context)
        return try await site.signIn(person, to: "/account", saying: .passwordChanged, request, context)
    }

    func endOtherSessions(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.confirmedForm(request, context)
        try await site.store.endSessions(
            of: context.person.id, except: context.session.id, from: site.clientAddress(of: request, context),
            at: site.now())
        return site.redirect(to: "/account", saying: .othersEnded)
    }

    /// Here too: for whoever thinks that somebody else is in.
    func endAllSessions(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        try await site.store.endSessions(
            of: context.person.id, except: nil, from: site.clientAddress(of: request, context), at: site.now())
        return site.signedOut(to: "/login", saying: .signedOutEverywhere)
    }

    func endSession(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let id = ID<Entity.Session>(context.parameters.get("session") ?? "")
        guard try site.store.sessions(of: context.person.id, at: site.now()).contains(where: { $0.id == id }) else {
            throw Failure.notFound
        }
        try await site.store.endSession(
            id, of: context.person.id, from: site.clientAddress(of: request, context), at: site.now())
        guard id == context.session.id else { return site.redirect(to: "/account", saying: .sessionEnded) }
        return site.signedOut(to: "/login", saying: .signedOut)
    }

    private func page(_ request: Request, _ context: PersonContext, problems: [Problem] = []) throws -> Response {
        let (person, now) = (context.person, site.now())
        let sessions = try site.store.sessions(of: person.id, at: now)
        let page = AccountPage(
            name: person.name, email: person.email,
            newEmail: try site.store.waitingEmailChange(of: person.id, at: now)?.newEmail ?? "",
            isVerified: person.verifiedAt != nil, hasSecondFactor: person.hasSecondFactor,
            memberSince: .day(person.createdAt),
            sessions: sessions.map { AccountPage.Session($0, isCurrent: $0.id == context.session.id, at: now) },
            hasOthers: sessions.contains { $0.id != context.session.id })
        return try site.page(page, request, context, problems: problems)
    }
}

extension AccountPage.Session {
    fileprivate init(_ session: Session, isCurrent: Bool, at now: Instant) {
        self.init(
            device: Device(userAgent: session.userAgent).text, address: session.address,
            // The note of this very request is not written yet.
            lastSeen: .relative(isCurrent ? now : session.lastSeenAt, at: now), started: .exact(session.createdAt),
            isCurrent: isCurrent, endPath: "/account/sessions/\(session.id.text)/end")
    }
}

extension Problem {
    fileprivate static let notCurrentPassword = Problem("current_password", "This is not your current password.")
}
