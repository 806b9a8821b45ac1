import CCurl
import Synchronization

/// Makes calls to other people's servers, at most so many at a time; whoever is beyond that waits for a turn.
///
/// libcurl blocks, so each call has a thread of its own while it lasts; handles are kept and used again, and with
/// them open connections.
package final class OutboundCaller: Sendable {

    private struct Turn {
        let host: [UInt8]
        let go: CheckedContinuation<Void, Never>
    }

    private struct State {
        var running = 0
        var hosts: [[UInt8]: Int] = [:]
        /// In the order in which they came.
        var waiting: [Turn] = []
        var idle: [Handle] = []
    }

    /// A libcurl handle, used by one call at a time.
    private struct Handle: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    private let limits: OutboundLimits
    private let most: Int
    private let mostPerHost: Int
    private let allowsPlainHTTP: Bool
    private let allows: @Sendable ([UInt8], _ isEncrypted: Bool) -> Bool
    private let state = Mutex(State())
    private let workers = Workers()

    /// - Parameters:
    ///   - most: in flight at once, and to one host, so that a slow one cannot hold up all others.
    ///   - allowsPlainHTTP: `http` besides `https`, for trying things on one machine.
    ///   - allows: whether an address (4 or 16 bytes) may be called, encrypted or not. Asked after the name was resolved,
    ///     with the address that is then connected to.
    package init(
        limits: OutboundLimits = OutboundLimits(), most: Int = 192, perHost mostPerHost: Int = 64,
        allowsPlainHTTP: Bool, allows: @escaping @Sendable ([UInt8], _ isEncrypted: Bool) -> Bool
    ) {
        self.limits = limits
        self.most = most
        self.mostPerHost = mostPerHost
        self.allowsPlainHTTP = allowsPlainHTTP
        self.allows = allows
    }

    deinit {
        for handle in state.withLock({ $0.idle }) { curl_easy_cleanup(handle.pointer) }
    }

    package func call(_ request: OutboundRequest) async -> OutboundAnswer {
        let host = Self.authority(of: request.url)
        await takeTurn(host)
        defer { endTurn(host) }
        let transfer = OutboundTransfer(
            request: request, limits: limits, allowsPlainHTTP: allowsPlainHTTP, allows: allows)
        return await withCheckedContinuation { continuation in
            workers.run { continuation.resume(returning: self.run(transfer)) }
        }
    }

    /// Makes the call and comes back with the answer's head; the body is read from the network as it is asked for.
    /// Its turn lasts until the body has ended or is let go.
    package func open(_ request: OutboundRequest) async -> OutboundOpening {
        let host = Self.authority(of: request.url)
        await takeTurn(host)
        let transfer = OutboundTransfer(
            request: request, limits: limits, allowsPlainHTTP: allowsPlainHTTP, allows: allows)
        let pipe = OutboundPipe(room: limits.body, patience: limits.idle)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                pipe.expect(continuation)
                workers.run {
                    let answer = self.run(transfer, into: pipe)
                    self.endTurn(host)
                    pipe.finish(with: answer)
                }
            }
        } onCancel: {
            pipe.letGo()
        }
    }

    private static func authority(of url: String) -> [UInt8] {
        Array(url.utf8.drop { $0 != 0x2F }.dropFirst(2).prefix { $0 != 0x2F && $0 != 0x3F })
    }

    private func run(_ transfer: OutboundTransfer, into pipe: OutboundPipe? = nil) -> OutboundAnswer {
        let idle = state.withLock { $0.idle.popLast() }
        guard let handle = idle ?? curl_easy_init().map(Handle.init) else { return .failed(.unreachable) }
        defer { state.withLock { $0.idle.append(handle) } }
        return transfer.run(on: handle.pointer, into: pipe)
    }

    private func takeTurn(_ host: [UInt8]) async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.running < most, state.hosts[host, default: 0] < mostPerHost else {
                    state.waiting.append(Turn(host: host, go: continuation))
                    return false
                }
                state.running += 1
                state.hosts[host, default: 0] += 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    /// Hands the turn to whoever waits longest for a host that has room.
    private func endTurn(_ host: [UInt8]) {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.running -= 1
            let rest = state.hosts[host, default: 1] - 1
            state.hosts[host] = rest > 0 ? rest : nil
            guard let index = state.waiting.firstIndex(where: { state.hosts[$0.host, default: 0] < mostPerHost })
            else { return nil }
            let turn = state.waiting.remove(at: index)
            state.running += 1
            state.hosts[turn.host, default: 0] += 1
            return turn.go
        }
        next?.resume()
    }
}
