import OAuth

extension Store {
    /// What admins of this tenant allowed the app, as far as it is live now: what the app may act on by itself.
    /// Newest first; a tenant has a handful of admins.
    func standingGrants(
        of app: ID<Entity.Client>, in tenant: ID<Entity.Tenant>, in db: any Connection
    ) throws -> [StandingGrant] {
        try db.rows(
            """
            SELECT g.id, g.person_id, g.scopes, (SELECT f.id FROM token_families f WHERE f.tenant_id = g.tenant_id
                    AND f.grant_id = g.id AND f.origin = 'client_credentials' AND f.revoked_at IS NULL) AS family_id,
                \(fragment: Store.ceilingOfGrant), \(fragment: Store.grantIsLive)
            FROM grants g LEFT JOIN members m ON m.tenant_id = g.tenant_id AND m.person_id = g.person_id
            WHERE g.tenant_id = \(tenant) AND g.app_id = \(app) AND g.revoked_at IS NULL
                AND m.role = 'admin' AND g.allowed_as = 'admin'
            ORDER BY g.updated_at DESC, g.id LIMIT 100
            """
        ).compactMap { row in
            guard try row.boolean("grant_is_live") else { return nil }
            return StandingGrant(
                grant: try row.id("id"), person: try row.id("person_id"),
                scopes: try ScopeSet(row).narrowed(to: row.optionalScopes("ceiling")),
                family: try row.optionalID("family_id"))
        }
    }
}
