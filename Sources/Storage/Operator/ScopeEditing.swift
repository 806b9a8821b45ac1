package import OAuth
package import Portal

extension Store {
    /// Adds a scope, or changes what the catalogue says of one. The name of a scope stays: apps and tokens hold it.
    package func save(
        _ scope: ScopeDescription, position: Int64, by operator: Person, from address: String = "", at now: Instant
    ) async throws {
        try await engine.write { db in
            let isNew = try db.row("SELECT 1 AS one FROM scopes WHERE name = \(scope.scope.text)") == nil
            try db.run(
                """
                INSERT INTO scopes (name, title, sentence, group_name, sensitivity, position, enforced_by)
                VALUES (\(scope.scope.text), \(scope.title), \(scope.sentence), \(scope.group),
                    \(scope.sensitivity.rawValue), \(position), \(scope.enforcement.rawValue))
                ON CONFLICT (name) DO UPDATE SET title = excluded.title, sentence = excluded.sentence,
                    group_name = excluded.group_name, sensitivity = excluded.sensitivity, position = excluded.position
                """)
            try self.record(
                AuditEvent(
                    .scopeChanged, by: .operator(`operator`), on: AuditSubject(scope),
                    detail: [
                        "change": isNew ? "added" : "edited", "title": scope.title, "sentence": scope.sentence,
                        "group": scope.group, "sensitivity": scope.sensitivity.rawValue,
                    ], from: address),
                in: db, at: now)
        }
    }

    /// Removes one that is the operator's own and that nothing holds: no app may ask for it, no grant or token has it.
    ///
    /// - Returns: false when something does.
    package func removeScope(
        _ scope: ScopeDescription, by operator: Person, from address: String = "", at now: Instant
    ) async throws -> Bool {
        let held = " " + scope.scope.text + " "
        return try await engine.write { db in
            let row = try db.row(
                """
                SELECT EXISTS (SELECT 1 FROM app_scopes WHERE scope = \(scope.scope.text))
                    OR EXISTS (SELECT 1 FROM grants WHERE revoked_at IS NULL
                        AND instr(' ' || scopes || ' ', \(held)) > 0
                        AND tenant_id NOT IN \(fragment: Store.deletedTenants)
                        AND app_id NOT IN \(fragment: Store.deletedApps))
                    OR EXISTS (SELECT 1 FROM developer_tokens WHERE revoked_at IS NULL
                        AND instr(' ' || scopes || ' ', \(held)) > 0
                        AND tenant_id NOT IN \(fragment: Store.deletedTenants)) AS is_held
                """)
            guard try row?.boolean("is_held") == false,
                try db.run(
                    "DELETE FROM scopes WHERE name = \(scope.scope.text) AND enforced_by = 'operator'") == 1
            else { return false }
            try self.record(
                AuditEvent(.scopeRemoved, by: .operator(`operator`), on: AuditSubject(scope), from: address),
                in: db, at: now)
            return true
        }
    }

    /// Where each scope stands in the list.
    package func scopePosition(_ scope: Scope) throws -> Int64? {
        try engine.read { db in
            try db.row("SELECT position FROM scopes WHERE name = \(scope.text)")?.integer("position")
        }
    }
}

extension AuditSubject {
    fileprivate init(_ scope: ScopeDescription) {
        self.init(.scope, id: scope.scope.text, name: scope.title)
    }
}
