/// Who is in front of the browser.
package struct SignedIn: Hashable, Sendable {
    package let person: ID<Entity.Person>
    /// When they last proved it: with a password, not with a cookie.
    package let authenticatedAt: Instant

    package init(person: ID<Entity.Person>, authenticatedAt: Instant) {
        self.person = person
        self.authenticatedAt = authenticatedAt
    }
}

/// What `/oauth/authorize` does next. Every page returns to it and it asks again.
package enum NextStep: Equatable, Sendable {
    case signIn
    /// Signed in, but not a member of this tenant.
    case notAMember
    /// A member who has to ask an admin first.
    case notAnAdmin
    /// The tenant does not let this client in, whoever asks.
    case notAdmitted
    /// The tenant lets the client in, but with none of the scopes it asks for.
    case nothingToAllow
    /// Nobody who runs this server has looked at the client, and it is in use in as many places as it may be.
    case unreviewedAtLimit
    /// `new` is what was not allowed before, `already` what was.
    case askConsent(new: ScopeSet, already: ScopeSet)
    /// Everything asked for was allowed before: send a code.
    case allow
    case refuse(Refusal)
}

/// The authorization endpoint as one decision.
///
/// - `permission`: what this tenant's rules say to the signed-in person, nil when they are no member of it.
/// - `grantedScopes`: of their live grant to this client here, nil when there is none.
/// - `standing`: of this client, at this tenant.
/// - `reauthenticatedSince`: when this very flow first asked to sign in again (`prompt=login`, `max_age`), nil while
///   it has not. A sign-in no older than that satisfies it, so another tab's older one cannot.
package func nextStep(
    for request: AuthorizeRequest, signedIn: SignedIn?, permission: Permission?, grantedScopes: ScopeSet?,
    standing: ClientStanding = .trusted, reauthenticatedSince: Instant? = nil, at now: Instant
) -> NextStep {
    guard let signedIn, !request.wantsSignIn(after: signedIn, since: reauthenticatedSince, at: now) else {
        return request.ask(.signIn, orRefuse: OAuthError(.loginRequired, "nobody is signed in recently enough"))
    }
    guard let permission else {
        return request.ask(
            .notAMember, orRefuse: OAuthError(.accessDenied, "the person is not a member of this tenant"))
    }
    guard permission.verdict != .clientNotAdmitted else {
        return request.ask(.notAdmitted, orRefuse: OAuthError(.accessDenied, "the tenant does not let this app in"))
    }
    guard standing != .unreviewedAtLimit else {
        return request.ask(
            .unreviewedAtLimit,
            orRefuse: OAuthError(.accessDenied, "the app has not been reviewed, and is at its limit"))
    }
    let scopes = request.scopes.narrowed(to: permission.ceiling)
    guard !scopes.isEmpty else {
        return request.ask(
            .nothingToAllow, orRefuse: OAuthError(.accessDenied, "the tenant lets no app have any of these scopes"))
    }
    guard permission.covers(scopes) else {
        return request.ask(
            .notAnAdmin, orRefuse: OAuthError(.accessDenied, "an admin of the tenant has to allow this app"))
    }
    if let grantedScopes, scopes.isSubset(of: grantedScopes), request.maySkipConsent { return .allow }
    let new = scopes.subtracting(grantedScopes ?? ScopeSet())
    return request.ask(
        .askConsent(new: new, already: scopes.subtracting(new)),
        orRefuse: OAuthError(.consentRequired, "the person has not allowed all of this before"))
}

extension AuthorizeRequest {
    /// A page, or with `prompt=none` the error that stands for it.
    fileprivate func ask(_ step: NextStep, orRefuse error: OAuthError) -> NextStep {
        prompt.contains(.none) ? .refuse(.redirect(error, to: redirectURI, state: state)) : step
    }

    fileprivate func wantsSignIn(after signedIn: SignedIn, since: Instant?, at now: Instant) -> Bool {
        if let since, signedIn.authenticatedAt >= since { return false }
        if prompt.contains(.login) || prompt.contains(.selectAccount) { return true }
        // max_age=0 is prompt=login by another name, also within the same second.
        guard let maxAge else { return false }
        return maxAge == 0 || now - signedIn.authenticatedAt > maxAge
    }

    /// Whoever can put another app behind the same scheme or loopback port would get the remembered yes.
    fileprivate var maySkipConsent: Bool {
        client.kind == .confidential && !redirectURI.isNative && !prompt.contains(.consent) && delivery == .code
    }
}
