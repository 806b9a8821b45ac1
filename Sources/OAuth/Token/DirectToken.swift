/// Mints the one token of a consented direct request: it has an end and no refresh token.
///
/// - Parameter lifetime: in seconds, as the app's developer chose it.
package func issueDirectly(
    for consented: ConsentedRequest, lifetime: Int64, at now: Instant, using random: inout some RandomNumberGenerator
) -> (token: Secret<AccessToken>, family: ID<Entity.TokenFamily>, effects: [Effect]) {
    let family = ID<Entity.TokenFamily>.ordered(at: now, using: &random)
    let start = FamilyStart(
        id: family, tenant: consented.tenant, client: consented.client, grant: consented.grant,
        person: consented.person, scopes: consented.scopes, code: nil, at: now)
    let access = IssuedAccess(
        secret: .random(using: &random), family: family, scopes: consented.scopes, issuedAt: now,
        expiresAt: now + lifetime)
    return (access.secret, family, [.startFamily(start), .issueAccess(access)])
}
