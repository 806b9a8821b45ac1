/// RFC 5322 §3.3 dates, in UTC, without a calendar library.
enum MailDate {
    /// 1970 to 9999: years of four digits.
    static let range: ClosedRange<Int64> = 0...253_402_300_799

    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Sat, 21 Nov 2026 11:32:14 +0000`. Seconds outside ``range`` are moved to its nearer end.
    static func text(_ seconds: Int64) -> String {
        let seconds = Int(min(max(seconds, range.lowerBound), range.upperBound))
        let day = seconds / 86_400
        let time = seconds % 86_400
        // Years counted from March, in eras of 400 years: the leap day is then the last day of its year.
        let shifted = day + 719_468
        let ofEra = shifted % 146_097
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let dayOfYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = shifted / 146_097 * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return "\(days[day % 7]), \(two(dayOfMonth)) \(months[month - 1]) \(year) "
            + "\(two(time / 3_600)):\(two(time / 60 % 60)):\(two(time % 60)) +0000"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
