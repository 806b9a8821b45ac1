package import OAuth

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

/// A UTC calendar date and clock time of an instant, after Howard Hinnant's days-from-civil arithmetic.
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
        let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = rest / 3600
        minute = rest % 3600 / 60
        second = rest % 60
        weekday = ((days + 4) % 7 + 7) % 7
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
