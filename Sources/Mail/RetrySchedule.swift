/// When to try a mail again after a temporary failure. Pure: the caller counts attempts and keeps the clock.
package struct RetrySchedule: Sendable {
    /// Nobody waits longer than this for a mail; after it the mail has failed.
    package static let longest: Int64 = 24 * 3_600

    /// Nominal waits in seconds after the first, second, … failed attempt.
    let waits: [Int64]

    /// 15 s for a hiccup, minutes for a greylist, hours for an outage; with every wait at its longest the last
    /// attempt is 23 h 14 min after the first.
    package init() {
        waits = [15, 60, 300, 900, 3_600, 7_200, 14_400, 21_600, 21_600]
    }

    /// Seconds to wait after the failure of attempt number `attempt` (the first is 1), or nil to give up.
    ///
    /// The wait is up to a fifth shorter or longer than nominal, so that mails which failed together do not come
    /// back together. `age` is how many seconds ago the mail was written; a wait that would end more than 24 h after
    /// that is not begun.
    package func nextDelay(
        attempt: Int, age: Int64 = 0, using random: inout some RandomNumberGenerator
    ) -> Int64? {
        guard attempt >= 1, attempt <= waits.count else { return nil }
        let nominal = waits[attempt - 1]
        let delay = Int64.random(in: (nominal - nominal / 5)...(nominal + nominal / 5), using: &random)
        guard age <= Self.longest - delay else { return nil }
        return delay
    }
}
