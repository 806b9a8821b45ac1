package import OAuth
package import Portal

/// How writing new rules ended.
package enum PolicyChange: Equatable, Sendable {
    /// - Parameter revoked: how many grants.
    case saved(revoked: Int64)
    /// The rules contradict more or fewer grants than the admin saw.
    case changedMeanwhile
    /// Whoever asked is no admin any more.
    case gone
}

extension Store {
    /// What this tenant's admins decided about apps.
    package func policy(of tenant: ID<Entity.Tenant>) throws -> TenantPolicy {
        try engine.read { db in try self.policy(of: tenant, in: db) }
    }

    package func tokenRules(of tenant: ID<Entity.Tenant>) throws -> TokenRules {
        try engine.read { db in try self.tokenRules(of: tenant, in: db) }
    }

    /// Whether this member may allow the app here, and how much of it.
    package func permission(of member: Member, for app: App, at now: Instant) throws -> Permission {
        try engine.readConsistently { db in try self.permission(of: member, for: app, in: db, at: now) }
    }

    package func tenantStanding(of app: App, in tenant: ID<Entity.Tenant>) throws -> AppStanding {
        try engine.read { db in try self.tenantStanding(of: app, in: tenant, in: db) }
    }

    /// Writes new rules. Grants that they contradict go on unless they are to be revoked too, which happens in the same
    /// transaction: what is revoked or kept is as much as was seen.
    ///
    /// - Parameter seen: how many grants the admin saw that the new rules contradict.
    package func change(
        _ policy: TenantPolicy, by admin: Member, expecting seen: Int64, revokingContradictions: Bool,
        from address: String, at now: Instant
    ) async throws -> PolicyChange {
        let tenant = admin.tenant.id
        return try await engine.write { db in
            guard try self.isAdmin(admin, in: db) else { return .gone }
            let beyond = try self.contradictions(to: policy, in: tenant, of: nil, in: db)
            guard beyond.reduce(0, { $0 + $1.group.count }) == seen else { return .changedMeanwhile }
            try db.run(
                """
                INSERT INTO tenant_policies (tenant_id, deciders, admission, ceiling, changed_by, changed_at)
                VALUES (\(tenant), \(policy.deciders.rawValue), \(policy.admission.rawValue), \(policy.ceiling?.text),
                    \(admin.person.id), \(now))
                ON CONFLICT (tenant_id) DO UPDATE SET deciders = excluded.deciders, admission = excluded.admission,
                    ceiling = excluded.ceiling, changed_by = excluded.changed_by, changed_at = excluded.changed_at
                """)
            let revoked =
                revokingContradictions
                ? try self.revokeContradictions(in: tenant, of: nil, by: admin.person, in: db, at: now) : 0
            try self.record(
                AuditEvent(
                    .policyChanged, by: .person(admin.person), on: .tenant(admin.tenant), in: tenant,
                    detail: [
                        "who": policy.deciders.rawValue, "apps": policy.admission.rawValue,
                        "ceiling": policy.ceiling?.text ?? "none", "revoked": "\(revoked)",
                    ], from: address), in: db, at: now)
            return .saved(revoked: revoked)
        }
    }

    package func change(
        _ rules: TokenRules, by admin: Member, from address: String, at now: Instant
    ) async throws -> Bool {
        let tenant = admin.tenant.id
        return try await engine.write { db in
            guard try self.isAdmin(admin, in: db) else { return false }
            try db.run(
                """
                INSERT INTO tenant_policies (tenant_id, longest_token_days, token_scopes, changed_by, changed_at)
                VALUES (\(tenant), \(rules.longestDays), \(rules.scopes?.text), \(admin.person.id), \(now))
                ON CONFLICT (tenant_id) DO UPDATE SET longest_token_days = excluded.longest_token_days,
                    token_scopes = excluded.token_scopes, changed_by = excluded.changed_by,
                    changed_at = excluded.changed_at
                """)
            try self.record(
                AuditEvent(
                    .policyChanged, by: .person(admin.person), on: .tenant(admin.tenant), in: tenant,
                    detail: [
                        "longest token": rules.longestDays.map { "\($0) days" } ?? "any",
                        "token scopes": rules.scopes?.text ?? "any",
                    ], from: address), in: db, at: now)
            return true
        }
    }

