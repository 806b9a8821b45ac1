import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/oauth/authorize` (RFC 6749 §3.1). One decision, asked again whenever a person comes back.
struct AuthorizeController {
    let site: Site

    func ask(_ request: Request, _ context: SiteContext) async throws -> Response {
        let tenant = try site.liveTenant(context)
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
            return .sending(to: callbackURL(redirectURI, error: denied, state: question.state, issuer: issuer))
        }
        guard let member = try site.store.membership(of: context.person.id, in: tenant.id), member.role == .admin,
            let code = try await site.store.allow(
                question.scopes, to: app, by: member, redirectURI: redirectURI, wasSent: question.redirectURIWasSent,
                challenge: question.challenge, from: site.clientAddress(of: request, context), at: now)
        else { throw Failure.forbidden("Only an admin of \(tenant.name) can allow apps.") }
        return .sending(to: callbackURL(redirectURI, code: code, state: question.state, issuer: issuer))
    }
}
