import Foundation
import Storage
import Synchronization

/// A folder of its own for one test, removed with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "gatewright-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var database: String { path + "/gatewright.sqlite" }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    func mode(of name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
        return (attributes[.posixPermissions] as? Int) ?? -1
    }

    func engine(_ schema: String = "") throws -> SQLiteEngine {
        let engine = try SQLiteEngine(path: database)
        if !schema.isEmpty { try engine.migrate { try $0.script(schema) } }
        return engine
    }
}

extension SQLiteEngine {
    func count(_ sql: SQL) throws -> Int {
        try read { try $0.row(sql)?.int(0) ?? -1 }
    }

    /// Starts `count` writers while the writing connection is held, so that they share the next commit.
    /// What each came to, by its number.
    func gather<Outcome: Sendable>(
        _ count: Int, writer: @Sendable @escaping (Int) async throws -> Outcome
    ) async throws -> [Int: Result<Outcome, any Error>] {
        let gate = Gate()
        async let held: Void = write { _ in gate.hold() }
        while !gate.isHeld { try await Task.sleep(for: .milliseconds(1)) }
        async let outcomes = withTaskGroup(of: (Int, Result<Outcome, any Error>).self) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        return (number, .success(try await writer(number)))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        while waitingWriters < count { try await Task.sleep(for: .milliseconds(1)) }
        gate.open()
        try await held
        return await outcomes
    }
}

/// Holds one thread until it is opened.
private final class Gate: Sendable {
    private let held = Mutex(false)
    private let opened = DispatchSemaphore(value: 0)

    var isHeld: Bool { held.withLock { $0 } }

    func hold() {
        held.withLock { $0 = true }
        opened.wait()
    }

    func open() { opened.signal() }
}
