import Synchronization

/// The reading connections. The last one given back is the next one taken: its statements and pages are warm.
///
/// Nobody waits for a connection: a read happens on its caller's thread, so there are never more than threads,
/// and a read inside a read simply takes another. Taking one out is also what keeps two threads from using it.
final class SQLiteReaders: Sendable {
    /// Opened at the start.
    static let atStart = 4
    /// Far above any number of threads that read at once: beyond it something is wrong.
    static let most = 64

    private struct State {
        var idle: [SQLiteHandle]
        var open: Int
        var isClosed = false
    }
    private let file: SQLiteFile
    private let state: Mutex<State>

    init(of file: SQLiteFile) throws {
        self.file = file
        let readers = try (0..<Self.atStart).map { _ in try file.openReader() }
        state = Mutex(State(idle: readers, open: readers.count))
    }

    func read<Value>(_ body: (any Connection) throws -> Value) throws -> Value {
        try use { try body(SQLiteConnection(handle: $0)) }
    }

    /// All statements see the same moment.
    func readConsistently<Value>(_ body: (any Connection) throws -> Value) throws -> Value {
        try use { reader in
            let connection = SQLiteConnection(handle: reader)
            try connection.beginReading()
            defer { connection.rollback() }
            return try body(connection)
        }
    }

    private func use<Value>(_ body: (SQLiteHandle) throws -> Value) throws -> Value {
        let reader = try take()
        do {
            let value = try body(reader)
            giveBack(reader)
            return value
        } catch {
            // A connection the disk failed on is not asked again.
            let isBroken = (error as? StorageError)?.isUnavailable ?? false
            if isBroken { drop() } else { giveBack(reader) }
            throw error
        }
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            // With its last reference a connection closes; one that is out does when it comes back.
            state.idle = []
        }
    }

    private func take() throws -> SQLiteHandle {
        let idle = try state.withLock { state -> SQLiteHandle? in
            guard !state.isClosed else { throw StorageError.unavailable("closed") }
            if let reader = state.idle.popLast() { return reader }
            guard state.open < Self.most else { throw StorageError.unavailable("too many reads at once") }
            state.open += 1
            return nil
        }
        if let idle { return idle }
        do {
            return try file.openReader()
        } catch {
            drop()
            throw error
        }
    }

    private func giveBack(_ reader: SQLiteHandle) {
        state.withLock { state in
            if !state.isClosed { state.idle.append(reader) }
        }
    }

    private func drop() {
        state.withLock { $0.open -= 1 }
    }
}
