import Broker
import Synchronization

/// Traces on their way to the database that nobody waits for; bounded, newest dropped.
final class WaitingTraces: Sendable {
    private static let most = 2000
    private let traces = Mutex<[Trace]>([])

    func add(_ trace: Trace) {
        traces.withLock { traces in
            guard traces.count < Self.most else { return }
            traces.append(trace)
        }
    }

    func drain() -> [Trace] {
        traces.withLock { traces in
            defer { traces = [] }
            return traces
        }
    }
}
