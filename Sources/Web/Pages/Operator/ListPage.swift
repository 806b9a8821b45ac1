import OAuth

/// `/operator/people`, `/operator/apps`, `/operator/tenants`: a list to search, newest first.
package struct OperatorListPage: Page {
    struct Row: Sendable {
        var path: String
        var name: String
        /// Below the name.
        var sub = ""
        var facts: String
        var since: Moment
        var status: String
        /// ok | warn | bad | mute
        var statusKind: String
    }

    /// "People"
    var heading: String
    var sentence: String
    var listPath: String
    var query = ""
    var shows: [Choice]
    var rows: [Row]
    /// What the third column is called.
    var factsTitle: String
    /// The next page; empty on the last one.
    var nextPath = ""
    var isFiltered = false

    package static let template = "operator/list"
    package static let place = Place.operator
    package var title: String { heading }
    package static let sample = OperatorListPage(
        heading: "Apps", sentence: "What developers registered.", listPath: "/operator/apps", query: "roster",
        shows: [Choice(value: "", label: "All", isChosen: true), Choice(value: "suspended", label: "Suspended")],
        rows: [
            Row(
                path: "/operator/apps/app_1", name: "Roster Sync", sub: "by Lin, lin@northwind.example",
                facts: "3 tenants", since: .day(.sample(-30)), status: "Reviewed", statusKind: "ok"),
            Row(
                path: "/operator/apps/app_2", name: "Rooster Sync", sub: "by Mallory, mallory@globex.example",
                facts: "0 tenants", since: .day(.sample(-40)), status: "Suspended", statusKind: "bad"),
        ], factsTitle: "Allowed in", nextPath: "/operator/apps?after=1.app_2", isFiltered: true)
    package static var samples: [PageSample<Self>] {
        var empty = sample
        (empty.rows, empty.nextPath) = ([], "")
        return [PageSample(sample), PageSample(empty, state: "empty")]
    }
}
