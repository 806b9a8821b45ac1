import OAuth

/// `/apps/{id}/direct`: the direct flow for one app. Posts `lifetime` to `formPath`, and to `offPath`.
package struct DirectFlowPage: Page {
    var name: String
    var appPath: String
    var tabs: [AppTab]
    var isOn: Bool
    /// "Turned on 12 Nov 2026 by Lin; each token lives 1 hour."; empty when it is off.
    var state = ""
    /// Why it cannot be turned on; empty when it can.
    var whyNot = ""
    var lifetimes: [Choice]
    /// Where the app sends people.
    var address: String
    /// Where they come back to.
    var answer: String
    var formPath: String
    var offPath: String

    package static let template = "apps/direct"
    package static let place = Place.apps
    package var title: String { "Direct flow of \(name)" }

    package static let sample = DirectFlowPage(
        name: "Roster Sync", appPath: "/apps/app_1", tabs: AppTab.row(below: "/apps/app_1", current: "Direct flow"),
        isOn: false,
        lifetimes: [
            Choice(value: "900", label: "15 minutes"), Choice(value: "3600", label: "1 hour", isChosen: true),
            Choice(value: "86400", label: "24 hours"), Choice(value: "2592000", label: "30 days"),
        ],
        address: """
            https://portal.example/user/oauth_allow
              ?api_key=gw_id_4fQ8sT2vXy6Zb1Cd3Ef5Gh
              &callback=https%3A%2F%2Froster.example%2Foauth%2Fcallback
              &state=$STATE
            """,
        answer: "https://roster.example/oauth/callback?access_token=$ACCESS_TOKEN&state=$STATE",
        formPath: "/apps/app_1/direct", offPath: "/apps/app_1/direct/off")

    package static var samples: [PageSample<Self>] {
        var on = sample
        on.isOn = true
        on.state = "Turned on 12 Nov 2026 by Lin. Each token lives 1 hour."
        var impossible = sample
        impossible.whyNot = "It needs a callback on a web server: any app on a device can claim a scheme."
        return [
            PageSample(sample), PageSample(on, state: "on"), PageSample(impossible, state: "impossible"),
            PageSample(
                sample, state: "errors", problems: [FieldProblem("lifetime", "Choose how long a token lives.")]),
        ]
    }
}
