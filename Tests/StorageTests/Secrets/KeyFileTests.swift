import Foundation
import OAuth
import Storage
import Testing

@Suite("The key file")
struct KeyFileTests {
    let folder: TemporaryFolder
    let engine: SQLiteEngine
    let now = Instant(seconds: 1_790_000_000)

    init() throws {
        folder = try TemporaryFolder()
        engine = try folder.engine(
            """
            CREATE TABLE key_checks (
                key_id TEXT PRIMARY KEY,
                check_value BLOB NOT NULL CHECK (length(check_value) = 32),
                created_at INTEGER NOT NULL,
                retired_at INTEGER
            ) STRICT;
            """)
    }

    private var path: String { folder.path + "/keys/master.key" }

    private func start() async throws {
        var random = SystemRandomNumberGenerator()
        let keys = try KeyFile.readOrCreate(path, isFirstStart: !KeyCheck.hasRun(on: engine), using: &random)
        try await KeyCheck.verify(engine, Keyring(keys), at: now)
    }

    private func replace(with keys: String) throws {
        try FileManager.default.removeItem(atPath: path)
        try folder.write(keys, to: "keys/master.key")
        chmod(path, 0o400)
    }

    private func line(_ number: Int) throws -> (id: String, key: String) {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let words = text.split(separator: "\n").filter { !$0.hasPrefix("#") }[number].split(separator: " ")
        return (String(words[0]), String(words[1]))
    }

    @Test func `Case 228: the first start makes a key that only its owner reads, in a folder of its own`() async throws
    {
        try await start()
        #expect(try folder.mode(of: "keys/master.key") == 0o400)
        #expect(try folder.mode(of: "keys") == 0o700)
        let first = try line(0)
        try await start()
        #expect(try line(0) == first)
    }

    @Test(arguments: [0o440, 0o404, 0o644, 0o660]) func `Case 228: a key file that others may read is refused`(
        mode: Int
    ) async throws {
        try await start()
        chmod(path, mode_t(mode))
        await #expect(throws: KeyError.readableByOthers(path)) { try await start() }
    }

    @Test func `Case 226: a missing key file is not made anew once the database was used with one`() async throws {
        try await start()
        try FileManager.default.removeItem(atPath: path)
        await #expect(throws: KeyError.absent(path)) { try await start() }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `Case 226: another deployment's key is refused, and the message names the expected one`() async throws {
        try await start()
        let expected = try line(0).id
        try replace(with: "0011223344556677 " + String(repeating: "ab", count: 32))
        let error = await #expect(throws: KeyError.self) { try await start() }
        #expect(
            "\(try #require(error))" == "this database expects the master key \(expected), which is not in the key file"
        )
    }

    @Test func `Case 226: other bytes under the expected name are refused`() async throws {
        try await start()
        let right = try line(0)
        try replace(with: "\(right.id) " + String(repeating: "ab", count: 32))
        let error = await #expect(throws: KeyError.self) { try await start() }
        #expect("\(try #require(error))".contains(right.id))
        try replace(with: "\(right.id) \(right.key)")
        try await start()
    }

    @Test func `a second key in front is active and remembered, and the first is still needed`() async throws {
        try await start()
        let right = try line(0)
        let new = "0011223344556677 " + String(repeating: "ab", count: 32)
        try replace(with: "# rotated\n\(new)\n\(right.id) \(right.key)\n")
        try await start()
        #expect(try engine.count("SELECT count(*) FROM key_checks") == 2)
        try replace(with: new)
        await #expect(throws: KeyError.self) { try await start() }
    }

    @Test(arguments: [
        "", "# only a remark", "0011223344556677", "0011223344556677 abcd", "00 " + String(repeating: "ab", count: 32),
        "0011223344556677 " + String(repeating: "xy", count: 32),
    ])
    func `what is not a key file is refused, and its text is not repeated`(text: String) async throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/keys", withIntermediateDirectories: true)
        try folder.write(text, to: "keys/master.key")
        chmod(path, 0o400)
        let error = await #expect(throws: KeyError.self) { try await start() }
        #expect(error == .malformed(path))
        #expect(!"\(try #require(error))".contains("abab"))
    }
}
