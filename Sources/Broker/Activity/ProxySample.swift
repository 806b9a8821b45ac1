package import OAuth

/// Which of an environment's proxied calls leave a trace: those that failed, the first of each connection in an hour, the
/// first to go well after one that did not; of the others as many a minute as a person could look at, and of those beyond
/// them one in a hundred, drawn, so that nobody who holds a stolen key can count on which. The rest are counted.
package struct ProxySample: Sendable {
    package static let wholeEachMinute = 20
    package static let thenOneIn = 100
    /// Connections whose first call of the hour is known; those beyond them are drawn like any other.
    package static let mostConnections = 10_000
    /// Connections that are remembered to have failed; the oldest goes first.
    package static let mostFailing = 300

    private var seen = 0
    /// Minutes since 1970.
    private var minute: Int64
    /// Hours since 1970.
    package private(set) var hour: Int64
    private var connections: Set<Int64> = []
    private var failing: [Int64] = []

    package init(at now: Instant) {
        minute = now.seconds / 60
        hour = now.seconds / 3600
    }

    /// Counts a call.
    ///
    /// - Parameters:
    ///   - connection: its number.
    ///   - isWanted: false when the caller asked for no trace: then even the first of a minute are drawn.
    ///   - draw: a number from 0 up to ``thenOneIn``, which it does not reach; asked for where chance decides.
    /// - Returns: whether its trace is kept.
    package mutating func takes(
        hasFailed: Bool, on connection: Int64, isWanted: Bool, at now: Instant, draw: () -> Int
    ) -> Bool {
        // What failed before the hour began needs no mark: the next call of its connection is the first of the hour.
        if now.seconds / 3600 != hour { self = ProxySample(at: now) }
        if now.seconds / 60 != minute { (minute, seen) = (now.seconds / 60, 0) }
        let isFirst = connections.count < Self.mostConnections && connections.insert(connection).inserted
        let index = failing.firstIndex(of: connection)
        if hasFailed {
            if index == nil {
                if failing.count == Self.mostFailing { failing.removeFirst() }
                failing.append(connection)
            }
            return true
        }
        if let index { failing.remove(at: index) }
        if isFirst || index != nil { return true }
        guard isWanted else { return draw() == 0 }
        seen += 1
        return seen <= Self.wholeEachMinute || draw() == 0
    }
}
