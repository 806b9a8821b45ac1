/// Asks before something of an environment ends for good; its name or key has to be typed.
package struct DeleteBrokerPage: Page {
    var top: EnvironmentTop
    /// "environment", "integration".
    var what: String
    var name: String
    /// What has to be typed: the "name" or the "key", and how it is spelt.
    var asked = "name"
    var expected: String
    /// What goes with it, a paragraph each.
    var sentences: [String]
    var confirmName = ""
    var formPath: String
    var cancelPath: String

    package static let template = "broker/delete"
    package var title: String { "Delete \(name)?" }
    package static let sample = DeleteBrokerPage(
        top: .sample(.integrations), what: "integration", name: "GitHub", asked: "key", expected: "github",
        sentences: [
            "Its 3 connections go with it. Backends that ask for them are answered that there is no such integration."
        ], formPath: "/t/acme/env/dev/integrations/int_1/delete", cancelPath: "/t/acme/env/dev/integrations/int_1")
    package static var samples: [PageSample<Self>] {
        var typed = sample
        typed.confirmName = "gitlab"
        return [
            PageSample(sample),
            PageSample(
                typed, state: "errors", problems: [FieldProblem("confirm_name", "Type the key exactly: github")]),
        ]
    }
}

/// Asks before one thing of an environment ends: what stops, and the button that does it.
package struct EndBrokerPage: Page {
    var top: EnvironmentTop
    var headline: String
    var sentences: [String]
    var facts: [Fact] = []
    var action: String
    var formPath: String
    var cancelPath: String
    var cancelText = "Keep it"

    package static let template = "broker/end"
    package var title: String { headline }
    package static let sample = EndBrokerPage(
        top: .sample(.connections), headline: "Delete the connection user-42?",
        sentences: [
            "GitHub is told to revoke the tokens. Your backend is answered that there is no such connection.",
            "The end user can connect again at any time.",
        ], facts: [Fact(label: "Integration", value: "github")], action: "Delete the connection",
        formPath: "/t/acme/env/dev/connections/42/delete", cancelPath: "/t/acme/env/dev/connections/42")
}
