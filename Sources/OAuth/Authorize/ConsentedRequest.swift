/// What one person allowed one client in one tenant, ready to become a code: codes are minted only from it.
package struct ConsentedRequest: Sendable {
    package let tenant: ID<Entity.Tenant>
    package let client: ID<Entity.Client>
    package let person: ID<Entity.Person>
    package let grant: ID<Entity.Grant>
    package let redirectURI: VerifiedRedirectURI
    package let redirectURIWasSent: Bool
    package let challenge: String?
    package let scopes: ScopeSet

    /// Nil unless `granted`, the scopes of the live grant, covers every scope that was asked for.
    package init?(
        tenant: ID<Entity.Tenant>, client: ID<Entity.Client>, person: ID<Entity.Person>, grant: ID<Entity.Grant>,
        granted: ScopeSet, redirectURI: VerifiedRedirectURI, redirectURIWasSent: Bool, challenge: String?,
        scopes: ScopeSet
    ) {
        guard !scopes.isEmpty, scopes.isSubset(of: granted) else { return nil }
        self.tenant = tenant
        self.client = client
        self.person = person
        self.grant = grant
        self.redirectURI = redirectURI
        self.redirectURIWasSent = redirectURIWasSent
        self.challenge = challenge
        self.scopes = scopes
    }
}

/// Mints the code of a consented request: the secret for `callbackURL`, the record for storage (which keeps the
/// secret's digest beside it).
package func issueCode(
    for consented: ConsentedRequest, at now: Instant, using random: inout some RandomNumberGenerator
) -> (code: Secret<AuthorizationCode>, record: CodeRecord) {
    let record = CodeRecord(
        id: .ordered(at: now, using: &random), tenant: consented.tenant, client: consented.client,
        grant: consented.grant,
        person: consented.person, redirectURI: consented.redirectURI.text,
        redirectURIWasSent: consented.redirectURIWasSent, challenge: consented.challenge, scopes: consented.scopes,
        issuedAt: now, expiresAt: now + CodeRecord.lifetime, redeemedAt: nil, family: nil, failures: 0,
        grantIsLive: true)
    return (Secret.random(using: &random), record)
}
