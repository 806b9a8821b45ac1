package import OAuth
package import Portal

/// That a developer asked the operators to look at an app.
package struct ReviewRequest: Sendable {
    package let askedBy: String
    package let askedAt: Instant
}

extension Store {
    /// Puts an app into the operators' queue, and writes to every operator.
    ///
    /// - Returns: false when the app is not this person's, was reviewed, or waits already.
    package func askForReview(
        of id: ID<Entity.Client>, by owner: Person, toOperators: @escaping @Sendable (Person, App) -> Letter,
        from address: String = "", at now: Instant
    ) async throws -> Bool {
        let entry = newActivityID(at: now)
        return try await engine.write { db in
            guard let app = try self.app(id, in: db), app.owner.id == owner.id, !app.isReviewed, !app.isSuspended
            else { return false }
            let asked = try db.run(
                """
                INSERT INTO app_review_requests (app_id, asked_by, asked_by_name, asked_at)
                VALUES (\(id), \(owner.id), \(owner.name), \(now)) ON CONFLICT DO NOTHING
                """)
            guard asked == 1 else { return false }
            try self.record(.change("A review was asked for.", of: id, at: now), id: entry, in: db)
            try self.record(
                AuditEvent(.reviewAsked, by: .person(owner), on: .app(app), from: address), in: db, at: now)
            for `operator` in try self.operators(in: db) {
                try self.enqueue(toOperators(`operator`, app), in: db, at: now)
            }
            return true
        }
    }

    /// The one that waits for an answer; nil when none does.
    package func reviewRequest(of app: ID<Entity.Client>) throws -> ReviewRequest? {
        try engine.read { db in try self.reviewRequest(of: app, in: db) }
    }

    func reviewRequest(of app: ID<Entity.Client>, in db: any Connection) throws -> ReviewRequest? {
        try db.row(
            """
            SELECT asked_by_name, asked_at FROM app_review_requests WHERE app_id = \(app) AND answered_at IS NULL
            """
        ).map { ReviewRequest(askedBy: try $0.text("asked_by_name"), askedAt: try $0.instant("asked_at")) }
    }

    func answerReviewRequest(of app: ID<Entity.Client>, in db: any Connection, at now: Instant) throws {
        try db.run(
            "UPDATE app_review_requests SET answered_at = \(now) WHERE app_id = \(app) AND answered_at IS NULL")
    }
}
