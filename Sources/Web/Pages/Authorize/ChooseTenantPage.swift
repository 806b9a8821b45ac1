/// `/user/oauth_allow`, when a person is in several workspaces: which one the app asks for is theirs to say.
package struct ChooseTenantPage: Page {
    struct Choice: Sendable {
        var name: String
        var initials: String
        /// "Admin" or "Member".
        var role: String
        /// The same request, with the choice.
        var path: String
    }

    var appName: String
    var choices: [Choice]

    package static let template = "authorize/choose-tenant"
    package var title: String { "Choose a workspace for \(appName)" }

    package static let sample = ChooseTenantPage(
        appName: "Roster Sync",
        choices: [
            Choice(
                name: "Acme", initials: "AC", role: "Admin",
                path: "/user/oauth_allow?api_key=gw_id_1&callback=https%3A%2F%2Froster.example%2F&tenant=acme"),
            Choice(
                name: "Globex", initials: "GL", role: "Member",
                path: "/user/oauth_allow?api_key=gw_id_1&callback=https%3A%2F%2Froster.example%2F&tenant=globex"),
        ])

    package static var samples: [PageSample<Self>] {
        [PageSample(sample), PageSample(ChooseTenantPage(appName: "Roster Sync", choices: []), state: "empty")]
    }
}
