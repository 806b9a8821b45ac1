import OAuth

/// One of the pages about an app, in the row above them.
package struct AppTab: Sendable {
    var label: String
    var path: String
    var isCurrent = false

    /// - Parameter current: the label of the page that is shown.
    static func row(below path: String, current: String) -> [AppTab] {
        [
            ("Overview", ""), ("People and grants", "/grants"), ("Activity", "/activity"),
            ("Tokens V1 and V2", "/token-format"), ("Direct flow", "/direct"),
        ].map { label, end in
            AppTab(label: label, path: path + end, isCurrent: label.utf8.elementsEqual(current.utf8))
        }
    }
}

/// A line that asks an app's owner to look at something.
package struct AppHintLine: Sendable {
    var text: String
    /// Where it is mended; may be empty.
    var path = ""
    var action = ""
}

/// Bars, one a day, and the same as a table. Drawn here: no script.
package struct DayChart: Sendable {
    struct Bar: Sendable {
        /// In the units of the drawing, 300 wide and 80 high.
        var x: String
        var y: String
        var height: String
    }

    struct Day: Sendable {
        var day: Moment
        var count: String
    }

    var title: String
    /// What a reader hears instead of the bars: "12 in the last 30 days; busiest day 4 Nov 2026, with 5.".
    var sentence: String
    var bars: [Bar]
    /// Newest first, only days on which there was something.
    var days: [Day]
    /// Draws the bars as errors.
    var isBad = false
    /// Unique on its page.
    var key: String

    static let samples = [
        DayChart(
            title: "Authorizations a day",
            sentence: "7 in the last 30 days; busiest day 20 Nov 2026, with 5.",
            bars: [Bar(x: "271", y: "52", height: "28"), Bar(x: "281", y: "10", height: "70")],
            days: [Day(day: .day(.sample), count: "5"), Day(day: .day(.sample(-1)), count: "2")],
            key: "authorizations"),
        DayChart(
            title: "Refused token requests", sentence: "None in the last 30 days.", bars: [], days: [], isBad: true,
            key: "errors"),
    ]
}
