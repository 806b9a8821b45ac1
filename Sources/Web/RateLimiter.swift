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

        /// For one token: as many as clients of such APIs are used to.
        static let apiByToken = Rule(name: "api", count: 250, per: 10)
        static let tokenFailures = Rule(name: "token-failures", count: 20, per: 60)
        /// Of clients from one network, under whatever names.
        static let clientFailures = Rule(name: "client-failures", count: 60, per: 60)
        static let exports = Rule(name: "exports", count: 10, per: 600)
        /// Bearer tokens that nobody was given, from one network.
        static let unknownBearers = Rule(name: "unknown-bearers", count: 60, per: 60)
        /// Texts in which a token of ours may stand, from one network.
        static let leakReports = Rule(name: "leak-reports", count: 30, per: 60)
        static let authorizeByStrangers = Rule(name: "authorize-strangers", count: 60, per: 60)
        /// What is said once, however often it happens.
        static let alarm = Rule(name: "alarm", count: 1, per: 600)
        /// Starts of connect flows, and credentials posted, from one network.
        static let connect = Rule(name: "connect", count: 120, per: 60)
        /// What the page of one connect session asks.
        static let connectSession = Rule(name: "connect-session", count: 300, per: 60)
        /// Sockets, and questions for a result, from one network: a company's office connects and asks from one.
        static let sockets = Rule(name: "sockets", count: 600, per: 60)
        static let authorize = Rule(name: "authorize", count: 600, per: 60)
    }

    /// How a key stands once an event of it was looked at.
    package struct Budget: Sendable {
        package let limit: Int64
        /// Further events that may happen at this moment.
        package let remaining: Int64
        /// When nothing of what was counted counts any more.
        package let reset: Instant
        /// Nil when the event may happen, else the seconds to wait, at least 1.
        package let wait: Int64?
    }

    private static let shardCount = 16
    private let mostPerShard: Int
    private let shards = (0..<shardCount).map { _ in Shard() }

    /// Times in microseconds since 1970.
    private struct Moments {
        var byKey: [Counted: Int64] = [:]
        var tidiedAt: Int64 = 0
    }

    private final class Shard: Sendable {
        let moments = Mutex(Moments())
    }

    /// What is counted, as small for a long key as for a short one: whoever chooses the key does not choose how much
    /// is remembered. Two hashes whose seeds differ in each process, so nobody can find two keys that share them.
    private struct Counted: Hashable {
        let first: Int
        let second: Int

        init(_ rule: String, _ key: String) {
            first = Self.hash(1, rule, key)
            second = Self.hash(2, rule, key)
        }

        private static func hash(_ number: UInt8, _ rule: String, _ key: String) -> Int {
            var hasher = Hasher()
            var key = key
            hasher.combine(number)
            hasher.combine(rule)
            key.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            return hasher.finalize()
        }
    }

    /// - Parameter mostKeys: how many are remembered at a time, which bounds the memory.
    package init(mostKeys: Int = 1_048_576) { mostPerShard = max(8, mostKeys / Self.shardCount) }

    /// How many keys are remembered.
    package var keyCount: Int { shards.reduce(0) { $0 + $1.moments.withLock { $0.byKey.count } } }

    /// Counts one event.
    /// - Returns: nil when it may happen, else the seconds to wait, at least 1.
    package func count(_ rule: Rule, _ key: String, at now: Instant) -> Int64? {
        check(rule, key, at: now, counting: true).wait
    }

    /// Counts one event, and says how much is left.
    package func budget(_ rule: Rule, _ key: String, at now: Instant) -> Budget {
        check(rule, key, at: now, counting: true)
    }

    /// Whether the key is at its limit, without counting.
    package func wait(_ rule: Rule, _ key: String, at now: Instant) -> Int64? {
        check(rule, key, at: now, counting: false).wait
    }

    private func check(_ rule: Rule, _ key: String, at now: Instant, counting: Bool) -> Budget {
        let counted = Counted(rule.name, key)
        let second: Int64 = 1_000_000
        let moment = now.seconds &* second
        let whole = rule.per * second
        let step = max(1, whole / rule.count)
        return shards[Int(counted.first.magnitude % UInt(Self.shardCount))].moments.withLock { moments in
            let earliest = max(moments.byKey[counted] ?? moment, moment)
            func budget(until end: Int64, wait: Int64?) -> Budget {
                Budget(
                    limit: rule.count, remaining: wait == nil ? max(0, (whole - (end - moment)) / step) : 0,
                    reset: now + (end - moment + second - 1) / second, wait: wait)
            }
            let wait = earliest + step - moment - whole
            guard wait <= 0 else { return budget(until: earliest, wait: max(1, (wait + second - 1) / second)) }
            guard counting else { return budget(until: earliest, wait: nil) }
            Self.tidy(&moments, at: moment)
            if moments.byKey.count >= mostPerShard { Self.makeRoom(in: &moments.byKey) }
            moments.byKey[counted] = earliest + step
            return budget(until: earliest + step, wait: nil)
        }
    }

    /// Drops what is over, once a minute.
    private static func tidy(_ moments: inout Moments, at now: Int64) {
        guard abs(now - moments.tidiedAt) >= 60_000_000 else { return }
        moments.byKey = moments.byKey.filter { $0.value > now }
        moments.tidiedAt = now
    }

    /// Forgets what would be over soonest, an eighth at a time. Whoever uses very many keys pushes out those that were
    /// used least, their own: the ones at their limit stay there.
    private static func makeRoom(in moments: inout [Counted: Int64]) {
        let soonest = moments.sorted { $0.value < $1.value }.prefix(max(1, moments.count / 8))
        for (key, _) in soonest { moments[key] = nil }
    }
}
