import Foundation
import GRDB

/// A database that another process may be serving, read without disturbing it: it never writes to it nor checkpoints.
package final class SQLiteSnapshot {
    private let file: SQLiteFile
    private let reader: SQLiteHandle

    package init(path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StorageError.unavailable("there is no database at \(path)")
        }
        file = SQLiteFile(path: path)
        reader = try file.openReader()
    }

    package func read<Value>(_ body: (any Connection) throws -> Value) throws -> Value {
        try body(SQLiteConnection(handle: reader))
    }

    /// Copies the database as it is at this moment into a new file, for its owner only, and reads the copy back.
    /// Durable when it returns. Throws when the file exists, or the copy is not whole.
    package func copy(to path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError.unavailable("\(path): \(lastSystemError())") }
        close(descriptor)
        do {
            var configuration = Configuration()
            configuration.label = "gatewright.backup"
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            let source = try translatingErrors { try DatabaseQueue(path: file.path, configuration: configuration) }
            // One read transaction: writers go on meanwhile, and the copy does not see them.
            try translatingErrors {
                try source.inDatabase { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
            }
            try Self.sync(path)
            try Self.verify(path)
        } catch {
            unlink(path)
            throw error
        }
    }

    private static func verify(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        let problems = try translatingErrors {
            try DatabaseQueue(path: path, configuration: configuration).inDatabase { database in
                try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
                    + String.fetchAll(
                        database, sql: "SELECT 'a reference to nothing in ' || \"table\" FROM pragma_foreign_key_check")
            }
        }
        guard problems.isEmpty else {
            throw StorageError.corrupt("the copy is not whole: \(problems.prefix(3).joined(separator: "; "))")
        }
    }

    private static func sync(_ path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        for name in [path, folder] {
            let descriptor = open(name, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw StorageError.unavailable("\(name): \(lastSystemError())") }
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 else { throw StorageError.unavailable("\(name): \(lastSystemError())") }
        }
    }
}
