import Broker
import OAuth
import Synchronization

/// Traces on their way to the database that nobody waits for.
///
/// Bounded, so that memory is; by environment, so that a busy one pushes out nothing of another's; and within it by
/// connection, so that no number of calls on one hides what was done with another. Of one connection what failed stays
/// before what went well, and what has no room is counted.
final class WaitingTraces: Sendable {
    static let mostOfOne = 100
    static let most = 4000

    private struct State {
        var traces: [ID<Entity.Environment>: [Trace]] = [:]
        var count = 0
        var dropped: UInt64 = 0

        /// Takes the oldest trace out that did not fail.
        ///
        /// - Returns: whether there was one.
        mutating func letGo(of environment: ID<Entity.Environment>) -> Bool {
            letGo(of: environment) { $0.outcome != .failure }
        }

        /// Takes one out of a full environment for another: of the connection that has most, as long as that is not the
        /// other's; else, for one that failed, one of its own connection that did not.
        ///
        /// - Returns: whether there was one.
        mutating func makeRoom(for trace: Trace) -> Bool {
            let counts = (traces[trace.environment] ?? []).reduce(into: [:]) { $0[Place($1), default: 0] += 1 }
            let own = Place(trace)
            if let busiest = counts.max(by: { $0.value < $1.value }), busiest.value > counts[own, default: 0] + 1 {
                return letGo(of: trace.environment) { Place($0) == busiest.key && $0.outcome != .failure }
                    || letGo(of: trace.environment) { Place($0) == busiest.key }
            }
            return trace.outcome == .failure
                && letGo(of: trace.environment) { Place($0) == own && $0.outcome != .failure }
        }

        private mutating func letGo(
            of environment: ID<Entity.Environment>, _ isWanted: (Trace) -> Bool
        ) -> Bool {
            guard let index = traces[environment]?.firstIndex(where: isWanted) else { return false }
            traces[environment]?.remove(at: index)
            count -= 1
            return true
        }
    }

    /// A connection within its environment.
    private struct Place: Hashable {
        let integration: String
        let connection: String

        init(_ trace: Trace) {
            integration = trace.integrationKey
            connection = trace.connectionID
        }
    }

    private let state = Mutex(State())

    /// Since the start.
    var dropped: UInt64 { state.withLock { $0.dropped } }

    func add(_ trace: Trace) {
        state.withLock { state in
            let own = state.traces[trace.environment]?.count ?? 0
            if own >= Self.mostOfOne {
                state.dropped += 1
                guard state.makeRoom(for: trace) else { return }
            } else if state.count >= Self.most {
                state.dropped += 1
                // Of whoever has most, as long as that is not this one.
                guard let crowded = state.traces.max(by: { $0.value.count < $1.value.count }),
                    crowded.value.count > own + 1
                else { return }
                if !state.letGo(of: crowded.key) {
                    state.traces[crowded.key]?.removeLast()
                    state.count -= 1
                }
            }
            state.traces[trace.environment, default: []].append(trace)
            state.count += 1
        }
    }

    /// Some that were drained could not be written.
    func lost(_ count: Int) { state.withLock { $0.dropped += UInt64(count) } }

    func drain() -> [Trace] {
        state.withLock { state in
            defer {
                state.traces = [:]
                state.count = 0
            }
            return state.traces.values.flatMap { $0 }
        }
    }
}
