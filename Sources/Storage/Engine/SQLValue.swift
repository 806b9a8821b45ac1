package import OAuth

/// One value in a statement or a row, in the types that the databases share.
package enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

/// What may be bound into a statement. A `Secret` deliberately is not: bind its digest.
package protocol SQLConvertible {
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLConvertible {
    package var sqlValue: SQLValue { self }
}

extension Int: SQLConvertible {
    package var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int64: SQLConvertible {
    package var sqlValue: SQLValue { .integer(self) }
}

extension Bool: SQLConvertible {
    /// 1 or 0: SQLite has no boolean.
    package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

extension String: SQLConvertible {
    package var sqlValue: SQLValue { .text(self) }
}

extension [UInt8]: SQLConvertible {
    package var sqlValue: SQLValue { .blob(self) }
}

extension Instant: SQLConvertible {
    package var sqlValue: SQLValue { .integer(seconds) }
}

extension ID: SQLConvertible {
    package var sqlValue: SQLValue { .text(text) }
}

extension ClientID: SQLConvertible {
    package var sqlValue: SQLValue { .text(text) }
}

extension ScopeSet: SQLConvertible {
    package var sqlValue: SQLValue { .text(text) }
}

extension Optional: SQLConvertible where Wrapped: SQLConvertible {
    package var sqlValue: SQLValue { self?.sqlValue ?? .null }
}
