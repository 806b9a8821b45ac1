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
                ApplicationDecision(
                    verdict: try row.raw("verdict"), reason: try row.text("reason"),
                    version: try row.integer("version"),
                    decidedBy: try row.text("decided_by_name"), decidedAt: try row.instant("decided_at"))
            }
        }
    }

    /// Names of apps and tenants with whose they are, for telling imitations; the newest ten thousand.
    package func knownNames() throws -> [KnownName] {
        try engine.readConsistently { db in
            let apps = try db.rows("SELECT name, owner_id FROM live_apps ORDER BY created_at DESC LIMIT 5000").map {
                KnownName(name: try $0.text("name"), kind: "the app", owners: [try $0.id("owner_id")])
            }
            let tenants = try db.rows(
                """
                SELECT name, (SELECT group_concat(m.person_id, ' ') FROM members m
                    WHERE m.tenant_id = t.id AND m.role = 'admin') AS admins
                FROM live_tenants t WHERE kind = 'standard' ORDER BY created_at DESC LIMIT 5000
                """
            ).map { row in
                let admins = try row.optionalText("admins") ?? ""
                return KnownName(
                    name: try row.text("name"), kind: "the tenant",
                    owners: Set(admins.split(separator: " ").map { ID(String($0)) }))
            }
            return apps + tenants
        }
    }
}
