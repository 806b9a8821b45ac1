import GRDB
import GRDBSQLite

extension StorageError {
    /// What the last call on this connection failed with. SQLite's messages name columns, never values.
    init(lastOf database: OpaquePointer) {
        let message = sqlite3_errmsg(database).map { String(cString: $0) } ?? "no message"
        self.init(code: sqlite3_extended_errcode(database), message: message)
    }

    init(_ error: DatabaseError) {
        self.init(code: error.extendedResultCode.rawValue, message: error.message ?? "no message")
    }

    private init(code: CInt, message: String) {
        let message = "\(message) (SQLite \(code))"
        // The low byte is the kind of failure, the rest says more of it.
        switch code & 0xFF {
        case SQLITE_CONSTRAINT:
            self = .constraint(Constraint(code), message)
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_NOMEM,
            SQLITE_PROTOCOL, SQLITE_INTERRUPT, SQLITE_ABORT, SQLITE_PERM:
            self = .unavailable(message)
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            self = .corrupt(message)
        default:
            self = .statement(message)
        }
    }
}

extension StorageError.Constraint {
    fileprivate init(_ code: CInt) {
        switch ResultCode(rawValue: code) {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID: self = .unique
        case .SQLITE_CONSTRAINT_FOREIGNKEY: self = .foreignKey
        case .SQLITE_CONSTRAINT_CHECK: self = .check
        case .SQLITE_CONSTRAINT_NOTNULL: self = .notNull
        default: self = .other
        }
    }
}

/// Runs `body` and turns what GRDB throws into `StorageError`.
func translatingErrors<Value>(_ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw StorageError(error)
    }
}
