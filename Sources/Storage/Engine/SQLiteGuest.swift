import GRDB

/// A database that another process serves: for commands beside a running server.
///
/// Reads like the server does. A write is a transaction of its own on a connection that never checkpoints: moving the
/// write-ahead log is the server's alone (two that do can corrupt it before SQLite 3.51.3).
package final class SQLiteGuest: Engine {
    private let file: SQLiteFile
    private let readers: SQLiteReaders

    /// - Parameter path: of a database that exists.
    package init(path: String) throws {
        file = SQLiteFile(path: path)
        readers = try SQLiteReaders(of: file)
    }

    package func close() { readers.close() }

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
        try commit(body)
    }

    /// Those of the server are not seen from here.
    package var waitingWriters: Int { 0 }

    private func commit<Value>(_ body: (any Connection) throws -> Value) throws -> Value {
        let writer = try file.openGuest()
        return try writer.queue.writeWithoutTransaction { _ in
            let connection = SQLiteConnection(handle: writer, needsTransaction: true)
            try connection.begin()
            defer { connection.rollback() }
            let value = try body(connection)
            try connection.commit()
            return value
        }
    }

    @discardableResult
    package func migrate<Value>(_ body: (any MigrationConnection) throws -> Value) throws -> Value {
        throw StorageError.unavailable("migrations are the server's affair; it has this database open")
    }
}

extension SQLiteGuest {
    /// What SQLite itself finds wrong with the file, at most twenty things; empty when it is whole.
    package func damage() throws -> [String] {
        let wholeness = try read { try $0.rows("SELECT integrity_check FROM pragma_integrity_check(20)") }
            .map { try $0.text("integrity_check") }
        let orphans = try read {
            try $0.rows("SELECT \"table\" AS child, parent FROM pragma_foreign_key_check LIMIT 20")
        }.map { "a row of \(try $0.text("child")) names a row of \(try $0.text("parent")) that is not there" }
        return wholeness.filter { !$0.utf8.elementsEqual("ok".utf8) } + orphans
    }
}
