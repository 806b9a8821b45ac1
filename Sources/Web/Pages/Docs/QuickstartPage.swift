/// `/docs/quickstart`: from nothing to an answer, with the reader's own values when they are signed in.
package struct QuickstartPage: Page {
    struct Example: Sendable {
        var languages: [LanguageExample]
    }

    /// Where the form that chooses workspace and app goes; the reader has something to choose from.
    var hasChoice: Bool
    /// The reader's own; value is the slug.
    var workspaces: [Choice]
    /// The reader's own; value is the ID.
    var apps: [Choice]
    /// Nil until they have one.
    var appName: String?
    var appPath: String?
    /// False for a public app of the reader's.
    var hasSecret = true
    /// Fills in the form for a new token.
    var newTokenPath: String
    var token: Example
    /// The beginning of the first call's answer.
    var reply: String
    var flow: Example

    package static let template = "docs/quickstart"
    package static let place = Place.docs
    package var title: String { "Quick start" }

    package static let sample = QuickstartPage(
        hasChoice: true, workspaces: [Choice(value: "acme", label: "Acme", isChosen: true)],
        apps: [Choice(value: "app_1", label: "Roster Sync", isChosen: true)], appName: "Roster Sync",
        appPath: "/apps/app_1", newTokenPath: "/tokens/new?tenant=acme",
        token: Example(languages: TokenExample(address: "https://portal.example/v2/me").languages),
        reply: ExampleCall.me.reply,
        flow: Example(languages: FlowExample.placeholder(at: "acme", .sample).languages))

    package static var samples: [PageSample<Self>] {
        var stranger = sample
        stranger.hasChoice = false
        stranger.workspaces = []
        stranger.apps = []
        stranger.appName = nil
        stranger.appPath = nil
        return [PageSample(sample), PageSample(stranger, state: "signed-out")]
    }
}
