import Foundation
import Storage
import Testing

@Suite("Group commit")
struct GroupCommitTests {
    struct Refusal: Error, Equatable {}

    let folder: TemporaryFolder
    let engine: SQLiteEngine

    init() throws {
        folder = try TemporaryFolder()
        engine = try folder.engine("CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT;")
    }

    @Test func `500 writers at once are all answered, and what they wrote is there after reopening`() async throws {
        let engine = engine
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for n in 0..<500 {
                group.addTask {
                    try await engine.write { connection in
                        try connection.run("INSERT INTO t VALUES (\(n))")
                        return n
                    }
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(answers == Set(0..<500))
        engine.close()
        let reopened = try SQLiteEngine(path: folder.database)
        #expect(try reopened.count("SELECT count(*) FROM t") == 500)
    }

    @Test func `of writers that share a commit, one that throws rolls back alone`() async throws {
        let engine = engine
        let outcomes = try await engine.gather(20) { n in
            try await engine.write { connection in
                try connection.run("INSERT INTO t VALUES (\(n))")
                if n == 7 { throw Refusal() }
            }
        }
        #expect(outcomes.count == 20)
        #expect(outcomes.filter { $0.value.isFailure }.keys.sorted() == [7])
        #expect(throws: Refusal.self) { try outcomes[7]?.get() }
        #expect(try engine.count("SELECT count(*) FROM t") == 19)
        #expect(try engine.count("SELECT count(*) FROM t WHERE n = 7") == 0)
    }

    @Test func `a body that throws leaves nothing, and a value that says no keeps its effects`() async throws {
        await #expect(throws: Refusal.self) {
            try await engine.write { connection in
                try connection.run("INSERT INTO t VALUES (1)")
                throw Refusal()
            }
        }
        #expect(try engine.count("SELECT count(*) FROM t") == 0)
        let allowed = try await engine.write { connection in
            try connection.run("INSERT INTO t VALUES (2)")
            return false
        }
        #expect(!allowed)
        #expect(try engine.count("SELECT count(*) FROM t") == 1)
    }

    @Test func `a constraint that fails only at the commit fails its writer alone`() async throws {
        try engine.migrate {
            try $0.script(
                "CREATE TABLE pets (owner INTEGER NOT NULL REFERENCES t DEFERRABLE INITIALLY DEFERRED) STRICT;")
        }
        let engine = engine
        let outcomes = try await engine.gather(10) { n in
            try await engine.write { connection in
                if n != 3 { try connection.run("INSERT INTO t VALUES (\(n))") }
                try connection.run("INSERT INTO pets VALUES (\(n))")
            }
        }
        #expect(outcomes.count == 10)
        #expect(outcomes.filter { $0.value.isFailure }.keys.sorted() == [3])
        #expect(try engine.count("SELECT count(*) FROM pets") == 9)
    }

    @Test func `100 redeem one code at once: exactly one succeeds`() async throws {
        try engine.migrate {
            try $0.script(
                """
                CREATE TABLE codes (digest TEXT PRIMARY KEY, used_at INTEGER) STRICT;
                INSERT INTO codes VALUES ('c', NULL);
                """)
        }
        let engine = engine
        let redeemed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await engine.write {
                        try $0.row(
                            "UPDATE codes SET used_at = 1 WHERE digest = \("c") AND used_at IS NULL RETURNING digest")
                    } != nil
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(redeemed == 1)
    }

    @Test func `a full disk refuses as unavailable, reads go on, and writes recover by themselves`() async throws {
        let engine = engine
        try engine.migrate { try $0.script("CREATE TABLE large (bytes BLOB NOT NULL) STRICT;") }
        let pages = try await engine.write { try $0.row("PRAGMA page_count")?.int(0) ?? 0 }
        try #require(pages > 0)
        try await engine.write { _ = try $0.rows("PRAGMA max_page_count = 8") }
        let large = [UInt8](repeating: 7, count: 400_000)
        let error = await #expect(throws: StorageError.self) {
            try await engine.write { try $0.run("INSERT INTO large VALUES (\(large))") }
        }
        #expect(try #require(error).isUnavailable)
        #expect(try engine.count("SELECT count(*) FROM large") == 0)
        try await engine.write { _ = try $0.rows("PRAGMA max_page_count = 100000") }
        try await engine.write { try $0.run("INSERT INTO large VALUES (\(large))") }
        #expect(try engine.count("SELECT count(*) FROM large") == 1)
    }

    @Test func `a body that goes on after the disk was full writes nothing outside its transaction`() async throws {
        try engine.migrate { try $0.script("CREATE TABLE large (bytes BLOB NOT NULL) STRICT;") }
        try await engine.write { _ = try $0.rows("PRAGMA max_page_count = 8") }
        let large = [UInt8](repeating: 7, count: 400_000)
        await #expect(throws: StorageError.self) {
            try await engine.write { connection in
                _ = try? connection.run("INSERT INTO large VALUES (\(large))")
                _ = try? connection.run("INSERT INTO t VALUES (1)")
            }
        }
        #expect(try engine.count("SELECT count(*) FROM t") == 0)
    }

    @Test func `closing answers those who wait and refuses those who come after`() async throws {
        let engine = engine
        async let written: Void = withThrowingTaskGroup(of: Void.self) { group in
            for n in 0..<50 {
                group.addTask { try await engine.write { _ = try $0.run("INSERT INTO t VALUES (\(n))") } }
            }
            try await group.waitForAll()
        }
        _ = try await written
        engine.close()
        let late = await #expect(throws: StorageError.self) { try await engine.write { try $0.run("DELETE FROM t") } }
        #expect(try #require(late).isUnavailable)
        #expect(throws: StorageError.self) { try engine.read { try $0.rows("SELECT 1") } }
        #expect(try SQLiteEngine(path: folder.database).count("SELECT count(*) FROM t") == 50)
    }
}

extension Result {
    fileprivate var isFailure: Bool {
        if case .failure = self { true } else { false }
    }
}
