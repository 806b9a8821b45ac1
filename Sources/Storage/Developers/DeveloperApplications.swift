package import OAuth
package import Portal

/// Why a decision was not made.
package enum DecisionRefusal: Sendable {
    case unknown
    /// Another operator decided, or the applicant sent another version.
    case decidedMeanwhile
}

extension Store {
    package func application(of person: ID<Entity.Person>) throws -> DeveloperApplication? {
        try engine.read { db in try self.application(of: person, in: db) }
    }

    package func application(_ id: ID<Entity.DeveloperApplication>) throws -> DeveloperApplication? {
        try engine.read { db in
            try db.row("\(fragment: DeveloperApplication.select) WHERE d.id = \(id)").map(DeveloperApplication.init)
        }
    }

    /// Keeps what somebody has written so far.
    ///
    /// - Returns: false when there is nothing to write at: submitted or approved.
    package func saveDraft(_ answers: ApplicationAnswers, of person: Person, at now: Instant) async throws -> Bool {
        let fresh = ID<Entity.DeveloperApplication>.random()
        return try await engine.write { db in
            try self.write(answers, of: person, fresh: fresh, in: db, at: now)
        }
    }

    /// Hands an application in: to the operators' queue, and a letter to the applicant and to the first ``mostTold``
    /// operators.
    ///
    /// - Returns: false when it waits already, was approved, or was handed in too often.
    package func submit(
        _ answers: ApplicationAnswers, of person: Person, letter: Letter,
        toOperators: @escaping @Sendable (Person) -> Letter, from address: String = "", at now: Instant
    ) async throws -> Bool {
        let fresh = ID<Entity.DeveloperApplication>.random()
        return try await engine.write { db in
            let before = try self.application(of: person.id, in: db)
            guard before?.maySubmit ?? true, try self.write(answers, of: person, fresh: fresh, in: db, at: now),
                let row = try db.row(
                    """
                    UPDATE developer_applications
                    SET state = 'submitted', version = version + 1, submitted_at = \(now), updated_at = \(now)
                    WHERE person_id = \(person.id) RETURNING id, version
                    """)
            else { return false }
            let id: ID<Entity.DeveloperApplication> = try row.id("id")
            let version = try row.integer("version")
            try db.run(
                """
                INSERT INTO developer_application_versions (application_id, number, organization, website, about, building,
                    submitted_at)
                VALUES (\(id), \(version), \(answers.organization), \(answers.website), \(answers.about),
                    \(answers.building), \(now))
                """)
            try self.record(
                AuditEvent(
                    .developerApplied, by: .person(person), on: .person(person), detail: ["version": "\(version)"],
                    from: address),
                in: db, at: now)
            try self.enqueue(letter, in: db, at: now)
            for `operator` in try self.operators(in: db) {
                try self.enqueue(toOperators(`operator`), in: db, at: now)
            }
            return true
        }
    }

    /// Decides about exactly the version that the operator read. An approval opens the developer's sandbox.
    package func decide(
        _ id: ID<Entity.DeveloperApplication>, version: Int64, _ verdict: ApplicationDecision.Verdict, reason: String,
        by operator: Person, sandbox: TenantDraft, letter: Letter, from address: String = "", at now: Instant
    ) async throws -> DecisionRefusal? {
        let tenant = ID<Entity.Tenant>.random()
        return try await engine.write { db in
            guard
                let application = try db.row("\(fragment: DeveloperApplication.select) WHERE d.id = \(id)")
                    .map(DeveloperApplication.init)
            else { return .unknown }
            let changed = try db.run(
                """
                UPDATE developer_applications SET state = \(verdict.rawValue), updated_at = \(now)
                WHERE id = \(id) AND state = 'submitted' AND version = \(version)
                """)
            guard changed == 1 else { return .decidedMeanwhile }
            try db.run(
                """
                INSERT INTO developer_application_decisions (application_id, version, verdict, reason, decided_by,
                    decided_by_name, decided_at)
                VALUES (\(id), \(version), \(verdict.rawValue), \(reason), \(`operator`.id), \(`operator`.name), \(now))
                """)
            try self.record(
                AuditEvent(
                    verdict.action, by: .operator(`operator`), on: .person(application.person),
                    detail: reason.isEmpty ? [:] : ["reason": reason], from: address),
                in: db, at: now)
            try self.enqueue(letter, in: db, at: now)
            if verdict == .approved {
                try self.openSandbox(sandbox, id: tenant, for: application.person, in: db, at: now)
            }
            return nil
        }
    }

    private func openSandbox(
        _ draft: TenantDraft, id: ID<Entity.Tenant>, for person: Person, in db: any Connection, at now: Instant
    ) throws {
        let existing = try db.row(
            """
            SELECT 1 AS one FROM members m JOIN live_tenants t ON t.id = m.tenant_id
            WHERE m.person_id = \(person.id) AND m.role = 'admin' AND t.kind = 'sandbox' LIMIT 1
            """)
        guard existing == nil else { return }
        guard try isFree(draft.slug, in: db, at: now) else {
            throw StorageError.constraint(.unique, "the sandbox's slug is taken")
        }
        try insert(draft, id: id, kind: .sandbox, admin: person.id, in: db, at: now)
    }

    private func application(
        of person: ID<Entity.Person>, in db: any Connection
    ) throws -> DeveloperApplication? {
        try db.row("\(fragment: DeveloperApplication.select) WHERE d.person_id = \(person)")
            .map(DeveloperApplication.init)
    }

    private func write(
        _ answers: ApplicationAnswers, of person: Person, fresh: ID<Entity.DeveloperApplication>,
        in db: any Connection, at now: Instant
    ) throws -> Bool {
        try db.run(
            """
            INSERT INTO developer_applications (id, person_id, state, organization, website, about, building, created_at,
                updated_at)
            VALUES (\(fresh), \(person.id), 'draft', \(answers.organization), \(answers.website), \(answers.about),
                \(answers.building), \(now), \(now))
            ON CONFLICT (person_id) DO UPDATE SET organization = excluded.organization, website = excluded.website,
                about = excluded.about, building = excluded.building, updated_at = excluded.updated_at
            WHERE developer_applications.state IN ('draft', 'changes_requested', 'rejected')
            """) == 1
    }
}

extension ApplicationDecision.Verdict {
    fileprivate var action: AuditAction {
        switch self {
        case .approved: .developerApproved
        case .rejected: .developerRejected
        case .changesRequested: .developerChangesRequested
        }
    }
}

extension DeveloperApplication {
    static let select: SQL = """
        SELECT d.id AS application_id, d.state, d.organization, d.website, d.about, d.building, d.version,
            d.submitted_at, d.updated_at, p.*
        FROM developer_applications d JOIN (\(fragment: Person.select)) p ON p.id = d.person_id
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.id("application_id"), person: try Person(row), state: try row.raw("state"),
            answers: try ApplicationAnswers(row), version: try row.integer("version"),
            submittedAt: try row.optionalInstant("submitted_at"), updatedAt: try row.instant("updated_at"))
    }
}

extension ApplicationAnswers {
    init(_ row: Row) throws {
        self.init(
            organization: try row.text("organization"), website: try row.text("website"),
            about: try row.text("about"), building: try row.text("building"))
    }
}
