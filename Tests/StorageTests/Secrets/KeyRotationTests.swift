import Crypto
import Foundation
import OAuth
import Portal
@testable import Storage
import Testing

/// Case 227: the master key changes while everything is in use.
@Suite("Rotating the master key")
struct KeyRotationTests {
    let folder: TemporaryFolder
    let path: String
    let now = TestStore.start

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/master.key"
        var random = SystemRandomNumberGenerator()
        try KeyFile.create(path, holding: .random(using: &random))
    }

    private func open() async throws -> (engine: SQLiteEngine, store: Store) {
        let engine = try SQLiteEngine(path: folder.path + "/test.sqlite")
        try Migrator(folder: TestStore.migrations).run(on: engine, at: now)
        let keyring = try await KeyRotation.keyring(of: KeyFile.read(path), for: engine, at: now)
        return (engine, Store(engine: engine, keyring: keyring))
    }

    private func addKey() throws {
        var random = SystemRandomNumberGenerator()
        try KeyFile.replace(path, holding: [.random(using: &random)] + KeyFile.read(path))
    }

    private func dropOldKeys() throws {
        try KeyFile.replace(path, holding: Array(KeyFile.read(path).prefix(1)))
    }

    /// A person with a session, a mail and a second factor.
    private func fill(_ store: Store) async throws -> (person: Person, cookie: Secret<SessionCookie>) {
        let signUp = SignUp.check(
            name: "Ada", email: "ada@acme.example", password: "walks by the sea", policy: PasswordPolicy(common: []))
        guard case .valid(let valid) = signUp else { throw TestStore.Refused() }
        let person = try await store.insertVerified(valid, passwordHash: "hash", isOperator: false, at: now)
        let cookie = Secret<SessionCookie>.random()
        _ = try await store.startSession(
            cookie, for: person.id, replacing: nil, userAgent: "", address: "", at: now)
        try await store.beginSecondFactor(of: person.id, seed: [1, 2, 3], at: now)
        for number in 0..<450 {
            try await store.enqueueLetter(number, at: now)
        }
        return (person, cookie)
    }

    private func expectIntact(_ store: Store, _ it: (person: Person, cookie: Secret<SessionCookie>)) throws {
        #expect(try store.session(for: it.cookie, at: now)?.person.id == it.person.id)
        #expect(try store.waitingSeed(of: it.person.id) == [1, 2, 3])
        #expect(try store.dueLetters(at: now, limit: 1000).count == 450)
    }

    @Test func `Case 227: in use throughout, and the old key can be taken away afterwards`() async throws {
        let (engine, store) = try await open()
        defer { engine.close() }
        let filled = try await fill(store)
        try addKey()
        let rotation = KeyRotation(store)
        #expect(try await rotation.adopt(KeyFile.read(path), at: now))
        #expect(try await !rotation.adopt(KeyFile.read(path), at: now))
        try expectIntact(store, filled)
        #expect(try engine.read { try KeyRotation.retired(in: $0) }.isEmpty)
        // Half-way: some rows under one key, some under the other.
        #expect(try await rotation.reseal(batch: 100, at: now))
        try expectIntact(store, filled)
        while try await rotation.reseal(batch: 100, at: now) {}
        #expect(try engine.read { try KeyRotation.retired(in: $0) }.count == 1)
        #expect(try await !rotation.reseal(at: now))
        try dropOldKeys()
        _ = try await rotation.adopt(KeyFile.read(path), at: now)
        try expectIntact(store, filled)
        engine.close()

        let (second, again) = try await open()
        try expectIntact(again, filled)
        #expect(try again.verifyAuditLog().findings.isEmpty)
        // And once more, from the second to the third.
        try addKey()
        second.close()
        let (third, last) = try await open()
        defer { third.close() }
        while try await KeyRotation(last).reseal(at: now) {}
        try dropOldKeys()
        _ = try await KeyRotation(last).adopt(KeyFile.read(path), at: now)
        try expectIntact(last, filled)
    }

    @Test(arguments: 0..<8)
    func `Case 227: stopped anywhere and started again, nothing is lost and it ends`(stop: Int) async throws {
        let (engine, store) = try await open()
        let filled = try await fill(store)
        try addKey()
        if stop > 0 { _ = try await KeyRotation(store).adopt(KeyFile.read(path), at: now) }
        for _ in 0..<max(0, stop - 1) { _ = try await KeyRotation(store).reseal(batch: 70, at: now) }
        engine.close()
        let (again, reopened) = try await open()
        defer { again.close() }
        try expectIntact(reopened, filled)
        while try await KeyRotation(reopened).reseal(at: now) {}
        try dropOldKeys()
        _ = try await KeyRotation(reopened).adopt(KeyFile.read(path), at: now)
        try expectIntact(reopened, filled)
    }

    @Test func `Case 226: a file without a key that is still needed is refused, and nothing changes`() async throws {
        let (engine, store) = try await open()
        defer { engine.close() }
        let filled = try await fill(store)
        try addKey()
        let keys = try KeyFile.read(path)
        await #expect(throws: KeyError.self) {
            try await KeyRotation(store).adopt(Array(keys.prefix(1)), at: now)
        }
        try expectIntact(store, filled)
        _ = try await KeyRotation(store).adopt(keys, at: now)
        await #expect(throws: KeyError.self) {
            try await KeyRotation(store).adopt(Array(keys.prefix(1)), at: now)
        }
        try expectIntact(store, filled)
    }

    @Test func `every sealed column of the schema is sealed anew`() async throws {
        let (engine, _) = try await open()
        defer { engine.close() }
        let columns = try engine.read { db in
            try db.rows(
                """
                SELECT m.name || '.' || c.name AS place FROM sqlite_schema m, pragma_table_info(m.name) c
                WHERE m.type = 'table' AND c.name LIKE 'sealed%' ORDER BY 1
                """
            ).map { try $0.text("place") }
        }
        // A refresh token's successor is sealed under a key of that very token, not under ours.
        #expect(
            columns.filter { $0 != "refresh_tokens.sealed_successor" }
                == [
                    "access_requests.sealed_path", "connect_flows.sealed_secret", "connect_flows.sealed_values",
                    "connect_sessions.sealed_asked", "connections.sealed_credentials", "connections.sealed_values",
                    "digest_roots.sealed_root", "environment_keys.sealed_secret", "environment_variables.sealed_value",
                    "environments.sealed_hmac_key", "environments.sealed_old_hmac_key",
                    "environments.sealed_old_webhook_key", "environments.sealed_webhook_key",
                    "integrations.sealed_client_secret", "integrations.sealed_values", "outbox.sealed_body",
                    "second_factors.sealed_seed",
                ])
    }

    @Test func `the key file stays its owner's only, and holds the new key first`() throws {
        let before = try KeyFile.read(path)
        try addKey()
        let after = try KeyFile.read(path)
        #expect(after.map(\.id).last == before.first?.id)
        #expect(after.count == 2)
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o400)
        #expect(!FileManager.default.fileExists(atPath: path + ".new"))
    }
}

extension Store {
    fileprivate func enqueueLetter(_ number: Int, at now: Instant) async throws {
        let letter = Letter(
            kind: .passwordChanged, recipient: "ada@acme.example", subject: "\(number)", body: "letter \(number)")
        try await engine.write { db in try self.enqueue(letter, in: db, at: now) }
    }
}
