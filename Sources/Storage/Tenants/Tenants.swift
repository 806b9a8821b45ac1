package import OAuth
package import Portal

/// Why a workspace was not opened.
package enum TenantRefusal: Error, Equatable, Sendable {
    case obstacle(Obstacle)
    /// Taken, or given up not long ago.
    case slugTaken
}

extension Store {
    package func tenant(_ slug: Slug) throws -> Tenant? {
        try engine.read { db in try db.row("\(fragment: Tenant.select) WHERE t.slug = \(slug.text)").map(Tenant.init) }
    }

    package func membership(of person: ID<Entity.Person>, in tenant: ID<Entity.Tenant>) throws -> Member? {
        try engine.read { db in
            try db.row("\(fragment: Member.select) WHERE m.tenant_id = \(tenant) AND m.person_id = \(person)")
                .map(Member.init)
        }
    }

    package func memberships(of person: ID<Entity.Person>) throws -> [Member] {
        try engine.read { db in
            try db.rows(
                "\(fragment: Member.select) WHERE m.person_id = \(person) ORDER BY tenant_kind DESC, tenant_name, m.tenant_id"
            )
            .map(Member.init)
        }
    }

    /// Everybody in the tenant of `member`, admins first.
    package func members(seenBy member: Member) throws -> [Member] {
        try engine.read { db in
            try db.rows(
                """
                \(fragment: Member.select) WHERE m.tenant_id = \(member.tenant.id)
                ORDER BY m.role, p.name, p.id LIMIT 500
                """
            ).map(Member.init)
        }
    }

    /// Its admins, up to ``mostTold``.
    package func admins(of tenant: ID<Entity.Tenant>) throws -> [Person] {
        try engine.read { db in try self.admins(of: tenant, in: db) }
    }

    func admins(of tenant: ID<Entity.Tenant>, in db: any Connection) throws -> [Person] {
        try db.rows(
            """
            \(fragment: Person.select) JOIN members m ON m.person_id = p.id
            WHERE m.tenant_id = \(tenant) AND m.role = 'admin' ORDER BY p.name, p.id LIMIT \(Store.mostTold)
            """
        ).map(Person.init)
    }

    /// Why this person cannot open a workspace now; nil when they can.
    package func obstacleToWorkspace(of person: ID<Entity.Person>) throws -> Obstacle? {
        try engine.read { db in try self.obstacleToWorkspace(of: person, in: db) }
    }

    /// Opens a workspace because its admin asked for one.
    package func openTenant(
        _ draft: TenantDraft, by person: ID<Entity.Person>, from address: String = "", at now: Instant
    ) async throws -> Result<Tenant, TenantRefusal> {
        let id = ID<Entity.Tenant>.random()
        return try await engine.write { db in
            if let obstacle = try self.obstacleToWorkspace(of: person, in: db) { return .failure(.obstacle(obstacle)) }
            guard try self.isFree(draft.slug, in: db, at: now) else { return .failure(.slugTaken) }
            try self.insert(draft, id: id, kind: .standard, admin: person, from: address, in: db, at: now)
            return .success(Tenant(id: id, slug: draft.slug, name: draft.name, kind: .standard, createdAt: now))
        }
    }

    private func obstacleToWorkspace(of person: ID<Entity.Person>, in db: any Connection) throws -> Obstacle? {
        let row = try db.row(
            """
            SELECT verified_at, (SELECT count(*) FROM members m WHERE m.person_id = p.id AND m.role = 'admin')
                AS running
            FROM live_people p WHERE id = \(person)
            """)
        guard let row else { return .unconfirmedAddress }
        return .toWorkspace(
            isConfirmed: try row.optionalInstant("verified_at") != nil, running: try row.int("running"))
    }

