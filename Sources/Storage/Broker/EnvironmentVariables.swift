package import Broker
package import OAuth
package import Portal

/// All variables of an environment, in the order of their names.
package struct EnvironmentVariables: Sendable {
    package let all: [EnvironmentVariable]
    /// Counts up with every change, so that nobody replaces what they have not seen.
    package let version: Int64
}

/// What came of storing them.
package enum VariablesOutcome: Hashable, Sendable {
    case stored
    /// Somebody else changed them since they were looked at.
    case changedMeanwhile
    /// More than ``EnvironmentVariable/most``.
    case tooMany
}

extension Store {
    package func variables(of environment: BrokerEnvironment) throws -> EnvironmentVariables {
        let (rows, version) = try storedVariables(of: environment)
        return EnvironmentVariables(all: try rows.map { try variable($0, of: environment) }, version: version)
    }

    /// Their names and version, without opening a value.
    package func variableNames(of environment: BrokerEnvironment) throws -> (names: [String], version: Int64) {
        let (rows, version) = try storedVariables(of: environment)
        return (try rows.map { try $0.text("name") }, version)
    }

    /// Of one moment: what is stored between two reads would be replaced unseen.
    private func storedVariables(of environment: BrokerEnvironment) throws -> (rows: [Row], version: Int64) {
        try engine.readConsistently { db in
            let row = try db.row("SELECT variables_version FROM live_environments WHERE id = \(environment.id)")
            return (try self.variableRows(of: environment, in: db), try row?.integer("variables_version") ?? 0)
        }
    }

    /// Replaces all of them. The audit log gets the names of those that were added, changed and removed, and no value.
    ///
    /// - Parameters:
    ///   - variables: checked (``EnvironmentVariable/read(_:)``), each name once.
    ///   - version: of those that were seen before.
    package func setVariables(
        _ variables: [EnvironmentVariable], replacing version: Int64, of environment: BrokerEnvironment,
        by actor: AuditActor, from address: String = "", at now: Instant
    ) async throws -> VariablesOutcome {
        guard variables.count <= EnvironmentVariable.most else { return .tooMany }
        let sealed = try variables.map { variable in
            (
                name: variable.name,
                value: try keyring.seal(
                    Array(variable.value.utf8), table: "environment_variables", column: "value",
                    row: Self.place(of: variable.name, environment))
            )
        }
        return try await engine.write { db in
            let old = try self.variableRows(of: environment, in: db).map { try self.variable($0, of: environment) }
            let changed = try db.run(
                """
                UPDATE environments SET variables_version = variables_version + 1
                WHERE id = \(environment.id) AND variables_version = \(version) AND deleted_at IS NULL
                """)
            guard changed == 1 else { return .changedMeanwhile }
            guard let detail = Self.difference(of: variables, from: old) else { return .stored }
            try db.run("DELETE FROM environment_variables WHERE environment_id = \(environment.id)")
            for row in sealed {
                try db.run(
                    """
                    INSERT INTO environment_variables (environment_id, name, sealed_value)
                    VALUES (\(environment.id), \(row.name), \(row.value))
                    """)
            }
            let event = self.event(.environmentVariablesChanged, on: environment, by: actor, detail, from: address)
            try self.record(event, in: db, at: now)
            return .stored
        }
    }

    private func variableRows(of environment: BrokerEnvironment, in db: any Connection) throws -> [Row] {
        try db.rows(
            """
            SELECT name, sealed_value FROM environment_variables WHERE environment_id = \(environment.id)
            ORDER BY name
            """)
    }

    private func variable(_ row: Row, of environment: BrokerEnvironment) throws -> EnvironmentVariable {
        let name = try row.text("name")
        let open = try keyring.open(
            row.blob("sealed_value"), table: "environment_variables", column: "value",
            row: Self.place(of: name, environment))
        return EnvironmentVariable(name: name, value: String(decoding: open, as: UTF8.self))
    }

    private static func place(of name: String, _ environment: BrokerEnvironment) -> String {
        environment.id.text + " " + name
    }

    /// Names by what happened to them; nil when nothing did.
    private static func difference(
        of new: [EnvironmentVariable], from old: [EnvironmentVariable]
    ) -> [String: String]? {
        // Names are ASCII, so their texts are equal when their bytes are; values are compared as bytes.
        let before = Dictionary(old.map { ($0.name, Array($0.value.utf8)) }) { first, _ in first }
        let after = Dictionary(new.map { ($0.name, Array($0.value.utf8)) }) { first, _ in first }
        let groups = [
            "added": after.keys.filter { before[$0] == nil }, "removed": before.keys.filter { after[$0] == nil },
            "changed": after.keys.filter { name in before[name].map { $0 != after[name] } ?? false },
        ].filter { !$0.value.isEmpty }
        return groups.isEmpty ? nil : groups.mapValues { $0.sorted().joined(separator: " ") }
    }
}
