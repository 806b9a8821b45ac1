import OAuth

/// `/apps/{id}/grants`: who lets an app in, as far as its owner may see.
package struct AppGrantsPage: Page {
    struct Grant: Sendable {
        var tenantName: String
        /// A name, or "A member, whose name the app may not read".
        var person: String
        var scopes: [String]
        var since: Moment
        var lastUsed: Moment?
        /// `/apps/{id}/grants/{grant}/revoke`
        var revokePath: String
    }

    var name: String
    var appPath: String
    var tabs: [AppTab]
    /// "12 grants by 10 people in 3 workspaces"; empty when there are none.
    var reach: String
    var grants: [Grant]
    /// Empty when there are no more.
    var morePath = ""

    package static let template = "apps/grants"
    package static let place = Place.apps
    package var title: String { "People and grants of \(name)" }

    package static let sample = AppGrantsPage(
        name: "Roster Sync", appPath: "/apps/app_1",
        tabs: AppTab.row(below: "/apps/app_1", current: "People and grants"),
        reach: "2 grants by 2 people in 2 workspaces",
        grants: [
            Grant(
                tenantName: "Acme", person: "Ada", scopes: ["account:read", "people:read"], since: .day(.sample(-12)),
                lastUsed: .relative(.sample(-1), at: .sample), revokePath: "/apps/app_1/grants/gr_1/revoke"),
            Grant(
                tenantName: "Globex", person: "Somebody whose name the app may not read", scopes: ["people:read"],
                since: .day(.sample(-40)), revokePath: "/apps/app_1/grants/gr_2/revoke"),
        ],
        morePath: "/apps/app_1/grants?after=1795252442.gr_2")

    package static var samples: [PageSample<Self>] {
        var empty = sample
        empty.grants = []
        empty.reach = ""
        empty.morePath = ""
        return [PageSample(sample), PageSample(empty, state: "empty")]
    }
}

/// `/apps/{id}/grants/{grant}/revoke`: asks before giving access back.
package struct GiveBackPage: Page {
    var name: String
    var tenantName: String
    var person: String
    var lastUsed: Moment?
    var formPath: String
    /// `/apps/{id}/grants`
    var listPath: String

    package static let template = "apps/grants-revoke"
    package static let place = Place.apps
    package var title: String { "Give back access to \(tenantName)" }

    package static let sample = GiveBackPage(
        name: "Roster Sync", tenantName: "Acme", person: "Ada", lastUsed: .relative(.sample(-1), at: .sample),
        formPath: "/apps/app_1/grants/gr_1/revoke", listPath: "/apps/app_1/grants")
}
