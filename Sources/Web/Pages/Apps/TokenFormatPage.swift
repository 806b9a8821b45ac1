import OAuth

/// `/apps/{id}/token-format`: V1 and V2, the way from one to the other, and a refresh played through.
/// Posts to `switchPath` and `testPath`.
package struct TokenFormatPage: Page {
    struct Step: Sendable {
        var title: String
        var sent: String
        var got: String
        /// "As it should be" or what is wrong.
        var verdict: String
        var isRight: Bool
    }

    var name: String
    var appPath: String
    var tabs: [AppTab]
    var isV1: Bool
    /// "3 V1 tokens work. Each can be exchanged once."; empty when there are none.
    var liveV1 = ""
    /// "12 were exchanged."; may be empty.
    var moved = ""
    /// What a client with a V1 token sends once.
    var exchangeCall: String
    /// What it gets.
    var exchangeReply: String
    /// Where the test plays: "Northwind"; empty when the reader can allow apps nowhere.
    var testPlace = ""
    var steps: [Step] = []
    var passed = false
    var switchPath: String
    var testPath: String

    package static let template = "apps/token-format"
    package static let place = Place.apps
    package var title: String { "Tokens of \(name)" }

    package static let sample = TokenFormatPage(
        name: "Roster Sync", appPath: "/apps/app_1",
        tabs: AppTab.row(below: "/apps/app_1", current: "Tokens V1 and V2"), isV1: true,
        liveV1: "3 V1 tokens work. Each can be exchanged once you have switched.",
        exchangeCall: """
            curl -u "gw_id_4fQ8sT2vXy6Zb1Cd3Ef5Gh:$CLIENT_SECRET" \\
              -d grant_type=refresh_token -d refresh_token=$V1_ACCESS_TOKEN \\
              https://portal.example/t/acme/oauth/token
            """,
        exchangeReply:
            #"{"access_token":"gw_at_…","refresh_token":"gw_rt_…","token_type":"Bearer","expires_in":86400, …}"#,
        testPlace: "Northwind", switchPath: "/apps/app_1/token-format", testPath: "/apps/app_1/token-format/test")

    package static var samples: [PageSample<Self>] {
        var tested = sample
        tested.isV1 = false
        tested.liveV1 = "1 V1 token works. It can be exchanged once."
        tested.moved = "2 were exchanged."
        tested.passed = true
        tested.steps = [
            Step(
                title: "The V1 token, once, as a refresh token",
                sent: "grant_type=refresh_token&refresh_token=gw_at_…x9Zq",
                got: "200 · access_token gw_at_…8GjS, refresh_token gw_rt_…0sKa, expires_in 86400",
                verdict: "As it should be. The V1 token stopped working.", isRight: true)
        ]
        var nowhere = sample
        nowhere.testPlace = ""
        return [PageSample(sample), PageSample(tested, state: "tested"), PageSample(nowhere, state: "nowhere-to-test")]
    }
}
