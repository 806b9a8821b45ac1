import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/account/email` and the links it mails: another address, confirmed by both mailboxes.
struct EmailController {
    let site: Site

    func edit(_ request: Request, _ context: PersonContext) async throws -> Response {
        try site.askToConfirm(context)
        return try site.page(ChangeEmailPage(current: context.person.email), request, context)
    }

    func change(_ request: Request, _ context: PersonContext) async throws -> Response {
        let typed = try await site.confirmedForm(request, context).text("email")
        let person = context.person
        let page = ChangeEmailPage(current: person.email, email: typed)
        guard let email = EmailAddress(typed) else {
            return try site.page(page, request, context, problems: [.malformedEmail])
        }
        guard email != EmailAddress(person.email) else {
            let problem = Problem("email", "This is the address you have already.")
            return try site.page(page, request, context, problems: [problem])
        }
        try await site.countMail(request, context)
        let (confirm, undo) = (Secret<MailLink>.random(), Secret<MailLink>.random())
        let wait = try await site.store.askToChangeEmail(
            of: person, to: email,
            confirm: (
                link: confirm,
                letter: .confirmNewEmail(
                    to: email.text, name: person.name, link: site.url("/email/" + confirm.reveal()))
            ),
            undo: (
                link: undo,
                letter: .emailChangeAsked(
                    to: person.email, name: person.name, new: email.text,
                    undo: site.url("/email/undo/" + undo.reveal()))
            ),
            taken: .newEmailIsTaken(to: email.text, name: person.name, signIn: site.url("/login")),
            from: site.clientAddress(of: request, context), at: site.now())
        if let wait { throw Failure.tooManyRequests(retryAfter: wait) }
        return site.redirect(to: "/account", saying: .emailAsked)
    }

    func askToConfirm(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let link = mailLink(context), let change = try site.store.emailChange(confirmedBy: link, at: site.now())
        else { return try gone(request, context) }
        let page = EmailLinkPage(
            formPath: "/email/" + link.reveal(), name: change.person.name, oldEmail: change.oldEmail,
            newEmail: change.newEmail)
        return try site.page(page, request, context)
    }

    func confirm(_ request: Request, _ context: SiteContext) async throws -> Response {
        _ = try await site.form(request, context)
        let session = context.visitor.session
        guard let link = mailLink(context),
            let change = try await site.store.confirmEmailChange(
                link, keeping: session?.id, from: site.clientAddress(of: request, context), at: site.now())
        else { return try gone(request, context) }
        return site.redirect(
            to: session?.person.id == change.person.id ? "/account" : "/login", saying: .emailChanged)
    }

    func askToUndo(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let link = mailLink(context), let change = try site.store.emailChange(undoneBy: link, at: site.now())
        else { return try gone(request, context) }
        let page = EmailLinkPage(
            formPath: "/email/undo/" + link.reveal(), name: change.person.name, oldEmail: change.oldEmail,
            newEmail: change.newEmail, isUndo: true, hasHappened: change.confirmedAt != nil)
        return try site.page(page, request, context)
    }

    func undo(_ request: Request, _ context: SiteContext) async throws -> Response {
        _ = try await site.form(request, context)
        guard let link = mailLink(context), try site.store.emailChange(undoneBy: link, at: site.now()) != nil else {
            return try gone(request, context)
        }
        // Whoever asked for the change knew the password. Nobody knows this one: the way in is the mailbox.
        let nobodys = try await site.passwords.hash(Secret<MailLink>.random().reveal())
        guard
            try await site.store.undoEmailChange(
                link, leaving: nobodys, from: site.clientAddress(of: request, context), at: site.now()) != nil
        else { return try gone(request, context) }
        return site.redirect(to: "/forgot", saying: .emailKept)
    }

    private func gone(_ request: Request, _ context: SiteContext) throws -> Response {
        let page = LinkGonePage(
            headline: "This link no longer works",
            advice: "A link to confirm an address works once and for 24 hours, one to keep the old address for a week.",
            nextPath: "/account", nextText: "Go to your account")
        return try site.page(page, request, context, status: .gone)
    }
}
