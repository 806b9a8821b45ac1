import OAuth

extension Store {
    /// Writes what the protocol decided. The switch is exhaustive: a new effect cannot be forgotten.
    func apply(_ effect: Effect, in db: any Connection, tenant: ID<Entity.Tenant>) throws {
        switch effect {
        case .redeemed(let code, let family, let now):
            let changed = try db.run(
                """
                UPDATE authorization_codes SET redeemed_at = \(now), family_id = \(family)
                WHERE tenant_id = \(tenant) AND id = \(code) AND redeemed_at IS NULL
                """)
            guard changed == 1 else { throw StorageError.unavailable("the code was redeemed meanwhile") }
        case .codeFailure(let code):
            try db.run(
                """
                UPDATE authorization_codes SET failures = failures + 1
                WHERE tenant_id = \(tenant) AND id = \(code)
                """)
        case .startFamily(let start):
            try db.run(
                """
                INSERT INTO token_families (tenant_id, id, grant_id, app_id, person_id, scopes, generation, created_at,
                    last_used_at, origin)
                VALUES (\(start.tenant), \(start.id), \(start.grant), \(start.client), \(start.person),
                    \(start.scopes.text), \(FamilyRecord.firstGeneration), \(start.at), \(start.at),
                    \(start.origin.rawValue))
                """)
        case .issueAccess(let access):
            try db.run(
                """
                INSERT INTO access_tokens (digest, tenant_id, family_id, scopes, issued_at, expires_at)
                VALUES (\(keyring.digest(access.secret)), \(tenant), \(access.family), \(access.scopes.text),
                    \(access.issuedAt), \(access.expiresAt))
                """)
        case .issueRefresh(let token):
            try db.run(
                """
                INSERT INTO refresh_tokens (digest, tenant_id, family_id, generation, issued_at)
                VALUES (\(keyring.digest(token.secret)), \(tenant), \(token.family), \(token.generation), \(token.at))
                """)
        case .movedToV2(let token, let family, let now):
            try move(token, of: family, in: db, tenant: tenant, at: now)
        case .rotated(let rotation): try apply(rotation, in: db, tenant: tenant)
        case .replayed(let family, let generation, let streak, let now):
            try db.run(
                """
                UPDATE refresh_tokens SET replays = replays + 1
                WHERE tenant_id = \(tenant) AND family_id = \(family) AND generation = \(generation)
                """)
            try db.run(
                """
                UPDATE token_families SET streak = \(streak), last_used_at = \(now)
                WHERE tenant_id = \(tenant) AND id = \(family)
                """)
        case .revokeFamily(let family, let reason, let now):
            try db.run(
                """
                UPDATE token_families SET revoked_at = \(now), revoked_because = \(reason.rawValue)
                WHERE tenant_id = \(tenant) AND id = \(family) AND revoked_at IS NULL
                """)
        case .revokeAccess(let token, let now):
            try db.run(
                """
                UPDATE access_tokens SET revoked_at = \(now)
                WHERE digest = \(keyring.digest(token)) AND tenant_id = \(tenant) AND revoked_at IS NULL
                """)
        }
    }

    /// Its digest under the access tokens' key is no refresh token's, so the row is found by nothing but the very
    /// token (see `renewal`).
    private func move(
        _ token: Secret<AccessToken>, of family: ID<Entity.TokenFamily>, in db: any Connection,
        tenant: ID<Entity.Tenant>, at now: Instant
    ) throws {
        let digest = keyring.digest(token)
        let changed = try db.run(
            """
            UPDATE access_tokens SET revoked_at = \(now)
            WHERE digest = \(digest) AND tenant_id = \(tenant) AND family_id = \(family) AND expires_at IS NULL
                AND revoked_at IS NULL
            """)
        guard changed == 1 else { throw StorageError.unavailable("the token was exchanged meanwhile") }
        try db.run(
            """
            INSERT INTO refresh_tokens (digest, tenant_id, family_id, generation, issued_at)
            VALUES (\(digest), \(tenant), \(family), \(FamilyRecord.firstGeneration), \(now))
            """)
    }

    /// Both statements change exactly one row or the transaction is given up: of two rotations at once, one wins.
    private func apply(_ rotation: Rotation, in db: any Connection, tenant: ID<Entity.Tenant>) throws {
        let token = try db.run(
            """
            UPDATE refresh_tokens SET rotated_at = \(rotation.at), sealed_successor = \(rotation.sealedSuccessor)
            WHERE tenant_id = \(tenant) AND family_id = \(rotation.family) AND generation = \(rotation.generation)
                AND rotated_at IS NULL
            """)
        let family = try db.run(
            """
            UPDATE token_families SET generation = generation + 1, streak = \(rotation.streak),
                last_used_at = \(rotation.at)
            WHERE tenant_id = \(tenant) AND id = \(rotation.family) AND generation = \(rotation.generation)
            """)
        guard token == 1, family == 1 else { throw StorageError.unavailable("the token was rotated meanwhile") }
    }
}
