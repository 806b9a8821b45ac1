package import OAuth

/// Which of an environment's proxied calls that went well leave a trace: as many a minute as a person could look at, and
/// of those beyond them one in a hundred. The rest are counted.
package struct ProxySample: Sendable {
    package static let wholeEachMinute = 20
    package static let thenOneIn = 100

    private var seen = 0
    /// Minutes since 1970.
    package private(set) var minute: Int64

    package init(at now: Instant) { minute = now.seconds / 60 }

    /// Counts a call that went well.
    ///
    /// - Returns: whether its trace is kept.
    package mutating func takes(at now: Instant) -> Bool {
        if now.seconds / 60 != minute { self = ProxySample(at: now) }
        seen += 1
        return seen <= Self.wholeEachMinute || (seen - Self.wholeEachMinute).isMultiple(of: Self.thenOneIn)
    }
}
