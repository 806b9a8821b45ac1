package import OAuth
package import Portal

/// How far an app is on its way from V1 to V2.
package struct TokenFormatState: Sendable {
    /// V1 tokens that work: each is still to be exchanged.
    package let liveV1: Int64
    /// V1 tokens that were exchanged for a pair.
    package let moved: Int64
    /// Live chains of refresh tokens, those included.
    package let renewable: Int64
}

extension Store {
    package func tokenFormats(of app: ID<Entity.Client>) throws -> TokenFormatState {
        try engine.read { db in
            let row = try db.row(
                """
                SELECT count(*) FILTER (WHERE x.revoked_at IS NULL) AS live_v1,
                    count(*) FILTER (WHERE x.revoked_at IS NOT NULL AND EXISTS (SELECT 1 FROM refresh_tokens r
                        WHERE r.tenant_id = f.tenant_id AND r.family_id = f.id)) AS moved,
                    (SELECT count(*) FROM grants h
                        JOIN token_families v ON v.tenant_id = h.tenant_id AND v.grant_id = h.id
                        WHERE h.app_id = \(app) AND h.revoked_at IS NULL AND v.revoked_at IS NULL
                            AND h.tenant_id NOT IN \(fragment: Store.deletedTenants)
                            AND EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.tenant_id = v.tenant_id
                                AND r.family_id = v.id)) AS renewable
                FROM grants g JOIN token_families f ON f.tenant_id = g.tenant_id AND f.grant_id = g.id
                JOIN access_tokens x ON x.tenant_id = f.tenant_id AND x.family_id = f.id AND x.expires_at IS NULL
                WHERE g.app_id = \(app) AND g.revoked_at IS NULL AND f.revoked_at IS NULL
                    AND g.tenant_id NOT IN \(fragment: Store.deletedTenants)
                """)
            return TokenFormatState(
                liveV1: try row?.integer("live_v1") ?? 0, moved: try row?.integer("moved") ?? 0,
                renewable: try row?.integer("renewable") ?? 0)
        }
    }

    /// Whether the app holds refresh tokens that work: then it cannot go back to V1.
    package func holdsRefreshTokens(_ app: ID<Entity.Client>) throws -> Bool {
        try engine.read { db in try self.holdsRefreshTokens(app, in: db) }
    }

    func holdsRefreshTokens(_ app: ID<Entity.Client>, in db: any Connection) throws -> Bool {
        try db.row(
            """
            SELECT 1 AS one FROM grants g
            JOIN token_families f ON f.tenant_id = g.tenant_id AND f.grant_id = g.id
            JOIN refresh_tokens r ON r.tenant_id = f.tenant_id AND r.family_id = f.id
            WHERE g.app_id = \(app) AND g.revoked_at IS NULL AND f.revoked_at IS NULL
                AND g.tenant_id NOT IN \(fragment: Store.deletedTenants) LIMIT 1
            """) != nil
    }

    /// New tokens are V2 from now on, and V1 ones can be exchanged. What people allowed stays as it is: they are not
    /// asked again, since nothing that they read gets wider.
    ///
    /// - Returns: false when the app is not this person's.
    package func switchToV2(_ app: ID<Entity.Client>, owner: Person, from address: String, at now: Instant) async throws
        -> Bool
    {
        let entry = newActivityID(at: now)
        return try await engine.write { db in
            guard let found = try self.app(app, in: db), found.owner.id == owner.id else { return false }
            guard found.details.tokenFormat == .v1 else { return true }
            try db.run("UPDATE apps SET token_format = \(Client.TokenFormat.v2.rawValue) WHERE id = \(app)")
            let what = "Switched from V1 to V2: new access tokens live 24 hours and come with a refresh token."
            try self.record(.change(what, of: app, at: now), id: entry, in: db)
            try self.record(
                AuditEvent(
                    .tokenFormatChanged, by: .person(owner), on: .app(found), detail: ["token_format": "v1 → v2"],
                    from: address),
                in: db, at: now)
            return true
        }
    }
}
