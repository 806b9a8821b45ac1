import OAuth

/// `/operator/audit`: everything that happened, newest first.
package struct AuditLogPage: Page {
    struct Event: Sendable {
        /// Within its chain.
        var number: String
        var at: Moment
        /// "Suspended an app"
        var what: String
        /// The stored name, "app.suspended".
        var code: String
        var who: String
        var subject = ""
        /// The tenant's name; empty for the installation's own.
        var tenant = ""
        /// "scopes: people:read; reason: …"
        var detail = ""
        var address = ""
    }

    var events: [Event]
    var areas: [Choice]
    var actor = ""
    var subject = ""
    var tenant = ""
    /// "2026-11-21"
    var from = ""
    var until = ""
    /// The next, older page; empty on the last one.
    var nextPath = ""
    var isFiltered = false

    package static let template = "operator/audit"
    package static let place = Place.operator
    package var title: String { "Audit log" }
    package static let sample = AuditLogPage(
        events: [
            Event(
                number: "12", at: .exact(.sample), what: "Suspended an app", code: "app.suspended",
                who: "Olga (operator)",
                subject: "Rooster Sync", detail: "reason: It imitates another app.", address: "198.51.100.7"),
            Event(
                number: "3", at: .exact(.sample(-1)), what: "Allowed an app", code: "grant.allowed", who: "Ada",
                subject: "Roster Sync", tenant: "Acme", detail: "scopes: people:read", address: "203.0.113.9"),
        ],
        areas: [Choice(value: "", label: "Everything", isChosen: true), Choice(value: "app", label: "Apps")],
        nextPath: "/operator/audit?before=41")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                AuditLogPage(events: [], areas: sample.areas, from: "2026-11-21", isFiltered: true), state: "empty"),
            PageSample(
                sample, state: "errors",
                problems: [
                    FieldProblem("from", "Enter a date as year, month and day, such as 2027-03-31."),
                    FieldProblem("until", "Enter a date as year, month and day, such as 2027-03-31."),
                ]),
        ]
    }
}

/// `/operator/health`
package struct HealthPage: Page {
    struct Reading: Sendable {
        var label: String
        var value: String
        /// ok | warn | bad | mute
        var kind: String
        /// What to do; empty when all is well.
        var advice = ""
    }

    var readings: [Reading]
    /// What to keep elsewhere, so that a log that was cut short is noticed.
    var anchor: String

    package static let template = "operator/health"
    package static let place = Place.operator
    package var title: String { "Health" }
    package static let sample = HealthPage(
        readings: [
            Reading(label: "Mail that waits", value: "2, the oldest since 3 minutes", kind: "ok"),
            Reading(
                label: "Mail that failed", value: "1", kind: "bad", advice: "Look into the sent mail for the reason."),
            Reading(label: "Database", value: "41 MB", kind: "mute"),
        ], anchor: "1234-5f0c9b2e")
}
