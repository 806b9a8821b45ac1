/// A grant that an admin of the tenant gave the app, and that is live: what the app may act on by itself.
package struct StandingGrant: Sendable {
    package let grant: ID<Entity.Grant>
    /// Who gave it.
    package let person: ID<Entity.Person>
    package let scopes: ScopeSet
    /// What the app's own tokens under this grant hang on, when there were any.
    package let family: ID<Entity.TokenFamily>?

    package init(
        grant: ID<Entity.Grant>, person: ID<Entity.Person>, scopes: ScopeSet, family: ID<Entity.TokenFamily>?
    ) {
        self.grant = grant
        self.person = person
        self.scopes = scopes
        self.family = family
    }
}

/// RFC 6749 §4.4: a token for the app itself, in a tenant whose admin has let it in.
///
/// Its credentials alone open no tenant: they are the same at all of them. So the token hangs on a grant, can do no
/// more than that grant, and ends with it. `standing` are newest first; the first that covers what is asked for
/// carries the token.
package func grantToClient(
    _ request: ClientCredentialsRequest, of client: AuthenticatedClient, under standing: [StandingGrant],
    in tenant: ID<Entity.Tenant>, at now: Instant, using random: inout some RandomNumberGenerator
) -> Outcome {
    // §4.4: "MUST only be used by confidential clients".
    guard client.client.kind == .confidential else {
        return .refused(.unauthorizedClient, "a public app cannot act as itself: use the authorization code grant")
    }
    guard let newest = standing.first else {
        return .refused(
            .unauthorizedClient,
            "no admin has allowed the app here yet: send one through the authorization code grant first")
    }
    let allowed = client.client.allowedScopes
    let scopes = request.scopes ?? newest.scopes.intersection(allowed)
    guard !scopes.isEmpty, scopes.isSubset(of: allowed),
        let chosen = standing.first(where: { scopes.isSubset(of: $0.scopes) })
    else { return .refused(.invalidScope, "scope asks for more than an admin allowed the app here") }

    let family = chosen.family ?? .ordered(at: now, using: &random)
    let access = IssuedAccess(
        secret: .random(using: &random), family: family, scopes: scopes, issuedAt: now,
        expiresAt: now + ClientCredentialsRequest.lifetime)
    let start = FamilyStart(
        id: family, tenant: tenant, client: client.id, grant: chosen.grant, person: chosen.person,
        scopes: chosen.scopes, at: now, origin: .clientCredentials)
    let response = TokenResponse(
        accessToken: access.secret, createdAt: now,
        // §4.4.3: "A refresh token SHOULD NOT be included."
        renewal: .init(expiresIn: ClientCredentialsRequest.lifetime, refreshToken: nil, scopes: scopes))
    return .granted(response, (chosen.family == nil ? [.startFamily(start)] : []) + [.issueAccess(access)])
}

extension ClientCredentialsRequest {
    /// Seconds that such a token lives. The app can have the next one at any time, so an hour is enough.
    package static let lifetime: Int64 = 3600
}
