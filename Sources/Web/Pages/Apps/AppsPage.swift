import OAuth

/// `/apps`: what this person registered.
package struct AppsPage: Page {
    struct App: Sendable {
        var name: String
        var initials: String
        var path: String
        var clientID: String
        /// "Confidential" or "Public".
        var kind: String
        /// "2 callbacks".
        var callbacks: String
        var created: Moment
    }

    var apps: [App]
    var canRegister = true
    /// Why not, when `canRegister` is false.
    var whyNot = ""
    /// Where to become a developer; empty for those who are.
    var applyPath = ""
    /// "Apply to be a developer", "See your application".
    var applyText = ""

    package static let template = "apps/index"
    package static let place = Place.apps
    package var title: String { "Apps" }

    package static let sample = AppsPage(apps: [
        App(
            name: "Roster Sync", initials: "RS", path: "/apps/app_1", clientID: "gw_id_4fQ8sT2vXy6Zb1Cd3Ef5Gh",
            kind: "Confidential", callbacks: "2 callbacks", created: .day(.sample(-30)))
    ])

    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample), PageSample(AppsPage(apps: []), state: "empty"),
            PageSample(
                AppsPage(
                    apps: [], canRegister: false,
                    whyNot: "Registering apps is for approved developers. Apply first: it takes a few minutes.",
                    applyPath: "/developer/apply", applyText: "Apply to be a developer"), state: "not-a-developer"),
        ]
    }
}
