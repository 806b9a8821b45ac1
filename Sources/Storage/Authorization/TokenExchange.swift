package import OAuth
package import Portal

extension Store {
    /// One token request in one transaction: look up what it names, let the protocol decide, apply every effect.
    ///
    /// A refusal is part of the outcome and commits its effects too: a replayed code revokes what it granted.
    /// Returns once all of it is durable.
    ///
    /// - Parameter letters: to those whom it concerns that a refresh token was in two hands.
    package func exchange(
        _ request: TokenRequest, by client: AuthenticatedClient, in tenant: Tenant, idleLimit: Int64?,
        letters: @escaping @Sendable (TokenTheft) -> [Letter], from address: String = "", at now: Instant
    ) async throws -> Outcome {
        let drawn = DrawnRandom()
        return try await engine.write { db in
            let outcome = try self.exchange(
                request, by: client, in: tenant.id, idleLimit: idleLimit, from: address, using: drawn, in: db, at: now)
            for effect in outcome.effects {
                guard case .revokeFamily(let family, let reason, _) = effect, let sign = TokenTheft.Sign(reason)
                else { continue }
                try self.tell(of: family, in: tenant, because: sign, letters: letters, in: db, at: now)
            }
            return outcome
        }
    }

    /// The same inside a transaction.
    func exchange(
        _ request: TokenRequest, by client: AuthenticatedClient, in tenant: ID<Entity.Tenant>, idleLimit: Int64?,
        from address: String, using drawn: DrawnRandom, in db: any Connection, at now: Instant
    ) throws -> Outcome {
        var random = drawn
        let outcome: Outcome
        switch request {
        case .authorizationCode(let redemption):
            let code = try redemption.code.flatMap { try self.code(self.keyring.digest($0), in: db) }
            outcome = redeem(
                redemption, of: code, by: client, in: tenant, at: now, turn: turns.next(), using: &random)
        case .refreshToken(let refreshing):
            let found = try refreshing.token.flatMap { try self.renewal($0, in: db) }
            outcome = refresh(
                refreshing, of: found?.token, in: found?.family, by: client, in: tenant, idleLimit: idleLimit,
                at: now, using: &random)
        case .clientCredentials(let asking):
            outcome = grantToClient(
                asking, of: client, under: try standingGrants(of: client.id, in: tenant, in: db), in: tenant, at: now,
                using: &random)
        }
        for effect in outcome.effects {
            try apply(effect, in: db, tenant: tenant)
            guard let event = AuditEvent(effect, by: client.client, in: tenant, from: address) else { continue }
            try record(event, in: db, at: now)
        }
        return outcome
    }

    /// The app that a code was given to, whether or not it still works; for the demo's own callback page.
    package func app(of code: Secret<AuthorizationCode>) throws -> App? {
        let digest = keyring.digest(code)
        return try engine.readConsistently { db in
            try db.row("SELECT app_id FROM authorization_codes WHERE digest = \(digest)")
                .flatMap { try self.app($0.id("app_id"), in: db) }
        }
    }

    private func code(_ digest: Digest, in db: any Connection) throws -> CodeRecord? {
        try db.row(
            """
            SELECT c.id, c.tenant_id, c.app_id, c.grant_id, c.person_id, c.redirect_uri, c.redirect_uri_was_sent,
                c.challenge, c.scopes, c.issued_at, c.expires_at, c.redeemed_at, c.family_id, c.failures,
                \(fragment: Store.ceilingOfGrant), \(fragment: Store.grantIsLive)
            FROM authorization_codes c
            JOIN grants g ON g.tenant_id = c.tenant_id AND g.id = c.grant_id
            LEFT JOIN members m ON m.tenant_id = c.tenant_id AND m.person_id = c.person_id
            WHERE c.digest = \(digest)
            """
        ).map { row in
            CodeRecord(
                id: try row.id("id"), tenant: try row.id("tenant_id"), client: try row.id("app_id"),
                grant: try row.id("grant_id"), person: try row.id("person_id"),
                redirectURI: try row.text("redirect_uri"), redirectURIWasSent: try row.boolean("redirect_uri_was_sent"),
                challenge: try row.optionalText("challenge"), scopes: try ScopeSet(row),
                issuedAt: try row.instant("issued_at"), expiresAt: try row.instant("expires_at"),
                redeemedAt: try row.optionalInstant("redeemed_at"), family: try row.optionalID("family_id"),
                failures: try row.int("failures"), grantIsLive: try row.boolean("grant_is_live"),
                ceiling: try row.optionalScopes("ceiling"))
        }
    }

    /// What is presented as a refresh token: one, or a V1 access token, which is one once it was exchanged.
    private func renewal(
        _ presented: PresentedRefresh, in db: any Connection
    ) throws -> (token: RefreshRecord, family: FamilyRecord)? {
        switch presented {
        case .refreshToken(let token): return try refreshToken(keyring.digest(token), in: db)
        case .accessToken(let token):
            let digest = keyring.digest(token)
            return try refreshToken(digest, in: db) ?? unusedV1Token(digest, in: db)
        }
    }

