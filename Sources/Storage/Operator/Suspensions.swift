package import OAuth
package import Portal

/// What an operator can stop.
package enum Suspendable: Sendable {
    case person(Person), app(App), tenant(Tenant)

    fileprivate var kind: String {
        switch self {
        case .person: "person"
        case .app: "app"
        case .tenant: "tenant"
        }
    }

    fileprivate var id: String {
        switch self {
        case .person(let person): person.id.text
        case .app(let app): app.id.text
        case .tenant(let tenant): tenant.id.text
        }
    }

    fileprivate var subject: AuditSubject {
        switch self {
        case .person(let person): .person(person)
        case .app(let app): .app(app)
        case .tenant(let tenant): .tenant(tenant)
        }
    }

    fileprivate var actions: (suspend: AuditAction, reinstate: AuditAction) {
        switch self {
        case .person: (.personSuspended, .personReinstated)
        case .app: (.appSuspended, .appReinstated)
        case .tenant: (.tenantSuspended, .tenantReinstated)
        }
    }
}

/// That somebody or something was stopped, and why.
package struct Suspension: Sendable {
    package let reason: String
    package let at: Instant
    package let reinstatedAt: Instant?
}

extension Store {
    /// Stops a person, an app or a tenant from the next request on: every check looks at this row.
    ///
    /// - Returns: false when it is suspended already.
    package func suspend(
        _ subject: Suspendable, because reason: String, by operator: Person, letters: [Letter],
        from address: String = "", at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            let inserted = try db.run(
                """
                INSERT INTO suspensions (subject_kind, subject_id, reason, suspended_by, suspended_at)
                SELECT \(subject.kind), \(subject.id), \(reason), \(`operator`.id), \(now)
                WHERE NOT EXISTS (SELECT 1 FROM suspensions WHERE subject_kind = \(subject.kind)
                    AND subject_id = \(subject.id) AND reinstated_at IS NULL)
                """)
            guard inserted == 1 else { return false }
            // Reinstated, they sign in again: nobody knows who else has the browser by then.
            if case .person(let person) = subject {
                try db.run("DELETE FROM sessions WHERE person_id = \(person.id)")
            }
            try self.note(
                subject.actions.suspend, subject, by: `operator`, ["reason": reason], from: address, in: db, at: now)
            for letter in letters { try self.enqueue(letter, in: db, at: now) }
            return true
        }
    }

    /// - Returns: false when it is not suspended.
    package func reinstate(
        _ subject: Suspendable, by operator: Person, letters: [Letter], from address: String = "", at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            let changed = try db.run(
                """
                UPDATE suspensions SET reinstated_at = \(now)
                WHERE subject_kind = \(subject.kind) AND subject_id = \(subject.id) AND reinstated_at IS NULL
                    AND subject_id NOT IN \(fragment: Store.deletedApps)
                """)
            guard changed == 1 else { return false }
            try self.note(subject.actions.reinstate, subject, by: `operator`, [:], from: address, in: db, at: now)
            for letter in letters { try self.enqueue(letter, in: db, at: now) }
            return true
        }
    }

    /// Newest first; the first one is in force when it was not lifted.
    package func suspensions(of subject: Suspendable) throws -> [Suspension] {
        try engine.read { db in
            try db.rows(
                """
                SELECT reason, suspended_at, reinstated_at FROM suspensions
                WHERE subject_kind = \(subject.kind) AND subject_id = \(subject.id) ORDER BY id DESC LIMIT 50
                """
            ).map { row in
                Suspension(
                    reason: try row.text("reason"), at: try row.instant("suspended_at"),
                    reinstatedAt: try row.optionalInstant("reinstated_at"))
            }
        }
    }

    /// In the installation's log, and for a tenant in its own as well.
    private func note(
        _ action: AuditAction, _ subject: Suspendable, by operator: Person, _ detail: [String: String],
        from address: String, in db: any Connection, at now: Instant
    ) throws {
        let actor = AuditActor.operator(`operator`)
        try record(
            AuditEvent(action, by: actor, on: subject.subject, detail: detail, from: address), in: db, at: now)
        guard case .tenant(let tenant) = subject else { return }
        try record(AuditEvent(action, by: actor, on: subject.subject, in: tenant.id, detail: detail), in: db, at: now)
    }
}
