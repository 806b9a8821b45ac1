/// An issued authorization code, as storage keeps it (its digest is storage's own).
package struct CodeRecord: Sendable {
    package let id: ID<Entity.Code>
    package let tenant: ID<Entity.Tenant>
    package let client: ID<Entity.Client>
    package let grant: ID<Entity.Grant>
    package let person: ID<Entity.Person>
    /// Where it was sent, whether the request named it or it was the only one.
    package let redirectURI: String
    package let redirectURIWasSent: Bool
    /// The S256 challenge as text. Anything but nil must be matched: a damaged one is matched by nothing.
    package let challenge: String?
    package let scopes: ScopeSet
    package let issuedAt: Instant
    package let expiresAt: Instant
    /// That it was used is a fact, not a time: a clock set back revives no code.
    package let redeemedAt: Instant?
    /// What its first use granted.
    package let family: ID<Entity.TokenFamily>?
    /// Wrong verifiers so far.
    package let failures: Int
    /// The grant is not revoked, and person, membership (in the role it was given in), tenant and app are live.
    package let grantIsLive: Bool
    /// The most that the tenant lets the client hold today; nil limits nothing.
    package let ceiling: ScopeSet?

    /// Seconds: the most that RFC 6749 §4.1.2 recommends.
    package static let lifetime: Int64 = 600
    /// How many wrong verifiers burn it.
    package static let mostFailures = 5

    package init(
        id: ID<Entity.Code>, tenant: ID<Entity.Tenant>, client: ID<Entity.Client>, grant: ID<Entity.Grant>,
        person: ID<Entity.Person>, redirectURI: String, redirectURIWasSent: Bool, challenge: String?,
        scopes: ScopeSet, issuedAt: Instant, expiresAt: Instant, redeemedAt: Instant?,
        family: ID<Entity.TokenFamily>?, failures: Int, grantIsLive: Bool, ceiling: ScopeSet? = nil
    ) {
        self.id = id
        self.tenant = tenant
        self.client = client
        self.grant = grant
        self.person = person
        self.redirectURI = redirectURI
        self.redirectURIWasSent = redirectURIWasSent
        self.challenge = challenge
        self.scopes = scopes
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.redeemedAt = redeemedAt
        self.family = family
        self.failures = failures
        self.grantIsLive = grantIsLive
        self.ceiling = ceiling
    }
}
