/// RFC 6749 §6, RFC 9700 §4.14.2: a refresh token for a new pair. Rotation is idempotent and capped.
///
/// Zero tolerance locks out a client whose answer was lost; naive tolerance never notices a thief who shadows the
/// client. So: for `Grace.seconds` the last used token gets the *same answer* again, access token included, as long
/// as the successor is unused, and not for more than `Grace.longestStreak` rotations in a row. Nothing is minted on
/// a repetition, so however many callers race, they all hold the same two tokens.
///
/// `token` and `family` are what the presented secret names, nil when nothing. `idleLimit` is in seconds, nil for
/// none (the default: refresh tokens do not expire). A V1 access token may be presented once, by an app that uses V2.
package func refresh(
    _ request: RefreshRequest, of token: RefreshRecord?, in family: FamilyRecord?, by client: AuthenticatedClient,
    in tenant: ID<Entity.Tenant>, idleLimit: Int64?, at now: Instant,
    using random: inout some RandomNumberGenerator
) -> Outcome {
    guard let presented = request.token, let token, let family, token.family == family.id,
        family.tenant == tenant, token.tenant == tenant
    else { return .refused(.invalidGrant, "the refresh token is not one that this app was given here") }
    guard family.revokedAt == nil else { return .refused(.invalidGrant, "the refresh token was revoked") }
    guard family.client == client.id, token.client == client.id else {
        // RFC 6749 §10.4: whoever holds another app's token proves that it leaked.
        return .refused(
            .invalidGrant, "the refresh token is not one that this app was given here",
            .revokeFamily(family.id, because: .stolenByOtherClient, at: now))
    }
    let turn = Turn(of: token, in: family, at: now)
    switch turn {
    case .reuse:
        return .refused(
            .invalidGrant, "the refresh token was used before, so all tokens that came from it were revoked",
            .revokeFamily(family.id, because: .refreshReuse, at: now))
    case .exhausted:
        return .refused(.invalidGrant, "the refresh token was answered many times already: use its successor")
    case .rotate, .again, .damaged: break
    }
    guard family.grantIsLive else { return .refused(.invalidGrant, "what the refresh token stands for was revoked") }
    guard !token.isUnusedV1 || client.client.tokenFormat == .v2 else {
        return .refused(
            .unauthorizedClient, "this app still uses V1 tokens: switch it to V2 on its page, then send this again")
    }
    // A V1 access token has no idle limit: it is live until it is exchanged.
    if let idleLimit, !token.isUnusedV1, now - family.lastUsedAt >= idleLimit {
        return .refused(.invalidGrant, "the refresh token was not used for too long")
    }
    let asked = request.scopes ?? family.scopes
    guard asked.isSubset(of: family.scopes) else {
        return .refused(.invalidScope, "scope asks for more than was granted")
    }
    // RFC 6749 §5.1: the answer says when it is less than was asked for.
    let scopes = asked.narrowed(to: family.ceiling)
    guard !scopes.isEmpty else {
        return .refused(.invalidScope, "the tenant no longer lets the app have any of these scopes")
    }

    switch turn {
    case .rotate(let streak):
        let access = IssuedAccess(
            secret: .random(using: &random), family: family.id, scopes: scopes, issuedAt: now,
            expiresAt: now + TokenResponse.lifetime)
        return rotated(token, presented, access, streak: streak, using: &random)
    case .again(let sealed, let streak, let since):
        guard let successor = Successor.open(sealed, with: presented) else { return .damaged }
        return .granted(
            successor.answer(from: since, at: now),
            [.replayed(family.id, generation: token.generation, streak: streak, at: now)])
    case .damaged, .reuse, .exhausted:
        return .damaged
    }
}

/// How a used refresh token is tolerated.
package enum Grace {
    /// Seconds after its rotation.
    package static let seconds: Int64 = 60
    /// Times one token is answered again. Enough for every worker of a client that races itself; beyond it the
    /// answer is a refusal, not a revocation, because a loop is a mistake and no theft.
    package static let mostReplays = 100
    /// Rotations in a row that may each have been answered again.
    package static let longestStreak = 3
}

/// What presenting a known refresh token means now.
private enum Turn {
    /// It is the current one. `streak` is the family's from here on.
    case rotate(streak: Int)
    /// It is the one before, in time: its answer once more, which was first given at `since`.
    case again(sealed: [UInt8], streak: Int, since: Instant)
    /// It is the one before, in time, but was answered often enough.
    case exhausted
    /// Anything else that the family knows.
    case reuse
    /// The records contradict each other.
    case damaged

    init(of token: RefreshRecord, in family: FamilyRecord, at now: Instant) {
        guard token.generation != family.generation else {
            let streak = family.predecessorWasReplayed ? family.streak : 0
            self = token.rotatedAt == nil ? .rotate(streak: streak) : .damaged
            return
        }
        // Only the one before the current: that its successor is still the current one says it is unused.
        guard token.generation == family.generation - 1, let rotatedAt = token.rotatedAt,
            now - rotatedAt < Grace.seconds
        else {
            self = .reuse
            return
        }
        guard token.replays < Grace.mostReplays else {
            self = .exhausted
            return
        }
        let streak = token.replays == 0 ? family.streak + 1 : family.streak
        guard streak <= Grace.longestStreak else {
            self = .reuse
            return
        }
        self = token.sealedSuccessor.map { .again(sealed: $0, streak: streak, since: rotatedAt) } ?? .damaged
    }
}

private func rotated(
    _ token: RefreshRecord, _ presented: PresentedRefresh, _ access: IssuedAccess, streak: Int,
    using random: inout some RandomNumberGenerator
) -> Outcome {
    let next = IssuedRefresh(
        secret: .random(using: &random), family: token.family, generation: token.generation + 1, at: access.issuedAt)
    let successor = Successor(refresh: next.secret, access: access.secret, scopes: access.scopes)
    guard let sealed = successor.seal(under: presented, using: &random) else { return .damaged }
    let rotation = Rotation(
        family: token.family, generation: token.generation, sealedSuccessor: sealed, streak: streak,
        at: access.issuedAt)
    var effects: [Effect] = [.rotated(rotation), .issueRefresh(next), .issueAccess(access)]
    if token.isUnusedV1, case .accessToken(let old) = presented {
        effects.insert(.movedToV2(old, family: token.family, at: access.issuedAt), at: 0)
    }
    return .granted(.renewable(access, next.secret), effects)
}

extension Outcome {
    /// Nothing is changed: the client keeps what it has, the operator is told by the 500.
    fileprivate static var damaged: Outcome {
        .refused(.serverError, "the stored refresh token cannot be read")
    }
}
