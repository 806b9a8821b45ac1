package import OAuth
package import Portal

extension Store {
    /// The whole catalogue, in the order in which pages show it.
    package func scopeCatalogue() throws -> [ScopeDescription] {
        try engine.read { db in
            try db.rows(
                "SELECT name, title, sentence, group_name, sensitivity, enforced_by FROM scopes ORDER BY position, name"
            ).map { row in
                guard let scope = Scope(try row.text("name")),
                    let sensitivity = ScopeDescription.Sensitivity(rawValue: try row.text("sensitivity")),
                    let enforcement = ScopeDescription.Enforcement(rawValue: try row.text("enforced_by"))
                else { throw StorageError.column("name", "holds what this version does not know") }
                return ScopeDescription(
                    scope: scope, title: try row.text("title"), sentence: try row.text("sentence"),
                    group: try row.text("group_name"), sensitivity: sensitivity, enforcement: enforcement)
            }
        }
    }
}
