package import OAuth
package import Portal
import Synchronization

/// What apps did, gathered in memory and written every few seconds: nobody's request waits for it.
///
/// Strangers can cause events (a `client_id` is public), so it is bounded: so many an app and minute, so many
/// altogether; what goes beyond is not kept (the day's counts go on). A crash loses the last few seconds.
package final class ActivityLog: Sendable {
    /// Events of one app that are kept in one minute, different ones.
    package static let mostPerMinute = 30
    /// Events that wait to be written.
    package static let mostWaiting = 5000
    private static let mostCounted = 50_000

    package struct Waiting: Sendable {
        package let event: AppEvent
        package fileprivate(set) var times: Int64
    }

    package struct Counted: Hashable, Sendable {
        package let app: ID<Entity.Client>
        package let metric: AppMetric
        package let day: Int64
    }

    private struct State {
        var waiting: [Sameness: Waiting] = [:]
        var minutes: [ID<Entity.Client>: (minute: Int64, events: Int)] = [:]
    }

    /// What makes two events the same one again.
    private struct Sameness: Hashable {
        let app: ID<Entity.Client>
        let what: String
        let tenant: ID<Entity.Tenant>?
        let address: String
        let received: String

        init(_ event: AppEvent) {
            app = event.app
            what = event.kind.rawValue + " " + event.what
            tenant = event.tenant
            address = event.addressHint
            received = event.received
        }
    }

    private let state = Mutex(State())
    private let counts = Mutex<[Counted: Int64]>([:])

    package init() {}

    package func note(_ event: AppEvent) {
        state.withLock { state in
            let key = Sameness(event)
            if state.waiting[key] != nil {
                state.waiting[key]?.times += 1
                return
            }
            let minute = event.at.seconds / 60
            let before = state.minutes[event.app].flatMap { $0.minute == minute ? $0.events : nil } ?? 0
            guard before < Self.mostPerMinute, state.waiting.count < Self.mostWaiting else { return }
            state.minutes[event.app] = (minute, before + 1)
            state.waiting[key] = Waiting(event: event, times: 1)
        }
    }

    package func count(_ metric: AppMetric, of app: ID<Entity.Client>, at now: Instant) {
        counts.withLock { counts in
            let key = Counted(app: app, metric: metric, day: now.day)
            guard counts.count < Self.mostCounted || counts[key] != nil else { return }
            counts[key, default: 0] += 1
        }
    }

    /// Everything gathered since the last call, events in their order.
    package func drain() -> (events: [Waiting], counts: [(key: Counted, count: Int64)]) {
        let events = state.withLock { state in
            defer {
                state.waiting.removeAll(keepingCapacity: true)
                // Only the newest minute still counts; the rest would grow with every app there is.
                let newest = state.minutes.values.map(\.minute).max() ?? 0
                state.minutes = state.minutes.filter { $0.value.minute == newest }
            }
            return state.waiting.values.sorted { $0.event.at < $1.event.at }
        }
        let counted = counts.withLock { counts in
            defer { counts.removeAll(keepingCapacity: true) }
            return counts.map { (key: $0.key, count: $0.value) }
        }
        return (events, counted)
    }
}
