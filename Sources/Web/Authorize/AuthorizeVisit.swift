import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// One arrival at the authorization endpoint: what was asked, by whom, and the page or redirect that answers it.
struct AuthorizeVisit {
    let site: Site
    let tenant: Tenant
    let request: Request
    let context: SiteContext
    /// What the app's owner reads it as: this endpoint, or the direct flow.
    var kind = AppEvent.Kind.authorize

    /// Parses and verifies. `client_id` and `redirect_uri` come first: until both are certain, nothing redirects.
    func read() throws(Refusal) -> (App, AuthorizeRequest) {
        let list: ParameterList
        do throws(OAuthError) { list = try ParameterList(query: request.uri.query ?? "") } catch {
            throw .tellThePerson(error)
        }
        let named = try AuthorizeRequest.clientID(in: list)
        let app: App?
        do { app = try site.store.app(clientID: named.text) } catch {
            throw .tellThePerson(OAuthError(.temporarilyUnavailable, "the service cannot answer at the moment"))
        }
        let asked = try AuthorizeRequest.read(list, for: app?.client)
        guard let app, !app.isSuspended else {
            throw .tellThePerson(OAuthError(.unauthorizedClient, "this app is suspended"))
        }
        return (app, asked)
    }

    func answer(_ asked: AuthorizeRequest, of app: App, at now: Instant) async throws(Refusal) -> Response {
        do {
            return try await step(asked, of: app, at: now)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            return Failure.noting(error, request, context).answer(to: request, context, at: site)
        }
    }

    private func step(_ asked: AuthorizeRequest, of app: App, at now: Instant) async throws -> Response {
        let session = context.visitor.session
        let member = try session.flatMap { try site.store.membership(of: $0.person.id, in: tenant.id) }
        let granted = try session.flatMap {
            try site.store.grantedScopes(to: app.id, by: $0.person.id, in: tenant.id)
        }
        let permission = try member.map { try site.store.permission(of: $0, for: app, at: now) }
        let standing = try site.store.standing(of: app, in: tenant)
        let step = nextStep(
            for: asked, signedIn: session.map { SignedIn(person: $0.person.id, authenticatedAt: $0.authenticatedAt) },
            permission: permission, grantedScopes: granted, standing: standing,
            reauthenticatedSince: SignInErrand(returningTo: request.head.path ?? "/")
                .wasAsked(at: now, session, site.store),
            at: now)
        switch step {
        case .refuse(let refusal): throw refusal
        case .signIn: return signIn(fresh: asked.wantsFreshSignIn, at: now)
        case .notAMember:
            note(OAuthError(.accessDenied, "the person is not a member of this tenant"))
            return try notAMember(app)
        case .unreviewedAtLimit:
            note(OAuthError(.accessDenied, "the app has not been reviewed, and is at its limit"))
            return try unreviewedAtLimit(app)
        case .notAnAdmin, .notAdmitted, .nothingToAllow:
            note(OAuthError(.accessDenied, "the tenant's rules do not let this person allow the app"))
            guard let session, let member else { return signIn(fresh: false, at: now) }
            return try await mayNotAllow(asked, app, member, session, why: step, at: now)
        case .askConsent(let new, let already):
            guard let session, let member else { return signIn(fresh: false, at: now) }
            return try await consent(
                asked, app, member, session, new: new, already: already, standing: standing,
                at: now)
        case .allow:
            guard let member,
                let code = try await site.store.allow(
                    asked.scopes, to: app, by: member, redirectURI: asked.redirectURI,
                    wasSent: asked.redirectURIWasSent, challenge: asked.challenge?.text,
                    from: site.clientAddress(of: request, context), at: now)
            else { return try notAMember(app) }
            site.store.activity.count(.authorized, of: app.id, at: now)
            return .sending(
                to: callbackURL(asked.redirectURI, code: code, state: asked.state, issuer: site.issuer(of: tenant)))
        }
    }

    /// To the sign-in page and back here.
    ///
    /// - Parameter fresh: an older sign-in does not do.
    private func signIn(fresh: Bool, at now: Instant) -> Response {
        let errand = SignInErrand(returningTo: request.head.path ?? "/")
        return .sending(
            to: "/login?next="
                + PercentEncoding.encode(
                    fresh ? errand.path(asking: now, context.visitor.session, site.store) : errand.path))
    }

    /// What may not travel to a redirect URI stays here; everything else goes back to the app with `iss` and `state`,
    /// at once only where somebody here knows the app: anyone can register one, and a link to this server must not
    /// become a link to theirs (RFC 9700 §4.11.2).
    func refuse(_ refusal: Refusal) throws -> Response {
        switch refusal {
        case .redirect(let error, let uri, let state):
            let visitor = context.visitor
            guard visitor.session != nil || error.code == .loginRequired else {
                return signIn(fresh: false, at: site.now())
            }
            note(error)
            let way = callbackURL(uri, error: error, state: state, issuer: site.issuer(of: tenant))
            let somebody = visitor.session?.person.id ?? visitor.device?.person
            guard let somebody, try site.store.isKnown(uri.client, to: somebody, in: tenant.id) else {
                return try leaving(for: uri, with: error, by: way)
            }
            return .sending(to: way)
        case .tellThePerson(let error):
            note(error)
            let status: HTTPResponse.Status = error.code == .temporarilyUnavailable ? .serviceUnavailable : .badRequest
            return try site.page(errorPage(error), request, context, status: status)
        }
    }
}

extension AuthorizeRequest {
    /// Whether signing in some time ago may not do (OpenID Connect's `prompt` and `max_age`).
    fileprivate var wantsFreshSignIn: Bool {
        prompt.contains(.login) || prompt.contains(.selectAccount) || maxAge != nil
    }
}
