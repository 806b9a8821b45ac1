/// What the pages of one environment have above them: the workspace, which environment it is, and its parts.
package struct EnvironmentTop: Sendable {
    struct Tab: Sendable {
        var name: String
        var path: String
        var isCurrent: Bool
    }

    struct Workspace: Sendable {
        var name: String
        /// `/t/acme`
        var path: String
    }

    /// The raw value is the end of the address.
    enum Place: String, CaseIterable {
        case home = ""
        case integrations = "/integrations"
        case connections = "/connections"
        case activity = "/activity"
        case webhooks = "/webhooks"
        case settings = "/settings"

        var title: String {
            switch self {
            case .home: "Start"
            case .integrations: "Integrations"
            case .connections: "Connections"
            case .activity: "Activity"
            case .webhooks: "Webhooks"
            case .settings: "Settings"
            }
        }
    }

    var workspace: Workspace
    /// "dev"
    var name: String
    /// `/t/{slug}/env/{name}`
    var path: String
    var tabs: [Tab]
    /// Every environment, each at the same place as this one.
    var environments: [Tab]
    /// Where another is added; empty when there are as many as there can be.
    var newPath = ""

    static func sample(_ place: Place) -> EnvironmentTop {
        EnvironmentTop(
            workspace: Workspace(name: "Acme", path: "/t/acme"), name: "dev", path: "/t/acme/env/dev",
            tabs: Place.allCases.map { tab in
                Tab(name: tab.title, path: "/t/acme/env/dev" + tab.rawValue, isCurrent: tab == place)
            },
            environments: [
                Tab(name: "dev", path: "/t/acme/env/dev" + place.rawValue, isCurrent: true),
                Tab(name: "prod", path: "/t/acme/env/prod" + place.rawValue, isCurrent: false),
            ], newPath: "/t/acme/env/new")
    }
}
