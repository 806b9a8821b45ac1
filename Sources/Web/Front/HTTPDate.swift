package import OAuth
import Portal
import Synchronization

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), put together once a second.
package enum HTTPDate {
    private static let last = Mutex<(moment: Instant, text: String)?>(nil)

    package static func text(at now: Instant) -> String {
        last.withLock { last in
            if let last, last.moment == now { return last.text }
            let new = spell(now)
            last = (now, new)
            return new
        }
    }

    private static func spell(_ now: Instant) -> String {
        let day = CalendarDate(now)
        let second = now - day.startOfDay
        let time = [second / 3600, second / 60 % 60, second % 60].map { pad($0) }.joined(separator: ":")
        return "\(weekdays[day.weekday]), \(pad(day.day)) \(months[Int(day.month) - 1]) \(pad(day.year, 4)) \(time) GMT"
    }

    private static func pad(_ number: Int64, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
