package import Broker
package import OAuth
import Portal
import Synchronization

/// Proxied calls, counted in memory and written every few seconds; a crash loses the last few.
final class ProxyCalls: Sendable {
    struct Day: Hashable, Sendable {
        let environment: ID<Entity.Environment>
        /// Days since 1970.
        let day: Int64
    }

    struct Count: Sendable {
        var calls: Int64 = 0
        var failures: Int64 = 0
    }

    private struct State {
        var counts: [Day: Count] = [:]
        var samples: [ID<Entity.Environment>: ProxySample] = [:]
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - connection: its number.
    ///   - isWanted: false when the caller asked for no trace.
    /// - Returns: whether the call's trace is kept (``ProxySample``).
    func note(
        hasFailed: Bool, on connection: Int64, in environment: ID<Entity.Environment>, isWanted: Bool, at now: Instant
    ) -> Bool {
        state.withLock { state in
            let day = Day(environment: environment, day: now.day)
            state.counts[day, default: Count()].calls += 1
            if hasFailed { state.counts[day, default: Count()].failures += 1 }
            return state.samples[environment, default: ProxySample(at: now)].takes(
                hasFailed: hasFailed, on: connection, isWanted: isWanted, at: now
            ) { Int.random(in: 0..<ProxySample.thenOneIn) }
        }
    }

    /// What was counted since the last call.
    func drain() -> [(key: Day, count: Count)] {
        state.withLock { state in
            // Only the newest hour still counts; the rest would grow with every environment there is.
            let newest = state.samples.values.map(\.hour).max() ?? 0
            state.samples = state.samples.filter { $0.value.hour == newest }
            defer { state.counts = [:] }
            return state.counts.map { (key: $0.key, count: $0.value) }
        }
    }
}

extension Store {
    /// Counts a proxied call, and keeps its trace for later where it is worth it.
    ///
    /// - Parameters:
    ///   - trace: finished.
    ///   - isWanted: false when the caller asked for no trace. It is counted all the same, and kept where it failed or is
    ///     the first of its connection for long: a stolen key must not be able to hide whom it reads.
    package func note(
        proxied trace: Trace, on connection: BrokerConnection, isWanted: Bool, at now: Instant
    ) {
        let isKept = proxyCalls.note(
            hasFailed: trace.outcome == .failure, on: connection.number, in: trace.environment, isWanted: isWanted,
            at: now)
        if isKept { note(trace) }
    }

    /// Calls through the proxy since a day (days since 1970), as far as they are written.
    package func proxiedCalls(
        of environment: BrokerEnvironment, since day: Int64
    ) throws -> (calls: Int64, failures: Int64) {
        try engine.read { db in
            let row = try db.row(
                """
                SELECT coalesce(sum(calls), 0) AS calls, coalesce(sum(failures), 0) AS failures FROM proxy_days
                WHERE environment_id = \(environment.id) AND day >= \(day)
                """)
            return (try row?.integer("calls") ?? 0, try row?.integer("failures") ?? 0)
        }
    }

    func flushProxyCalls() async throws {
        let counted = proxyCalls.drain()
        guard !counted.isEmpty else { return }
        try await engine.write { db in
            for (key, count) in counted {
                try db.run(
                    """
                    INSERT INTO proxy_days (environment_id, day, calls, failures)
                    SELECT id, \(key.day), \(count.calls), \(count.failures) FROM live_environments
                    WHERE id = \(key.environment)
                    ON CONFLICT (environment_id, day) DO UPDATE SET calls = proxy_days.calls + excluded.calls,
                        failures = proxy_days.failures + excluded.failures
                    """)
            }
        }
    }
}
