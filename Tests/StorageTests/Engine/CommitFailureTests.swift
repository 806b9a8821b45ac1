import Synchronization
import Testing

@testable import Storage

/// What the disk does not do on demand: a commit that fails. The words of a transaction are recorded instead.
@Suite("Group commit · failures")
struct CommitFailureTests {
    final class Words: GroupCommit.Transaction, Sendable {
        let said = Mutex<[String]>([])
        let failing: String
        /// The disk fails from this word on, counted from 1.
        let diskFailsAt: Int

        init(failing: String = "", diskFailsAt: Int = .max) {
            self.failing = failing
            self.diskFailsAt = diskFailsAt
        }

        var diskFailed: Bool { said.withLock { $0.filter { $0 == failing }.count } >= diskFailsAt }
        var isOpen: Bool { true }
        func begin() throws { try say("begin") }
        func commit() throws { try say("commit") }
        func rollback() { try? say("rollback") }
        func save() throws { try say("save") }
        func release() throws { try say("release") }
        func rollbackToSave() throws { try say("back") }
        func rows(_ sql: SQL) throws -> [Row] { [] }
        func row(_ sql: SQL) throws -> Row? { nil }
        func run(_ sql: SQL) throws -> Int { 0 }

        private func say(_ word: String) throws {
            said.withLock { $0.append(word) }
            if word == failing { throw StorageError.unavailable(word) }
        }
    }

    /// How often each writer was told "done" and "failed".
    final class Answers: Sendable {
        let done = Mutex<[Int: Int]>([:])
        let failed = Mutex<[Int: Int]>([:])

        func writers(_ count: Int, throwing: Int? = nil) -> [GroupCommit.Writer] {
            (0..<count).map { number in
                GroupCommit.Writer(
                    run: { _ in
                        if number == throwing { throw StorageError.unavailable("no") }
                        return { self.done.withLock { $0[number, default: 0] += 1 } }
                    },
                    fail: { _ in self.failed.withLock { $0[number, default: 0] += 1 } })
            }
        }
    }

    @Test func `64 writers share one commit`() throws {
        let words = Words(), answers = Answers()
        try GroupCommit.commit(answers.writers(64), on: words)
        #expect(words.said.withLock { $0 } == ["begin", "commit"])
        #expect(answers.done.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<64).map { ($0, 1) }))
    }

    @Test func `when one of them throws, they run again in savepoints, and it fails alone`() throws {
        let words = Words(), answers = Answers()
        try GroupCommit.commit(answers.writers(3, throwing: 1), on: words)
        #expect(
            words.said.withLock { $0 } == [
                "begin", "rollback", "begin", "save", "release", "save", "back", "save", "release", "commit",
            ])
        #expect(answers.done.withLock { $0 } == [0: 1, 2: 1])
        #expect(answers.failed.withLock { $0 } == [1: 1])
    }

    @Test func `when savepoints cannot be begun, each is tried alone`() throws {
        let words = Words(failing: "save"), answers = Answers()
        try GroupCommit.commit(answers.writers(5, throwing: 2), on: words)
        #expect(answers.done.withLock { $0 } == [0: 1, 1: 1, 3: 1, 4: 1])
        #expect(answers.failed.withLock { $0 } == [2: 1])
    }

    @Test func `when savepoints cannot be ended, every writer hears of it once, and nobody hears "done"`() throws {
        let words = Words(failing: "release"), answers = Answers()
        try GroupCommit.commit(answers.writers(5, throwing: 2), on: words)
        #expect(answers.done.withLock { $0.isEmpty })
        #expect(answers.failed.withLock { $0 } == [0: 1, 1: 1, 2: 1, 3: 1, 4: 1])
    }

    @Test(arguments: ["begin", "commit"])
    func `when a transaction word fails, every writer hears of it once, and nobody hears "done"`(word: String) throws {
        let words = Words(failing: word), answers = Answers()
        try GroupCommit.commit(answers.writers(5), on: words)
        #expect(answers.done.withLock { $0.isEmpty })
        #expect(answers.failed.withLock { $0 } == [0: 1, 1: 1, 2: 1, 3: 1, 4: 1])
    }

    @Test func `after a failed sync nothing is tried again on that connection`() {
        let words = Words(failing: "commit", diskFailsAt: 1), answers = Answers()
        #expect(throws: StorageError.self) { try GroupCommit.commit(answers.writers(5), on: words) }
        #expect(words.said.withLock { $0.filter { $0 == "begin" }.count } == 1)
        #expect(answers.failed.withLock { $0.count } == 5)
    }

    @Test func `when the disk fails while each is tried alone, those after it are answered too`() {
        let words = Words(failing: "commit", diskFailsAt: 3), answers = Answers()
        #expect(throws: StorageError.self) { try GroupCommit.commit(answers.writers(5), on: words) }
        #expect(words.said.withLock { $0.filter { $0 == "begin" }.count } == 3)
        #expect(answers.failed.withLock { $0 } == [0: 1, 1: 1, 2: 1, 3: 1, 4: 1])
    }

    @Test func `after a failed sync the next writer gets a new connection, which syncs as the first did`() async throws
    {
        let folder = try TemporaryFolder()
        let engine = try folder.engine("CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT;")
        for n in 0..<3 {
            try await engine.write { try $0.run("INSERT INTO t VALUES (\(n))") }
            engine.dropWriter()
        }
        #expect(try engine.settings().synchronous == 2)
        #expect(try engine.count("SELECT count(*) FROM t") == 3)
    }

    @Test func `when too many wait, the next is refused at once`() throws {
        let commits = GroupCommit(), answers = Answers()
        for writer in answers.writers(GroupCommit.mostWaiting) { _ = try commits.add(writer) }
        let error = #expect(throws: StorageError.self) { try commits.add(answers.writers(1)[0]) }
        #expect(try #require(error).isUnavailable)
        #expect(commits.next().count == GroupCommit.most)
        _ = try commits.add(answers.writers(1)[0])
    }
}
