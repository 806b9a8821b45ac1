/// Why the database did not do it. None carries a bound value: the text may reach a log.
package enum StorageError: Error, Sendable {
    /// It cannot answer now: busy, full, failing disk, closed. Nothing of this transaction remains. Web says 503.
    case unavailable(String)
    /// A rule of the schema refused the row.
    case constraint(Constraint, String)
    /// The statement itself is wrong (a mistake in our source).
    case statement(String)
    /// A row does not have such a column, or not of that type (a mistake in our source).
    case column(Column, String)
    /// A value that the database would not keep as it is: text with a NUL, which SQLite's C strings cut short.
    case value(String)
    /// The file is not a database or is damaged.
    case corrupt(String)
    /// Another server has this database open.
    case locked(path: String)
    /// A setting that durability or safety rests on did not take.
    case setting(String)

    package enum Constraint: Sendable {
        case unique, foreignKey, check, notNull, other
    }
}

extension StorageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let why): "the database cannot answer now: \(why)"
        case .constraint(_, let why): "the database refused the row: \(why)"
        case .statement(let why): "wrong statement: \(why)"
        case .column(let column, let why): "column \(column) \(why)"
        case .value(let why): "wrong value: \(why)"
        case .corrupt(let why): "the database is damaged: \(why)"
        case .locked(let path): "another Gatewright is using this database (it holds \(path)); stop it first"
        case .setting(let why): "the database did not take a setting: \(why)"
        }
    }
}

extension StorageError {
    /// Asking again later may help: 503.
    package var isUnavailable: Bool {
        if case .unavailable = self { true } else { false }
    }

    /// Two rows would have the same unique value: what "already taken" is decided by.
    package var isUniqueViolation: Bool {
        if case .constraint(.unique, _) = self { true } else { false }
    }
}
