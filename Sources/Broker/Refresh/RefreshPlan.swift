package import OAuth

/// What to do about credentials, decided before any call is made.
package enum RefreshPlan: Hashable, Sendable {
    case use
    case refresh
    /// Somebody else is at it: look again when they are done, at the latest then.
    case wait(until: Instant)
    /// Still usable although a refresh is due, since the last try failed a moment ago.
    case useUntilRetry(at: Instant)
    /// Expired, and the next try is not due yet.
    case backOff(until: Instant)
    /// Only connecting again helps.
    case gone
}

extension ConnectionHealth {
    /// In seconds: how long a refresh may take before others may try (the call's own limit is 10).
    package static let lease: Int64 = 20
    /// In seconds: 30 after the first failure, doubling up to an hour.
    static func pause(after failures: Int) -> Int64 {
        30 << Int64(min(max(failures - 1, 0), 7))
    }

    /// - Parameters:
    ///   - margin: in seconds, how long before its end a token is renewed.
    ///   - isForced: the caller wants a new token whatever the clock says; a pause does not hold it up.
    package func plan(margin: Int64, isForced: Bool, at now: Instant) -> RefreshPlan {
        let isGone = goneAt != nil
        // A token that lives shorter than the margin would never be fresh: half of its life is margin enough.
        let life = expiresAt.flatMap { end in refreshedAt.map { max(0, end - $0) } }
        let margin = life.map { min(margin, $0 / 2) } ?? margin
        guard isRefreshable else { return isGone ? .gone : .use }
        let isDue = isForced || expiresAt.map { now + margin >= $0 } ?? false
        guard isDue else { return .use }
        guard !isGone else { return .gone }
        if let leasedUntil, now < leasedUntil { return .wait(until: leasedUntil) }
        guard let failedAt, !isForced else { return .refresh }
        let retry = failedAt + Self.pause(after: failures)
        guard now < retry else { return .refresh }
        let isExpired = expiresAt.map { now >= $0 } ?? false
        return isExpired ? .backOff(until: retry) : .useUntilRetry(at: retry)
    }
}
