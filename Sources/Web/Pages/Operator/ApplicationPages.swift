import OAuth

/// `/operator/applications`: who wants to be a developer.
package struct ApplicationsPage: Page {
    struct Application: Sendable {
        var path: String
        var name: String
        var email: String
        var organization: String
        /// "2nd submission"; empty for a first one.
        var round = ""
        var sent: Moment
        /// "1 to look at", "3 worth knowing"; empty without hints.
        var hints = ""
        /// warn | mute
        var hintsKind = "mute"
    }

    var applications: [Application]
    /// The states one can look at.
    var states: [Choice]
    var stateTitle: String
    /// The next page; empty on the last one.
    var nextPath = ""

    package static let template = "operator/applications"
    package static let place = Place.operator
    package var title: String { "Developer applications" }
    package static let sample = ApplicationsPage(
        applications: [
            Application(
                path: "/operator/applications/dev_1", name: "Nora", email: "nora@new.example",
                organization: "Nora Apps",
                round: "2nd submission", sent: .relative(.sample - 7200, at: .sample), hints: "1 to look at",
                hintsKind: "warn")
        ],
        states: [
            Choice(value: "submitted", label: "Waiting", isChosen: true), Choice(value: "approved", label: "Approved"),
        ], stateTitle: "Waiting")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                ApplicationsPage(applications: [], states: sample.states, stateTitle: "Waiting"), state: "empty"),
        ]
    }
}

/// `/operator/applications/{id}`; posts decision = approved | changes_requested | rejected, reason and version.
package struct ApplicationPage: Page {
    struct Hint: Sendable {
        var sentence: String
        var isStrong: Bool
    }

    struct Difference: Sendable {
        var field: String
        var before: String
        var after: String
    }

    struct Event: Sendable {
        /// "Sent (version 2)", "Changes asked for by Olga".
        var what: String
        var reason = ""
        var at: Moment
    }

    var name: String
    var email: String
    var personPath: String
    var status: String
    /// ok | warn | bad | mute
    var statusKind: String
    var accountAge: Moment
    var organization: String
    var websiteURL: String
    var about: String
    var building: String
    var hints: [Hint]
    /// Between the version before and this one; empty for a first one.
    var differences: [Difference] = []
    var history: [Event]
    /// It waits for a decision.
    var canDecide: Bool
    var version: String
    var reason = ""
    var formPath: String

    package static let template = "operator/application"
    package static let place = Place.operator
    package var title: String { "Application of \(name)" }
    package static let sample = ApplicationPage(
        name: "Nora", email: "nora@new.example", personPath: "/operator/people/per_1",
        status: "Waiting for an operator",
        statusKind: "warn", accountAge: .relative(.sample - 7200, at: .sample), organization: "Northw1nd",
        websiteURL: "https://nora.example", about: "I write small tools for choirs.",
        building: "An app that keeps the roster of a choir in step with its list of people, every night.",
        hints: [
            Hint(sentence: "“Northw1nd” looks like the tenant “Northwind”.", isStrong: true),
            Hint(sentence: "The account is less than a day old.", isStrong: false),
        ],
        differences: [Difference(field: "Website", before: "https://nora.test", after: "https://nora.example")],
        history: [
            Event(what: "Sent (version 2)", at: .exact(.sample)),
            Event(what: "Changes asked for by Olga", reason: "Your website does not open.", at: .exact(.sample(-1))),
            Event(what: "Sent (version 1)", at: .exact(.sample(-2))),
        ],
        canDecide: true, version: "2", formPath: "/operator/applications/dev_1")
    package static var samples: [PageSample<Self>] {
        var decided = sample
        (decided.status, decided.statusKind, decided.canDecide) = ("Approved", "ok", false)
        decided.hints = []
        decided.differences = []
        return [
            PageSample(sample), PageSample(decided, state: "decided"),
            PageSample(
                sample, state: "errors",
                problems: [
                    FieldProblem("reason", "Say why, so that they know what to change. They get this by mail.")
                ]),
        ]
    }
}
