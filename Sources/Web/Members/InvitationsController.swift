import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// Inviting people to a workspace (`/t/{tenant}/invitations`), and accepting it (`/invitations/{link}`).
struct InvitationsController {
    let site: Site

    func new(_ request: Request, _ context: PersonContext) async throws -> Response {
        try form(try site.admin(context), request, context)
    }

    func create(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let (email, role) = (try sent.text("email"), try sent.text("role"))
        // Whoever invites an admin hands out all there is.
        if role.utf8.elementsEqual(Role.admin.rawValue.utf8) { try await site.confirm(sent, request, context) }
        let admin = try site.admin(context)
        switch InvitationDraft.check(email: email, role: role) {
        case .invalid(let problems):
            return try form(admin, email: email, role: role, request, context, problems: problems)
        case .valid(let draft):
            if let problem = try await send(draft, by: admin, request, context) {
                return try form(admin, email: email, role: role, request, context, problems: [problem])
            }
            return site.redirect(to: admin.tenant.path + "/members", saying: .invitationSent)
        }
    }

    func resend(_ request: Request, _ context: PersonContext) async throws -> Response {
        let sent = try await site.form(request, context)
        let admin = try site.admin(context)
        let invitation = try invitation(context, seenBy: admin)
        if invitation.role == .admin { try await site.confirm(sent, request, context) }
        guard let email = EmailAddress(invitation.email) else { throw Failure.notFound }
        let draft = InvitationDraft(email: email, role: invitation.role)
        if let problem = try await send(draft, by: admin, request, context) {
            return try form(
                admin, email: email.text, role: invitation.role.rawValue, request, context, problems: [problem])
        }
        return site.redirect(to: admin.tenant.path + "/members", saying: .invitationSent)
    }

    func withdraw(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let admin = try site.admin(context)
        let invitation = try invitation(context, seenBy: admin)
        // False when it was answered or withdrawn meanwhile: the list says so.
        _ = try await site.store.withdraw(
            invitation, by: admin, from: site.clientAddress(of: request, context), at: site.now())
        return site.redirect(to: admin.tenant.path + "/members", saying: .invitationWithdrawn)
    }

    /// Only asks: mail scanners follow links, and must not use them up.
    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let (link, offer) = try offer(context) else { return try gone(request, context) }
        return try site.page(page(link, offer, context), request, context)
    }

    /// Accepting, as the person it was sent to, or signing up with it.
    func accept(_ request: Request, _ context: SiteContext) async throws -> Response {
        let sent = try await site.form(request, context)
        guard let (link, offer) = try offer(context) else { return try gone(request, context) }
        if let person = context.visitor.session?.person {
            guard offer.isFor(person) else { return try site.page(page(link, offer, context), request, context) }
            let tenant = try await site.store.accept(
                link, as: person, from: site.clientAddress(of: request, context), at: site.now())
            guard let tenant else { return try gone(request, context) }
            return site.redirect(to: tenant.path, saying: .invitationAccepted)
        }
        guard !offer.isKnown else { return site.redirect(to: signInPath(link)) }
        return try await signUp(sent, link, offer, request, context)
    }
}

extension InvitationsController {
    private func signUp(
        _ sent: Form, _ link: Secret<MailLink>, _ offer: InvitationOffer, _ request: Request, _ context: SiteContext
    ) async throws -> Response {
        let name = try sent.text("name")
        switch SignUp.check(
            name: name, email: offer.email, password: try sent.text("password"), policy: site.passwordPolicy)
        {
        case .invalid(let problems):
            var page = page(link, offer, context)
            page.name = name
            return try site.page(page, request, context, problems: problems)
        case .valid(let signUp):
            let hash = try await site.passwords.hash(signUp.password)
            let joined = try await site.store.signUp(
                signUp, passwordHash: hash, accepting: link, from: site.clientAddress(of: request, context),
                at: site.now())
            guard let joined else { return try gone(request, context) }
            return try await site.signIn(
                joined.person, to: joined.tenant.path, saying: .invitationAccepted, request, context)
        }
    }

