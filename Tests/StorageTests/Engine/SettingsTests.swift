import Foundation
import Storage
import Testing

@Suite("SQLite settings")
struct SettingsTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `synchronous reads 2 on the writing connection after opening, and after many writes`() async throws {
        let engine = try folder.engine("CREATE TABLE t (n INTEGER NOT NULL) STRICT;")
        #expect(try engine.settings().synchronous == 2)
        for n in 0..<50 { try await engine.write { try $0.run("INSERT INTO t VALUES (\(n))") } }
        try engine.checkpoint()
        #expect(try engine.settings().synchronous == 2)
        engine.close()
        #expect(try SQLiteEngine(path: folder.database).settings().synchronous == 2)
    }

    @Test func `the writing connection keeps foreign keys, wipes what is deleted and trusts no schema`() throws {
        let settings = try folder.engine().settings()
        #expect(settings.journalMode == "wal")
        #expect(settings.foreignKeys && settings.secureDelete && settings.cellSizeCheck)
        #expect(!settings.trustedSchema)
        #expect(settings.busyMilliseconds == 5_000)
    }

    @Test func `no allocation waits for a count of the memory`() throws {
        #expect(try !folder.engine().settings().countsMemory)
    }

    @Test func `a reading connection cannot write and never checkpoints`() throws {
        let engine = try folder.engine("CREATE TABLE t (n INTEGER NOT NULL) STRICT;")
        #expect(throws: StorageError.self) { try engine.read { try $0.run("INSERT INTO t VALUES (1)") } }
        #expect(try engine.count("PRAGMA query_only") == 1)
        #expect(try engine.count("PRAGMA wal_autocheckpoint") == 0)
        #expect(try engine.count("PRAGMA trusted_schema") == 0)
        #expect(try engine.count("SELECT count(*) FROM t") == 0)
    }

    @Test func `the database and its log are for their owner only`() async throws {
        let engine = try folder.engine("CREATE TABLE t (n INTEGER NOT NULL) STRICT;")
        try await engine.write { try $0.run("INSERT INTO t VALUES (1)") }
        for name in ["gatewright.sqlite", "gatewright.sqlite-wal", "gatewright.sqlite-shm", "gatewright.sqlite.lock"] {
            #expect(try folder.mode(of: name) == 0o600, "\(name)")
        }
    }

    @Test func `a second server on the same database is refused, and may start when the first has gone`() throws {
        let first = try folder.engine()
        let refusal = #expect(throws: StorageError.self) { try SQLiteEngine(path: folder.database) }
        #expect("\(try #require(refusal))".contains("another Gatewright is using this database"))
        first.close()
        _ = try SQLiteEngine(path: folder.database).settings()
    }

    @Test func `Case 231: a deleted row's bytes are gone from the file after a checkpoint`() async throws {
        let engine = try folder.engine("CREATE TABLE t (s TEXT NOT NULL) STRICT;")
        let canary = "canary-4d5fdc1b"
        try await engine.write { try $0.run("INSERT INTO t VALUES (\(canary))") }
        try engine.checkpoint()
        try #require(try bytes().contains(canary))
        try await engine.write { try $0.run("DELETE FROM t") }
        try engine.checkpoint()
        #expect(try !bytes().contains(canary))
    }

    private func bytes() throws -> String {
        try ["", "-wal"].map { suffix in
            String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder.database + suffix)), as: UTF8.self)
        }.joined()
    }
}
