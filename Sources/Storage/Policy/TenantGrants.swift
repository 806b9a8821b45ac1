package import OAuth
package import Portal

extension Store {
    /// The apps that members of a tenant allow, or that its admins put on the list, in pages by the app's ID.
    package func apps(
        seenBy admin: Member, after last: ID<Entity.Client>?, limit: Int
    ) throws -> (apps: [TenantApp], hasMore: Bool) {
        let tenant = admin.tenant.id
        return try engine.readConsistently { db in
            // A group is counted in the index alone, and the walk ends with the page.
            let rows = try db.rows(
                """
                SELECT app_id, sum(grants) AS grants FROM (
                    SELECT * FROM (SELECT app_id, count(*) AS grants FROM grants
                        WHERE tenant_id = \(tenant) AND revoked_at IS NULL AND app_id > \(last?.text ?? "")
                        GROUP BY app_id ORDER BY app_id LIMIT \(limit + 1))
                    UNION ALL SELECT * FROM (SELECT app_id, 0 FROM tenant_apps
                        WHERE tenant_id = \(tenant) AND app_id > \(last?.text ?? "")
                            AND (listed_at IS NOT NULL OR ceiling IS NOT NULL)
                        ORDER BY app_id LIMIT \(limit + 1)))
                GROUP BY app_id ORDER BY app_id LIMIT \(limit + 1)
                """)
            let apps = try rows.prefix(limit).compactMap { row -> TenantApp? in
                guard let app = try self.app(row.id("app_id"), in: db) else { return nil }
                return TenantApp(
                    app: app, standing: try self.tenantStanding(of: app, in: tenant, in: db),
                    grants: try row.integer("grants"))
            }
            return (apps: apps, hasMore: rows.count > limit)
        }
    }

    /// One app with what the tenant knows of it; nil when nobody here has to do with it.
    package func app(_ id: ID<Entity.Client>, seenBy admin: Member, at now: Instant) throws -> TenantApp? {
        let tenant = admin.tenant.id
        return try engine.readConsistently { db in
            let row = try db.row(
                """
                SELECT (SELECT count(*) FROM grants WHERE tenant_id = \(tenant) AND app_id = \(id)
                        AND revoked_at IS NULL) AS grants,
                    (SELECT count(*) FROM access_requests WHERE tenant_id = \(tenant) AND app_id = \(id)
                        AND decision = 'allowed' AND used_at IS NULL AND expires_at > \(now)) AS yeses,
                    EXISTS (SELECT 1 FROM tenant_apps WHERE tenant_id = \(tenant) AND app_id = \(id)) AS is_known
                """)
            guard let row, let app = try self.app(id, in: db) else { return nil }
            let (grants, yeses) = (try row.integer("grants"), try row.integer("yeses"))
            guard try grants > 0 || yeses > 0 || row.boolean("is_known") else { return nil }
            return TenantApp(
                app: app, standing: try self.tenantStanding(of: app, in: tenant, in: db), grants: grants,
                unusedYeses: yeses)
        }
    }

    /// The live grants to an app, oldest first.
    package func grants(
        to app: ID<Entity.Client>, seenBy admin: Member, after last: ListPosition?, limit: Int
    ) throws -> (grants: [MemberGrant], hasMore: Bool) {
        let place: SQL = last.map { "AND (g.created_at, g.id) > (\($0.at), \($0.id))" } ?? ""
        let found = try engine.readConsistently { db in
            try self.memberGrants(
                """
                g.tenant_id = \(admin.tenant.id) AND g.app_id = \(app) AND g.revoked_at IS NULL \(fragment: place)
                ORDER BY g.created_at, g.id LIMIT \(limit + 1)
                """, in: db)
        }
        return (grants: Array(found.prefix(limit)), hasMore: found.count > limit)
    }

    package func grant(
        _ id: ID<Entity.Grant>, to app: ID<Entity.Client>, seenBy admin: Member
    ) throws -> MemberGrant? {
        try engine.readConsistently { db in
            try self.memberGrants(
                """
                g.tenant_id = \(admin.tenant.id) AND g.id = \(id) AND g.app_id = \(app) AND g.revoked_at IS NULL
                """, in: db
            ).first
        }
    }

    /// Ends one grant or, without an ID, all that an app has in the tenant, with every yes that an admin said to it and
    /// nobody used yet; refused from the next request on.
    ///
    /// - Returns: how many grants and yeses ended; nil when whoever asked is no admin any more.
    package func revokeGrants(
        to app: App, only id: ID<Entity.Grant>? = nil, by admin: Member, from address: String, at now: Instant
    ) async throws -> Int64? {
        let tenant = admin.tenant.id
        let which: SQL = id.map { "app_id = \(app.id) AND id = \($0)" } ?? "app_id = \(app.id)"
        return try await engine.write { db in
            guard try self.isAdmin(admin, in: db) else { return nil }
            let ended = try self.endGrants(which, in: tenant, because: "admin", by: admin.person.id, in: db, at: now)
            let takenBack = id == nil ? try self.takeBackYeses(to: app.id, in: tenant, in: db, at: now) : 0
            guard ended + takenBack > 0 else { return 0 }
            try self.record(
                AuditEvent(
                    .grantRevoked, by: .person(admin.person), on: .app(app), in: tenant,
                    detail: id.map { ["grant": $0.text] }
                        ?? ["grants": "\(ended)", "unused answers": "\(takenBack)"], from: address), in: db, at: now)
            return Int64(ended + takenBack)
        }
    }

