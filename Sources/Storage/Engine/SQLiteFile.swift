import CSQLite
import Foundation
import GRDB

/// The database file and how connections to it are set up.
struct SQLiteFile: Sendable {
    let path: String

    init(path: String) {
        _ = Self.countsMemory
        self.path = path
    }

    /// Whether SQLite counts the memory it uses: under one lock for all connections, at every allocation, a sixth of what
    /// it does to check a token. Nobody reads that count, so it is off before the first connection opens.
    private static let countsMemory = csqlite_keep_no_memory_count() != 0

    /// The one connection that writes and checkpoints. Two that do can corrupt the WAL before SQLite 3.51.3.
    func openWriter() throws -> SQLiteHandle {
        var configuration = Configuration()
        configuration.label = "gatewright.writer"
        configuration.journalMode = .wal
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA secure_delete = ON;
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA mmap_size = 0;
                    PRAGMA cache_size = -32000;
                    """)
        }
        return try translatingErrors {
            let writer = try DatabaseQueue(path: path, configuration: configuration)
            try writer.inDatabase { database in
                // GRDB sets NORMAL while it opens in WAL mode, after `prepareDatabase`: a power cut would undo the
                // last commits. So FULL comes afterwards, and is read back.
                try database.execute(
                    sql: """
                        PRAGMA synchronous = FULL;
                        PRAGMA temp_store = MEMORY;
                        PRAGMA wal_autocheckpoint = \(Self.checkpointPages);
                        PRAGMA journal_size_limit = 134217728;
                        """)
                try Self.verify(database, "journal_mode", is: "wal")
                try Self.verify(database, "synchronous", is: "2")
                try Self.verify(database, "foreign_keys", is: "1")
            }
            return try SQLiteHandle(writer)
        }
    }

    /// A writing connection beside a running server: it commits, and leaves every checkpoint to the server.
    func openGuest() throws -> SQLiteHandle {
        var configuration = Configuration()
        configuration.label = "gatewright.guest"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(10)
        return try translatingErrors {
            let guest = try DatabaseQueue(path: path, configuration: configuration)
            try guest.inDatabase { database in
                try database.execute(
                    sql: """
                        PRAGMA secure_delete = ON;
                        PRAGMA trusted_schema = OFF;
                        PRAGMA synchronous = FULL;
                        PRAGMA temp_store = MEMORY;
                        PRAGMA wal_autocheckpoint = 0;
                        """)
                try Self.verify(database, "journal_mode", is: "wal")
                try Self.verify(database, "synchronous", is: "2")
            }
            return try SQLiteHandle(guest)
        }
    }

    /// Pages of WAL after which a commit also moves them into the database: 4 KiB each, 64 MB.
    static let checkpointPages = 16_000

    /// A connection that can only read: opened read-only and told so as well, and never checkpoints.
    func openReader() throws -> SQLiteHandle {
        var configuration = Configuration()
        configuration.label = "gatewright.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA query_only = ON;
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA mmap_size = 0;
                    PRAGMA cache_size = -16000;
                    """)
        }
        return try translatingErrors { try SQLiteHandle(DatabaseQueue(path: path, configuration: configuration)) }
    }

    /// Creates the file for its owner only; SQLite gives `-wal` and `-shm` the same mode.
    func makePrivate() throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError.unavailable("\(path): \(lastSystemError())") }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw StorageError.setting("mode 0600: \(lastSystemError())") }
    }

    private static func verify(_ database: Database, _ pragma: String, is expected: String) throws {
        let actual = try String.fetchOne(database, sql: "PRAGMA \(pragma)")
        guard actual == expected else {
            throw StorageError.setting("\(pragma) reads \(actual ?? "nothing") instead of \(expected)")
        }
    }
}

/// `errno` in words, for error messages.
func lastSystemError() -> String { String(cString: strerror(errno)) }

/// An exclusive lock beside the database, so that a second server refuses to start instead of writing too.
/// The kernel drops it with the process, however that ends.
final class LockFile: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError.unavailable("\(path): \(lastSystemError())") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StorageError.locked(path: path)
        }
    }

    deinit {
        close(descriptor)
    }
}
