/// RFC 6749 §4.1.3, §4.1.4; RFC 7636 §4.6: a code for tokens.
///
/// `code` is what the presented secret names, nil when nothing. Possession (client, PKCE, redirect URI) is proven
/// before reuse is looked at: otherwise a stranger with a leaked code could revoke what the client holds. `turn` rises
/// with every call (see `ID.ordered`).
package func redeem(
    _ redemption: CodeRedemption, of code: CodeRecord?, by client: AuthenticatedClient, in tenant: ID<Entity.Tenant>,
    at now: Instant, turn: UInt32? = nil, using random: inout some RandomNumberGenerator
) -> Outcome {
    guard redemption.code != nil, let code, code.tenant == tenant, code.client == client.id else {
        return .refused(.invalidGrant, "the code is not one that this app was given here")
    }
    if let refusal = code.refusesVerifier(redemption.verifier, of: client) { return refusal }
    guard code.accepts(redirectURI: redemption.redirectURI) else {
        return .refused(.invalidGrant, "redirect_uri is not the one of the authorization request")
    }

    guard code.redeemedAt == nil else { return code.refusedAsReplay(at: now) }
    guard code.failures < CodeRecord.mostFailures else {
        return .refused(.invalidGrant, "the code was tried with too many wrong verifiers")
    }
    // Also one that claims to be from more than a day later: it was made while the clock was wrong.
    guard now < code.expiresAt, code.issuedAt - now <= 86_400 else {
        return .refused(.invalidGrant, "the code has expired")
    }
    guard code.grantIsLive else { return .refused(.invalidGrant, "what the code stands for was revoked") }
    guard !code.scopes.narrowed(to: code.ceiling).isEmpty else {
        return .refused(.invalidGrant, "the tenant no longer lets the app have any of what the code stands for")
    }
    return code.granted(client.client.tokenFormat, at: now, turn: turn, using: &random)
}

extension CodeRecord {
    fileprivate func refusesVerifier(_ verifier: String?, of client: AuthenticatedClient) -> Outcome? {
        guard let challenge else {
            // RFC 9700 §4.8.2: somebody took the challenge out of the authorization request.
            guard verifier == nil else {
                return .refused(.invalidGrant, "code_verifier was sent, but the code was asked for without a challenge")
            }
            guard client.client.kind == .confidential else {
                return .refused(.invalidGrant, "the code was asked for without a challenge, which this app must send")
            }
            return nil
        }
        guard let verifier else { return .refused(.invalidGrant, "code_verifier is missing") }
        guard !PKCE.verify(verifier, against: challenge) else { return nil }
        guard redeemedAt == nil, failures < Self.mostFailures else {
            return .refused(.invalidGrant, "code_verifier does not match the challenge")
        }
        return .refused(.invalidGrant, "code_verifier does not match the challenge", .codeFailure(id))
    }

    /// RFC 6749 §4.1.3: the same again if it was sent then. PKCE proves as much, so with it one may leave it out
    /// (OAuth 2.1 §10.2); sending another is refused always.
    fileprivate func accepts(redirectURI sent: String?) -> Bool {
        guard let sent else { return !redirectURIWasSent || challenge != nil }
        return sent.utf8.elementsEqual(redirectURI.utf8)
    }

    /// RFC 6749 §4.1.2: what the first use granted ends.
    fileprivate func refusedAsReplay(at now: Instant) -> Outcome {
        guard let family else { return .refused(.invalidGrant, "the code was used before") }
        return .refused(
            .invalidGrant, "the code was used before, so its tokens were revoked",
            .revokeFamily(family, because: .codeReplay, at: now))
    }

    fileprivate func granted(
        _ format: Client.TokenFormat, at now: Instant, turn: UInt32?, using random: inout some RandomNumberGenerator
    ) -> Outcome {
        let family = ID<Entity.TokenFamily>.ordered(at: now, turn: turn, using: &random)
        let start = FamilyStart(
            id: family, tenant: tenant, client: client, grant: grant, person: person, scopes: scopes, at: now)
        let access = IssuedAccess(
            secret: .random(using: &random), family: family, scopes: scopes.narrowed(to: ceiling), issuedAt: now,
            expiresAt: format == .v2 ? now + TokenResponse.lifetime : nil)
        let effects: [Effect] = [.startFamily(start), .redeemed(id, family: family, at: now), .issueAccess(access)]
        switch format {
        case .v1:
            let response = TokenResponse(accessToken: access.secret, createdAt: now, renewal: nil)
            return .granted(response, effects)
        case .v2:
            let refresh = IssuedRefresh(
                secret: .random(using: &random), family: family, generation: FamilyRecord.firstGeneration, at: now)
            return .granted(.renewable(access, refresh.secret), effects + [.issueRefresh(refresh)])
        }
    }
}

extension TokenResponse {
    static func renewable(_ access: IssuedAccess, _ refresh: Secret<RefreshToken>) -> TokenResponse {
        TokenResponse(
            accessToken: access.secret, createdAt: access.issuedAt,
            renewal: Renewal(expiresIn: lifetime, refreshToken: refresh, scopes: access.scopes))
    }
}
