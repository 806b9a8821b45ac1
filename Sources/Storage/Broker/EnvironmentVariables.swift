package import Broker
package import OAuth

extension Store {
    /// Names and values in the order of their names.
    package func variables(of environment: BrokerEnvironment) throws -> [(name: String, value: String)] {
        try engine.read { db in
            try db.rows(
                """
                SELECT name, sealed_value FROM environment_variables WHERE environment_id = \(environment.id)
                ORDER BY name
                """)
        }.map { row in
            let name = try row.text("name")
            let open = try keyring.open(
                row.blob("sealed_value"), table: "environment_variables", column: "value",
                row: environment.id.text + " " + name)
            return (name, String(decoding: open, as: UTF8.self))
        }
    }

    /// Replaces all of them, at most 100.
    package func setVariables(_ variables: [(name: String, value: String)], of environment: BrokerEnvironment)
        async throws
    {
        let rows = try variables.prefix(100).map { variable in
            (
                name: variable.name,
                sealed: try keyring.seal(
                    Array(variable.value.utf8), table: "environment_variables", column: "value",
                    row: environment.id.text + " " + variable.name)
            )
        }
        try await engine.write { db in
            try db.run("DELETE FROM environment_variables WHERE environment_id = \(environment.id)")
            for row in rows {
                try db.run(
                    """
                    INSERT INTO environment_variables (environment_id, name, sealed_value)
                    VALUES (\(environment.id), \(row.name), \(row.sealed)) ON CONFLICT DO NOTHING
                    """)
            }
        }
    }
}
