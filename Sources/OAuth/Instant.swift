/// A moment, in whole seconds since 1970-01-01T00:00:00Z: the protocol's own unit (RFC 6749 `expires_in`).
///
/// Arithmetic saturates, because a trap takes every tenant down and a number from outside can be anything.
package struct Instant: Hashable, Comparable, Sendable {
    package let seconds: Int64

    package init(seconds: Int64) {
        self.seconds = seconds
    }

    package static func < (a: Instant, b: Instant) -> Bool { a.seconds < b.seconds }

    /// The moment `seconds` later; stays at the end of time instead of overflowing.
    package static func + (instant: Instant, seconds: Int64) -> Instant {
        let (sum, overflow) = instant.seconds.addingReportingOverflow(seconds)
        return Instant(seconds: overflow ? (seconds < 0 ? .min : .max) : sum)
    }

    /// The moment `seconds` earlier, saturating likewise.
    package static func - (instant: Instant, seconds: Int64) -> Instant {
        let (difference, overflow) = instant.seconds.subtractingReportingOverflow(seconds)
        return Instant(seconds: overflow ? (seconds < 0 ? .max : .min) : difference)
    }

    /// Seconds from `b` to `a`: negative when `a` is earlier.
    package static func - (a: Instant, b: Instant) -> Int64 {
        let (difference, overflow) = a.seconds.subtractingReportingOverflow(b.seconds)
        return overflow ? (a < b ? .min : .max) : difference
    }
}
