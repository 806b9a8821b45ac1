import CCurl
import Dispatch
import Synchronization

/// Makes calls to other people's servers, at most so many at a time; whoever is beyond that waits for a turn.
///
/// libcurl blocks, so each call has a thread of its own while it lasts; handles are kept and used again, and with
/// them open connections.
package final class OutboundCaller: Sendable {
    /// In flight at once.
    private static let most = 64

    private struct State {
        var running = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
        var idle: [Handle] = []
    }

    /// A libcurl handle, used by one call at a time.
    private struct Handle: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    private let limits: OutboundLimits
    private let allowsPlainHTTP: Bool
    private let allows: @Sendable ([UInt8]) -> Bool
    private let state = Mutex(State())
    private let threads = DispatchQueue(label: "outbound", attributes: .concurrent)

    /// - Parameters:
    ///   - allowsPlainHTTP: `http` besides `https`, for trying things on one machine.
    ///   - allows: whether an address (4 or 16 bytes) may be called. Asked after the name was resolved, with the
    ///     address that is then connected to.
    package init(
        limits: OutboundLimits = OutboundLimits(), allowsPlainHTTP: Bool, allows: @escaping @Sendable ([UInt8]) -> Bool
    ) {
        self.limits = limits
        self.allowsPlainHTTP = allowsPlainHTTP
        self.allows = allows
    }

    deinit {
        for handle in state.withLock({ $0.idle }) { curl_easy_cleanup(handle.pointer) }
    }

    package func call(_ request: OutboundRequest) async -> OutboundAnswer {
        await takeTurn()
        defer { endTurn() }
        let transfer = OutboundTransfer(
            request: request, limits: limits, allowsPlainHTTP: allowsPlainHTTP, allows: allows)
        return await withCheckedContinuation { continuation in
            threads.async { continuation.resume(returning: self.run(transfer)) }
        }
    }

    private func run(_ transfer: OutboundTransfer) -> OutboundAnswer {
        let idle = state.withLock { $0.idle.popLast() }
        guard let handle = idle ?? curl_easy_init().map(Handle.init) else { return .failed(.unreachable) }
        defer { state.withLock { $0.idle.append(handle) } }
        return transfer.run(on: handle.pointer)
    }

    private func takeTurn() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.running < Self.most else {
                    state.waiting.append(continuation)
                    return false
                }
                state.running += 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    /// Hands the turn to whoever waits longest.
    private func endTurn() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
