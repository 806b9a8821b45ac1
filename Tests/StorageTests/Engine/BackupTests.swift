import Foundation
import OAuth
import Portal
import Storage
import Testing

@Suite("Backups")
struct BackupTests {
    @Test func `a copy of one moment, made beside a server that writes, is whole and its owner's only`() async throws {
        let test = try await TestStore()
        let folder = try TemporaryFolder()
        let copy = folder.path + "/copy.sqlite"
        let source = try SQLiteSnapshot(path: test.folder.database)
        let writing = Task { [test] in
            var written = 0
            while !Task.isCancelled {
                _ = try await test.session(of: test.ada)
                written += 1
            }
            return written
        }
        try await Task.sleep(for: .milliseconds(50))
        try source.copy(to: copy)
        writing.cancel()
        let written = try await writing.value
        #expect(written > 0)
        var status = stat()
        #expect(stat(copy, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        let restored = try SQLiteEngine(path: copy)
        defer { restored.close() }
        let people = try restored.read { try $0.row("SELECT count(*) AS n FROM people")?.integer("n") }
        #expect(people == 4)
        // The one it was made of goes on.
        _ = try await test.session(of: test.grace)
        #expect(try test.engine.settings().journalMode == "wal")
    }

    @Test func `never over a file that is there, and nothing is left of one that failed`() async throws {
        let test = try await TestStore()
        let folder = try TemporaryFolder()
        try folder.write("precious", to: "here")
        let source = try SQLiteSnapshot(path: test.folder.database)
        #expect(throws: StorageError.self) { try source.copy(to: folder.path + "/here") }
        #expect(try String(contentsOfFile: folder.path + "/here", encoding: .utf8) == "precious")
        #expect(throws: StorageError.self) { try source.copy(to: folder.path + "/no/such/folder") }
        #expect(throws: StorageError.self) { try SQLiteSnapshot(path: folder.path + "/nothing.sqlite") }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/nothing.sqlite"))
    }
}
