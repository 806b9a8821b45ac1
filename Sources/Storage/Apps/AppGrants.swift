package import OAuth
package import Portal

/// The place in a list of grants after which it goes on.
package struct GrantPlace: Sendable {
    let at: Instant
    let id: ID<Entity.Grant>

    /// Reads what `text` wrote; nil when it is anything else.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, let seconds = Int64(String(decoding: parts[0], as: UTF8.self)) else { return nil }
        at = Instant(seconds: seconds)
        id = ID(String(decoding: parts[1], as: UTF8.self))
    }

    init(_ grant: AppGrant) {
        at = grant.createdAt
        id = grant.id
    }

    package var text: String { "\(at.seconds).\(id.text)" }
}

extension Store {
    /// What people allowed an app, newest first; to its owner.
    ///
    /// - Returns: up to `limit`, and where to go on when there are more.
    package func grants(
        to app: ID<Entity.Client>, seenBy owner: ID<Entity.Person>, after place: GrantPlace?, limit: Int
    ) throws -> (grants: [AppGrant], next: GrantPlace?) {
        let found = try engine.readConsistently { db in
            try db.rows(
                """
                \(fragment: AppGrant.select(for: owner)) WHERE g.app_id = \(app) AND g.revoked_at IS NULL
                    AND (\(place?.at) IS NULL OR g.created_at < \(place?.at)
                        OR (g.created_at = \(place?.at) AND g.id > \(place?.id)))
                ORDER BY g.created_at DESC, g.id LIMIT \(limit + 1)
                """
            ).map(AppGrant.init)
        }
        guard found.count > limit else { return (found, nil) }
        let shown = Array(found.prefix(limit))
        return (shown, shown.last.map { GrantPlace($0) })
    }

    package func grant(
        _ id: ID<Entity.Grant>, to app: ID<Entity.Client>, seenBy owner: ID<Entity.Person>
    ) throws -> AppGrant? {
        try engine.readConsistently { db in
            try db.row(
                """
                \(fragment: AppGrant.select(for: owner))
                WHERE g.app_id = \(app) AND g.id = \(id) AND g.revoked_at IS NULL
                """
            ).map(AppGrant.init)
        }
    }

    /// How far an app has come: who allows it now, and where.
    package func reach(of app: ID<Entity.Client>) throws -> AppReach {
        try engine.read { db in
            let row = try db.row(
                """
                SELECT count(*) AS grants, count(DISTINCT person_id) AS people, count(DISTINCT tenant_id) AS tenants
                FROM grants WHERE app_id = \(app) AND revoked_at IS NULL
                    AND tenant_id NOT IN \(fragment: Store.deletedTenants)
                """)
            return AppReach(
                grants: try row?.integer("grants") ?? 0, people: try row?.integer("people") ?? 0,
                tenants: try row?.integer("tenants") ?? 0)
        }
    }

    /// The owner of an app gives a grant back: it ends, and every token that hangs on it.
    ///
    /// - Returns: false when there is none, or the app is not this person's.
    package func giveBack(
        _ grant: AppGrant, to app: ID<Entity.Client>, owner: Person, from address: String, at now: Instant
    ) async throws -> Bool {
        let entry = newActivityID(at: now)
        return try await engine.write { db in
            let changed = try db.run(
                """
                UPDATE grants SET revoked_at = \(now), revoked_by = \(owner.id), revoked_because = 'app_owner'
                WHERE tenant_id = \(grant.tenant.id) AND id = \(grant.id) AND app_id = \(app) AND revoked_at IS NULL
                    AND EXISTS (SELECT 1 FROM live_apps WHERE id = \(app) AND owner_id = \(owner.id))
                """)
            guard changed == 1 else { return false }
            try db.run(
                """
                UPDATE token_families SET revoked_at = \(now), revoked_because = \(Reason.grantRevoked.rawValue)
                WHERE tenant_id = \(grant.tenant.id) AND grant_id = \(grant.id) AND revoked_at IS NULL
                """)
            let what = "Access to \(grant.tenant.name) was given back by the app’s owner."
            try self.record(.change(what, of: app, at: now), id: entry, in: db)
            guard let found = try self.app(app, in: db) else { return true }
            try self.record(
                AuditEvent(
                    .grantRevoked, by: .person(owner), on: .app(found), in: grant.tenant.id,
                    detail: ["by": "the owner of the app", "scopes": grant.scopes.text], from: address),
                in: db, at: now)
            return true
        }
    }
}

extension AppGrant {
    fileprivate static func select(for owner: ID<Entity.Person>) -> SQL {
        """
        SELECT g.id AS grant_id, g.scopes, g.created_at AS granted_at, p.name AS person_name,
            EXISTS (SELECT 1 FROM members m WHERE m.tenant_id = g.tenant_id AND m.person_id = \(owner)) AS owner_is_there,
            \(fragment: Store.lastUseOfGrant) AS last_used_at,
            \(fragment: Tenant.columns)
        FROM grants g JOIN live_tenants t ON t.id = g.tenant_id JOIN people p ON p.id = g.person_id
        """
    }

    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.id("grant_id"), tenant: try Tenant(row), scopes: try ScopeSet(row),
            createdAt: try row.instant("granted_at"), lastUsedAt: try row.optionalInstant("last_used_at"),
            personName: try row.text("person_name"), ownerIsThere: try row.boolean("owner_is_there"))
    }
}
