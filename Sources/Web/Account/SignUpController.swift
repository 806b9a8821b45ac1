import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/signup` and `/verify`: becoming a person here. Neither says whether an address is known; the mail does.
struct SignUpController {
    let site: Site

    func new(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard context.visitor.session == nil else { return site.redirect(to: "/dashboard") }
        return try site.page(SignUpPage(), request, context)
    }

    func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        let form = try await site.form(request, context)
        let (name, email) = (try form.text("name"), try form.text("email"))
        let checked = SignUp.check(
            name: name, email: email, password: try form.text("password"), policy: site.passwordPolicy)
        switch checked {
        case .invalid(let problems):
            return try site.page(SignUpPage(name: name, email: email), request, context, problems: problems)
        case .valid(let signUp):
            let mayMail = try await site.mayMail(signUp.email, request, context)
            // Hashed also when nothing will come of it, so that time does not tell.
            let hash = try await site.passwords.hash(signUp.password).text
            if mayMail {
                try await save(signUp, passwordHash: hash, from: site.clientAddress(of: request, context))
            }
            site.rememberMail(to: signUp.email, context)
            return site.redirect(to: "/signup/sent")
        }
    }

    func sent(_ request: Request, _ context: SiteContext) async throws -> Response {
        try site.page(
            SignUpSentPage(email: site.mailedAddress(context), demoMailPath: site.demoMailPath), request, context)
    }

    func newLink(_ request: Request, _ context: SiteContext) async throws -> Response {
        try site.page(VerifyResendPage(), request, context)
    }

    func sendLink(_ request: Request, _ context: SiteContext) async throws -> Response {
        let typed = try await site.form(request, context).text("email")
        guard let email = EmailAddress(typed) else {
            return try site.page(VerifyResendPage(email: typed), request, context, problems: [.malformedEmail])
        }
        if try await site.mayMail(email, request, context) {
            let link = Secret<MailLink>.random()
            let address = site.url("/verify/" + link.reveal())
            try await atSteadyPace {
                try await site.store.resendVerification(
                    to: email, link: link,
                    letter: { .verification(to: $0.email, name: $0.name, link: address) }, at: site.now())
            }
        }
        let page = VerifyResendPage(email: email.text, isSent: true, demoMailPath: site.demoMailPath)
        return try site.page(page, request, context)
    }

    /// Only asks: mail scanners follow links, and must not use them up.
    func askToVerify(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let link = mailLink(context), let person = try site.store.owner(of: link, for: .verify, at: site.now())
        else { return try site.page(LinkGonePage.verification, request, context, status: .gone) }
        let page = VerifyPage(formPath: "/verify/" + link.reveal(), email: person.email)
        return try site.page(page, request, context)
    }

    func verify(_ request: Request, _ context: SiteContext) async throws -> Response {
        _ = try await site.form(request, context)
        let now = site.now()
        guard let link = mailLink(context), try site.store.owner(of: link, for: .verify, at: now) != nil,
            try await site.store.verify(
                link, from: site.clientAddress(of: request, context), at: now) != nil
        else { return try site.page(LinkGonePage.verification, request, context, status: .gone) }
        return site.redirect(to: "/login", saying: .verified)
    }

    private func save(_ signUp: SignUp, passwordHash: String, from address: String) async throws {
        let link = Secret<MailLink>.random()
        let (signIn, forgot) = (site.url("/login"), site.url("/forgot"))
        try await site.store.signUp(
            signUp, passwordHash: passwordHash, link: link,
            confirm: .verification(
                to: signUp.email.text, name: signUp.name, link: site.url("/verify/" + link.reveal())),
            known: { .knownAddress(to: $0.email, name: $0.name, signIn: signIn, forgot: forgot) },
            from: address, at: site.now())
    }
}

extension LinkGonePage {
    fileprivate static let verification = LinkGonePage(
        headline: "This link no longer works",
        advice: "Links to confirm an address work once and for 24 hours. If you have used it, sign in.",
        nextPath: "/verify/resend", nextText: "Send a new link")
}
