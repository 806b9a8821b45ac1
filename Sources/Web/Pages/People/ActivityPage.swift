/// `/account/activity`
package struct ActivityPage: Page {
    struct Entry: Sendable {
        /// "Signed in"
        var title: String
        /// What it was done to, when that is not the account itself; may be empty.
        var what = ""
        /// Who did it, when somebody else did.
        var by = ""
        /// "scopes: people:read"; may be empty.
        var detail = ""
        /// The IP address; may be empty.
        var address = ""
        var when: Moment
        var isWarning = false
    }

    var entries: [Entry]
    /// Where the next, older page is; empty on the last.
    var olderPath = ""
    var isFirst = true

    package static let template = "people/activity"
    package static let place = Place.account
    package var title: String { "Security activity" }
    package static let sample = ActivityPage(
        entries: [
            Entry(title: "Signed in", address: "203.0.113.7", when: .relative(.sample, at: .sample)),
            Entry(
                title: "Gave a wrong code at the second step", address: "198.51.100.24",
                when: .relative(.sample(-1), at: .sample), isWarning: true),
            Entry(
                title: "Turned off two-step sign-in", by: "Olga", when: .relative(.sample(-2), at: .sample),
                isWarning: true),
            Entry(
                title: "Created a token", what: "CI deploy", detail: "scopes: people:read", address: "203.0.113.7",
                when: .relative(.sample(-3), at: .sample)),
        ],
        olderPath: "/account/activity?before=120")
    package static var samples: [PageSample<Self>] {
        [PageSample(sample), PageSample(ActivityPage(entries: []), state: "empty")]
    }
}