    /// - Returns: what stands against it; nil when the invitation is on its way.
    private func send(
        _ draft: InvitationDraft, by admin: Member, _ request: Request, _ context: PersonContext
    ) async throws -> Problem? {
        try await site.count(.invitationsOfTenant, admin.tenant.id.text)
        let pair = "\(admin.tenant.id.text) \(draft.email.key)"
        if let wait = try await site.store.count(.invitationsToAddress, pair, at: site.now()) {
            return Problem(
                "email", "This address had three invitations within an hour. Try again \(ErrorPage.waiting(wait)).")
        }
        let link = Secret<MailLink>.random()
        let letter = Letter.invitation(
            to: draft.email.text, inviter: admin.person.name, tenant: admin.tenant.name, role: draft.role,
            link: site.url(path(link)))
        let outcome = try await site.store.invite(
            draft, by: admin, link: link, letter: letter,
            from: site.clientAddress(of: request, context), at: site.now())
        switch outcome {
        case .sent: return nil
        case .alreadyMember: return Problem("email", "This person is a member already.")
        case .tooMany:
            return Problem("email", "\(Invitation.most) invitations are waiting, the most there can be. Withdraw one.")
        case .gone: throw Failure.notFound
        }
    }

    private func form(
        _ admin: Member, email: String = "", role: String = "member", _ request: Request, _ context: PersonContext,
        problems: [Problem] = []
    ) throws -> Response {
        let page = InvitePage(
            top: try site.top(of: admin, at: .members), email: email, roles: InvitePage.roles(chosen: role),
            formPath: admin.tenant.path + "/invitations", cancelPath: admin.tenant.path + "/members")
        return try site.page(page, request, context, problems: problems)
    }

    private func page(_ link: Secret<MailLink>, _ offer: InvitationOffer, _ context: SiteContext) -> InvitationPage {
        let person = context.visitor.session?.person
        var page = InvitationPage(
            tenantName: offer.tenant.name, tenantInitials: initials(of: offer.tenant.name), inviter: offer.inviter,
            role: offer.role == .admin ? "an admin" : "a member", email: offer.email, formPath: path(link))
        switch person {
        case .some(let person) where offer.isFor(person): page.canAccept = true
        case .some(let person): page.otherEmail = person.email
        case .none where offer.isKnown: page.signInPath = signInPath(link)
        case .none: page.isNewcomer = true
        }
        return page
    }

    private func offer(_ context: SiteContext) throws -> (Secret<MailLink>, InvitationOffer)? {
        guard let link = mailLink(context), let offer = try site.store.offer(of: link, at: site.now()) else {
            return nil
        }
        return (link, offer)
    }

    private func gone(_ request: Request, _ context: SiteContext) throws -> Response {
        let isSignedIn = context.visitor.session != nil
        let page = LinkGonePage(
            headline: "This invitation no longer works",
            advice: "An invitation works once, for seven days, and until it is withdrawn. Ask for another one.",
            nextPath: isSignedIn ? "/dashboard" : "/login", nextText: isSignedIn ? "Go to your dashboard" : "Sign in")
        return try site.page(page, request, context, status: .gone)
    }

    private func invitation(_ context: PersonContext, seenBy admin: Member) throws -> Invitation {
        guard let id = context.parameters.get("invitation"),
            let invitation = try site.store.invitation(ID(id), seenBy: admin, at: site.now())
        else { throw Failure.notFound }
        return invitation
    }

    private func path(_ link: Secret<MailLink>) -> String { "/invitations/" + link.reveal() }
    private func signInPath(_ link: Secret<MailLink>) -> String { "/login?next=" + PercentEncoding.encode(path(link)) }
}

extension InvitationOffer {
    fileprivate func isFor(_ person: Person) -> Bool {
        guard let mine = EmailAddress(person.email)?.key, let theirs = EmailAddress(email)?.key else { return false }
        return mine.utf8.elementsEqual(theirs.utf8)
    }
}
