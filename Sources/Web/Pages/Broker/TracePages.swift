import Broker
import OAuth

/// `/t/{slug}/env/{environment}/activity?action=&outcome=&integration=&connection=&from=&until=&after=`
package struct TracesPage: Page {
    struct Row: Sendable {
        var title: String
        var integration: String
        var connection: String
        var outcome: String
        /// ok | bad | mute
        var outcomeKind: String
        /// `invalid_grant`; may be empty.
        var error: String
        var advice: String
        var at: Moment
        /// "320 ms"
        var duration: String
        var path: String
    }

    var top: EnvironmentTop
    var events: [Row]
    var actions: [Choice]
    var outcomes: [Choice]
    var integrations: [Choice]
    var connection = ""
    /// YYYY-MM-DD
    var from = ""
    var until = ""
    var isNarrowed = false
    var listPath: String
    var nextPath = ""
    /// "30 days"
    var kept: String
    /// "1204 calls", in that time; empty for none.
    var proxied = ""
    /// "3 calls" of them; empty for none.
    var proxiedFailed = ""
    /// "20": how many that went well are listed of each minute, and then one in how many.
    var listedEachMinute = "\(ProxySample.wholeEachMinute)"
    var thenOneIn = "\(ProxySample.thenOneIn)"

    package static let template = "broker/activity"
    package var title: String { "Activity" }
    package static let sample = TracesPage(
        top: .sample(.activity),
        events: [
            Row(
                title: "Refresh", integration: "github", connection: "user-42", outcome: "Failed", outcomeKind: "bad",
                error: "invalid_grant", advice: "The provider no longer accepts this connection.",
                at: .relative(.sample, at: .sample + 240), duration: "320 ms", path: "/t/acme/env/dev/activity/trc_2"),
            Row(
                title: "Connect", integration: "github", connection: "user-42", outcome: "Done", outcomeKind: "ok",
                error: "", advice: "", at: .relative(.sample(-1), at: .sample), duration: "11 s",
                path: "/t/acme/env/dev/activity/trc_1"),
        ],
        actions: [Choice(value: "", label: "Everything", isChosen: true), Choice(value: "refresh", label: "Refresh")],
        outcomes: [Choice(value: "", label: "Any", isChosen: true), Choice(value: "failure", label: "Failed")],
        integrations: [Choice(value: "", label: "All", isChosen: true), Choice(value: "github", label: "github")],
        listPath: "/t/acme/env/dev/activity", nextPath: "/t/acme/env/dev/activity?after=trc_1.0000", kept: "30 days",
        proxied: "1204 calls", proxiedFailed: "3 calls")
    package static var samples: [PageSample<Self>] {
        var none = sample
        none.events = []
        none.nextPath = ""
        none.connection = "user-1"
        none.isNarrowed = true
        var empty = none
        empty.connection = ""
        empty.isNarrowed = false
        var wrong = none
        wrong.from = "12027-03-31"
        return [
            PageSample(sample), PageSample(none, state: "none"), PageSample(empty, state: "empty"),
            PageSample(
                wrong, state: "errors",
                problems: [FieldProblem("from", "Enter a date as year, month and day, such as 2027-03-31.")]),
        ]
    }
}

/// `/t/{slug}/env/{environment}/activity/{trace}`: one thing that happened, step by step.
package struct TracePage: Page {
    struct Step: Sendable {
        /// "+120 ms"
        var offset: String
        var sentence: String
        var isError: Bool
        var isWarning: Bool
        var details: [Detail]
    }

    struct Detail: Sendable {
        /// "Address"
        var label: String
        var value: String
        /// A sentence or a name; else it is set as code.
        var isProse = false
    }

    var top: EnvironmentTop
    var headline: String
    var outcome: String
    var outcomeKind: String
    var isRunning = false
    var error = ""
    var advice = ""
    var facts: [Fact]
    var started: Moment
    var connectionID = ""
    /// Where the connection is now; empty when there is none.
    var connectionPath = ""
    var steps: [Step]
    var listPath: String
    var selfPath: String

    package static let template = "broker/trace"
    package var title: String { headline }
    package static let sample = TracePage(
        top: .sample(.activity), headline: "Refresh at github failed", outcome: "Failed", outcomeKind: "bad",
        error: "invalid_grant",
        advice: "The provider no longer accepts this connection. Ask the end user to connect again.",
        facts: [
            Fact(label: "Provider", value: "github"), Fact(label: "Took", value: "320 ms"),
            Fact(label: "Number", value: "trc_2"),
        ], started: .exact(.sample), connectionID: "user-42", connectionPath: "/t/acme/env/dev/connections/42",
        steps: [
            Step(
                offset: "0 ms", sentence: "Asked the provider for new credentials.", isError: false, isWarning: false,
                details: [Detail(label: "Address", value: "https://github.com/login/oauth/access_token")]),
            Step(
                offset: "+312 ms", sentence: "The provider answered.", isError: true, isWarning: false,
                details: [Detail(label: "HTTP status", value: "400"), Detail(label: "Bytes", value: "212")]),
            Step(
                offset: "+318 ms", sentence: "The credentials were not renewed.", isError: true, isWarning: false,
                details: [Detail(label: "Why", value: "The provider gave no token.", isProse: true)]),
        ], listPath: "/t/acme/env/dev/activity", selfPath: "/t/acme/env/dev/activity/trc_2")
    package static var samples: [PageSample<Self>] {
        var running = sample
        running.headline = "Connect at github is under way"
        running.outcome = "Running"
        running.outcomeKind = "mute"
        running.isRunning = true
        running.error = ""
        running.advice = ""
        running.connectionPath = ""
        running.steps = []
        return [PageSample(sample), PageSample(running, state: "running")]
    }
}
