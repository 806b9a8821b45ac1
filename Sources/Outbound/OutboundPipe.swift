import Dispatch
import Synchronization

/// An answer whose body is still on its way.
package enum OutboundOpening: Sendable {
    /// Header names in lower case, in the order they came.
    case response(status: Int, headers: [(name: String, value: String)], body: OutboundBody)
    case failed(OutboundAnswer.Failure)
}

/// A body that is read from the network no faster than it is asked for. Whoever forgets it ends the transfer.
package final class OutboundBody: Sendable {
    private let pipe: OutboundPipe

    init(_ pipe: OutboundPipe) { self.pipe = pipe }

    deinit { pipe.letGo() }

    /// The next bytes, never none; nil at the end. For one reader.
    ///
    /// - Throws: `OutboundAnswer.Failure` when the body was cut off, `CancellationError` when the task was.
    package func next() async throws -> [UInt8]? { try await pipe.next() }
}

/// Between the thread that libcurl blocks and the task that reads: holds a bounded number of bytes, and makes the first
/// wait while there is no room.
final class OutboundPipe: Sendable {
    private struct State {
        var opening: CheckedContinuation<OutboundOpening, Never>?
        /// First come, first read.
        var pieces: [[UInt8]] = []
        var size = 0
        var ending: OutboundAnswer.Failure?
        var hasEnded = false
        var isLetGo = false
        var reader: CheckedContinuation<Void, Never>?
        var writerWaits = false
    }

    private enum Room { case taken, none, gone }

    private let room: Int
    private let patience: Int
    private let state = Mutex(State())
    private let makesRoom = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - room: bytes that may wait here.
    ///   - patience: in milliseconds, how long a full pipe is waited for.
    init(room: Int, patience: Int) {
        self.room = room
        self.patience = patience
    }

    var isLetGo: Bool { state.withLock { $0.isLetGo } }

    func expect(_ opening: CheckedContinuation<OutboundOpening, Never>) {
        state.withLock { $0.opening = opening }
    }

    // MARK: On the transfer's thread

    /// - Returns: whether anybody still wants it.
    func open(_ status: Int, _ headers: [(name: String, value: String)]) -> Bool {
        let opening = state.withLock { state -> CheckedContinuation<OutboundOpening, Never>? in
            // Whoever waits is told at the end.
            guard !state.isLetGo else { return nil }
            defer { state.opening = nil }
            return state.opening
        }
        guard let opening else { return false }
        opening.resume(returning: .response(status: status, headers: headers, body: OutboundBody(self)))
        return true
    }

    /// Waits while there is no room.
    ///
    /// - Returns: whether to go on.
    func write(_ piece: [UInt8]) -> Bool {
        while true {
            let (outcome, reader) = state.withLock { state -> (Room, CheckedContinuation<Void, Never>?) in
                if state.isLetGo { return (.gone, nil) }
                guard state.size < room else {
                    state.writerWaits = true
                    return (.none, nil)
                }
                state.pieces.append(piece)
                state.size += piece.count
                defer { state.reader = nil }
                return (.taken, state.reader)
            }
            reader?.resume()
            switch outcome {
            case .taken: return true
            case .gone: return false
            case .none:
                if makesRoom.wait(timeout: .now() + .milliseconds(patience)) == .timedOut { return false }
            }
        }
    }

    func finish(with answer: OutboundAnswer) {
        var failure: OutboundAnswer.Failure?
        if case .failed(let why) = answer { failure = why }
        let (opening, reader) = state.withLock { state in
            state.hasEnded = true
            state.ending = failure
            defer { (state.opening, state.reader) = (nil, nil) }
            return (state.opening, state.reader)
        }
        opening?.resume(returning: .failed(failure ?? .broken))
        reader?.resume()
    }

    // MARK: On the reader's task

    func next() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            while true {
                try Task.checkCancellation()
                if let piece = take() { return piece }
                if try isAtEnd() { return nil }
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        guard state.pieces.isEmpty, !state.hasEnded, !state.isLetGo else { return true }
                        state.reader = continuation
                        return false
                    }
                    if isReady { continuation.resume() }
                }
            }
        } onCancel: {
            letGo()
        }
    }

    private func take() -> [UInt8]? {
        let (piece, wakes) = state.withLock { state -> ([UInt8]?, Bool) in
            guard !state.pieces.isEmpty else { return (nil, false) }
            let piece = state.pieces.removeFirst()
            state.size -= piece.count
            defer { state.writerWaits = false }
            return (piece, state.writerWaits)
        }
        if wakes { makesRoom.signal() }
        return piece
    }

    private func isAtEnd() throws -> Bool {
        let (isAtEnd, isLetGo, failure) = state.withLock { state in
            (state.hasEnded && state.pieces.isEmpty, state.isLetGo, state.ending)
        }
        if isLetGo { throw CancellationError() }
        if isAtEnd, let failure { throw failure }
        return isAtEnd
    }

    /// Nobody wants the rest.
    func letGo() {
        let (reader, wakes) = state.withLock { state in
            state.isLetGo = true
            state.pieces = []
            state.size = 0
            defer { (state.reader, state.writerWaits) = (nil, false) }
            return (state.reader, state.writerWaits)
        }
        if wakes { makesRoom.signal() }
        reader?.resume()
    }
}
