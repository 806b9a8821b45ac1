import GRDB
import GRDBSQLite

/// An open connection with the statements it has prepared. GRDB opens, sets up and closes it.
///
/// It is used by one thread at a time, and nothing here checks that: `SQLiteReaders` hands a reader to one caller, the
/// writer runs on its own queue. Hence `@unchecked`.
final class SQLiteHandle: @unchecked Sendable {
    /// Far above the number of statements in the source; an `IN (…)` list makes one for every length.
    private static let mostStatements = 500

    let queue: DatabaseQueue
    let database: OpaquePointer
    private var statements: [SQL.Text: PreparedStatement] = [:]

    init(_ queue: DatabaseQueue) throws {
        self.queue = queue
        let pointer = queue.inDatabase { $0.sqliteConnection.map { UInt(bitPattern: $0) } }
        guard let database = pointer.flatMap({ OpaquePointer(bitPattern: $0) }) else {
            throw StorageError.unavailable("closed")
        }
        self.database = database
    }

    deinit {
        // Before the queue goes, which closes the connection.
        statements = [:]
    }

    /// The statement for this text, prepared once.
    func statement(for sql: SQL) throws -> PreparedStatement {
        let text = SQL.Text(sql)
        if let known = statements[text] { return known }
        if statements.count >= Self.mostStatements { statements = [:] }
        let new = try PreparedStatement(sql.render(.question).text, on: database)
        statements[text] = new
        return new
    }
}

/// Statements on one SQLite connection.
struct SQLiteConnection: MigrationConnection {
    let handle: SQLiteHandle
    /// SQLite rolls a transaction back by itself when the disk is full. A body that went on after that error would
    /// write outside of any transaction.
    var needsTransaction = false

    func rows(_ sql: SQL) throws -> [Row] {
        try using(sql) { statement in
            var rows: [Row] = []
            while try statement.step() { rows.append(try statement.row()) }
            return rows
        }
    }

    func row(_ sql: SQL) throws -> Row? {
        try using(sql) { statement in
            guard try statement.step() else { return nil }
            let first = try statement.row()
            // To the end: that finishes the statement, and checks the foreign keys of a write with RETURNING.
            while try statement.step() {}
            return first
        }
    }

    @discardableResult
    func run(_ sql: SQL) throws -> Int {
        try using(sql) { statement in
            while try statement.step() {}
            return Int(sqlite3_changes(handle.database))
        }
    }

    func script(_ text: String) throws {
        guard sqlite3_exec(handle.database, text, nil, nil, nil) == SQLITE_OK else {
            throw StorageError(lastOf: handle.database)
        }
    }

    private func using<Value>(_ sql: SQL, _ body: (PreparedStatement) throws -> Value) throws -> Value {
        guard !needsTransaction || isOpen else { throw StorageError.unavailable("the transaction was rolled back") }
        let statement = try handle.statement(for: sql)
        defer { statement.reset() }
        try statement.bind(sql)
        return try body(statement)
    }
}

extension SQLiteConnection: GroupCommit.Transaction {
    var isOpen: Bool { sqlite3_get_autocommit(handle.database) == 0 }
    var diskFailed: Bool { sqlite3_errcode(handle.database) & 0xFF == SQLITE_IOERR }
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

    private func word(_ sql: SQL) throws {
        let statement = try handle.statement(for: sql)
        defer { statement.reset() }
        _ = try statement.step()
    }
}
