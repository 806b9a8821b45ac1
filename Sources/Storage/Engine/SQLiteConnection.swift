import Foundation
import GRDB

/// Statements on one SQLite connection, prepared once each and kept (by their text).
struct SQLiteConnection: MigrationConnection {
    let database: Database
    /// SQLite rolls a transaction back by itself when the disk is full. A body that went on after that error would
    /// write outside of any transaction.
    var needsTransaction = false

    func rows(_ sql: SQL) throws -> [Row] {
        try translatingErrors {
            let cursor = try cursor(sql)
            var rows: [[DatabaseValue]] = []
            while let values = try cursor.next() { rows.append(values) }
            return try rows.map { try Row($0, names: cursor.names) }
        }
    }

    func row(_ sql: SQL) throws -> Row? {
        try translatingErrors {
            let cursor = try cursor(sql)
            guard let first = try cursor.next() else { return nil }
            // To the end: that finishes the statement, and checks the foreign keys of a write with RETURNING.
            cursor.skipsValues = true
            while try cursor.next() != nil {}
            return try Row(first, names: cursor.names)
        }
    }

    @discardableResult
    func run(_ sql: SQL) throws -> Int {
        try translatingErrors {
            try statement(sql).execute()
            return database.changesCount
        }
    }

    func script(_ text: String) throws {
        try translatingErrors { try database.execute(sql: text) }
    }

    private func cursor(_ sql: SQL) throws -> ValueCursor {
        ValueCursor(try statement(sql))
    }

    private func statement(_ sql: SQL) throws -> Statement {
        guard !needsTransaction || isOpen else { throw StorageError.unavailable("the transaction was rolled back") }
        let (text, values) = sql.render(.question)
        let statement = try database.cachedStatement(sql: text)
        try statement.setArguments(arguments(values))
        return statement
    }

    private func arguments(_ values: [SQLValue]) throws -> StatementArguments {
        // Optional existentials: GRDB's other initialiser builds a key path on every call, a microsecond.
        StatementArguments(try values.map { try databaseValue($0) as (any DatabaseValueConvertible)? })
    }

    private func databaseValue(_ value: SQLValue) throws -> DatabaseValue {
        switch value {
        case .null: return .null
        case .integer(let integer): return integer.databaseValue
        case .text(let text):
            // GRDB binds C strings: "acme\0evil" would be looked up as "acme".
            guard !text.utf8.contains(0) else { throw StorageError.value("text with a NUL") }
            return text.databaseValue
        case .blob(let bytes):
            // SQLite takes a blob without an address for NULL.
            guard !bytes.isEmpty else { throw StorageError.value("an empty blob") }
            return Data(bytes).databaseValue
        }
    }
}

extension SQLiteConnection: GroupCommit.Transaction {
    var isOpen: Bool { database.isInsideTransaction }
    var diskFailed: Bool { database.lastErrorCode.primaryResultCode == .SQLITE_IOERR }
    func beginReading() throws { try word("BEGIN DEFERRED") }
    func begin() throws { try word("BEGIN IMMEDIATE") }
    func commit() throws { try word("COMMIT") }
    func rollback() { if isOpen { try? word("ROLLBACK") } }
    func save() throws { try word("SAVEPOINT writer") }
    func release() throws { try word("RELEASE writer") }
    func rollbackToSave() throws {
        try word("ROLLBACK TO writer")
        try release()
    }

    private func word(_ sql: String) throws {
        try translatingErrors { try database.cachedStatement(sql: sql).execute() }
    }
}

/// Reads a statement's rows as plain values. GRDB's own `Row` builds an index of lower-cased column names for every
/// execution, which costs as much as the look-up itself.
///
/// To be read to its end (or its error), since that is what resets the statement and ends its read.
final class ValueCursor: DatabaseCursor {
    typealias Element = [DatabaseValue]

    let _statement: Statement
    var _isDone = false
    var skipsValues = false
    var names: [String] { _statement.columnNames }
    private let columns: CInt

    init(_ statement: Statement) {
        _statement = statement
        columns = CInt(clamping: statement.columnCount)
    }

    func _element(sqliteStatement: SQLiteStatement) -> [DatabaseValue] {
        guard !skipsValues else { return [] }
        return (0..<columns).map { DatabaseValue(sqliteStatement: sqliteStatement, index: $0) }
    }
}

extension Row {
    fileprivate init(_ values: [DatabaseValue], names: [String]) throws {
        self.init(
            names: names,
            values: try values.map { value in
                switch value.storage {
                case .null: .null
                case .int64(let integer): .integer(integer)
                case .string(let text): .text(text)
                case .blob(let data): .blob(data.withUnsafeBytes { Array($0) })
                case .double: throw StorageError.statement("the answer holds a floating-point number")
                }
            })
    }
}

/// Runs `body` and turns what GRDB throws into `StorageError`. SQLite's messages name columns, never values.
func translatingErrors<Value>(_ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw StorageError(error)
    }
}

extension StorageError {
    init(_ error: DatabaseError) {
        let message = "\(error.message ?? "no message") (SQLite \(error.extendedResultCode.rawValue))"
        switch error.resultCode {
        case .SQLITE_CONSTRAINT:
            self = .constraint(Constraint(error.extendedResultCode), message)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY,
            .SQLITE_NOMEM, .SQLITE_PROTOCOL, .SQLITE_INTERRUPT, .SQLITE_ABORT, .SQLITE_PERM:
            self = .unavailable(message)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self = .corrupt(message)
        default:
            self = .statement(message)
        }
    }
}

extension StorageError.Constraint {
    fileprivate init(_ code: ResultCode) {
        switch code {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID: self = .unique
        case .SQLITE_CONSTRAINT_FOREIGNKEY: self = .foreignKey
        case .SQLITE_CONSTRAINT_CHECK: self = .check
        case .SQLITE_CONSTRAINT_NOTNULL: self = .notNull
        default: self = .other
        }
    }
}
