import OAuth
import Storage
import Testing

@Suite("Migrations")
struct MigratorTests {
    let folder: TemporaryFolder
    let engine: SQLiteEngine
    let now = Instant(seconds: 1_790_000_000)

    init() throws {
        folder = try TemporaryFolder()
        engine = try folder.engine()
        try folder.write(
            "CREATE TABLE first (n INTEGER NOT NULL) STRICT; INSERT INTO first VALUES (1);", to: "0001_first.sql")
        try folder.write(
            "-- Needs 0001.\nINSERT INTO first VALUES (2); CREATE TABLE second (n INTEGER) STRICT;",
            to: "0002_second.sql")
    }

    private var migrator: Migrator { Migrator(folder: folder.path) }

    @Test func `files run once, in the order of their names, and are remembered`() throws {
        #expect(try migrator.run(on: engine, at: now) == ["0001_first.sql", "0002_second.sql"])
        #expect(try migrator.run(on: engine, at: now) == [])
        try folder.write("INSERT INTO second VALUES (3);", to: "0003_third.sql")
        #expect(try migrator.run(on: engine, at: now) == ["0003_third.sql"])
        #expect(try engine.count("SELECT count(*) FROM first") == 2)
        #expect(try engine.count("SELECT count(*) FROM schema_migrations WHERE applied_at = \(now)") == 3)
    }

    @Test func `a file edited after it ran is refused by name`() throws {
        try migrator.run(on: engine, at: now)
        try folder.write("CREATE TABLE first (n INTEGER) STRICT;", to: "0001_first.sql")
        let error = #expect(throws: MigrationError.self) { try migrator.run(on: engine, at: now) }
        #expect(error == .edited("0001_first.sql"))
        #expect("\(try #require(error))".contains("0001_first.sql was edited"))
    }

    @Test func `a database from a newer version is refused`() async throws {
        try migrator.run(on: engine, at: now)
        let checksum = [UInt8](repeating: 1, count: 32)
        try await engine.write {
            try $0.run("INSERT INTO schema_migrations VALUES (\("0009_later.sql"), \(checksum), \(now))")
        }
        #expect(throws: MigrationError.unknown("0009_later.sql")) { try migrator.run(on: engine, at: now) }
    }

    @Test func `a new file that sorts before one that ran is refused`() throws {
        try migrator.run(on: engine, at: now)
        try folder.write("CREATE TABLE between (n INTEGER) STRICT;", to: "0001_zwischen.sql")
        #expect(throws: MigrationError.outOfOrder("0001_zwischen.sql", after: "0002_second.sql")) {
            try migrator.run(on: engine, at: now)
        }
    }

    @Test func `a file that fails half-way leaves nothing, and those before it stay`() throws {
        try folder.write("CREATE TABLE third (n INTEGER) STRICT; INSERT INTO nowhere VALUES (1);", to: "0003_third.sql")
        #expect(throws: MigrationError.self) { try migrator.run(on: engine, at: now) }
        #expect(try engine.count("SELECT count(*) FROM sqlite_schema WHERE name = 'third'") == 0)
        #expect(try engine.count("SELECT count(*) FROM schema_migrations") == 2)
    }

    @Test func `an empty or absent folder is refused with the setting that names it`() throws {
        let error = #expect(throws: MigrationError.self) {
            try Migrator(folder: folder.path + "/nowhere").run(on: engine, at: now)
        }
        #expect("\(try #require(error))".contains("GATEWRIGHT_ASSETS"))
    }
}
