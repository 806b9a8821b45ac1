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
        /// The log, narrowed to them; may be empty, like those below.
        var whoPath = ""
        var subject = ""
        var subjectPath = ""
        /// The tenant's name; empty for the installation's own.
        var tenant = ""
        var tenantPath = ""
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
    /// One of the three IDs is asked for.
    var isByID = false
    /// The same events as a file.
    var csvPath: String
    var jsonPath: String
    /// "50,000": the most that a file holds.
    var most: String

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
                whoPath: "/operator/audit?actor=per_ada",
                subject: "Roster Sync", subjectPath: "/operator/audit?subject=app_1", tenant: "Acme",
                tenantPath: "/operator/audit?tenant=ten_acme", detail: "scopes: people:read", address: "203.0.113.9"),
        ],
        areas: [Choice(value: "", label: "Everything", isChosen: true), Choice(value: "app", label: "Apps")],
        nextPath: "/operator/audit?before=41", csvPath: "/operator/audit/export?format=csv",
        jsonPath: "/operator/audit/export?format=json", most: "50,000")
    package static var samples: [PageSample<Self>] {
        var empty = sample
        empty.events = []
        empty.nextPath = ""
        empty.from = "2026-11-21"
        empty.isFiltered = true
        return [
            PageSample(sample), PageSample(empty, state: "empty"),
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
        /// ok | warn | bad
        var kind: String
        /// Where one sees more; may be empty.
        var path = ""
        /// More of it, and what to do; may be empty.
        var note = ""
    }

    /// What can need somebody's attention.
    var readings: [Reading]
    /// How the server is made up.
    var server: [Reading]
    /// What to keep elsewhere, so that a log that was cut short is noticed.
    var anchor: String

    package static let template = "operator/health"
    package static let place = Place.operator
    package var title: String { "Health" }
    package static let sample = HealthPage(
        readings: [
            Reading(
                label: "Mail that waits", value: "2", kind: "ok", path: "/operator/outbox",
                note: "The oldest is from 3 minutes ago."),
            Reading(
                label: "Mail that failed", value: "1", kind: "bad", path: "/operator/outbox",
                note: "Each mail says whom it did not reach, and why."),
            Reading(label: "Apps not reviewed", value: "1", kind: "warn", path: "/operator/apps?show=unreviewed"),
        ],
        server: [
            Reading(label: "Key in use", value: "k1, 12 days old", kind: "ok"),
            Reading(label: "Database", value: "41 MB", kind: "ok"),
        ], anchor: "1234-5f0c9b2e")
}
