package import OAuth
import Portal

/// A point in time in words, with the machine's spelling beside it. Rendered as `<time>` by `parts/time`.
///
/// Expiry is given precisely ("Friday, 19 February 2027"), age relatively ("4 minutes ago") with the exact
/// time as its title. All in UTC; the script rewrites the exact ones to the reader's zone.
package struct Moment: Sendable {
    /// RFC 3339, `2027-02-19T09:14:02Z`.
    let iso: String
    let text: String
    /// The exact time when `text` is relative, else empty.
    let exact: String
    /// Whether `text` shows a clock time, which the script may move to the reader's zone.
    let hasClock: Bool

    /// "19 Feb 2027".
    package static func day(_ instant: Instant) -> Moment {
        let date = CivilDate(instant)
        let text = "\(date.day) \(date.monthName.prefix(3)) \(date.year)"
        return Moment(iso: date.iso, text: text, exact: "", hasClock: false)
    }

    /// "Friday, 19 February 2027".
    package static func fullDay(_ instant: Instant) -> Moment {
        let date = CivilDate(instant)
        return Moment(iso: date.iso, text: date.fullDay, exact: "", hasClock: false)
    }

    /// "21 Nov 2026, 09:14 UTC".
    package static func exact(_ instant: Instant) -> Moment {
        let date = CivilDate(instant)
        return Moment(iso: date.iso, text: date.dayAndClock, exact: "", hasClock: true)
    }

    /// "4 minutes ago", "in 3 days", "just now"; the exact time is the title.
    package static func relative(_ instant: Instant, at now: Instant) -> Moment {
        let date = CivilDate(instant)
        return Moment(iso: date.iso, text: words(for: now - instant), exact: date.dayAndClock, hasClock: false)
    }

    private static func words(for seconds: Int64) -> String {
        let size = seconds.magnitude
        guard size >= 45 else { return "just now" }
        let units: [(UInt64, String)] = [
            (31_536_000, "year"), (2_592_000, "month"), (86_400, "day"), (3600, "hour"), (60, "minute"),
        ]
        let (length, name) = units.first { size >= $0.0 } ?? (60, "minute")
        let count = max(1, size / length)
        let phrase = "\(count) \(name)\(count == 1 ? "" : "s")"
        return seconds >= 0 ? "\(phrase) ago" : "in \(phrase)"
    }
}

/// A UTC calendar date and clock time of an instant, in the spellings that pages show.
package struct CivilDate: Sendable {
    package let year: Int64
    package let month: Int64
    package let day: Int64
    package let hour: Int64
    package let minute: Int64
    package let second: Int64
    /// 0 is Sunday.
    package let weekday: Int64

    /// Instants outside the years 1 to 9999 are shown as the nearest of these.
    package init(_ instant: Instant) {
        let seconds = min(max(instant.seconds, -62_135_596_800), 253_402_300_799)
        let date = CalendarDate(Instant(seconds: seconds))
        let rest = seconds - date.startOfDay.seconds
        (year, month, day) = (date.year, date.month, date.day)
        (hour, minute, second) = (rest / 3600, rest % 3600 / 60, rest % 60)
        weekday = Int64(date.weekday)
    }

    /// `2027-02-19`, as `<input type="date">` writes it.
    package var isoDay: String { "\(padded(year, to: 4))-\(padded(month))-\(padded(day))" }

    package var iso: String { "\(isoDay)T\(padded(hour)):\(padded(minute)):\(padded(second))Z" }

    package var fullDay: String {
        let names = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
        return "\(names[Int(weekday)]), \(day) \(monthName) \(year)"
    }

    package var dayAndClock: String {
        "\(day) \(monthName.prefix(3)) \(year), \(padded(hour)):\(padded(minute)) UTC"
    }

    var monthName: String {
        let names = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        return names[Int(month - 1)]
    }

    private func padded(_ number: Int64, to width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
