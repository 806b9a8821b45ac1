package import OAuth
package import Portal

/// Which rows of a list an operator wants to see.
package struct ListFilter: Sendable {
    /// Part of a name, an address or an ID; empty finds everything.
    package var text = ""
    package var onlySuspended = false
    /// Apps only: those that nobody has looked at.
    package var onlyUnreviewed = false
    /// Apps only: those whose developers asked for a look.
    package var onlyAsked = false

    package init(
        text: String = "", onlySuspended: Bool = false, onlyUnreviewed: Bool = false, onlyAsked: Bool = false
    ) {
        self.text = text
        self.onlySuspended = onlySuspended
        self.onlyUnreviewed = onlyUnreviewed
        self.onlyAsked = onlyAsked
    }

    /// For `LIKE … ESCAPE '\'`: what was typed has no wildcards of its own.
    fileprivate var pattern: String {
        let escaped = text.unicodeScalars.filter { $0 != "\0" }.flatMap { scalar -> [Unicode.Scalar] in
            ["%", "_", "\\"].contains(scalar) ? ["\\", scalar] : [scalar]
        }
        return "%" + String(String.UnicodeScalarView(escaped)) + "%"
    }
}

/// An app in the operator's list.
package struct ListedApp: Sendable {
    package let app: App
    /// In how many tenants it is allowed now.
    package let tenants: Int64
    /// Its developer asked for a review, and nobody has answered.
    package let asked: ReviewRequest?
}

/// A tenant in the operator's list.
package struct ListedTenant: Sendable {
    package let tenant: Tenant
    package let members: Int64
}

extension Store {
    /// Newest first.
    package func people(_ filter: ListFilter, after: ListPosition? = nil, limit: Int) throws -> [Person] {
        let suspended: SQL = filter.onlySuspended ? "AND is_suspended = 1" : ""
        return try engine.read { db in
            try db.rows(
                """
                \(fragment: Person.select)
                WHERE (p.created_at, p.id) < (\(after?.at.seconds ?? .max), \(after?.id ?? ""))
                    AND (p.name LIKE \(filter.pattern) ESCAPE '\\' OR p.email LIKE \(filter.pattern) ESCAPE '\\'
                        OR p.id = \(filter.text)) \(fragment: suspended)
                ORDER BY p.created_at DESC, p.id DESC LIMIT \(limit)
                """
            ).map(Person.init)
        }
    }

    package func apps(_ filter: ListFilter, after: ListPosition? = nil, limit: Int) throws -> [ListedApp] {
        let suspended: SQL = filter.onlySuspended ? "AND app_is_suspended = 1" : ""
        let unreviewed: SQL = filter.onlyUnreviewed ? "AND app_is_reviewed = 0" : ""
        let asked: SQL =
            filter.onlyAsked
            ? "AND a.id IN (SELECT app_id FROM app_review_requests WHERE answered_at IS NULL)" : ""
        return try engine.readConsistently { db in
            try db.rows(
                """
                \(fragment: App.select)
                WHERE (a.created_at, a.id) < (\(after?.at.seconds ?? .max), \(after?.id ?? ""))
                    AND (a.name LIKE \(filter.pattern) ESCAPE '\\' OR a.homepage LIKE \(filter.pattern) ESCAPE '\\'
                        OR o.email LIKE \(filter.pattern) ESCAPE '\\' OR a.client_id = \(filter.text)
                        OR a.id = \(filter.text)) \(fragment: suspended) \(fragment: unreviewed)
                    \(fragment: asked)
                ORDER BY a.created_at DESC, a.id DESC LIMIT \(limit)
                """
            ).map { row in
                let app = try self.complete(row, in: db)
                return ListedApp(
                    app: app, tenants: try self.tenantCount(of: app.id, in: db),
                    asked: try self.reviewRequest(of: app.id, in: db))
            }
        }
    }

    package func tenants(_ filter: ListFilter, after: ListPosition? = nil, limit: Int) throws -> [ListedTenant] {
        let suspended: SQL = filter.onlySuspended ? "AND tenant_is_suspended = 1" : ""
        return try engine.read { db in
            try db.rows(
                """
                SELECT \(fragment: Tenant.columns),
                    (SELECT count(*) FROM members m WHERE m.tenant_id = t.id) AS member_count
                FROM live_tenants t
                WHERE (t.created_at, t.id) < (\(after?.at.seconds ?? .max), \(after?.id ?? ""))
                    AND (t.name LIKE \(filter.pattern) ESCAPE '\\' OR t.slug LIKE \(filter.pattern) ESCAPE '\\'
                        OR t.id = \(filter.text)) \(fragment: suspended)
                ORDER BY t.created_at DESC, t.id DESC LIMIT \(limit)
                """
            ).map { row in ListedTenant(tenant: try Tenant(row), members: try row.integer("member_count")) }
        }
    }

    package func tenant(_ id: ID<Entity.Tenant>) throws -> Tenant? {
        try engine.read { db in try db.row("\(fragment: Tenant.select) WHERE t.id = \(id)").map(Tenant.init) }
    }

    /// - Returns: false when the plan is that already.
    package func changePlan(
        of tenant: Tenant, to plan: Tenant.Plan, by operator: Person, from address: String = "", at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            let changed = try db.run(
                "UPDATE tenants SET plan = \(plan.rawValue) WHERE id = \(tenant.id) AND plan <> \(plan.rawValue)")
            guard changed == 1 else { return false }
            try self.record(
                AuditEvent(
                    .planChanged, by: .operator(`operator`), on: .tenant(tenant), in: tenant.id,
                    detail: ["plan": "\(tenant.plan.rawValue) → \(plan.rawValue)"], from: address),
                in: db, at: now)
            return true
        }
    }

    private func tenantCount(of app: ID<Entity.Client>, in db: any Connection) throws -> Int64 {
        try db.row(
            """
            SELECT count(DISTINCT g.tenant_id) AS n FROM grants g WHERE g.app_id = \(app) AND g.revoked_at IS NULL
                AND g.tenant_id NOT IN \(fragment: Store.deletedTenants)
            """)?.integer("n") ?? 0
    }
}
