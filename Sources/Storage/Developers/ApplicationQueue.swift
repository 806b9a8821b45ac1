package import OAuth
package import Portal

extension Store {
    /// Applications in one state, those that wait longest first.
    ///
    /// - Parameter after: the last one of the page before.
    package func applications(
        _ state: DeveloperApplication.State, after: ListPosition? = nil, limit: Int
    ) throws -> [DeveloperApplication] {
        try engine.read { db in
            try db.rows(
                """
                \(fragment: DeveloperApplication.select) WHERE d.state = \(state.rawValue)
                    AND (d.submitted_at, d.id) > (\(after?.at.seconds ?? -1), \(after?.id ?? ""))
                ORDER BY d.submitted_at, d.id LIMIT \(limit)
                """
            ).map(DeveloperApplication.init)
        }
    }

    package func applicationCount(_ state: DeveloperApplication.State) throws -> Int64 {
        try engine.read { db in
            try db.row("SELECT count(*) AS n FROM developer_applications WHERE state = \(state.rawValue)")?
                .integer("n") ?? 0
        }
    }

    /// As it was at each submission, newest first.
    package func versions(
        of application: ID<Entity.DeveloperApplication>
    ) throws -> [(number: Int64, submittedAt: Instant, answers: ApplicationAnswers)] {
        try engine.read { db in
            try db.rows(
                """
                SELECT number, submitted_at, organization, website, about, building FROM developer_application_versions
                WHERE application_id = \(application) ORDER BY number DESC
                """
            ).map { row in
                (
                    number: try row.integer("number"), submittedAt: try row.instant("submitted_at"),
                    answers: try ApplicationAnswers(row)
                )
            }
        }
    }

    /// Newest first.
    package func decisions(on application: ID<Entity.DeveloperApplication>) throws -> [ApplicationDecision] {
        try engine.read { db in
            try db.rows(
                """
                SELECT verdict, reason, version, decided_by_name, decided_at FROM developer_application_decisions
                WHERE application_id = \(application) ORDER BY id DESC
                """
            ).map { row in
                guard let verdict = ApplicationDecision.Verdict(rawValue: try row.text("verdict")) else {
                    throw StorageError.column("verdict", "holds what this version does not know")
                }
                return ApplicationDecision(
                    verdict: verdict, reason: try row.text("reason"), version: try row.integer("version"),
                    decidedBy: try row.text("decided_by_name"), decidedAt: try row.instant("decided_at"))
            }
        }
    }

    /// Names of apps and tenants that are not this person's, for telling imitations; the newest ten thousand.
    package func knownNames(besides person: ID<Entity.Person>) throws -> [KnownName] {
        try engine.read { db in
            let apps = try db.rows(
                "SELECT name FROM apps WHERE owner_id <> \(person) ORDER BY created_at DESC LIMIT 5000")
            let tenants = try db.rows(
                """
                SELECT name FROM tenants t WHERE kind = 'standard' AND NOT EXISTS (SELECT 1 FROM members m
                    WHERE m.tenant_id = t.id AND m.person_id = \(person) AND m.role = 'admin')
                ORDER BY created_at DESC LIMIT 5000
                """)
            return try apps.map { KnownName(name: try $0.text("name"), kind: "the app") }
                + tenants.map { KnownName(name: try $0.text("name"), kind: "the tenant") }
        }
    }
}
