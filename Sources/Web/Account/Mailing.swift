import Hummingbird
import OAuth
import Portal
import Storage

extension Site {
    /// Where a demo shows its mail; empty, and then not shown, anywhere else.
    var demoMailPath: String { settings.isDemo ? "/demo/mail" : "" }

    /// Counts that somebody asks for a mail. How many the mailbox gets is counted where a letter is written.
    ///
    /// - Throws: 429 when too many were asked for from one network address.
    func countMail(_ request: Request, _ context: some Browsing) async throws {
        try await count(.mailFromAddress, network(of: request, context))
    }

    /// Counts an attempt, and ends the request with 429 when it was one too many.
    func count(_ throttle: Throttle, _ key: String) async throws {
        guard let wait = try await store.count(throttle, key, at: now()) else { return }
        throw Failure.tooManyRequests(retryAfter: wait)
    }

    func clientAddress(of request: Request, _ context: some Browsing) -> String {
        context.siteContext.clientAddress(of: request, settings: settings)
    }

    /// What limits are counted under.
    func network(of request: Request, _ context: some Browsing) -> String {
        context.siteContext.network(of: request, settings: settings)
    }
}

extension Site {
    /// So that the page after the redirect can name the address, as it was typed: the same for known and unknown ones.
    func rememberMail(to email: EmailAddress, _ context: SiteContext) {
        shownOnce.keep(email.text, of: "mail", forVisitor: context.visitor.formSeed, at: now())
    }

    func mailedAddress(_ context: SiteContext) -> String? {
        shownOnce.read("mail", forVisitor: context.visitor.formSeed, at: now())
    }
}

/// Does the work and answers no sooner than a tenth of a second later, so that time does not tell whether there
/// was anything to write.
func atSteadyPace(_ work: () async throws -> Void) async throws {
    async let pause: Void? = try? Task.sleep(for: .milliseconds(100))
    try await work()
    _ = await pause
}

/// The secret of a mailed link, out of the request's path.
func mailLink(_ context: some RequestContext) -> Secret<MailLink>? {
    context.parameters.get("link").flatMap { Secret<MailLink>($0) }
}

extension Problem {
    static let malformedEmail = Problem("email", "Enter an email address like name@example.com.")
}
