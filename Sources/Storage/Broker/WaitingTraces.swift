import Broker
import OAuth
import Synchronization

/// Traces on their way to the database that nobody waits for.
///
/// Bounded, so that memory is, and by environment, so that a busy one pushes out nothing of another's. What failed stays
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
            guard let index = traces[environment]?.firstIndex(where: { $0.outcome != .failure }) else { return false }
            traces[environment]?.remove(at: index)
            count -= 1
            return true
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
                guard trace.outcome == .failure, state.letGo(of: trace.environment) else { return }
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
