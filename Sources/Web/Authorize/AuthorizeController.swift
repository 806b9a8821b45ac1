import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/oauth/authorize` (RFC 6749 §3.1). One decision, asked again whenever a person comes back.
struct AuthorizeController {
    let site: Site

    func ask(_ request: Request, _ context: SiteContext) async throws -> Response {
        let tenant: Tenant
        do { tenant = try site.liveTenant(context) } catch Failure.notFound {
            return try unknownWorkspace(request, context)
        }
        let now = site.now()
        let rule: RateLimiter.Rule = context.visitor.session == nil ? .authorizeByStrangers : .authorize
        if let seconds = site.limiter.count(rule, context.network(of: request, settings: site.settings), at: now) {
            throw Failure.tooManyRequests(retryAfter: seconds)
        }
        let visit = AuthorizeVisit(site: site, tenant: tenant, request: request, context: context)
        do throws(Refusal) {
            let (app, asked) = try visit.read()
            return try await visit.answer(asked, of: app, at: now)
        } catch {
            return try visit.refuse(error)
        }
    }

    /// The person pressed Allow or Deny. Only the ticket says what was asked; the form carries nothing else.
    func answer(_ request: Request, _ context: PersonContext) async throws -> Response {
        let tenant = try site.liveTenant(context)
        let form = try await site.form(request, context)
        let now = site.now()
        guard let ticket = Secret<ConsentTicket>(try form.text("ticket")),
            let question = try await site.store.take(ticket, in: tenant.id, session: context.session, at: now),
            let app = try site.store.app(question.app), !app.isSuspended,
            let redirectURI = app.client.verify(redirectURI: question.redirectURI)
        else { throw Failure.formExpired }
        let issuer = site.issuer(of: tenant)
        let decision = try form.text("decision")
        guard decision == "allow" else {
            guard decision == "deny" else { throw Failure.badRequest("Choose Allow or Deny.") }
            try await site.store.noteDenial(
                of: app, by: context.person, scopes: question.scopes, in: tenant.id,
                from: site.clientAddress(of: request, context), at: now)
            let denied = OAuthError(.accessDenied, "the person denied the request")
            site.noteDenial(denied, of: app, in: tenant, delivery: question.delivery, request, context)
            return .sending(to: callbackURL(redirectURI, error: denied, state: question.state, issuer: issuer))
        }
        guard let member = try site.store.membership(of: context.person.id, in: tenant.id),
            let address = try await answer(question, to: app, by: member, at: redirectURI, request, context)
        else {
            throw Failure.forbidden("The rules of \(tenant.name) do not let you allow this app. Nothing was allowed.")
        }
        var response = Response.sending(to: address)
        // The next page's address may hold a token: nothing of this one's goes with it.
        if question.delivery == .token { response.headers[.referrerPolicy] = "no-referrer" }
        return response
    }

    /// Said like the other mistakes of a request, since the app that sent the person here can mend it.
    private func unknownWorkspace(_ request: Request, _ context: SiteContext) throws -> Response {
        let slug = TypedText.line(context.parameters.get("tenant") ?? "", atMost: 60) ?? ""
        let page = AuthorizeErrorPage(
            headline: "There is no workspace “\(slug)” here",
            sentence: "The link that brought you here names a workspace that is not there. Nothing was allowed.",
            code: OAuthError.Code.invalidRequest.rawValue, codePath: "/docs/errors#invalid_request",
            explanation: "Ask your customer for the last part of their workspace’s address: what stands after /t/.",
            received: [Fact(label: "workspace", value: slug)], requestID: context.requestID)
        return try site.page(page, request, context, status: .notFound)
    }

    /// Where the person goes who said yes; nil when they may not.
    private func answer(
        _ question: ConsentQuestion, to app: App, by member: Member, at callback: VerifiedRedirectURI,
        _ request: Request, _ context: PersonContext
    ) async throws -> String? {
        let (now, address) = (site.now(), site.clientAddress(of: request, context))
        switch question.delivery {
        case .code:
            guard
                let code = try await site.store.allow(
                    question.scopes, to: app, by: member, redirectURI: callback,
                    wasSent: question.redirectURIWasSent, challenge: question.challenge, from: address, at: now)
            else { return nil }
            site.store.activity.count(.authorized, of: app.id, at: now)
            return callbackURL(callback, code: code, state: question.state, issuer: site.issuer(of: member.tenant))
        case .token:
            guard
                let token = try await site.store.allowDirectly(
                    question.scopes, to: app, by: member, redirectURI: callback, from: address, at: now)
            else { return nil }
            site.store.activity.count(.direct, of: app.id, at: now)
            site.metrics.noteIssued(.directFlow)
            return callbackURL(callback, token: token, state: question.state)
        }
    }
}
