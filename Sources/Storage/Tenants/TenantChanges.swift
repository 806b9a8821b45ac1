package import OAuth
package import Portal

extension Store {
    /// Gives a tenant another name. Its slug stays: addresses and issuers hang on it.
    ///
    /// - Returns: false when whoever asked is no admin any more.
    package func rename(
        _ tenant: Tenant, to name: String, by admin: Member, from address: String, at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            guard try self.isAdmin(admin, in: db) else { return false }
            try db.run("UPDATE tenants SET name = \(name) WHERE id = \(tenant.id)")
            try self.record(
                AuditEvent(
                    .tenantChanged, by: .person(admin.person), on: .tenant(tenant), in: tenant.id,
                    detail: ["name": name], from: address), in: db, at: now)
            return true
        }
    }

    /// How much a deletion would end.
    package func reach(of tenant: Tenant) throws -> (members: Int64, grants: Int64, tokens: Int64) {
        try engine.readConsistently { db in
            let row = try db.row(
                """
                SELECT (SELECT count(*) FROM members WHERE tenant_id = \(tenant.id)) AS members,
                    (SELECT count(*) FROM grants WHERE tenant_id = \(tenant.id) AND revoked_at IS NULL
                        AND app_id NOT IN \(fragment: Store.deletedApps)) AS grants,
                    (SELECT count(*) FROM developer_tokens WHERE tenant_id = \(tenant.id) AND revoked_at IS NULL)
                        AS tokens
                """)
            return (
                members: try row?.integer("members") ?? 0, grants: try row?.integer("grants") ?? 0,
                tokens: try row?.integer("tokens") ?? 0
            )
        }
    }
}
