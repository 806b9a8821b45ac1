import OAuth

/// A column that is sealed under a master key. A test holds the list of them against the schema.
struct SealedColumn: Sendable {
    let table: StaticString
    /// What the seal is bound to.
    let place: StaticString
    /// Rows whose seal is of another key: as `id` and `sealed`.
    let stale: @Sendable (KeyID, Int) -> SQL
    let update: @Sendable (_ id: String, _ sealed: [UInt8]) -> SQL

    /// Of rows that go by one value, to which the seal is bound too.
    ///
    /// - Parameter key: as text.
    init(_ table: StaticString, _ column: StaticString, as place: StaticString, by key: SQL = "id") {
        self.init(
            table, column, as: place, by: key,
            update: { id, sealed in
                "UPDATE \(name: table) SET \(name: column) = \(sealed) WHERE \(fragment: key) = \(id)"
            })
    }

    /// Of rows that go by several.
    ///
    /// - Parameters:
    ///   - key: what the seal is bound to, made of the row's columns.
    ///   - update: takes it apart again.
    init(
        _ table: StaticString, _ column: StaticString, as place: StaticString, by key: SQL,
        update: @escaping @Sendable (_ id: String, _ sealed: [UInt8]) -> SQL
    ) {
        self.table = table
        self.place = place
        stale = { active, batch in
            """
            SELECT \(fragment: key) AS id, \(name: column) AS sealed FROM \(name: table)
            WHERE \(name: column) IS NOT NULL AND substr(\(name: column), 2, 8) <> \(active.bytes) LIMIT \(batch)
            """
        }
        self.update = update
    }

    static let all = others + broker

    private static let others = [
        SealedColumn("outbox", "sealed_body", as: "body"),
        SealedColumn("access_requests", "sealed_path", as: "path"),
        SealedColumn("second_factors", "sealed_seed", as: "sealed_seed", by: "person_id"),
        SealedColumn("digest_roots", "sealed_root", as: "sealed_root", by: "CAST(id AS TEXT)"),
    ]
}