    private func refreshToken(
        _ digest: Digest, in db: any Connection
    ) throws -> (token: RefreshRecord, family: FamilyRecord)? {
        try renewal(
            """
            SELECT r.generation AS token_generation, r.rotated_at, r.sealed_successor, r.replays, 0 AS is_unused_v1,
                \(fragment: Store.family)
            FROM refresh_tokens r
            JOIN token_families f ON f.tenant_id = r.tenant_id AND f.id = r.family_id
            \(fragment: Store.familysGrant)
            WHERE r.digest = \(digest)
            """, in: db)
    }

    /// A live access token without an end, which stands for the first refresh token of its family.
    private func unusedV1Token(
        _ digest: Digest, in db: any Connection
    ) throws -> (token: RefreshRecord, family: FamilyRecord)? {
        try renewal(
            """
            SELECT \(FamilyRecord.firstGeneration) AS token_generation, NULL AS rotated_at, NULL AS sealed_successor,
                0 AS replays, 1 AS is_unused_v1, \(fragment: Store.family)
            FROM access_tokens x
            JOIN token_families f ON f.tenant_id = x.tenant_id AND f.id = x.family_id
            \(fragment: Store.familysGrant)
            WHERE x.digest = \(digest) AND x.expires_at IS NULL AND x.revoked_at IS NULL
            """, in: db)
    }

    private static let family: SQL = """
        f.id, f.tenant_id, f.app_id, f.grant_id, f.person_id, f.scopes, f.generation, f.streak, f.created_at,
        f.last_used_at, f.revoked_at, EXISTS (SELECT 1 FROM refresh_tokens b WHERE b.tenant_id = f.tenant_id
            AND b.family_id = f.id AND b.generation = f.generation - 1 AND b.replays > 0) AS was_replayed,
        \(fragment: Store.ceilingOfGrant), \(fragment: Store.grantIsLive)
        """

    private static let familysGrant: SQL = """
        JOIN grants g ON g.tenant_id = f.tenant_id AND g.id = f.grant_id
        LEFT JOIN members m ON m.tenant_id = f.tenant_id AND m.person_id = f.person_id
        """

    private func renewal(
        _ sql: SQL, in db: any Connection
    ) throws -> (token: RefreshRecord, family: FamilyRecord)? {
        try db.row(sql).map { row in
            let family = FamilyRecord(
                id: try row.id("id"), tenant: try row.id("tenant_id"), client: try row.id("app_id"),
                grant: try row.id("grant_id"), person: try row.id("person_id"), scopes: try ScopeSet(row),
                generation: try row.int("generation"), streak: try row.int("streak"),
                predecessorWasReplayed: try row.boolean("was_replayed"), createdAt: try row.instant("created_at"),
                lastUsedAt: try row.instant("last_used_at"), revokedAt: try row.optionalInstant("revoked_at"),
                grantIsLive: try row.boolean("grant_is_live"), ceiling: try row.optionalScopes("ceiling"))
            let token = RefreshRecord(
                family: family.id, tenant: family.tenant, client: family.client,
                generation: try row.int("token_generation"), rotatedAt: try row.optionalInstant("rotated_at"),
                sealedSuccessor: try row.optionalBlob("sealed_successor"), replays: try row.int("replays"),
                isUnusedV1: try row.boolean("is_unused_v1"))
            return (token: token, family: family)
        }
    }

    /// Asked at every exchange and every use of a token, not only when the grant was made: what somebody allowed as an
    /// admin ends with that. `g` is the grant, `m` the membership, whose columns may be NULL.
    static let grantHolds: SQL = """
        g.revoked_at IS NULL AND (m.role = 'admin' OR (m.role = 'member' AND g.allowed_as = 'member'))
        """

    /// The same, with nobody suspended, as a column.
    static let grantIsLive: SQL = """
        (\(fragment: Store.grantHolds) AND NOT EXISTS (SELECT 1 FROM suspensions s
            WHERE s.reinstated_at IS NULL AND ((s.subject_kind = 'person' AND s.subject_id = g.person_id)
                OR (s.subject_kind = 'tenant' AND s.subject_id = g.tenant_id)
                OR (s.subject_kind = 'app' AND s.subject_id = g.app_id)
                OR (s.subject_kind = 'person'
                    AND s.subject_id = (SELECT a.owner_id FROM apps a WHERE a.id = g.app_id))))) IS TRUE AS grant_is_live
        """
}

extension AuditEvent {
    /// What of the token endpoint's effects a tenant's log keeps: ends by misuse, and moves to V2.
    fileprivate init?(_ effect: Effect, by client: Client, in tenant: ID<Entity.Tenant>, from address: String) {
        switch effect {
        case .revokeFamily(let family, let reason, _):
            self.init(
                .grantReplayed, by: .app(client), on: AuditSubject(.token, id: family.text, name: ""), in: tenant,
                detail: ["reason": reason.rawValue], from: address)
        case .movedToV2(_, let family, _):
            self.init(
                .grantMoved, by: .app(client), on: AuditSubject(.token, id: family.text, name: ""), in: tenant,
                from: address)
        case .redeemed, .codeFailure, .startFamily, .issueAccess, .issueRefresh, .rotated, .replayed, .revokeAccess:
            return nil
        }
    }
}
