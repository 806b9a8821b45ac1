import OAuth
package import Portal

extension Store {
    /// The whole catalogue, in the order in which pages show it.
    package func scopeCatalogue() throws -> [ScopeDescription] {
        try engine.read { db in try self.scopeCatalogue(in: db) }
    }

    func scopeCatalogue(in db: any Connection) throws -> [ScopeDescription] {
        try db.rows(
            "SELECT name, title, sentence, group_name, sensitivity, enforced_by FROM scopes ORDER BY position, name"
        ).map { row in
            ScopeDescription(
                scope: try row.scope("name"), title: try row.text("title"), sentence: try row.text("sentence"),
                group: try row.text("group_name"), sensitivity: try row.raw("sensitivity"),
                enforcement: try row.raw("enforced_by"))
        }
    }
}
