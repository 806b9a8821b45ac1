import OAuth
import Portal
import Testing

struct CalendarDateTests {
    @Test(arguments: [
        ("1970-01-01", 0 as Int64, 4), ("1970-01-02", 86_400, 5), ("1999-12-31", 946_598_400, 5),
        ("2000-02-29", 951_782_400, 2), ("2000-03-01", 951_868_800, 3), ("2024-02-29", 1_709_164_800, 4),
        ("2026-11-21", 1_795_219_200, 6), ("2038-01-19", 2_147_472_000, 2), ("2100-03-01", 4_107_542_400, 1),
        ("9999-12-31", 253_402_214_400, 5),
    ])
    func `known days are where they belong, both ways`(text: String, seconds: Int64, weekday: Int) throws {
        let date = try #require(CalendarDate(text))
        #expect(date.startOfDay.seconds == seconds)
        #expect(date.weekday == weekday)
        #expect(CalendarDate(Instant(seconds: seconds)) == date)
        #expect(CalendarDate(Instant(seconds: seconds + 86_399)) == date)
        #expect(CalendarDate(Instant(seconds: seconds + 86_400)) != date)
    }

    @Test func `every day of four centuries comes back as itself`() {
        for day in stride(from: Int64(0), to: 146_097, by: 1) {
            let start = Instant(seconds: day * 86_400)
            guard CalendarDate(start).startOfDay == start else {
                Issue.record("day \(day) came back as another")
                return
            }
        }
    }

    @Test(arguments: [
        "", "2027", "2027-03", "2027-3-31", "27-03-31", "2027-03-31T00:00", " 2027-03-31", "2027-03-31 ", "2027/03/31",
        "2027-00-10", "2027-13-10", "2027-04-31", "2027-02-29", "2100-02-29", "2027-01-00", "2027-01-32", "1969-12-31",
        "-027-03-31", "+027-03-31", "２０２７-03-31", "2027-03-3a", "20270331", "2027--331", "9999999999-01-01",
    ])
    func `what is not a day is refused`(text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test(arguments: ["2024-02-29", "2000-02-29", "2028-02-29"])
    func `leap days exist in leap years`(text: String) {
        #expect(CalendarDate(text) != nil)
    }

    @Test func `moments before 1970 belong to the day before, not to the one after`() {
        let date = CalendarDate(Instant(seconds: -1))
        #expect((date.year, date.month, date.day) == (1969, 12, 31))
    }
}
