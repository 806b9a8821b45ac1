package import OAuth
package import Portal

/// A tenant may hold millions of tokens. Whoever deletes it ends it at once, and its rows go later, in small pieces: one
/// transaction for all of them would keep every other tenant's writes waiting.
extension Store {
    /// Deletes a tenant with everything in it. Its slug leads nowhere for a while, so that old links and tokens never meet
    /// somebody new under it.
    package func delete(
        _ tenant: Tenant, by admin: Member, letters: [Letter], from address: String, at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            guard try self.isAdmin(admin, in: db) else { return false }
            try self.end(tenant, in: db, at: now)
            for letter in letters { try self.enqueue(letter, in: db, at: now) }
            try self.record(
                AuditEvent(
                    .tenantDeleted, by: .person(admin.person), on: .tenant(tenant),
                    detail: ["slug": tenant.slug.text], from: address), in: db, at: now)
            return true
        }
    }

    /// Nothing in it can be reached from here on: `live_tenants` has it no more, nobody is its member, which every token
    /// is asked for, and its environments have ended. Links to it must not lead to whoever takes the name next.
    func end(_ tenant: Tenant, in db: any Connection, at now: Instant) throws {
        // No slug has a slash (``Slug``).
        try db.run(
            "UPDATE tenants SET deleted_at = \(now), slug = '/' || substr(id, 1, 39) WHERE id = \(tenant.id)")
        try db.run("DELETE FROM members WHERE tenant_id = \(tenant.id)")
        try db.run("DELETE FROM invitations WHERE tenant_id = \(tenant.id)")
        try db.run("DELETE FROM resource_servers WHERE tenant_id = \(tenant.id)")
        for row in try db.rows("SELECT id FROM live_environments WHERE tenant_id = \(tenant.id)") {
            _ = try end(try row.id("id") as ID<Entity.Environment>, of: tenant.id, in: db, at: now)
        }
        try db.run(
            """
            INSERT INTO quarantined_slugs (slug, until) VALUES (\(tenant.slug.text), \(now + Lifetime.slugQuarantine))
            ON CONFLICT (slug) DO UPDATE SET until = excluded.until
            """)
    }

    /// For what is asked of tokens and grants by other than their tenant: theirs are there until they are swept. These
    /// are few, and a list of those that live would be long.
    static let deletedTenants: SQL = "(SELECT id FROM tenants WHERE deleted_at IS NOT NULL)"

    /// What is left of deleted tenants: the many rows first, then what they hang on, and at last the tenant, with whatever
    /// few rows it still has. A stage begins when the one before it is over for the whole tenant, which one look-up says.
    /// What deleted environments leave is swept beside it. `CROSS JOIN` keeps the order: the few tenants first, never a walk
    /// through a table of tokens.
    package static func whatTenantsLeft(at now: Instant, batch: Int) -> [SQL] {
        [
            """
            DELETE FROM access_tokens WHERE digest IN (SELECT x.digest FROM tenants t
                CROSS JOIN access_tokens x WHERE x.tenant_id = t.id AND t.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM refresh_tokens WHERE digest IN (SELECT r.digest FROM tenants t
                CROSS JOIN refresh_tokens r WHERE r.tenant_id = t.id AND t.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM authorization_codes WHERE digest IN (SELECT c.digest FROM tenants t
                CROSS JOIN authorization_codes c WHERE c.tenant_id = t.id AND t.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM developer_tokens WHERE digest IN (SELECT d.digest FROM tenants t
                CROSS JOIN developer_tokens d WHERE d.tenant_id = t.id AND t.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM access_requests WHERE (tenant_id, id) IN (SELECT a.tenant_id, a.id FROM tenants t
                CROSS JOIN access_requests a WHERE a.tenant_id = t.id AND t.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM contacts WHERE (tenant_id, id) IN (SELECT c.tenant_id, c.id FROM tenants t
                CROSS JOIN contacts c WHERE c.tenant_id = t.id AND t.deleted_at <= \(now) LIMIT \(batch))
            """,
            // What happened to an app stays the app's.
            """
            UPDATE app_activity SET tenant_id = NULL WHERE (app_id, id) IN (SELECT e.app_id, e.id FROM tenants t
                CROSS JOIN app_activity e WHERE e.tenant_id = t.id AND t.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM token_families WHERE (tenant_id, id) IN (SELECT f.tenant_id, f.id FROM tenants t
                CROSS JOIN token_families f WHERE f.tenant_id = t.id AND t.deleted_at <= \(now)
                    AND NOT EXISTS (SELECT 1 FROM access_tokens x WHERE x.tenant_id = t.id)
                    AND NOT EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.tenant_id = t.id) LIMIT \(batch))
            """,
            """
            DELETE FROM grants WHERE (tenant_id, id) IN (SELECT g.tenant_id, g.id FROM tenants t
                CROSS JOIN grants g WHERE g.tenant_id = t.id AND t.deleted_at <= \(now)
                    AND NOT EXISTS (SELECT 1 FROM token_families f WHERE f.tenant_id = t.id)
                    AND NOT EXISTS (SELECT 1 FROM authorization_codes c WHERE c.tenant_id = t.id) LIMIT \(batch))
            """,
            """
            DELETE FROM tenants WHERE id IN (SELECT t.id FROM tenants t WHERE t.deleted_at <= \(now)
                AND NOT EXISTS (SELECT 1 FROM environments e WHERE e.tenant_id = t.id)
                AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.tenant_id = t.id)
                AND NOT EXISTS (SELECT 1 FROM developer_tokens d WHERE d.tenant_id = t.id)
                AND NOT EXISTS (SELECT 1 FROM access_requests a WHERE a.tenant_id = t.id)
                AND NOT EXISTS (SELECT 1 FROM contacts c WHERE c.tenant_id = t.id)
                AND NOT EXISTS (SELECT 1 FROM app_activity y WHERE y.tenant_id = t.id) LIMIT \(batch))
            """,
        ]
    }
}
