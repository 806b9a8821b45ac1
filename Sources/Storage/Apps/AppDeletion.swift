package import OAuth
import Portal

/// An app may hold as many tokens as a tenant. Whoever deletes it ends it at once, and what hangs on it goes later, in
/// small pieces.
extension Store {
    /// Nothing of it works from here on: `live_apps` has it no more, its secrets are gone, and every check of a token,
    /// a code or a client asks whether the app is suspended, which it is for good.
    ///
    /// - Parameter most: tenants to tell of it in this transaction. The others find it in their logs a little later.
    /// - Returns: how many were told.
    @discardableResult
    func end(
        _ app: App, telling most: Int, from address: String, in db: any Connection, at now: Instant
    ) throws -> Int {
        try record(AuditEvent(.appDeleted, by: app.owner.actor, on: .app(app), from: address), in: db, at: now)
        try db.run(
            """
            UPDATE apps SET deleted_at = \(now), deletion_position = (SELECT max(position) FROM audit_events),
                description = '', homepage = ''
            WHERE id = \(app.id)
            """)
        try db.run(
            """
            INSERT INTO suspensions (subject_kind, subject_id, reason, suspended_by, suspended_at)
            VALUES ('app', \(app.id), \(Self.deletion), \(Self.deletion), \(now)) ON CONFLICT DO NOTHING
            """)
        try db.run("DELETE FROM client_secrets WHERE app_id = \(app.id)")
        try db.run("DELETE FROM app_callbacks WHERE app_id = \(app.id)")
        try db.run("DELETE FROM app_scopes WHERE app_id = \(app.id)")
        try db.run("DELETE FROM app_reviews WHERE app_id = \(app.id)")
        try db.run("DELETE FROM app_review_requests WHERE app_id = \(app.id)")
        try db.run("DELETE FROM direct_flows WHERE app_id = \(app.id)")
        return try tell(
            try db.rows(
                """
                SELECT DISTINCT tenant_id, \(app.id) AS app_id FROM (
                    SELECT tenant_id FROM grants WHERE app_id = \(app.id) AND revoked_at IS NULL LIMIT 1000) AS some
                LIMIT \(most)
                """), in: db, at: now)
    }

    /// Who suspends a deleted app, and why. No ID of a person is this word.
    static let deletion = "deleted"

    /// How many tenants a deletion tells at once: so many events are written in a few hundredths of a second.
    static let mostToldAtOnce = 100

    /// For what is asked of grants by other than their app: theirs are there until they are swept.
    static let deletedApps: SQL = "(SELECT id FROM apps WHERE deleted_at IS NOT NULL)"

    /// Tells tenants where a deleted app is allowed still that it is deleted, before its grants there are gone.
    ///
    /// - Returns: whether there may be more.
    func tellOfDeletedApps(in db: any Connection, at now: Instant, batch: Int) throws -> Bool {
        let most = max(1, batch / 5)
        let rows = try db.rows(
            """
            SELECT DISTINCT g.app_id, g.tenant_id FROM (\(fragment: Self.grantsOfDeletedApps(at: now, batch: batch))) g
            WHERE g.revoked_at IS NULL AND NOT (\(fragment: Self.tenantIsTold)) LIMIT \(most)
            """)
        return try tell(rows, in: db, at: now) == most
    }

    private func tell(_ rows: [Row], in db: any Connection, at now: Instant) throws -> Int {
        for row in rows {
            let id: ID<Entity.Client> = try row.id("app_id")
            // Whoever closed their account is named by their ID alone.
            let app = try db.row(
                """
                SELECT a.name, a.owner_id, COALESCE(o.name, '') AS owner_name
                FROM apps a LEFT JOIN live_people o ON o.id = a.owner_id WHERE a.id = \(id)
                """)
            guard let app else { continue }
            let owner = AuditActor(.person, id: try app.text("owner_id"), name: try app.text("owner_name"))
            try record(
                AuditEvent(
                    .appDeleted, by: owner, on: AuditSubject(.app, id: id.text, name: try app.text("name")),
                    in: try row.id("tenant_id")), in: db, at: now)
        }
        return rows.count
    }

    /// The first grants of the first app that has any, in the order of an index: both who is told and what is deleted
    /// are among these.
    private static func grantsOfDeletedApps(at now: Instant, batch: Int) -> SQL {
        """
        SELECT g.tenant_id, g.id, g.revoked_at, g.app_id,
            (SELECT d.deletion_position FROM apps d WHERE d.id = g.app_id) AS deletion_position
        FROM grants g WHERE g.app_id = (SELECT a.id FROM apps a WHERE a.deleted_at <= \(now)
            AND EXISTS (SELECT 1 FROM grants x WHERE x.app_id = a.id) ORDER BY a.deleted_at LIMIT 1)
        ORDER BY g.person_id, g.tenant_id, g.id LIMIT \(batch)
        """
    }

