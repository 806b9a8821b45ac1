import OAuth
import Storage
import Testing

@Suite("Rows")
struct RowTests {
    let engine: SQLiteEngine
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        engine = try folder.engine(
            """
            CREATE TABLE t (id TEXT NOT NULL, at INTEGER NOT NULL, ended INTEGER, bytes BLOB NOT NULL) STRICT;
            INSERT INTO t VALUES ('ten_1', 1790000000, NULL, x'00ff');
            """)
    }

    @Test func `columns are read by name, by place and by type`() throws {
        let row = try #require(try engine.read { try $0.row("SELECT id, at, ended, bytes, 1 AS yes FROM t") })
        let id: ID<Entity.Tenant> = try row.id("id")
        #expect(id == ID("ten_1"))
        #expect(try row.text(0) == "ten_1")
        #expect(try row.instant("at") == Instant(seconds: 1_790_000_000))
        #expect(try row.optionalInstant("ended") == nil)
        #expect(try row.isNull("ended"))
        #expect(try row.blob("bytes") == [0, 255])
        #expect(try row.boolean("yes"))
    }

    @Test func `a column that is not there, is null or of another type throws and does not trap`() throws {
        let row = try #require(try engine.read { try $0.row("SELECT id, at, ended FROM t") })
        #expect(throws: StorageError.self) { try row.text("slug") }
        #expect(throws: StorageError.self) { try row.text(3) }
        #expect(throws: StorageError.self) { try row.text(-1) }
        #expect(throws: StorageError.self) { try row.text("at") }
        #expect(throws: StorageError.self) { try row.integer("id") }
        let null = #expect(throws: StorageError.self) { try row.instant("ended") }
        #expect("\(try #require(null))" == "column ended is null")
    }

    @Test func `an answer without rows is nil, and a mistake in a statement throws`() throws {
        #expect(try engine.read { try $0.row("SELECT id FROM t WHERE id = \("nobody")") } == nil)
        #expect(throws: StorageError.self) { try engine.read { try $0.row("SELECT nothing FROM t") } }
        #expect(throws: StorageError.self) { try engine.read { try $0.row("SELECT 1.5") } }
        #expect(try engine.count("SELECT count(*) FROM t") == 1)
    }

    @Test func `a read inside a read sees the same rows`() throws {
        let both = try engine.read { outer in
            let inner = try engine.read { try $0.rows("SELECT id FROM t").count }
            return try outer.rows("SELECT id FROM t").count + inner
        }
        #expect(both == 2)
    }

    @Test func `a consistent read does not see what is committed meanwhile, a plain one does`() async throws {
        let engine = engine
        let counts = try engine.readConsistently { connection in
            let before = try connection.row("SELECT count(*) FROM t")?.int(0)
            try engine.migrate { try $0.run("INSERT INTO t SELECT 'ten_2', at, ended, bytes FROM t") }
            return [before, try connection.row("SELECT count(*) FROM t")?.int(0)]
        }
        #expect(counts == [1, 1])
        #expect(try engine.count("SELECT count(*) FROM t") == 2)
    }

    @Test func `a write that returns its row has its foreign keys checked too`() async throws {
        try engine.migrate {
            try $0.script(
                """
                CREATE TABLE people (id INTEGER PRIMARY KEY) STRICT;
                CREATE TABLE pets (owner INTEGER NOT NULL REFERENCES people) STRICT;
                """)
        }
        for one in [true, false] {
            let sql: SQL = "INSERT INTO pets VALUES (1) RETURNING owner"
            await #expect(throws: StorageError.self) {
                try await engine.write { one ? try $0.row(sql).map { [$0] } ?? [] : try $0.rows(sql) }
            }
        }
        #expect(try engine.count("SELECT count(*) FROM pets") == 0)
    }

    @Test func `constraints are told apart, and never with the refused value`() async throws {
        try engine.migrate {
            try $0.script(
                """
                CREATE TABLE people (id TEXT PRIMARY KEY, age INTEGER NOT NULL CHECK (age > 0)) STRICT;
                CREATE TABLE pets (owner TEXT NOT NULL REFERENCES people) STRICT;
                INSERT INTO people VALUES ('canary-1', 5);
                """)
        }
        let refused: [(SQL, StorageError.Constraint)] = [
            ("INSERT INTO people VALUES (\("canary-1"), 5)", .unique),
            ("INSERT INTO people VALUES (\("canary-2"), 0)", .check),
            ("INSERT INTO people VALUES (\("canary-2"), NULL)", .notNull),
            ("INSERT INTO pets VALUES (\("canary-2"))", .foreignKey),
        ]
        for (sql, kind) in refused {
            let error = await #expect(throws: StorageError.self) { try await engine.write { try $0.run(sql) } }
            guard case .constraint(kind, let why) = try #require(error) else {
                Issue.record("\(String(describing: error)) instead of \(kind)")
                continue
            }
            #expect(!why.contains("canary"))
        }
    }
}
