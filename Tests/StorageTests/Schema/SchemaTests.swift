import Foundation
import OAuth
import Portal
import Storage
import Testing

@Suite("The schema")
struct SchemaTests {
    let test: TestStore
    let now = TestStore.start

    init() async throws { test = try await TestStore() }

    private func texts(_ sql: SQL) throws -> [String] {
        try test.engine.read { db in try db.rows(sql).map { try $0.text(0) } }
    }

    private static let files = (try? FileManager.default.contentsOfDirectory(atPath: TestStore.migrations)) ?? []

    @Test func `every table is STRICT`() throws {
        let tables: SQL = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        #expect(try texts(tables).count > 20)
        let loose = try texts("\(fragment: tables) AND strict = 0 AND name NOT LIKE 'sqlite_%' ORDER BY name")
        #expect(loose == [])
    }

    @Test func `foreign keys are held`() async throws {
        #expect(try test.engine.settings().foreignKeys)
        await #expect(throws: StorageError.self) {
            try await test.engine.write { db in
                _ = try db.run("INSERT INTO operators (person_id, since) VALUES ('per_nobody', 1)")
            }
        }
    }

    @Test func `whatever names a grant or a family names its tenant in the same key`() throws {
        let single = try texts(
            """
            SELECT m.name || '.' || k."from" FROM sqlite_schema m, pragma_foreign_key_list(m.name) k
            WHERE m.type = 'table' AND k."table" IN ('grants', 'token_families')
            GROUP BY m.name, k.id HAVING sum(k."from" = 'tenant_id' AND k."to" = 'tenant_id') <> 1 OR count(*) <> 2
            """)
        #expect(single == [])
        let composite = try texts(
            """
            SELECT DISTINCT m.name FROM sqlite_schema m, pragma_foreign_key_list(m.name) k
            WHERE m.type = 'table' AND k."table" IN ('grants', 'token_families') ORDER BY m.name
            """)
        #expect(
            composite == [
                "access_tokens", "authorization_codes", "direct_families", "refresh_tokens", "token_families",
            ])
    }

    @Test func `every migration of the checkout ran once and is remembered with its checksum`() throws {
        #expect(try Migrator(folder: TestStore.migrations).run(on: test.engine, at: now + 1) == [])
        let sql = Self.files.filter { $0.hasSuffix(".sql") }.sorted()
        #expect(try texts("SELECT name FROM schema_migrations ORDER BY name") == sql)
        #expect(try test.count("SELECT count(*) FROM schema_migrations WHERE length(checksum) = 32") == sql.count)
        #expect(try test.count("SELECT count(DISTINCT checksum) FROM schema_migrations") == sql.count)
    }

    @Test(arguments: files.filter { $0.hasSuffix(".sql") }.sorted())
    func `a migration changed by one byte after it ran is refused by its name`(name: String) throws {
        let folder = try TemporaryFolder()
        for file in Self.files {
            try FileManager.default.copyItem(
                atPath: TestStore.migrations + "/" + file, toPath: folder.path + "/" + file)
        }
        #expect(try Migrator(folder: folder.path).run(on: test.engine, at: now) == [])
        let text = try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)
        try folder.write(text + "\n", to: name)
        #expect(throws: MigrationError.edited(name)) {
            try Migrator(folder: folder.path).run(on: test.engine, at: now)
        }
    }

    @Test func `full access speaks to whoever decides, in the words that an operator chose where they chose some`()
        async throws
    {
        let sentence: SQL = "SELECT sentence FROM scopes WHERE name = 'default'"
        #expect(try texts(sentence) == ["Everything the API can do, now and in future, as you. Made for older apps."])
        try await test.engine.write { db in
            try db.run("UPDATE scopes SET sentence = 'All of it.' WHERE name = 'default'")
            try db.run("DELETE FROM schema_migrations WHERE name = '0098_full_access_as_you.sql'")
        }
        #expect(try Migrator(folder: TestStore.migrations).run(on: test.engine, at: now + 1).count == 1)
        #expect(try texts(sentence) == ["All of it."])
    }

    @Test(
        arguments: [
            "UPDATE members SET role = 'owner'", "UPDATE apps SET pkce_required = 2",
            "UPDATE apps SET kind = 'public', pkce_required = 0", "UPDATE apps SET token_format = 'v3'",
            "UPDATE tenants SET slug = 'ab'", "UPDATE tenants SET kind = 'gold'", "UPDATE people SET name = ''",
            "UPDATE client_secrets SET digest = x'00'", "UPDATE people SET created_at = 'yesterday'",
            "UPDATE people SET email_key = 'ada@acme.example'", "UPDATE tenants SET slug = 'acme'",
            "UPDATE grants SET revoked_at = 1", "UPDATE token_families SET revoked_because = 'why not'",
            "UPDATE refresh_tokens SET digest = x'0011'", "UPDATE authorization_codes SET digest = 'text'",
        ])
    func `a row that means nothing cannot be stored`(statement: String) async throws {
        _ = try await test.tokens()
        #expect(throws: StorageError.self) { try test.engine.migrate { try $0.script(statement) } }
    }
}
