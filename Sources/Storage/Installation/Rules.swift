package import OAuth
package import Portal

extension Store {
    /// What operators decided; the defaults where they decided nothing.
    package func rules() throws -> InstallationRules {
        try engine.read { db in try self.rules(in: db) }
    }

    package func change(
        to rules: InstallationRules, by operator: Person, from address: String = "", at now: Instant
    ) async throws {
        try await engine.write { db in
            let changes = rules.changes(since: try self.rules(in: db))
            guard !changes.isEmpty else { return }
            let plans = rules.developerPlans.map(\.rawValue).sorted().joined(separator: " ")
            for (name, value) in [("developer_plans", plans), ("unreviewed_limit", "\(rules.unreviewedLimit)")] {
                try db.run(
                    """
                    INSERT INTO installation_settings (name, value, changed_by, changed_at)
                    VALUES (\(name), \(value), \(`operator`.id), \(now))
                    ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_by = excluded.changed_by,
                        changed_at = excluded.changed_at
                    """)
            }
            try self.record(
                AuditEvent(
                    .settingChanged, by: .operator(`operator`), on: AuditSubject(.setting, id: "rules", name: "Rules"),
                    detail: changes, from: address),
                in: db, at: now)
        }
    }

    func rules(in db: any Connection) throws -> InstallationRules {
        var rules = InstallationRules.standard
        for row in try db.rows("SELECT name, value FROM installation_settings") {
            let value = try row.text("value")
            switch try row.text("name") {
            case "developer_plans":
                rules.developerPlans = Set(value.split(separator: " ").compactMap { Tenant.Plan(rawValue: String($0)) })
            case "unreviewed_limit":
                rules.unreviewedLimit = Int64(value) ?? rules.unreviewedLimit
            default: continue
            }
        }
        return rules
    }
}
