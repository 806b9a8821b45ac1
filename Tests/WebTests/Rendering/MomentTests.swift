import OAuth
import Testing

@testable import Web

@Suite("Rendering · times in words")
struct MomentTests {
    private let now = Instant(seconds: 1_795_252_442)

    @Test func `a moment is spelled for machines and for people`() {
        #expect(Moment.exact(now).iso == "2026-11-21T09:14:02Z")
        #expect(Moment.exact(now).text == "21 Nov 2026, 09:14 UTC")
        #expect(Moment.fullDay(now + 90 * 86_400).text == "Friday, 19 February 2027")
        #expect(Moment.day(now).text == "21 Nov 2026")
        #expect(CivilDate(now).isoDay == "2026-11-21")
    }

    @Test(
        arguments: [
            (0, "just now"), (44, "just now"), (50, "1 minute ago"), (240, "4 minutes ago"), (3600, "1 hour ago"),
            (86_400, "1 day ago"), (42 * 86_400, "1 month ago"), (800 * 86_400, "2 years ago"),
            (-3 * 86_400, "in 3 days"),
            (-3600, "in 1 hour"),
        ] as [(Int64, String)])
    func `ages are relative, with the exact time beside them`(ago: Int64, words: String) {
        let moment = Moment.relative(now - ago, at: now)
        #expect(moment.text == words)
        #expect(moment.exact.hasSuffix(" UTC"))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)])
    func `the calendar is right at its edges`(seconds: Int64, iso: String) {
        #expect(CivilDate(Instant(seconds: seconds)).iso == iso)
    }

    @Test(arguments: [Int64.min, Int64.max])
    func `moments beyond all calendars do not trap`(seconds: Int64) {
        let instant = Instant(seconds: seconds)
        #expect(!Moment.fullDay(instant).text.isEmpty)
        #expect(!Moment.relative(instant, at: now).text.isEmpty)
        #expect(!Moment.relative(now, at: instant).text.isEmpty)
    }

    @Test(
        arguments: [
            (-5, "0 ms"), (0, "0 ms"), (999, "999 ms"), (1000, "1.0 s"), (4050, "4.0 s"), (9999, "9.9 s"),
            (10_000, "10 s"),
            (119_999, "119 s"), (120_000, "2 min"), (Int64.max, "153722867280912 min"),
        ] as [(Int64, String)])
    func `how long something took is said in a unit that people count in`(milliseconds: Int64, words: String) {
        #expect(took(milliseconds) == words.replacing(" ", with: "\u{A0}"))
    }

    @Test(arguments: [("Roster Sync", "RS"), ("Acme", "AC"), ("x", "X"), ("", "?"), ("Ada’s sandbox", "AS")])
    func `tiles carry two letters`(name: String, letters: String) {
        #expect(initials(of: name) == letters)
    }
}
