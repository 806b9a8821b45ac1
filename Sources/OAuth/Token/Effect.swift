/// One change that a decision asks storage to make. They are applied in order, in the transaction that read the
/// records, whether the answer is a success or a refusal. Each is one conditional statement.
package enum Effect: Sendable {
    /// The code was used and granted this family: set `redeemed_at`, `family_id` where `redeemed_at IS NULL`.
    case redeemed(ID<Entity.Code>, family: ID<Entity.TokenFamily>, at: Instant)
    /// A wrong verifier for this code: count it.
    case codeFailure(ID<Entity.Code>)
    /// A new family, generation `FamilyRecord.firstGeneration`, streak 0.
    case startFamily(FamilyStart)
    /// Keep this access token's digest.
    case issueAccess(IssuedAccess)
    /// Keep this refresh token's digest. It is its family's current one.
    case issueRefresh(IssuedRefresh)
    /// A V1 access token was exchanged: it ends as an access token, and its digest is kept as the family's refresh
    /// token of the first generation. Comes before the `rotated` of that generation.
    case movedToV2(Secret<AccessToken>, family: ID<Entity.TokenFamily>, at: Instant)
    /// The refresh token of this generation was used: set `rotated_at`, `sealed_successor` where
    /// `rotated_at IS NULL`; the family's `generation` + 1, `streak` and `last_used_at` too.
    case rotated(Rotation)
    /// The refresh token of this generation was presented again in time: its `replays` + 1; the family's `streak` and
    /// `last_used_at` too.
    case replayed(ID<Entity.TokenFamily>, generation: Int, streak: Int, at: Instant)
    /// The family ends, and every access and refresh token in it.
    case revokeFamily(ID<Entity.TokenFamily>, because: Reason, at: Instant)
    /// This one access token ends: set `revoked_at` where `revoked_at IS NULL`.
    case revokeAccess(Secret<AccessToken>, at: Instant)
}

/// Why a family ended. The raw value is stored and logged.
package enum Reason: String, Hashable, CaseIterable, Sendable {
    /// RFC 6749 §4.1.2: its code was presented a second time, with everything right.
    case codeReplay = "code_replay"
    /// RFC 9700 §4.14.2: a refresh token was presented after its successor was used, too late or too often.
    case refreshReuse = "refresh_reuse"
    /// RFC 6749 §10.4: another client presented its refresh token.
    case stolenByOtherClient = "stolen_by_other_client"
    /// The app's developer turned the direct flow off that the token came from.
    case directFlowOff = "direct_flow_off"
    /// The person or an admin ended the grant. (Not decided here; named here so that all reasons are in one list.)
    case grantRevoked = "grant_revoked"
    /// RFC 7009 §2.1: the app itself ended it.
    case revokedByApp = "revoked_by_app"
    /// The person ended it through the API. (Nor is this decided here.)
    case revokedByPerson = "revoked_by_person"
    /// Somebody reported that a token of it lay open. (Not decided here either.)
    case leaked
}

package struct FamilyStart: Equatable, Sendable {
    package let id: ID<Entity.TokenFamily>
    package let tenant: ID<Entity.Tenant>
    package let client: ID<Entity.Client>
    package let grant: ID<Entity.Grant>
    package let person: ID<Entity.Person>
    package let scopes: ScopeSet
    package let at: Instant
    package var origin = FamilyOrigin.authorizationCode
}

/// What a family of tokens began with. The raw value is stored.
package enum FamilyOrigin: String, Sendable {
    case authorizationCode = "authorization_code"
    /// RFC 6749 §4.4: the app acts as itself, not as the person who allowed it.
    case clientCredentials = "client_credentials"
}

package struct IssuedAccess: Sendable {
    package let secret: Secret<AccessToken>
    package let family: ID<Entity.TokenFamily>
    package let scopes: ScopeSet
    package let issuedAt: Instant
    /// Nil: never (V1).
    package let expiresAt: Instant?
}

package struct IssuedRefresh: Sendable {
    package let secret: Secret<RefreshToken>
    package let family: ID<Entity.TokenFamily>
    package let generation: Int
    package let at: Instant
}

package struct Rotation: Equatable, Sendable {
    package let family: ID<Entity.TokenFamily>
    /// Of the token that was used.
    package let generation: Int
    package let sealedSuccessor: [UInt8]
    package let streak: Int
    package let at: Instant
}
