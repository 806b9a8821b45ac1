import Broker
import OAuth
import Storage
import Synchronization

/// Openers that wait at this process for the results of their flows. A result that finds nobody here waits in the
/// database, where whoever connects again, or asks, fetches it.
package final class ConnectSockets: Sendable {
    package typealias Listener = @Sendable (String) -> Void

    private struct State {
        var listeners: [String: [Int: Listener]] = [:]
        /// Those that came since somebody last asked for them.
        var new: Set<String> = []
        var count = 0
        var next = 0
    }

    private let state = Mutex(State())
    /// At one time; beyond them openers ask instead of waiting.
    private static let most = 20_000

    /// One listener's place.
    package struct Place: Sendable {
        fileprivate let socket: String
        fileprivate let number: Int
    }

    /// - Parameter listener: called once, on any thread, with the message.
    /// - Returns: nil when too many wait already.
    package func wait(for socket: String, _ listener: @escaping Listener) -> Place? {
        state.withLock { state in
            guard state.count < Self.most else { return nil }
            state.count += 1
            state.next += 1
            state.listeners[socket, default: [:]][state.next] = listener
            state.new.insert(socket)
            return Place(socket: socket, number: state.next)
        }
    }

    package func leave(_ place: Place) {
        state.withLock { state in
            guard state.listeners[place.socket]?.removeValue(forKey: place.number) != nil else { return }
            state.count -= 1
            if state.listeners[place.socket]?.isEmpty == true {
                state.listeners[place.socket] = nil
                state.new.remove(place.socket)
            }
        }
    }

    /// - Parameter isNew: only those that came since this was last asked.
    fileprivate func waiting(isNew: Bool) -> [String] {
        state.withLock { state in
            defer { state.new = [] }
            return isNew ? Array(state.new) : Array(state.listeners.keys)
        }
    }

    func deliver(_ message: String, to socket: String) {
        let found = state.withLock { state in
            let found = state.listeners.removeValue(forKey: socket) ?? [:]
            state.new.remove(socket)
            state.count -= found.count
            return found
        }
        for listener in found.values { listener(message) }
    }
}

/// A WebSocket that asks to wait for a result.
package struct WaitingSocket: Sendable {
    package let id: String
    /// `connection_ack`, the first message.
    package let hello: String
}

extension Site {
    /// The socket that may open at this address; nil when there is none.
    ///
    /// - Parameters:
    ///   - host: of the request.
    ///   - target: `/`, with `?ws_client_id=` from an opener whose socket was cut.
    ///   - peer: the address at the other end of the connection.
    ///   - forwardedFor: the header's values, which count when the peer is a proxy that the operator named.
    package func waitingSocket(
        host: String, target: String, peer: String, forwardedFor: [String]
    ) -> WaitingSocket? {
        let bytes = Array(target.utf8)
        let path = bytes.prefix { $0 != 0x3F }
        let isOurs = [
            settings.base.authority, settings.base.isLoopback ? settings.tenantHost : settings.base.authority,
        ]
        .contains { $0.utf8.elementsEqual(host.utf8) }
        let address = SiteContext.address(of: peer, forwardedFor: forwardedFor, settings: settings)
        guard isOurs, path.elementsEqual([0x2F]),
            limiter.count(.sockets, SiteContext.network(of: address), at: now()) == nil
        else { return nil }
        let query = String(decoding: bytes.dropFirst(path.count + 1), as: UTF8.self)
        let asked = (try? ConnectAsk(query: query))?.socket
        var generator = SystemRandomNumberGenerator()
        let id = asked.flatMap { ConnectAsk.isSocket($0) ? $0 : nil } ?? WireName.uuid(using: &generator)
        let hello = JSONText.object([("message_type", .string("connection_ack")), ("ws_client_id", .string(id))])
        return WaitingSocket(id: id, hello: String(decoding: hello.bytes, as: UTF8.self))
    }

    /// Hands out results that came while their opener's line was cut, or at another process: one read for many openers,
    /// and none of it on the thread of a connection.
    ///
    /// - Parameter isToNew: only to openers that came since the last call.
    package func deliverLeftResults(isToNew: Bool) throws {
        let waiting = sockets.waiting(isNew: isToNew)
        for start in stride(from: 0, to: waiting.count, by: 500) {
            let piece = waiting[start..<min(start + 500, waiting.count)]
            for (socket, message) in try store.results(for: piece, at: now()) { sockets.deliver(message, to: socket) }
        }
    }
}
