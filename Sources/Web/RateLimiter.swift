import OAuth
import Synchronization

/// Bounds how often one key may do something, in memory: a generic cell rate algorithm keeps
/// one moment per key, the time by which everything counted so far would have happened at the allowed pace.
final class RateLimiter: Sendable {
    struct Rule: Sendable {
        let name: String
        let count: Int64
        /// In seconds.
        let per: Int64

        /// NationBuilder's published limit: 250 requests in 10 seconds for one token.
        static let apiByToken = Rule(name: "api", count: 250, per: 10)
        static let tokenFailures = Rule(name: "token-failures", count: 20, per: 60)
        static let exports = Rule(name: "exports", count: 10, per: 600)
        static let authorize = Rule(name: "authorize", count: 600, per: 60)
    }

    private static let shardCount = 16
    private static let mostPerShard = 65_536
    private let shards = (0..<shardCount).map { _ in Shard() }

    private final class Shard: Sendable {
        /// Milliseconds since 1970.
        let moments = Mutex<[Counted: Int64]>([:])
    }

    private struct Counted: Hashable {
        let rule: String
        let key: String
    }

    /// Counts one event.
    /// - Returns: nil when it may happen, else the seconds to wait, at least 1.
    func count(_ rule: Rule, _ key: String, at now: Instant) -> Int64? { check(rule, key, at: now, counting: true) }

    /// Whether the key is at its limit, without counting.
    func wait(_ rule: Rule, _ key: String, at now: Instant) -> Int64? { check(rule, key, at: now, counting: false) }

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
            if moments.count >= Self.mostPerShard { moments = moments.filter { $0.value > milliseconds } }
            if moments.count >= Self.mostPerShard { moments.removeAll() }
            moments[counted] = earliest + step
            return nil
        }
    }
}
