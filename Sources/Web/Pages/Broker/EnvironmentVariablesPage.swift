/// `/t/{slug}/env/{environment}/settings/variables`: their names, or all of them in one text to be changed; posts
/// `variables` and `version`.
package struct EnvironmentVariablesPage: Page {
    var top: EnvironmentTop
    /// What is stored.
    var names: [String]
    /// The text stands there to be changed.
    var isOpen = false
    /// `NAME=value`, one on each line.
    var text = ""
    /// Which state of them the text was made from.
    var version = ""
    /// What is wrong with which line.
    var lineProblems: [String] = []
    /// The call that fetches them.
    var fetchCode: String
    var formPath: String
    var revealPath: String
    var settingsPath: String

    package static let template = "broker/variables"
    package var title: String { "Environment variables of \(top.name)" }
    package static let sample = EnvironmentVariablesPage(
        top: .sample(.settings), names: ["API_REGION", "REPORT_SECRET"],
        fetchCode: "curl -H \"Authorization: Bearer $GATEWRIGHT_SECRET_KEY\" \\\n"
            + "  \"https://portal.example/environment-variables\"",
        formPath: "/t/acme/env/dev/settings/variables", revealPath: "/t/acme/env/dev/settings/variables/reveal",
        settingsPath: "/t/acme/env/dev/settings")
    package static var samples: [PageSample<Self>] {
        var first = sample
        first.names = []
        first.isOpen = true
        first.version = "0"
        var open = sample
        open.isOpen = true
        open.text = "API_REGION=eu\nREPORT_SECRET=fjord-candle-42"
        open.version = "3"
        var wrong = open
        wrong.text = "API REGION=eu\nREPORT_SECRET"
        let problems = [
            "Line 1: A name has letters, digits and _, at most 100, no digit first, and no space before the =: API_REGION=eu.",
            "Line 2: Write a name, = and a value: API_REGION=eu.",
        ]
        wrong.lineProblems = problems
        return [
            PageSample(sample), PageSample(first, state: "first"), PageSample(open, state: "open"),
            PageSample(wrong, state: "errors", problems: problems.map { FieldProblem("variables", $0) }),
        ]
    }
}
