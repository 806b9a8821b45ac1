/// Mints one token for a consented request, without a code and without a refresh token.
///
/// - Parameter lifetime: in seconds; nil for one without an end, as V1 has them.
package func issueDirectly(
    for consented: ConsentedRequest, lifetime: Int64?, at now: Instant, using random: inout some RandomNumberGenerator
) -> (token: Secret<AccessToken>, family: ID<Entity.TokenFamily>, effects: [Effect]) {
    let family = ID<Entity.TokenFamily>.ordered(at: now, using: &random)
    let start = FamilyStart(
        id: family, tenant: consented.tenant, client: consented.client, grant: consented.grant,
        person: consented.person, scopes: consented.scopes, at: now)
    let access = IssuedAccess(
        secret: .random(using: &random), family: family, scopes: consented.scopes, issuedAt: now,
        expiresAt: lifetime.map { now + $0 })
    return (access.secret, family, [.startFamily(start), .issueAccess(access)])
}

/// The refresh token with which a family's chain begins.
package func beginChain(
    of family: ID<Entity.TokenFamily>, at now: Instant, using random: inout some RandomNumberGenerator
) -> (token: Secret<RefreshToken>, effect: Effect) {
    let issued = IssuedRefresh(
        secret: .random(using: &random), family: family, generation: FamilyRecord.firstGeneration, at: now)
    return (issued.secret, .issueRefresh(issued))
}
