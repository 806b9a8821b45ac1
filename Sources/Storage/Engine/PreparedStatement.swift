import GRDBSQLite

/// One prepared statement, kept by its connection and used by one thread at a time.
///
/// SQLite's own C interface rather than GRDB's `Statement`: that one boxes every value twice, checks the arguments and
/// asks several times on which queue it is, which costs more than an indexed look-up itself.
final class PreparedStatement {
    let columns: ColumnNames
    private let handle: OpaquePointer
    private let database: OpaquePointer

    init(_ text: String, on database: OpaquePointer) throws {
        var prepared: OpaquePointer?
        let isAlone = try text.withCString { start in
            var end: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(database, start, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, &end)
            guard code == SQLITE_OK else { throw StorageError(lastOf: database) }
            return end?.pointee == 0
        }
        guard let prepared else { throw StorageError.statement("there is no statement in the text") }
        handle = prepared
        self.database = database
        columns = ColumnNames(
            (0..<sqlite3_column_count(prepared)).map {
                sqlite3_column_name(prepared, $0).map { String(cString: $0) } ?? ""
            })
        // Reached with everything set, so that `deinit` lets go of the handle.
        guard isAlone else { throw StorageError.statement("only one statement at a time") }
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Binds the values of `sql`, whose text this is.
    func bind(_ sql: SQL) throws {
        var place: CInt = 0
        for case .value(let value) in sql.pieces {
            place += 1
            guard try bind(value, at: place) == SQLITE_OK else { throw StorageError(lastOf: database) }
        }
        guard place == sqlite3_bind_parameter_count(handle) else {
            throw StorageError.statement("a value is missing, or its place is")
        }
    }

    /// Goes to the next row. False at the end, where a write is done and its foreign keys are checked.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw StorageError(lastOf: database)
        }
    }

    /// The row that `step` went to.
    func row() throws -> Row {
        Row(columns: columns, values: try (0..<sqlite3_column_count(handle)).map(value))
    }

    /// Ends the statement's read and forgets what was bound.
    func reset() {
        // What it returns is the error of the last step, which was thrown there.
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    private func bind(_ value: SQLValue, at place: CInt) throws -> CInt {
        switch value {
        case .null: return sqlite3_bind_null(handle, place)
        case .integer(let integer): return sqlite3_bind_int64(handle, place, integer)
        case .text(var text):
            // SQLite keeps such text, but its functions and people's tools see "acme" in "acme\0evil".
            guard !text.utf8.contains(0) else { throw StorageError.value("text with a NUL") }
            // Not as Swift would pass a `String` to C, which is to copy it first.
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { bytes in
                    guard let start = bytes.baseAddress else {
                        return sqlite3_bind_text(handle, place, "", 0, Self.copied)
                    }
                    return sqlite3_bind_text(handle, place, start, CInt(clamping: bytes.count), Self.copied)
                }
            }
        case .blob(let bytes):
            // SQLite takes a blob without an address for NULL.
            guard !bytes.isEmpty else { throw StorageError.value("an empty blob") }
            return sqlite3_bind_blob(handle, place, bytes, CInt(clamping: bytes.count), Self.copied)
        }
    }

    private func value(at place: CInt) throws -> SQLValue {
        switch sqlite3_column_type(handle, place) {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, place))
        case SQLITE_TEXT:
            // The pointer before the length: SQLite documents that order.
            let text = UnsafeRawPointer(sqlite3_column_text(handle, place))
            return .text(String(decoding: bytes(text, at: place), as: UTF8.self))
        case SQLITE_BLOB:
            let blob = sqlite3_column_blob(handle, place)
            return .blob(Array(bytes(blob, at: place)))
        default: throw StorageError.statement("the answer holds a floating-point number")
        }
    }

    private func bytes(_ start: UnsafeRawPointer?, at place: CInt) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, place)))
    }

    /// Tells SQLite to copy what is bound, since it outlives the call. (C's macro is a cast that Swift does not import.)
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}
