import OAuth

/// The cast, as the protocol sees it.
enum Cast {
    static let acme = ID<Entity.Tenant>("ten_acme")
    static let globex = ID<Entity.Tenant>("ten_globex")
    static let ada = ID<Entity.Person>("per_ada")
    static let grant = ID<Entity.Grant>("gr_ada_roster")
    static let family = ID<Entity.TokenFamily>("fam_one")
    static let codeID = ID<Entity.Code>("cod_one")
    static let secretID = ID<Entity.ClientSecret>("sec_one")

    static let issuer = "https://gate.example/t/acme"
    static let docs = "https://gate.example/scopes"
    static let now = Instant(seconds: 1_800_000_000)
    static let callback = "https://roster.example/callback"

    /// RFC 7636 appendix B.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let wrongVerifier = "wrong-verifier-wrong-verifier-wrong-verifier"

    static let scopes = set("account:read people:read people:write")

    /// Roster Sync: confidential, PKCE required, V2.
    static let roster = client()
    /// The same app, registered as public, with a loopback callback.
    static let native = client(
        id: "app_native", clientID: "gw_id_native", kind: .public, callbacks: ["http://127.0.0.1/callback"])

    static func set(_ text: String) -> ScopeSet { ScopeSet(parsing: text) ?? ScopeSet() }

    static func client(
        id: String = "app_roster", clientID: String = "gw_id_roster", kind: Client.Kind = .confidential,
        callbacks: [String] = [callback], pkceRequired: Bool = true, tokenFormat: Client.TokenFormat = .v2,
        scopes: ScopeSet = Cast.scopes
    ) -> Client {
        let uris = callbacks.compactMap { try? RegisteredRedirectURI.parse($0, kind) }
        precondition(uris.count == callbacks.count, "the cast has a callback that cannot be registered")
        return Client(
            id: ID(id), clientID: ClientID(clientID), name: "Roster Sync", kind: kind, redirectURIs: uris,
            pkceRequired: pkceRequired, tokenFormat: tokenFormat, allowedScopes: scopes)
    }

    /// A client that has proven who it is.
    static func authenticated(_ client: Client = roster) -> AuthenticatedClient? {
        var random = SplitMix64(seed: 7)
        let secret = Secret<ClientSecretKind>.random(using: &random).reveal()
        let body =
            client.kind == .public
            ? "client_id=\(client.clientID)" : "client_id=\(client.clientID)&client_secret=\(secret)"
        guard let list = try? ParameterList(query: body),
            let credentials = try? ClientCredentials.read(authorizationHeaders: [], body: list, query: .empty)
        else { return nil }
        return try? authenticate(credentials, as: client) { _ in secretID }.get()
    }

    static func code(
        client: Client = roster, tenant: ID<Entity.Tenant> = acme, redirectURI: String = callback,
        redirectURIWasSent: Bool = true, challenge: String? = challenge, scopes: ScopeSet = set("people:read"),
        redeemedAt: Instant? = nil, family: ID<Entity.TokenFamily>? = nil, failures: Int = 0, grantIsLive: Bool = true
    ) -> CodeRecord {
        CodeRecord(
            id: codeID, tenant: tenant, client: client.id, grant: grant, person: ada, redirectURI: redirectURI,
            redirectURIWasSent: redirectURIWasSent, challenge: challenge, scopes: scopes, issuedAt: now,
            expiresAt: now + CodeRecord.lifetime, redeemedAt: redeemedAt, family: family, failures: failures,
            grantIsLive: grantIsLive)
    }

    static func family(
        client: Client = roster, tenant: ID<Entity.Tenant> = acme, scopes: ScopeSet = set("people:read people:write"),
        generation: Int = 1, streak: Int = 0, predecessorWasReplayed: Bool = false, lastUsedAt: Instant = now,
        revokedAt: Instant? = nil, grantIsLive: Bool = true
    ) -> FamilyRecord {
        FamilyRecord(
            id: family, tenant: tenant, client: client.id, grant: grant, person: ada, scopes: scopes,
            generation: generation, streak: streak, predecessorWasReplayed: predecessorWasReplayed, createdAt: now,
            lastUsedAt: lastUsedAt, revokedAt: revokedAt, grantIsLive: grantIsLive)
    }

    static func standing(
        _ scopes: String = "people:read people:write", id: String = "gr_ada_roster",
        family: ID<Entity.TokenFamily>? = nil
    ) -> StandingGrant {
        StandingGrant(grant: ID(id), person: ada, scopes: set(scopes), family: family)
    }

    static func token(
        client: Client = roster, tenant: ID<Entity.Tenant> = acme, generation: Int = 1, rotatedAt: Instant? = nil,
        sealedSuccessor: [UInt8]? = nil, replays: Int = 0, isUnusedV1: Bool = false
    ) -> RefreshRecord {
        RefreshRecord(
            family: family, tenant: tenant, client: client.id, generation: generation, rotatedAt: rotatedAt,
            sealedSuccessor: sealedSuccessor, replays: replays, isUnusedV1: isUnusedV1)
    }

    /// A well-formed secret of some kind, the same for the same seed.
    static func secret<Kind: SecretKind>(_ kind: Kind.Type, seed: UInt64 = 1) -> Secret<Kind> {
        var random = SplitMix64(seed: seed)
        return Secret<Kind>.random(using: &random)
    }
}
