import CCurl
import Synchronization

/// Makes calls to other people's servers, at most so many at a time; whoever is beyond that waits for a turn, for a
/// while and in a queue that has an end.
///
/// libcurl blocks, so each call has a thread of its own while it lasts; handles are kept and used again, and with
/// them open connections.
package final class OutboundCaller: Sendable {

    /// Whom a call goes to, and for whom it is made.
    private struct Seat {
        let host: [UInt8]
        let owner: String
    }

    private struct Turn {
        let number: Int
        let seat: Seat
        let go: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var running = 0
        var hosts: [[UInt8]: Int] = [:]
        var owners: [String: Int] = [:]
        /// In the order in which they came.
        var waiting: [Turn] = []
        var lastNumber = 0
        var idle: [Handle] = []
    }

    /// A libcurl handle, used by one call at a time.
    private struct Handle: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    private let limits: OutboundLimits
    private let most: Int
    private let mostPerHost: Int
    private var mostPerOwner: Int { max(1, most / 4) }
    private let allowsPlainHTTP: Bool
    private let allows: @Sendable ([UInt8], _ isWeb: Bool) -> Bool
    private let state = Mutex(State())
    private let workers = Workers()

    /// - Parameters:
    ///   - most: in flight at once, and to one host, so that a slow one cannot hold up all others; a quarter of it for
    ///     one owner, who may name any number of hosts.
    ///   - allowsPlainHTTP: `http` besides `https`, for trying things on one machine.
    ///   - allows: whether an address (4 or 16 bytes) may be called; `isWeb` is https at port 443. Asked after the name was
    ///     resolved, with the address that is then connected to.
    package init(
        limits: OutboundLimits = OutboundLimits(), most: Int = 192, perHost mostPerHost: Int = 64,
        allowsPlainHTTP: Bool, allows: @escaping @Sendable ([UInt8], _ isWeb: Bool) -> Bool
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
        let seat = Seat(host: Self.authority(of: request.url), owner: request.owner)
        guard await takeTurn(seat) else { return .failed(.busy) }
        defer { endTurn(seat) }
        let transfer = OutboundTransfer(
            request: request, limits: limits, allowsPlainHTTP: allowsPlainHTTP, allows: allows)
        return await withCheckedContinuation { continuation in
            workers.run { continuation.resume(returning: self.run(transfer)) }
        }
    }

    /// Makes the call and comes back with the answer's head; the body is read from the network as it is asked for.
    /// Its turn lasts until the body has ended or is let go.
    package func open(_ request: OutboundRequest) async -> OutboundOpening {
        let seat = Seat(host: Self.authority(of: request.url), owner: request.owner)
        guard await takeTurn(seat) else { return .failed(.busy) }
        let transfer = OutboundTransfer(
            request: request, limits: limits, allowsPlainHTTP: allowsPlainHTTP, allows: allows)
        let pipe = OutboundPipe(room: limits.body, patience: limits.idle)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                pipe.expect(continuation)
                workers.run {
                    let answer = self.run(transfer, into: pipe)
                    self.endTurn(seat)
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

    private enum Entry { case goes, waits, isTurnedAway }

    /// - Returns: false when no turn came in time, or too many wait already: nothing was sent then.
    private func takeTurn(_ seat: Seat) async -> Bool {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let entry = state.withLock { state -> Entry in
                    if hasRoom(for: seat, in: state) {
                        take(seat, in: &state)
                        return .goes
                    }
                    // Each of them holds its body in memory.
                    let own = state.waiting.count { $0.seat.owner.utf8.elementsEqual(seat.owner.utf8) }
                    guard state.waiting.count < 4 * most, seat.owner.utf8.isEmpty || own < most else {
                        return .isTurnedAway
                    }
                    state.waiting.append(Turn(number: number, seat: seat, go: continuation))
                    return .waits
                }
                switch entry {
                case .goes: continuation.resume(returning: true)
                case .isTurnedAway: continuation.resume(returning: false)
                case .waits:
                    Task { [weak self, limits] in
                        try? await Task.sleep(for: .milliseconds(limits.wait))
                        self?.giveUp(number)
                    }
                    // It may have been cancelled before it stood in the queue.
                    if Task.isCancelled { giveUp(number) }
                }
            }
        } onCancel: {
            giveUp(number)
        }
    }

    private func giveUp(_ number: Int) {
        let turn = state.withLock { state -> Turn? in
            guard let index = state.waiting.firstIndex(where: { $0.number == number }) else { return nil }
            return state.waiting.remove(at: index)
        }
        turn?.go.resume(returning: false)
    }

    /// Whoever is nobody in particular (``OutboundRequest/owner``) is held by the other two limits alone.
    private func hasRoom(for seat: Seat, in state: State) -> Bool {
        state.running < most && state.hosts[seat.host, default: 0] < mostPerHost
            && (seat.owner.utf8.isEmpty || state.owners[seat.owner, default: 0] < mostPerOwner)
    }

    private func take(_ seat: Seat, in state: inout State) {
        state.running += 1
        state.hosts[seat.host, default: 0] += 1
        state.owners[seat.owner, default: 0] += 1
    }

    /// Hands the turn to whoever waits longest and has room.
    private func endTurn(_ seat: Seat) {
        let next = state.withLock { state -> Turn? in
            state.running -= 1
            let ofHost = state.hosts[seat.host, default: 1] - 1
            state.hosts[seat.host] = ofHost > 0 ? ofHost : nil
            let ofOwner = state.owners[seat.owner, default: 1] - 1
            state.owners[seat.owner] = ofOwner > 0 ? ofOwner : nil
            guard let index = state.waiting.firstIndex(where: { hasRoom(for: $0.seat, in: state) }) else { return nil }
            let turn = state.waiting.remove(at: index)
            take(turn.seat, in: &state)
            return turn
        }
        next?.go.resume(returning: true)
    }
}
