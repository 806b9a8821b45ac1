/// An app that no operator has reviewed, in use in as many workspaces as that is allowed for.
package struct AppLimitPage: Page {
    var appName: String
    var tenantName: String
    var makerName: String
    /// "10 workspaces"
    var limit: String
    var switchPath: String

    package static let template = "authorize/app-limit"
    package var title: String { "\(appName) has to be reviewed first" }
    package static let sample = AppLimitPage(
        appName: "Roster Sync", tenantName: "Acme", makerName: "Northwind", limit: "10 workspaces",
        switchPath: "/logout")
}