    /// What the tenant says of one app: whether it is on the list, and its own ceiling.
    package func set(
        _ standing: AppStanding, of app: App, by admin: Member, from address: String, at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            guard try self.isAdmin(admin, in: db) else { return false }
            try self.set(standing, of: app.id, in: admin.tenant.id, by: admin.person.id, in: db, at: now)
            try self.record(
                AuditEvent(
                    .ceilingChanged, by: .person(admin.person), on: .app(app), in: admin.tenant.id,
                    detail: [
                        "on the list": standing.isListed ? "yes" : "no", "ceiling": standing.ceiling?.text ?? "none",
                    ], from: address), in: db, at: now)
            return true
        }
    }
}

extension Store {
    func policy(of tenant: ID<Entity.Tenant>, in db: any Connection) throws -> TenantPolicy {
        try db.row("SELECT deciders, admission, ceiling FROM tenant_policies WHERE tenant_id = \(tenant)")
            .map(TenantPolicy.init) ?? TenantPolicy()
    }

    func tokenRules(of tenant: ID<Entity.Tenant>, in db: any Connection) throws -> TokenRules {
        try db.row("SELECT longest_token_days, token_scopes FROM tenant_policies WHERE tenant_id = \(tenant)").map {
            TokenRules(
                longestDays: try $0.optionalInteger("longest_token_days"),
                scopes: try $0.optionalScopes("token_scopes"))
        } ?? TokenRules()
    }

    func tenantStanding(of app: App, in tenant: ID<Entity.Tenant>, in db: any Connection) throws -> AppStanding {
        let row = try db.row(
            "SELECT listed_at, ceiling FROM tenant_apps WHERE tenant_id = \(tenant) AND app_id = \(app.id)")
        return AppStanding(
            isReviewed: app.isReviewed, isListed: try row.map { try !$0.isNull("listed_at") } ?? false,
            ceiling: try row?.optionalScopes("ceiling"))
    }

    func set(
        _ standing: AppStanding, of app: ID<Entity.Client>, in tenant: ID<Entity.Tenant>, by admin: ID<Entity.Person>,
        in db: any Connection, at now: Instant
    ) throws {
        let listedAt: Instant? = standing.isListed ? now : nil
        try db.run(
            """
            INSERT INTO tenant_apps (tenant_id, app_id, listed_at, ceiling, changed_by, changed_at)
            VALUES (\(tenant), \(app), \(listedAt), \(standing.ceiling?.text), \(admin), \(now))
            ON CONFLICT (tenant_id, app_id) DO UPDATE SET
                listed_at = CASE WHEN excluded.listed_at IS NULL THEN NULL
                    ELSE COALESCE(tenant_apps.listed_at, excluded.listed_at) END,
                ceiling = excluded.ceiling, changed_by = excluded.changed_by, changed_at = excluded.changed_at
            """)
    }

    func permission(of member: Member, for app: App, in db: any Connection, at now: Instant) throws -> Permission {
        let tenant = member.tenant.id
        let settled = try member.role == .admin ? ScopeSet() : settled(for: member, app: app, in: db, at: now)
        return try policy(of: tenant, in: db).permission(
            of: member.role, for: tenantStanding(of: app, in: tenant, in: db), settled: settled)
    }

    /// What a member may go on with: what an admin said yes to and was not used yet, and what they allowed as a member
    /// while the app has not changed since.
    private func settled(
        for member: Member, app: App, in db: any Connection, at now: Instant
    ) throws -> ScopeSet {
        let rows = try db.rows(
            """
            SELECT r.scopes FROM access_requests r WHERE r.tenant_id = \(member.tenant.id) AND r.app_id = \(app.id)
                AND r.person_id = \(member.person.id) AND \(fragment: Store.standingYes(at: now))
            UNION ALL SELECT g.scopes FROM grants g JOIN live_apps a ON a.id = g.app_id
            WHERE g.tenant_id = \(member.tenant.id) AND g.app_id = \(app.id) AND g.person_id = \(member.person.id)
                AND g.revoked_at IS NULL AND g.allowed_as = 'member' AND g.updated_at >= a.updated_at
            """)
        return try rows.map(ScopeSet.init).reduce(ScopeSet()) { $0.union($1) }
    }

    /// The ceiling of the grant `g`, as a column, read with what it is needed for: two looks into primary keys.
    static let ceilingOfGrant: SQL = """
        COALESCE((SELECT ta.ceiling FROM tenant_apps ta WHERE ta.tenant_id = g.tenant_id AND ta.app_id = g.app_id),
            (SELECT tp.ceiling FROM tenant_policies tp WHERE tp.tenant_id = g.tenant_id)) AS ceiling
        """
}

extension TenantPolicy {
    init(_ row: Row) throws {
        self.init(
            deciders: try row.raw("deciders"), admission: try row.raw("admission"),
            ceiling: try row.optionalScopes("ceiling"))
    }
}
