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
            try await site.countMail(request, context)
            // Hashed also when nothing will come of it, so that time does not tell.
            let hash = try await site.passwords.hash(signUp.password)
            try await save(signUp, passwordHash: hash, from: site.clientAddress(of: request, context))
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
        try await site.countMail(request, context)
        let link = Secret<MailLink>.random()
        let address = site.url("/verify/" + link.reveal())
        try await atSteadyPace {
            try await site.store.resendVerification(
                to: email, link: link,
                letter: { .verification(to: $0.email, name: $0.name, link: address) }, at: site.now())
        }
        let page = VerifyResendPage(email: email.text, isSent: true, demoMailPath: site.demoMailPath)
        return try site.page(page, request, context)
    }

    /// Only asks: mail scanners follow links, and must not use them up.
    func askToVerify(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let (link, owner) = try waiting(context) else { return try gone(request, context) }
        return try site.page(page(link, owner), request, context)
    }

    /// Confirms the address for whoever knows the password of the sign-up, and signs them in. The link alone says only
    /// whose mailbox it is: somebody else may have signed up with the address and a password of their own.
    func verify(_ request: Request, _ context: SiteContext) async throws -> Response {
        let form = try await site.form(request, context)
        guard let (link, owner) = try waiting(context) else { return try gone(request, context) }
        guard try form.text("anew").isEmpty else { return try await verifyAnew(form, link, owner, request, context) }
        var page = page(link, owner)
        if let wait = try await site.countSignIn(EmailAddress(owner.email), request, context) {
            page.retryText = ErrorPage.waiting(wait)
            var response = try site.page(page, request, context, status: .tooManyRequests)
            response.headers[.retryAfter] = "\(wait)"
            return response
        }
        guard try await site.isPassword(try form.text("password"), of: owner) else {
            return try site.page(page, request, context, problems: [.notOfSignUp])
        }
        let address = site.clientAddress(of: request, context)
        guard let person = try await site.store.verify(link, from: address, at: site.now()) else {
            return try gone(request, context)
        }
        try await site.forgiveFailures(of: person, request, context)
        return try await site.signIn(person, to: "/dashboard", saying: .welcome, request, context)
    }

    /// For the owner of the mailbox who does not know the password: a name and a password of their own take the place
    /// of what was chosen. Signs nobody in, as any link by mail.
    private func verifyAnew(
        _ form: Form, _ link: Secret<MailLink>, _ owner: Person, _ request: Request, _ context: SiteContext
    ) async throws -> Response {
        let (name, password) = (try form.text("name"), try form.text("new_password"))
        let checked = SignUp.check(name: name, email: owner.email, password: password, policy: site.passwordPolicy)
        switch checked {
        case .invalid(let problems):
            var page = page(link, owner)
            (page.name, page.isAnew) = (name, true)
            let renamed = problems.map { $0.field == "password" ? Problem("new_password", $0.message) : $0 }
            return try site.page(page, request, context, problems: renamed)
        case .valid(let signUp):
            let hash = try await site.passwords.hash(signUp.password)
            let person = try await site.store.verify(
                link, anew: (name: signUp.name, passwordHash: hash), from: site.clientAddress(of: request, context),
                at: site.now())
            guard let person else { return try gone(request, context) }
            try await site.store.forgive(try site.attempt(signUp.email, request, context))
            var response = site.redirect(to: "/login", saying: .verified)
            site.knowDevice(as: person, context, on: &response)
            return response
        }
    }

    /// Whose sign-up the link of this request confirms, while it does.
    private func waiting(_ context: SiteContext) throws -> (link: Secret<MailLink>, owner: Person)? {
        guard let link = mailLink(context), let owner = try site.store.owner(of: link, for: .verify, at: site.now()),
            !owner.isSuspended
        else { return nil }
        return (link, owner)
    }

    private func page(_ link: Secret<MailLink>, _ owner: Person) -> VerifyPage {
        VerifyPage(formPath: "/verify/" + link.reveal(), email: owner.email, name: owner.name)
    }

    private func gone(_ request: Request, _ context: SiteContext) throws -> Response {
        try site.page(LinkGonePage.verification, request, context, status: .gone)
    }

    private func save(_ signUp: SignUp, passwordHash: PasswordHash, from address: String) async throws {
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

extension Problem {
    fileprivate static let notOfSignUp = Problem(
        "password", "This is not the password of the sign-up. If you do not know it, choose your own below.")
}
