/// All the tokens that descend from one code.
package struct FamilyRecord: Sendable {
    package let id: ID<Entity.TokenFamily>
    package let tenant: ID<Entity.Tenant>
    package let client: ID<Entity.Client>
    package let grant: ID<Entity.Grant>
    package let person: ID<Entity.Person>
    package let scopes: ScopeSet
    /// Of the current refresh token; the first is 1.
    package let generation: Int
    /// For how many rotations in a row the old token was presented again (security: see `refresh`).
    package let streak: Int
    /// Whether the current token's predecessor was presented again: `replays > 0` in the row of `generation - 1`.
    package let predecessorWasReplayed: Bool
    package let createdAt: Instant
    package let lastUsedAt: Instant
    package let revokedAt: Instant?
    /// The grant is not revoked, and person, membership (in the role it was given in), tenant and app are live.
    package let grantIsLive: Bool
    /// The most that the tenant lets the client hold today; nil limits nothing.
    package let ceiling: ScopeSet?

    package static let firstGeneration = 1

    package init(
        id: ID<Entity.TokenFamily>, tenant: ID<Entity.Tenant>, client: ID<Entity.Client>, grant: ID<Entity.Grant>,
        person: ID<Entity.Person>, scopes: ScopeSet, generation: Int, streak: Int, predecessorWasReplayed: Bool,
        createdAt: Instant, lastUsedAt: Instant, revokedAt: Instant?, grantIsLive: Bool, ceiling: ScopeSet? = nil
    ) {
        self.id = id
        self.tenant = tenant
        self.client = client
        self.grant = grant
        self.person = person
        self.scopes = scopes
        self.generation = generation
        self.streak = streak
        self.predecessorWasReplayed = predecessorWasReplayed
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.revokedAt = revokedAt
        self.grantIsLive = grantIsLive
        self.ceiling = ceiling
    }
}

/// One refresh token of a family, current or past (its digest is storage's own).
package struct RefreshRecord: Sendable {
    package let family: ID<Entity.TokenFamily>
    package let tenant: ID<Entity.Tenant>
    package let client: ID<Entity.Client>
    package let generation: Int
    /// Nil while it is the current one.
    package let rotatedAt: Instant?
    /// The next refresh token, sealed so that only the holder of this one can read it (see `Successor`).
    package let sealedSuccessor: [UInt8]?
    /// How often it was presented again after its rotation and answered.
    package let replays: Int
    /// It is a V1 access token that was not presented here before: the exchange of it begins the family's chain.
    package let isUnusedV1: Bool

    package init(
        family: ID<Entity.TokenFamily>, tenant: ID<Entity.Tenant>, client: ID<Entity.Client>, generation: Int,
        rotatedAt: Instant?, sealedSuccessor: [UInt8]?, replays: Int, isUnusedV1: Bool = false
    ) {
        self.family = family
        self.tenant = tenant
        self.client = client
        self.generation = generation
        self.rotatedAt = rotatedAt
        self.sealedSuccessor = sealedSuccessor
        self.replays = replays
        self.isUnusedV1 = isUnusedV1
    }
}