    /// Opens a tenant; the person becomes its admin. A sandbox has sample people in it, any other is empty. Nobody's
    /// quota is asked: see ``openTenant(_:by:from:at:)``.
    ///
    /// - Returns: nil when the slug is taken or quarantined.
    package func openTenantBeyondQuota(
        _ draft: TenantDraft, kind: Tenant.Kind, admin: ID<Entity.Person>, from address: String = "",
        at now: Instant
    ) async throws -> Tenant? {
        let id = ID<Entity.Tenant>.random()
        return try await engine.write { db in
            guard try self.isFree(draft.slug, in: db, at: now) else { return nil }
            try self.insert(draft, id: id, kind: kind, admin: admin, from: address, in: db, at: now)
            return Tenant(id: id, slug: draft.slug, name: draft.name, kind: kind, createdAt: now)
        }
    }

    package func addMember(
        _ person: ID<Entity.Person>, to tenant: ID<Entity.Tenant>, as role: Role, at now: Instant
    ) async throws {
        try await engine.write { db in
            try db.run(
                """
                INSERT INTO members (tenant_id, person_id, role, created_at)
                VALUES (\(tenant), \(person), \(role.rawValue), \(now))
                ON CONFLICT (tenant_id, person_id) DO UPDATE SET role = excluded.role
                """)
            try self.record(.memberAdded, by: person, of: tenant, detail: ["role": role.rawValue], in: db, at: now)
        }
    }

    func insert(
        _ draft: TenantDraft, id: ID<Entity.Tenant>, kind: Tenant.Kind, admin: ID<Entity.Person>,
        from address: String = "", in db: any Connection, at now: Instant
    ) throws {
        try db.run(
            """
            INSERT INTO tenants (id, slug, name, kind, created_at)
            VALUES (\(id), \(draft.slug.text), \(draft.name), \(kind.rawValue), \(now))
            """)
        try db.run(
            """
            INSERT INTO members (tenant_id, person_id, role, created_at) VALUES (\(id), \(admin), 'admin', \(now))
            """)
        if kind == .sandbox { try insertSampleContacts(into: id, in: db, at: now) }
        try record(
            .tenantCreated, by: admin, on: AuditSubject(.tenant, id: id.text, name: draft.name), of: id,
            detail: ["slug": draft.slug.text, "kind": kind.rawValue], from: address, in: db, at: now)
    }

    func isFree(_ slug: Slug, in db: any Connection, at now: Instant) throws -> Bool {
        try db.row(
            """
            SELECT 1 AS taken FROM tenants WHERE slug = \(slug.text)
            UNION ALL SELECT 1 FROM quarantined_slugs WHERE slug = \(slug.text) AND until > \(now)
            """) == nil
    }
}

extension Tenant {
    static let columns: SQL = """
        t.id AS tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, t.kind AS tenant_kind, t.plan AS tenant_plan,
        t.created_at AS tenant_created_at,
        EXISTS (SELECT 1 FROM suspensions ts WHERE ts.subject_kind = 'tenant' AND ts.subject_id = t.id
            AND ts.reinstated_at IS NULL) AS tenant_is_suspended
        """

    static let select: SQL = "SELECT \(fragment: columns) FROM live_tenants t"

    init(_ row: Row) throws {
        self.init(
            id: try row.id("tenant_id"), slug: try row.slug("tenant_slug"), name: try row.text("tenant_name"),
            kind: try row.raw("tenant_kind"), createdAt: try row.instant("tenant_created_at"),
            isSuspended: try row.boolean("tenant_is_suspended"), plan: try row.raw("tenant_plan"))
    }
}

extension Member {
    static let select: SQL = """
        SELECT m.role, m.created_at AS member_since, \(fragment: Tenant.columns), p.*
        FROM members m JOIN live_tenants t ON t.id = m.tenant_id
        JOIN (\(fragment: Person.select)) p ON p.id = m.person_id
        """

    init(_ row: Row) throws {
        self.init(
            tenant: try Tenant(row), person: try Person(row), role: try Role(row),
            since: try row.instant("member_since"))
    }
}
