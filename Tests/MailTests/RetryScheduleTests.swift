import Testing

@testable import Mail

/// The same numbers every time (Steele, Lea and Flood's SplitMix64).
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Always the same number. Not 0: the standard library draws again on it, for ever.
private struct Extreme: RandomNumberGenerator {
    let value: UInt64
    mutating func next() -> UInt64 { value }
}

@Suite("F9 · Retrying a mail")
struct RetryScheduleTests {
    let schedule = RetrySchedule()

    @Test func `waits grow from seconds to hours, each within a fifth of its nominal length`() {
        var random = SplitMix64(state: 7)
        for (index, nominal) in schedule.waits.enumerated() {
            let seen = (0..<500).compactMap { _ in schedule.nextDelay(attempt: index + 1, using: &random) }
            #expect(seen.count == 500)
            #expect(seen.allSatisfy { ((nominal - nominal / 5)...(nominal + nominal / 5)).contains($0) })
            #expect(Set(seen).count >= 5, "jitter spreads the attempts")
        }
        #expect(schedule.waits == schedule.waits.sorted())
    }

    @Test func `a mail server that is down for an hour has the mail before a second hour is over`() {
        var random = SplitMix64(state: 1)
        var longest: Int64 = 0
        for _ in 0..<500 {
            var clock: Int64 = 0
            var attempt = 1
            while clock < 3_600, let delay = schedule.nextDelay(attempt: attempt, age: clock, using: &random) {
                clock += delay
                attempt += 1
            }
            longest = max(longest, clock)
        }
        #expect((3_600...7_200).contains(longest))
    }

    @Test(arguments: [1, UInt64.max])
    func `at either end of the jitter the last attempt is within 24 hours`(value: UInt64) {
        var random = Extreme(value: value)
        let delays = (1...20).map { schedule.nextDelay(attempt: $0, using: &random) }
        #expect(delays.compactMap { $0 }.count == 9)
        #expect(delays.compactMap { $0 }.reduce(0, +) <= RetrySchedule.longest)
    }

    @Test func `an old mail is given up when the next attempt would be later than 24 hours`() {
        var random = SplitMix64(state: 3)
        #expect(schedule.nextDelay(attempt: 1, age: 86_400 - 18, using: &random) != nil)
        #expect(schedule.nextDelay(attempt: 1, age: 86_400 - 11, using: &random) == nil)
        #expect(schedule.nextDelay(attempt: 9, age: 80_000, using: &random) == nil)
    }

    @Test(arguments: [Int.min, -1, 0, 10, Int.max])
    func `attempt numbers outside the schedule give up and never trap`(attempt: Int) {
        var random = SplitMix64(state: 3)
        #expect(schedule.nextDelay(attempt: attempt, age: .max, using: &random) == nil)
        #expect(schedule.nextDelay(attempt: attempt, age: .min, using: &random) == nil)
    }
}
