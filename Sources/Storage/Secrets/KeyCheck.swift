package import OAuth

/// Holds the key file against the database at every start: digests made under another key would quietly match
/// nothing, and values sealed under it would not open.
package enum KeyCheck {
    /// Whether this database was ever used with a key. When it was not, a missing key file may be made.
    package static func hasRun(on engine: some Engine) throws -> Bool {
        try engine.read { try $0.row("SELECT 1 FROM key_checks LIMIT 1") } != nil
    }

    /// Remembers the active key at its first start. Throws `KeyError.missing` or `.wrong`, naming the key that is
    /// expected, when the database knows a key that the file does not have.
    package static func verify(_ engine: some Engine, _ keyring: Keyring, at now: Instant) async throws {
        try await engine.write { connection in
            try compare(keyring, connection)
            guard let value = keyring.checkValue(of: keyring.activeID) else { return }
            try connection.run(
                """
                INSERT INTO key_checks (key_id, check_value, created_at)
                VALUES (\(keyring.activeID.text), \(value), \(now))
                ON CONFLICT (key_id) DO UPDATE SET retired_at = NULL
                """)
        }
    }

    /// As `verify`, and remembers nothing.
    package static func inspect(_ engine: any Engine, _ keyring: Keyring) throws {
        try engine.read { connection in try compare(keyring, connection) }
    }

    private static func compare(_ keyring: Keyring, _ connection: any Connection) throws {
        for row in try connection.rows(
            "SELECT key_id, check_value FROM key_checks WHERE retired_at IS NULL ORDER BY created_at, key_id")
        {
            let text = try row.text("key_id")
            guard let id = KeyID(text: text) else { throw StorageError.corrupt("key_checks holds \(text)") }
            guard let expected = keyring.checkValue(of: id) else { throw KeyError.missing(id) }
            guard try expected == row.digest("check_value") else { throw KeyError.wrong(id) }
        }
    }
}
