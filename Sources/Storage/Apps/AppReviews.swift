package import OAuth
package import Portal

/// That an operator looked at an app.
package struct AppReview: Sendable {
    package let note: String
    package let reviewedBy: String
    package let reviewedAt: Instant
    package let endedAt: Instant?
    package let endedBecause: String?
}

extension Store {
    /// How far an app may go in this tenant, now.
    package func standing(of app: App, in tenant: Tenant) throws -> ClientStanding {
        try engine.readConsistently { db in try self.standing(of: app, in: tenant, in: db) }
    }

    func standing(of app: App, in tenant: Tenant, in db: any Connection) throws -> ClientStanding {
        guard !app.isReviewed, tenant.kind == .standard else { return .trusted }
        let row = try db.row(
            """
            SELECT (SELECT count(DISTINCT g.tenant_id) FROM grants g JOIN live_tenants t ON t.id = g.tenant_id
                    WHERE g.app_id = \(app.id) AND g.revoked_at IS NULL AND t.kind = 'standard'
                        AND g.tenant_id <> \(tenant.id)) AS others,
                EXISTS (SELECT 1 FROM grants g WHERE g.tenant_id = \(tenant.id) AND g.app_id = \(app.id)
                    AND g.revoked_at IS NULL) AS is_allowed_here
            """)
        return app.standing(
            in: tenant, others: try row?.integer("others") ?? 0,
            isAllowedHere: try row?.boolean("is_allowed_here") ?? false,
            limit: try rules(in: db).unreviewedLimit)
    }

    /// - Returns: false when there is no such app, or it was reviewed already or changed since it was looked at.
    package func review(
        _ id: ID<Entity.Client>, asOf updatedAt: Instant, note: String, by operator: Person, letter: Letter,
        from address: String = "", at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            guard let app = try self.app(id, in: db), !app.isReviewed, app.updatedAt == updatedAt else { return false }
            try db.run(
                """
                INSERT INTO app_reviews (app_id, note, reviewed_by, reviewed_by_name, reviewed_at)
                VALUES (\(id), \(note), \(`operator`.id), \(`operator`.name), \(now))
                """)
            try self.answerReviewRequest(of: id, in: db, at: now)
            try self.record(
                AuditEvent(
                    .appReviewed, by: .operator(`operator`), on: .app(app), detail: note.isEmpty ? [:] : ["note": note],
                    from: address),
                in: db, at: now)
            try self.enqueue(letter, in: db, at: now)
            return true
        }
    }

    package func withdrawReview(
        of id: ID<Entity.Client>, because reason: String, by operator: Person, letter: Letter,
        from address: String = "", at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            guard let app = try self.app(id, in: db), app.isReviewed else { return false }
            try self.endReview(of: id, because: reason, in: db, at: now)
            try self.record(
                AuditEvent(
                    .appReviewWithdrawn, by: .operator(`operator`), on: .app(app), detail: ["reason": reason],
                    from: address),
                in: db, at: now)
            try self.enqueue(letter, in: db, at: now)
            return true
        }
    }

    package func reviews(of app: ID<Entity.Client>) throws -> [AppReview] {
        try engine.read { db in
            try db.rows(
                """
                SELECT note, reviewed_by_name, reviewed_at, ended_at, ended_because FROM app_reviews
                WHERE app_id = \(app) ORDER BY id DESC LIMIT 50
                """
            ).map { row in
                AppReview(
                    note: try row.text("note"), reviewedBy: try row.text("reviewed_by_name"),
                    reviewedAt: try row.instant("reviewed_at"), endedAt: try row.optionalInstant("ended_at"),
                    endedBecause: try row.optionalText("ended_because"))
            }
        }
    }

    func endReview(
        of app: ID<Entity.Client>, because reason: String, in db: any Connection, at now: Instant
    ) throws {
        try db.run(
            """
            UPDATE app_reviews SET ended_at = \(now), ended_because = \(reason)
            WHERE app_id = \(app) AND ended_at IS NULL
            """)
    }
}
