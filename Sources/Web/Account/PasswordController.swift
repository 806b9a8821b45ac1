import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/forgot` and `/reset`: a new password by mail.
struct PasswordController {
    let site: Site

    func forgot(_ request: Request, _ context: SiteContext) async throws -> Response {
        try site.page(ForgotPage(email: context.visitor.session?.person.email ?? ""), request, context)
    }

    func sendReset(_ request: Request, _ context: SiteContext) async throws -> Response {
        let typed = try await site.form(request, context).text("email")
        guard let email = EmailAddress(typed) else {
            return try site.page(ForgotPage(email: typed), request, context, problems: [.malformedEmail])
        }
        try await site.countMail(request, context)
        let link = Secret<MailLink>.random()
        let address = site.url("/reset/" + link.reveal())
        try await atSteadyPace {
            try await site.store.sendReset(
                to: email, link: link, letter: { .reset(to: $0.email, name: $0.name, link: address) }, at: site.now())
        }
        site.rememberMail(to: email, context)
        return site.redirect(to: "/forgot/sent")
    }

    func sent(_ request: Request, _ context: SiteContext) async throws -> Response {
        try site.page(
            ForgotSentPage(email: site.mailedAddress(context), demoMailPath: site.demoMailPath), request, context)
    }

    func edit(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let link = mailLink(context), let person = try site.store.owner(of: link, for: .reset, at: site.now())
        else { return try gone(request, context) }
        return try site.page(ResetPage(link, of: person), request, context)
    }

    /// Sets the password and signs nobody in: whoever reads the mail still has to know what they typed.
    func reset(_ request: Request, _ context: SiteContext) async throws -> Response {
        let password = try await site.form(request, context).text("password")
        guard let link = mailLink(context), let owner = try site.store.owner(of: link, for: .reset, at: site.now())
        else { return try gone(request, context) }
        if let problem = site.passwordPolicy.problem(with: password, name: owner.name, email: owner.email) {
            return try site.page(ResetPage(link, of: owner), request, context, problems: [problem])
        }
        let hash = try await site.passwords.hash(password)
        let forgot = site.url("/forgot")
        let person = try await site.store.reset(
            link, to: hash, letter: { .passwordChanged(to: $0.email, name: $0.name, forgot: forgot) },
            from: site.clientAddress(of: request, context), at: site.now())
        guard let person else { return try gone(request, context) }
        try await site.store.forgive(try site.attempt(EmailAddress(person.email), request, context))
        var response = site.redirect(to: "/login", saying: .passwordReset)
        site.knowDevice(as: person, context, on: &response)
        return response
    }

    private func gone(_ request: Request, _ context: SiteContext) throws -> Response {
        let page = LinkGonePage(
            headline: "This link no longer works",
            advice: "Links to choose a password work once and for one hour.",
            nextPath: "/forgot", nextText: "Send a new link")
        return try site.page(page, request, context, status: .gone)
    }
}

extension ResetPage {
    fileprivate init(_ link: Secret<MailLink>, of person: Person) {
        self.init(formPath: "/reset/" + link.reveal(), email: person.email)
    }
}
