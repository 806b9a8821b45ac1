/// RFC 7009 §2.1: what an app wants to end.
package enum RevocationRequest: Sendable {
    case access(Secret<AccessToken>)
    case refresh(Secret<RefreshToken>)
    /// Nothing that an app was ever given: §2.2, "the purpose of the revocation request, invalidating the particular
    /// token, is already achieved".
    case unknown

    /// `token_type_hint` is read for its form only: our tokens say themselves what they are (§2.1 allows as much).
    package static func read(_ list: ParameterList) throws(OAuthError) -> RevocationRequest {
        let text = try list.required(.token)
        _ = try list.optional(.tokenTypeHint)
        if let token = Secret<AccessToken>(text) { return .access(token) }
        if let token = Secret<RefreshToken>(text) { return .refresh(token) }
        return .unknown
    }
}

/// Whose token was presented for revocation.
package struct RevocableToken: Sendable {
    package let family: ID<Entity.TokenFamily>
    package let tenant: ID<Entity.Tenant>
    package let client: ID<Entity.Client>
    /// Nothing else of its family can live on: a V1 token, which has neither an end nor a refresh token.
    package let isAlone: Bool

    package init(
        family: ID<Entity.TokenFamily>, tenant: ID<Entity.Tenant>, client: ID<Entity.Client>, isAlone: Bool
    ) {
        self.family = family
        self.tenant = tenant
        self.client = client
        self.isAlone = isAlone
    }
}

/// What the revocation endpoint answers, and what storage has to do first.
package struct RevocationOutcome: Sendable {
    /// Nil: 200, whether there was anything to revoke or not.
    package let refusal: OAuthError?
    package let effects: [Effect]
}

/// RFC 7009 §2.1: the app that was given a token ends it. A refresh token takes its whole family along, an access
/// token goes alone. A token of another tenant is unknown here.
package func revoke(
    _ request: RevocationRequest, of token: RevocableToken?, by client: AuthenticatedClient,
    in tenant: ID<Entity.Tenant>, at now: Instant
) -> RevocationOutcome {
    guard let token, token.tenant == tenant else { return RevocationOutcome(refusal: nil, effects: []) }
    // "If this validation fails, the request is refused and the client is informed of the error."
    guard token.client == client.id else {
        return RevocationOutcome(
            refusal: OAuthError(.unauthorizedClient, "the token was given to another app"), effects: [])
    }
    switch request {
    case .access(let secret) where !token.isAlone:
        return RevocationOutcome(refusal: nil, effects: [.revokeAccess(secret, at: now)])
    case .access, .refresh:
        return RevocationOutcome(
            refusal: nil, effects: [.revokeFamily(token.family, because: .revokedByApp, at: now)])
    case .unknown:
        return RevocationOutcome(refusal: nil, effects: [])
    }
}
