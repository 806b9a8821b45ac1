import OAuth

/// `/apps/{id}/activity`: what went wrong with an app's requests and what changed. `?kind=&outcome=&error=&before=`.
package struct AppActivityPage: Page {
    struct Entry: Sendable {
        var when: Moment
        /// "Token request", "Authorization", "Direct flow", "Change".
        var kind: String
        /// "Refused" or "Done".
        var outcome: String
        var isRefused: Bool
        /// The protocol's word; may be empty.
        var error = ""
        var what: String
        var advice = ""
        /// "at Acme, from 198.51.100.…"; may be empty.
        var place = ""
        /// "12 times"; empty for once.
        var times = ""
        /// `/apps/{id}/activity/{entry}`
        var path: String
    }

    var name: String
    var appPath: String
    var tabs: [AppTab]
    var charts: [DayChart]
    var kinds: [Choice]
    var outcomes: [Choice]
    var errors: [Choice]
    var entries: [Entry]
    /// The next, older page; empty when there is none.
    var olderPath = ""
    /// The filter leaves out something, or this is not the first page.
    var isFiltered = false
    /// `/apps/{id}/activity`
    var path: String

    package static let template = "apps/activity"
    package static let place = Place.apps
    package var title: String { "Activity of \(name)" }

    package static let sample = AppActivityPage(
        name: "Roster Sync", appPath: "/apps/app_1", tabs: AppTab.row(below: "/apps/app_1", current: "Activity"),
        charts: DayChart.samples,
        kinds: [
            Choice(value: "", label: "Everything", isChosen: true), Choice(value: "token", label: "Token requests"),
        ],
        outcomes: [
            Choice(value: "", label: "Refused and done", isChosen: true), Choice(value: "refused", label: "Refused"),
        ],
        errors: [
            Choice(value: "", label: "Any", isChosen: true), Choice(value: "invalid_grant", label: "invalid_grant"),
        ],
        entries: [
            Entry(
                when: .relative(.sample, at: .sample + 240), kind: "Token request", outcome: "Refused", isRefused: true,
                error: "invalid_grant", what: "The code was used before.",
                advice: "A code works once. Look for a request that is sent twice.",
                place: "at Acme, from 198.51.100.…", times: "3 times", path: "/apps/app_1/activity/act_2"),
            Entry(
                when: .relative(.sample(-1), at: .sample), kind: "Change", outcome: "Done", isRefused: false,
                what: "Switched from V1 to V2: new access tokens live 24 hours and come with a refresh token.",
                path: "/apps/app_1/activity/act_1"),
        ],
        olderPath: "/apps/app_1/activity?before=act_1", path: "/apps/app_1/activity")

    package static var samples: [PageSample<Self>] {
        var empty = sample
        empty.entries = []
        empty.olderPath = ""
        var none = empty
        none.isFiltered = true
        return [PageSample(sample), PageSample(empty, state: "empty"), PageSample(none, state: "none-match")]
    }
}

/// `/apps/{id}/activity/{entry}`: one of them, at an address that can be sent to somebody.
package struct AppActivityEntryPage: Page {
    var name: String
    var appPath: String
    /// `/apps/{id}/activity`
    var listPath: String
    var what: String
    var advice = ""
    var isRefused: Bool
    var when: Moment
    var facts: [Fact]

    package static let template = "apps/activity-entry"
    package static let place = Place.apps
    package var title: String { "Activity of \(name)" }

    package static let sample = AppActivityEntryPage(
        name: "Roster Sync", appPath: "/apps/app_1", listPath: "/apps/app_1/activity",
        what: "The code was used before.",
        advice: "A code works once. Look for a request that is sent twice.", isRefused: true, when: .exact(.sample),
        facts: [
            Fact(label: "Kind", value: "Token request"), Fact(label: "Error", value: "invalid_grant"),
            Fact(label: "Workspace", value: "Acme"),
            Fact(label: "Parameters that came", value: "grant_type, code, redirect_uri, client_id, client_secret"),
            Fact(label: "From", value: "198.51.100.…"), Fact(label: "How often", value: "3 times"),
        ])
}
