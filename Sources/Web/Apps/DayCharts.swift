import OAuth
import Portal

/// What an app's counts of the last 30 days come to.
struct DayCharts {
    static let days: Int64 = 30

    private let today: Int64
    private let counts: [(day: Int64, metric: AppMetric, count: Int64)]

    init(_ counts: [(day: Int64, metric: AppMetric, count: Int64)], at now: Instant) {
        today = now.day
        self.counts = counts
    }

    var all: [DayChart] {
        [
            chart("Authorizations a day", [.authorized, .direct], key: "authorizations"),
            chart("Refused requests for access", [.stopped, .denied], key: "stopped", isBad: true),
            chart("Refused token requests", [.refused], key: "errors", isBad: true),
            chart("Calls to the API", [.used], key: "calls"),
        ]
    }

    private func chart(_ title: String, _ metrics: Set<AppMetric>, key: String, isBad: Bool = false) -> DayChart {
        var byDay: [Int64: Int64] = [:]
        for entry in counts where metrics.contains(entry.metric) { byDay[entry.day, default: 0] += entry.count }
        let first = today - Self.days + 1
        let shown = (first...today).map { day in (day: day, count: byDay[day] ?? 0) }
        let most = shown.max { $0.count < $1.count } ?? (day: today, count: 0)
        let total = shown.reduce(0) { $0 + $1.count }
        let day = Self.moment(most.day).text
        let busiest = most.count == total ? " (\(day))" : "; busiest day \(day), with \(most.count)"
        return DayChart(
            title: title,
            sentence: total == 0
                ? "None in the last \(Self.days) days."
                : "\(total) in the last \(Self.days) days\(busiest).",
            bars: shown.filter { $0.count > 0 }.map { bar(of: $0.count, at: $0.day - first, most: most.count) },
            days: shown.reversed().filter { $0.count > 0 }.map {
                DayChart.Day(day: Self.moment($0.day), count: String($0.count))
            },
            isBad: isBad, key: key)
    }

    /// Each day is 10 wide; the largest bar is 70 high, and something is never drawn as nothing.
    private func bar(of count: Int64, at place: Int64, most: Int64) -> DayChart.Bar {
        let height = max(2, count.multipliedReportingOverflow(by: 70).partialValue / max(1, most))
        return DayChart.Bar(x: String(place * 10 + 1), y: String(80 - height), height: String(height))
    }

    private static func moment(_ day: Int64) -> Moment { .day(Instant(seconds: day * 86_400)) }
}