    /// That the tenant of such a grant has the event in its log.
    private static let tenantIsTold: SQL = """
        EXISTS (SELECT 1 FROM audit_events e WHERE e.tenant_id = g.tenant_id AND e.subject_id = g.app_id
            AND e.position > g.deletion_position AND e.action = 'app.deleted')
        """

    /// What is left of deleted apps: a piece of their grants with what hangs on these, then the app.
    package static func whatAppsLeft(at now: Instant, batch: Int) -> [SQL] {
        let grants = grantsOfDeletedApps(at: now, batch: batch)
        return tokens(of: grants, batch: batch) + [
            """
            DELETE FROM grants WHERE (tenant_id, id) IN (SELECT g.tenant_id, g.id FROM (\(fragment: grants)) g
                WHERE \(fragment: nothingHangsOnGrant) AND (g.revoked_at IS NOT NULL OR \(fragment: tenantIsTold)))
            """,
            """
            DELETE FROM tenant_apps WHERE (tenant_id, app_id) IN (SELECT t.tenant_id, t.app_id FROM apps a
                CROSS JOIN tenant_apps t WHERE t.app_id = a.id AND a.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM access_requests WHERE (tenant_id, id) IN (SELECT r.tenant_id, r.id FROM apps a
                CROSS JOIN access_requests r WHERE r.app_id = a.id AND a.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM app_activity WHERE (app_id, id) IN (SELECT e.app_id, e.id FROM apps a
                CROSS JOIN app_activity e WHERE e.app_id = a.id AND a.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM app_days WHERE (app_id, day, metric) IN (SELECT d.app_id, d.day, d.metric FROM apps a
                CROSS JOIN app_days d WHERE d.app_id = a.id AND a.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM apps WHERE id IN (SELECT a.id FROM apps a WHERE a.deleted_at <= \(now)
                AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.app_id = a.id)
                AND NOT EXISTS (SELECT 1 FROM tenant_apps t WHERE t.app_id = a.id)
                AND NOT EXISTS (SELECT 1 FROM access_requests r WHERE r.app_id = a.id)
                AND NOT EXISTS (SELECT 1 FROM app_activity e WHERE e.app_id = a.id)
                AND NOT EXISTS (SELECT 1 FROM app_days d WHERE d.app_id = a.id) LIMIT \(batch))
            """,
            """
            DELETE FROM suspensions WHERE subject_kind = 'app' AND suspended_by = \(deletion)
                AND reinstated_at IS NULL AND subject_id NOT IN (SELECT id FROM apps)
            """,
        ]
    }

    /// Codes, tokens and families of a piece of grants. Families whose tokens are gone go in the same transaction, so
    /// that the next one does not walk over them again.
    ///
    /// - Parameter grants: selects `tenant_id` and `id` of a few hundred.
    static func tokens(of grants: SQL, batch: Int) -> [SQL] {
        let families: SQL = """
            SELECT f.tenant_id, f.id FROM (\(fragment: grants)) g
            CROSS JOIN token_families f WHERE f.tenant_id = g.tenant_id AND f.grant_id = g.id LIMIT \(batch)
            """
        return [
            """
            DELETE FROM authorization_codes WHERE digest IN (SELECT c.digest FROM (\(fragment: grants)) g
                CROSS JOIN authorization_codes c WHERE c.tenant_id = g.tenant_id AND c.grant_id = g.id LIMIT \(batch))
            """,
            """
            DELETE FROM access_tokens WHERE digest IN (SELECT x.digest FROM (\(fragment: families)) f
                CROSS JOIN access_tokens x WHERE x.tenant_id = f.tenant_id AND x.family_id = f.id LIMIT \(batch))
            """,
            """
            DELETE FROM refresh_tokens WHERE digest IN (SELECT r.digest FROM (\(fragment: families)) f
                CROSS JOIN refresh_tokens r WHERE r.tenant_id = f.tenant_id AND r.family_id = f.id LIMIT \(batch))
            """,
            """
            DELETE FROM token_families WHERE (tenant_id, id) IN (SELECT f.tenant_id, f.id
                FROM (\(fragment: families)) f
                WHERE NOT EXISTS (SELECT 1 FROM access_tokens x WHERE x.tenant_id = f.tenant_id AND x.family_id = f.id)
                    AND NOT EXISTS (SELECT 1 FROM refresh_tokens r
                        WHERE r.tenant_id = f.tenant_id AND r.family_id = f.id))
            """,
        ]
    }

    /// Of a grant `g`: its tokens and codes are gone.
    static let nothingHangsOnGrant: SQL = """
        NOT EXISTS (SELECT 1 FROM token_families f WHERE f.tenant_id = g.tenant_id AND f.grant_id = g.id)
            AND NOT EXISTS (SELECT 1 FROM authorization_codes c WHERE c.tenant_id = g.tenant_id AND c.grant_id = g.id)
        """
}