    /// Which live grants the rules would not give today, largest groups first.
    package func contradictions(
        to policy: TenantPolicy, seenBy admin: Member, of app: ID<Entity.Client>? = nil
    ) throws -> [(app: App, group: GrantGroup, why: Contradiction)] {
        try engine.readConsistently { db in
            try self.contradictions(to: policy, in: admin.tenant.id, of: app, in: db)
        }
    }

    /// Ends the grants to one app that the rules as they stand would not give.
    package func revokeContradictions(
        of app: App, by admin: Member, from address: String, at now: Instant
    ) async throws -> Int64? {
        try await engine.write { db in
            guard try self.isAdmin(admin, in: db) else { return nil }
            let tenant = admin.tenant.id
            let ended = try self.revokeContradictions(in: tenant, of: app.id, by: admin.person, in: db, at: now)
            guard ended > 0 else { return 0 }
            try self.record(
                AuditEvent(
                    .grantRevoked, by: .person(admin.person), on: .app(app), in: tenant,
                    detail: ["grants": "\(ended)", "which": "beyond the rules"], from: address), in: db, at: now)
            return ended
        }
    }
}

extension Store {
    /// Ends grants with every token that hangs on them.
    ///
    /// - Parameter which: a condition on the columns of `grants`.
    @discardableResult
    func endGrants(
        _ which: SQL, in tenant: ID<Entity.Tenant>, because reason: String, by person: ID<Entity.Person>,
        in db: any Connection, at now: Instant
    ) throws -> Int {
        try db.run(
            """
            UPDATE token_families SET revoked_at = \(now), revoked_because = \(Reason.grantRevoked.rawValue)
            WHERE tenant_id = \(tenant) AND revoked_at IS NULL AND grant_id IN (
                SELECT id FROM grants WHERE tenant_id = \(tenant) AND revoked_at IS NULL AND \(fragment: which))
            """)
        return try db.run(
            """
            UPDATE grants SET revoked_at = \(now), revoked_by = \(person), revoked_because = \(reason)
            WHERE tenant_id = \(tenant) AND revoked_at IS NULL AND \(fragment: which)
            """)
    }

    private func memberGrants(_ which: SQL, in db: any Connection) throws -> [MemberGrant] {
        try db.rows("\(fragment: MemberGrant.select) WHERE \(fragment: which)").map(MemberGrant.init)
    }

    func revokeContradictions(
        in tenant: ID<Entity.Tenant>, of app: ID<Entity.Client>?, by person: Person, in db: any Connection,
        at now: Instant
    ) throws -> Int64 {
        var ended: Int64 = 0
        let policy = try policy(of: tenant, in: db)
        for (_, group, _) in try contradictions(to: policy, in: tenant, of: app, in: db) {
            let which: SQL = """
                app_id = \(group.app) AND scopes = \(group.scopes.text) AND allowed_as = \(group.allowedAs)
                    AND (approved_by IS NOT NULL) = \(group.isApproved)
                """
            ended += Int64(try endGrants(which, in: tenant, because: "policy", by: person.id, in: db, at: now))
        }
        return ended
    }

    func contradictions(
        to policy: TenantPolicy, in tenant: ID<Entity.Tenant>, of app: ID<Entity.Client>?, in db: any Connection
    ) throws -> [(app: App, group: GrantGroup, why: Contradiction)] {
        let which: SQL = app.map { "AND app_id = \($0)" } ?? ""
        // The thousands are grouped in the order of an index, without looking at a grant; what is left is a handful.
        let groups = try db.rows(
            """
            SELECT app_id, scopes, allowed_as, approved_by IS NOT NULL AS is_approved, sum(grants) AS grants FROM (
                SELECT app_id, scopes, allowed_as, approved_by, count(*) AS grants FROM grants
                WHERE tenant_id = \(tenant) AND revoked_at IS NULL \(fragment: which)
                GROUP BY app_id, scopes, allowed_as, approved_by) AS alike
            GROUP BY app_id, scopes, allowed_as, approved_by IS NOT NULL
            """
        ).map(GrantGroup.init)
        var apps: [ID<Entity.Client>: (app: App, standing: AppStanding)] = [:]
        return try groups.sorted { ($1.count, $0.app.text) < ($0.count, $1.app.text) }.compactMap { group in
            if apps[group.app] == nil, let app = try self.app(group.app, in: db) {
                apps[group.app] = (app: app, standing: try self.tenantStanding(of: app, in: tenant, in: db))
            }
            guard let (app, standing) = apps[group.app], let why = policy.contradiction(of: group, to: standing)
            else { return nil }
            return (app: app, group: group, why: why)
        }
    }
}

extension MemberGrant {
    static let select: SQL = """
        SELECT g.id, g.scopes, g.allowed_as, g.approved_by IS NOT NULL AS is_approved, g.created_at, p.name, p.email,
            \(fragment: Store.lastUseOfGrant) AS last_used_at, m.role
        FROM grants g JOIN people p ON p.id = g.person_id
        JOIN members m ON m.tenant_id = g.tenant_id AND m.person_id = g.person_id
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.id("id"), name: try row.text("name"), email: try row.text("email"), role: try Role(row),
            scopes: try ScopeSet(row), allowedAs: try row.raw("allowed_as"), isApproved: try row.boolean("is_approved"),
            createdAt: try row.instant("created_at"), lastUsedAt: try row.optionalInstant("last_used_at"))
    }
}

extension GrantGroup {
    init(_ row: Row) throws {
        self.init(
            app: try row.id("app_id"), scopes: try ScopeSet(row), allowedAs: try row.raw("allowed_as"),
            isApproved: try row.boolean("is_approved"), count: try row.integer("grants"))
    }
}
