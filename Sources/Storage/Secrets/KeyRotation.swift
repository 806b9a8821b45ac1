import Crypto
package import OAuth
import Portal

/// Moves what is sealed from one master key to the next, while everything is in use.
///
/// Digests stay as they are: they cannot be made anew without the secrets. What they are made with is the first master
/// key's, kept in the database sealed under the active one, so that the first itself can go.
package struct KeyRotation: Sendable {
    private let store: Store
    private var engine: any Engine { store.engine }
    private var keyring: Keyring { store.keyring }

    package init(_ store: Store) {
        self.store = store
    }

    /// The keyring for a database: checks every key it expects, and finds what its digests are made with.
    package static func keyring(
        of keys: [MasterKey], for engine: some Engine, at now: Instant
    ) async throws -> Keyring {
        let keyring = try keyring(of: keys, beside: engine)
        try await KeyCheck.verify(engine, keyring, at: now)
        return keyring
    }

    /// The same for whoever only looks: checks nothing and writes nothing.
    package static func keyring(of keys: [MasterKey], beside engine: any Engine) throws -> Keyring {
        let first = try Keyring(keys)
        return try Keyring(keys, digestRoot: engine.read { try Self.digestRoot(keys, first, in: $0) })
    }

    /// Takes over what the key file says by now. From here on everything new is sealed under its first key.
    ///
    /// - Returns: false when nothing changed.
    package func adopt(_ keys: [MasterKey], at now: Instant) async throws -> Bool {
        let next = try Keyring(keys)
        // Refuses a file that lacks a key which is still needed, before anything is sealed under the new one.
        try await KeyCheck.verify(engine, next, at: now)
        let isNew = next.activeID != keyring.activeID
        try keyring.adopt(keys)
        guard isNew else { return false }
        try await engine.write { db in try self.keepDigestRoot(in: db, at: now) }
        return true
    }

    /// Seals a few rows under the active key that are sealed under another. When none is left, the others are marked as
    /// no longer needed.
    ///
    /// - Returns: whether there may be more.
    package func reseal(batch: Int = 200, at now: Instant) async throws -> Bool {
        let active = keyring.activeID
        guard try hasOthers(than: active) else { return false }
        return try await engine.write { db in
            try self.keepDigestRoot(in: db, at: now)
            var changed = 0
            for column in SealedColumn.all {
                for row in try db.rows(column.stale(active, batch)) {
                    let id = try row.text("id")
                    let open = try self.keyring.open(
                        row.blob("sealed"), table: column.table, column: column.place, row: id)
                    let sealed = try self.keyring.seal(
                        open, table: column.table, column: column.place, row: id)
                    changed += try db.run(column.update(id, sealed))
                }
            }
            guard changed == 0 else { return true }
            for row in try db.rows(
                "SELECT key_id FROM key_checks WHERE key_id <> \(active.text) AND retired_at IS NULL")
            {
                let id = try row.text("key_id")
                try db.run("UPDATE key_checks SET retired_at = \(now) WHERE key_id = \(id)")
                try self.store.record(
                    AuditEvent(
                        .keyRotated, by: .system, on: AuditSubject(.key, id: active.text, name: active.text),
                        detail: ["from": id]),
                    in: db, at: now)
            }
            return false
        }
    }

    /// The keys that nothing needs any more, by what a database says; for taking them out of the key file.
    package static func retired(in db: any Connection) throws -> [KeyID] {
        try db.rows("SELECT key_id FROM key_checks WHERE retired_at IS NOT NULL").compactMap {
            KeyID(text: try $0.text("key_id"))
        }
    }

    /// Whether a database's server has taken this key over and nothing waits for another.
    package static func isComplete(_ active: KeyID, in db: any Connection) throws -> Bool {
        try db.row("SELECT 1 AS one FROM key_checks WHERE key_id = \(active.text) AND retired_at IS NULL") != nil
            && db.row("SELECT 1 AS one FROM key_checks WHERE key_id <> \(active.text) AND retired_at IS NULL") == nil
    }

    private func hasOthers(than active: KeyID) throws -> Bool {
        try engine.read { db in
            try db.row("SELECT 1 AS one FROM key_checks WHERE key_id <> \(active.text) AND retired_at IS NULL") != nil
        }
    }

    private func keepDigestRoot(in db: any Connection, at now: Instant) throws {
        guard try db.row("SELECT 1 AS one FROM digest_roots") == nil else { return }
        let sealed = try keyring.seal(
            keyring.digestRootBytes, table: "digest_roots", column: "sealed_root", row: "1")
        try db.run("INSERT INTO digest_roots (id, sealed_root, created_at) VALUES (1, \(sealed), \(now))")
    }

    private static func digestRoot(_ keys: [MasterKey], _ keyring: Keyring, in db: any Connection) throws -> MasterKey?
    {
        if let row = try db.row("SELECT sealed_root FROM digest_roots WHERE id = 1") {
            let bytes = try keyring.open(
                row.blob("sealed_root"), table: "digest_roots", column: "sealed_root", row: "1")
            guard bytes.count == 40 else { throw KeyError.sealed }
            return MasterKey(id: KeyID(trusted: Array(bytes[..<8])), key: SymmetricKey(data: bytes[8...]))
        }
        guard
            let row = try db.row("SELECT key_id FROM key_checks ORDER BY created_at, key_id LIMIT 1"),
            let id = KeyID(text: try row.text("key_id"))
        else { return nil }
        return keys.first { $0.id == id }
    }
}
