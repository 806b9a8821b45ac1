package import OAuth
import Synchronization

/// Bounds how often one key may do something, in memory: a generic cell rate algorithm keeps
/// one moment per key, the time by which everything counted so far would have happened at the allowed pace.
package final class RateLimiter: Sendable {
    package struct Rule: Sendable {
        let name: String
        let count: Int64
        /// In seconds.
        let per: Int64

        package init(name: String, count: Int64, per: Int64) {
            self.name = name
            self.count = count
            self.per = per
        }

        /// NationBuilder's published limit: 250 requests in 10 seconds for one token.
        static let apiByToken = Rule(name: "api", count: 250, per: 10)
        static let tokenFailures = Rule(name: "token-failures", count: 20, per: 60)
        static let exports = Rule(name: "exports", count: 10, per: 600)
        /// Bearer tokens that nobody was given, from one network.
        static let unknownBearers = Rule(name: "unknown-bearers", count: 60, per: 60)
        static let authorizeByStrangers = Rule(name: "authorize-strangers", count: 60, per: 60)
        /// What is said once, however often it happens.
        static let alarm = Rule(name: "alarm", count: 1, per: 600)
        /// Starts of connect flows, and credentials posted, from one network.
        static let connect = Rule(name: "connect", count: 120, per: 60)
        /// Sockets, and questions for a result, from one network: a company's office connects and asks from one.
        static let sockets = Rule(name: "sockets", count: 600, per: 60)
        static let authorize = Rule(name: "authorize", count: 600, per: 60)
    }

    private static let shardCount = 16
    private let mostPerShard: Int
    private let shards = (0..<shardCount).map { _ in Shard() }

    private final class Shard: Sendable {
        /// Milliseconds since 1970.
        let moments = Mutex<[Counted: Int64]>([:])
    }

    private struct Counted: Hashable {
        let rule: String
        let key: String
    }

    /// - Parameter mostKeys: how many are remembered at a time, which bounds the memory.
    package init(mostKeys: Int = 1_048_576) { mostPerShard = max(8, mostKeys / Self.shardCount) }

    /// Counts one event.
    /// - Returns: nil when it may happen, else the seconds to wait, at least 1.
    package func count(_ rule: Rule, _ key: String, at now: Instant) -> Int64? {
        check(rule, key, at: now, counting: true)
    }

    /// Whether the key is at its limit, without counting.
    package func wait(_ rule: Rule, _ key: String, at now: Instant) -> Int64? {
        check(rule, key, at: now, counting: false)
    }

    private func check(_ rule: Rule, _ key: String, at now: Instant, counting: Bool) -> Int64? {
        let counted = Counted(rule: rule.name, key: key)
        let milliseconds = now.seconds &* 1000
        let step = rule.per * 1000 / rule.count
        return shards[Int(truncatingIfNeeded: counted.hashValue.magnitude % UInt(Self.shardCount))].moments.withLock {
            moments in
            let earliest = max(moments[counted] ?? milliseconds, milliseconds)
            let wait = earliest + step - milliseconds - rule.per * 1000
            guard wait <= 0 else { return max(1, (wait + 999) / 1000) }
            guard counting else { return nil }
            if moments.count >= mostPerShard { Self.makeRoom(in: &moments, at: milliseconds) }
            moments[counted] = earliest + step
            return nil
        }
    }

    /// Forgets what would be over soonest, an eighth at a time. Whoever uses very many keys pushes out those that were
    /// used least, their own: the ones at their limit stay there.
    private static func makeRoom(in moments: inout [Counted: Int64], at now: Int64) {
        let before = moments.count
        moments = moments.filter { $0.value > now }
        guard moments.count > before / 8 * 7 else { return }
        let soonest = moments.sorted { $0.value < $1.value }.prefix(max(1, before / 8))
        for (key, _) in soonest { moments[key] = nil }
    }
}
