import OAuth
package import Portal

// Columns that hold what a type of ours wrote. A value that is none of its words was written by a newer version.

extension Row {
    /// `kind: try row.raw("kind")`
    func raw<Value: RawRepresentable>(_ column: Column, as type: Value.Type = Value.self) throws -> Value
    where Value.RawValue == String {
        try known(Value(rawValue: try text(column)), column)
    }

    func scopes(_ column: Column) throws -> ScopeSet { try known(ScopeSet(parsing: try text(column)), column) }

    func optionalScopes(_ column: Column) throws -> ScopeSet? { try isNull(column) ? nil : scopes(column) }

    func slug(_ column: Column) throws -> Slug { try known(Slug(try text(column)), column) }

    func scope(_ column: Column) throws -> Scope { try known(Scope(try text(column)), column) }

    package func digest(_ column: Column) throws -> Digest { try known(Digest(try blob(column)), column) }

    private func known<Value>(_ value: Value?, _ column: Column) throws -> Value {
        guard let value else { throw StorageError.column(column, "holds what this version does not know") }
        return value
    }
}

extension ScopeSet {
    /// The column `scopes`, which holds what this type wrote.
    init(_ row: Row) throws { self = try row.scopes("scopes") }
}

extension Role: SQLConvertible {
    package var sqlValue: SQLValue { .text(rawValue) }

    /// The column `role`.
    init(_ row: Row) throws { self = try row.raw("role") }
}
