import GRDB
import GRDBSQLite
import Synchronization

/// The embedded database: one file, one writing connection, a few that only read.
///
/// GRDB opens, sets up and closes the connections. They are handed out by this class rather than by its `DatabasePool`,
/// which asks for the schema version and passes four locks on every read; statements run through SQLite's own
/// interface (see `PreparedStatement`).
package final class SQLiteEngine: Engine {
    private let file: SQLiteFile
    private let lock: Mutex<LockFile?>
    private let readers: SQLiteReaders
    private let commits = GroupCommit()
    /// Nil after a disk failure, until the next writer opens it anew.
    private let writer: Mutex<SQLiteHandle?>

    /// Opens the database at `path`, creating it (mode 0600) when absent; its folder must exist.
    /// Throws `StorageError.locked` when another process, or another engine in this one, has it open.
    package init(path: String) throws {
        file = SQLiteFile(path: path)
        lock = Mutex(try LockFile(path: path + ".lock"))
        try file.makePrivate()
        writer = Mutex(try file.openWriter())
        readers = try SQLiteReaders(of: file)
    }

    deinit {
        close()
    }

    package func read<Value>(_ body: (any Connection) throws -> Value) throws -> Value {
        try readers.read(body)
    }

    package func readConsistently<Value>(_ body: (any Connection) throws -> Value) throws -> Value {
        try readers.readConsistently(body)
    }

    @discardableResult
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let waiting = GroupCommit.Writer(
                run: { connection in
                    let value = try body(connection)
                    return { continuation.resume(returning: value) }
                },
                fail: { continuation.resume(throwing: $0) })
            do {
                if try commits.add(waiting) { scheduleCommit() }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    @discardableResult
    package func migrate<Value>(_ body: (any MigrationConnection) throws -> Value) throws -> Value {
        let writer = try openWriter()
        return try writer.queue.writeWithoutTransaction { _ in
            let connection = SQLiteConnection(handle: writer, needsTransaction: true)
            try connection.begin()
            defer { connection.rollback() }
            let value = try body(connection)
            try connection.commit()
            return value
        }
    }

    package var waitingWriters: Int { commits.waiting }

    /// Moves the write-ahead log into the database and empties it; for quiet moments. A commit does it in passing
    /// when the log grows. Deleted rows are gone from the disk afterwards (`secure_delete`).
    package func checkpoint() throws {
        try openWriter().queue.writeWithoutTransaction { database in
            _ = try translatingErrors { try database.checkpoint(.truncate) }
        }
    }

    /// Answers the writers that wait, refuses new ones, checkpoints and lets go of the file.
    package func close() {
        commits.close()
        let open = writer.withLock { writer in
            defer { writer = nil }
            return writer
        }
        readers.close()
        // Reentrant: the last reference may go away on the writing connection's own queue. Letting go of it closes it.
        open?.queue.unsafeReentrantWrite { database in
            if let open { while commitWaiting(on: open) {} }
            _ = try? database.checkpoint(.truncate)
        }
        lock.withLock { $0 = nil }
    }
}

extension SQLiteEngine {
    private func scheduleCommit() {
        do {
            let writer = try openWriter()
            writer.queue.asyncWriteWithoutTransaction { _ in
                if self.commitWaiting(on: writer) { self.scheduleCommit() }
            }
        } catch {
            while true {
                let refused = commits.next()
                guard !refused.isEmpty else { return }
                for waiting in refused { waiting.fail(error) }
            }
        }
    }

    /// Commits the writers that wait, on the writing connection's queue. False when there were none.
    private func commitWaiting(on writer: SQLiteHandle) -> Bool {
        let batch = commits.next()
        guard !batch.isEmpty else { return false }
        do {
            try GroupCommit.commit(batch, on: SQLiteConnection(handle: writer, needsTransaction: true))
        } catch {
            dropWriter()
        }
        return true
    }

    /// After a failed sync what that connection knows of the disk is wrong: the next writer opens another.
    func dropWriter() {
        writer.withLock { $0 = nil }
    }

    private func openWriter() throws -> SQLiteHandle {
        try writer.withLock { writer in
            if let writer { return writer }
            guard !commits.isClosed else { throw StorageError.unavailable("closed") }
            let opened = try file.openWriter()
            writer = opened
            return opened
        }
    }
}

extension SQLiteEngine {
    /// What SQLite is really set to, read back: for the log at start, since a pragma that did nothing says nothing.
    package struct Settings: Equatable, Sendable {
        package let library: String
        package let journalMode: String
        /// 2 is FULL: every commit is on the disk before anybody hears of it.
        package let synchronous: Int
        package let foreignKeys: Bool
        package let secureDelete: Bool
        package let trustedSchema: Bool
        package let cellSizeCheck: Bool
        package let busyMilliseconds: Int
        /// It should not: see `SQLiteFile`.
        package let countsMemory: Bool

        /// Before 3.51.3 two connections that write or checkpoint at once can corrupt the log; here only one does.
        package var isFixedForWALReset: Bool { Database.sqliteLibVersionNumber >= 3_051_003 }
    }

    /// Reads the settings back from the writing connection.
    package func settings() throws -> Settings {
        try openWriter().queue.writeWithoutTransaction { database in
            func integer(_ pragma: String) throws -> Int {
                try Int.fetchOne(database, sql: "PRAGMA \(pragma)") ?? -1
            }
            return try translatingErrors {
                Settings(
                    library: try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? "",
                    journalMode: try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "",
                    synchronous: try integer("synchronous"), foreignKeys: try integer("foreign_keys") == 1,
                    secureDelete: try integer("secure_delete") == 1,
                    trustedSchema: try integer("trusted_schema") == 1,
                    cellSizeCheck: try integer("cell_size_check") == 1,
                    busyMilliseconds: try integer("busy_timeout"), countsMemory: sqlite3_memory_used() > 0)
            }
        }
    }
}
