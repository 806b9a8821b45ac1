import Foundation
import GRDB

/// Statements on one SQLite connection, prepared once each and kept (by their text).
struct SQLiteConnection: MigrationConnection {
    let database: Database

    func rows(_ sql: SQL) throws -> [Row] {
        try translatingErrors {
            let (cursor, names, _) = try cursor(sql)
            var rows: [Row] = []
            while let row = try cursor.next() { rows.append(try Row(row, names: names)) }
            return rows
        }
    }

    func row(_ sql: SQL) throws -> Row? {
        try translatingErrors {
            let (cursor, names, readsOnly) = try cursor(sql)
            guard let row = try cursor.next() else { return nil }
            let first = try Row(row, names: names)
            // A write with RETURNING has its foreign keys checked when it ends: see it through.
            if !readsOnly { while try cursor.next() != nil {} }
            return first
        }
    }

    @discardableResult
    func run(_ sql: SQL) throws -> Int {
        try translatingErrors {
            let (text, values) = sql.render(.question)
            try database.cachedStatement(sql: text).execute(arguments: StatementArguments(values.map(databaseValue)))
            return database.changesCount
        }
    }

    func script(_ text: String) throws {
        try translatingErrors { try database.execute(sql: text) }
    }

    private func cursor(_ sql: SQL) throws -> (RowCursor, names: [String], readsOnly: Bool) {
        let (text, values) = sql.render(.question)
        let statement = try database.cachedStatement(sql: text)
        let arguments = StatementArguments(try values.map(databaseValue))
        return (
            try GRDB.Row.fetchCursor(statement, arguments: arguments), statement.columnNames, statement.isReadonly
        )
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

extension Row {
    fileprivate init(_ row: GRDB.Row, names: [String]) throws {
        var values: [SQLValue] = []
        values.reserveCapacity(names.count)
        for value in row.databaseValues {
            switch value.storage {
            case .null: values.append(.null)
            case .int64(let integer): values.append(.integer(integer))
            case .string(let text): values.append(.text(text))
            case .blob(let data): values.append(.blob(Array(data)))
            case .double: throw StorageError.statement("the answer holds a floating-point number")
            }
        }
        self.init(names: names, values: values)
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
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_NOMEM,
            .SQLITE_PROTOCOL, .SQLITE_INTERRUPT, .SQLITE_ABORT, .SQLITE_PERM:
            self = .unavailable(message)
        case .SQLITE_IOERR:
            self = .diskFailure(message)
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
