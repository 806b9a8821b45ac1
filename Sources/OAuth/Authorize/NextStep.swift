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
    /// A member who may not allow apps.
    case notAnAdmin
    /// `new` is what was not allowed before, `already` what was.
    case askConsent(new: ScopeSet, already: ScopeSet)
    /// Everything asked for was allowed before: send a code.
    case allow
    case refuse(Refusal)
}

/// The authorization endpoint as one decision.
///
/// - `membership`: the signed-in person's role in this tenant.
/// - `grantedScopes`: of their live grant to this client here, nil when there is none.
/// - `reauthenticatedSince`: when this very flow first asked to sign in again (`prompt=login`, `max_age`), nil while
///   it has not. A sign-in no older than that satisfies it, so another tab's older one cannot.
package func nextStep(
    for request: AuthorizeRequest, signedIn: SignedIn?, membership: Role?, grantedScopes: ScopeSet?,
    reauthenticatedSince: Instant? = nil, at now: Instant
) -> NextStep {
    guard let signedIn, !request.wantsSignIn(after: signedIn, since: reauthenticatedSince, at: now) else {
        return request.ask(.signIn, orRefuse: OAuthError(.loginRequired, "nobody is signed in recently enough"))
    }
    guard let membership else {
        return request.ask(
            .notAMember, orRefuse: OAuthError(.accessDenied, "the person is not a member of this tenant"))
    }
    guard membership == .admin else {
        return request.ask(
            .notAnAdmin, orRefuse: OAuthError(.accessDenied, "only an admin of the tenant may allow apps"))
    }
    if let grantedScopes, request.scopes.isSubset(of: grantedScopes), request.maySkipConsent { return .allow }
    let new = request.scopes.subtracting(grantedScopes ?? ScopeSet())
    return request.ask(
        .askConsent(new: new, already: request.scopes.subtracting(new)),
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
        client.kind == .confidential && !redirectURI.isNative && !prompt.contains(.consent)
    }
}
