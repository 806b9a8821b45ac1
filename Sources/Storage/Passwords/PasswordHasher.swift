import Foundation
import Portal
import Synchronization

/// Hashes passwords on a few threads of its own. A hash takes tens of milliseconds and 19 MiB: on the threads that
/// serve requests, or without a bound, signing in would be an attack. Never called inside a transaction.
package final class PasswordHasher: Sendable {
    package enum Failure: Error, Equatable, Sendable {
        /// More hashes wait than the pool can do soon; Web says 503 or 429 with `Retry-After`.
        case busy
        /// The password is longer than any that can be chosen. Refused before hashing.
        case tooLong
    }

    package let parameters: Argon2Parameters
    private let queue: HashQueue
    /// What an unknown person's password is compared with, at the same cost.
    let nobody: PasswordHash

    /// - Parameters:
    ///   - threads: hashes at once; 0 for one a core.
    ///   - waiting: most that may wait for a thread; nil for four times `threads`.
    package init(parameters: Argon2Parameters = .floor, threads: Int = 0, waiting: Int? = nil) throws {
        let threads = threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount
        self.parameters = parameters
        nobody = try Argon2.hash(Self.salt(), salt: Self.salt(), parameters: parameters)
        queue = HashQueue(threads: threads, waiting: waiting ?? 4 * threads)
    }

    deinit {
        queue.stop()
    }

    /// Hashes a new password, exactly as received.
    package func hash(_ password: String) async throws -> PasswordHash {
        let bytes = try Self.bytes(password)
        return try await perform { [parameters] in
            try Argon2.hash(bytes, salt: Self.salt(), parameters: parameters)
        }
    }

    /// Whether `password` is the one `hash` was made of.
    package func verify(_ password: String, against hash: PasswordHash) async throws -> Bool {
        let bytes = try Self.bytes(password)
        return try await perform { try Argon2.verify(bytes, against: hash) }
    }

    /// For a person who is not there: takes as long as `verify` and is always false, so that time does not tell.
    @discardableResult
    package func verifyNothing(_ password: String) async throws -> Bool {
        _ = try await verify(password, against: nobody)
        return false
    }

    /// Whether the hash was made with other costs than today's: hash the password anew while it is at hand.
    package func needsRehash(_ hash: PasswordHash) -> Bool {
        hash.needsRehash(under: parameters)
    }

    private func perform<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let accepted = queue.add { continuation.resume(with: Result { try work() }) }
            if !accepted { continuation.resume(throwing: Failure.busy) }
        }
    }

    private static func bytes(_ password: String) throws -> [UInt8] {
        let bytes = Array(password.utf8)
        guard bytes.count <= PasswordPolicy.longest else { throw Failure.tooLong }
        return bytes
    }

    private static func salt() -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<16).map { _ in random.next() }
    }
}

/// Threads that work off a short queue. Refuses what it cannot take.
private final class HashQueue: Sendable {
    typealias Work = @Sendable () -> Void

    private struct State {
        var waiting: [Work] = []
        var idle: Int
        var isStopped = false
    }
    private let state: Mutex<State>
    private let room: Int
    private let wake = DispatchSemaphore(value: 0)
    private let threads: Int

    init(threads: Int, waiting: Int) {
        state = Mutex(State(idle: threads))
        room = waiting
        self.threads = threads
        for number in 0..<threads {
            let thread = Thread { [self] in run() }
            thread.name = "argon2-\(number)"
            thread.start()
        }
    }

    /// False when no thread is free and as many wait as may.
    func add(_ work: @escaping Work) -> Bool {
        let accepted = state.withLock { state in
            guard !state.isStopped, state.waiting.count < room + state.idle else { return false }
            state.waiting.append(work)
            return true
        }
        if accepted { wake.signal() }
        return accepted
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        for _ in 0..<threads { wake.signal() }
    }

    private func run() {
        while true {
            wake.wait()
            let next = state.withLock { state -> Work? in
                guard !state.waiting.isEmpty else { return nil }
                state.idle -= 1
                return state.waiting.removeFirst()
            }
            guard let next else {
                if state.withLock({ $0.isStopped }) { return }
                continue
            }
            next()
            state.withLock { $0.idle += 1 }
        }
    }
}
