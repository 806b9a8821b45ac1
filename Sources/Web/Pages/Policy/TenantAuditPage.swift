import OAuth

/// `/t/{slug}/audit?area=&actor=&subject=&from=&until=&after=`
package struct TenantAuditPage: Page {
    struct Row: Sendable {
        var at: Moment
        var actor: String
        /// The same list for this actor only; may be empty.
        var actorPath = ""
        var title: String
        var subject: String
        var subjectPath = ""
        var details: [Fact] = []
        var address = ""
        var sequence: String
    }

    var top: TenantTop
    var events: [Row]
    var areas: [Choice]
    /// IDs that the list is narrowed to, with their names; may be empty.
    var actor = ""
    var actorName = ""
    var subject = ""
    var subjectName = ""
    /// YYYY-MM-DD
    var from = ""
    var until = ""
    var isNarrowed = false
    var listPath: String
    var nextPath = ""
    var csvPath: String
    var jsonPath: String
    /// "50,000": events in a file.
    var most: String
    /// The chain holds as far as it was looked at.
    var isWhole = true
    var chain: String
    /// Looks further back; may be empty.
    var checkPath = ""

    package static let template = "policy/audit"
    package var title: String { "Audit log of \(top.name)" }
    package static let sample = TenantAuditPage(
        top: .sample(.audit),
        events: [
            Row(
                at: .exact(.sample), actor: "Ada", actorPath: "/t/acme/audit?actor=per_ada",
                title: "Changed the app policy", subject: "Acme", subjectPath: "/t/acme/audit?subject=ten_acme",
                details: [Fact(label: "apps", value: "listed"), Fact(label: "who", value: "admins")],
                address: "203.0.113.7", sequence: "42"),
            Row(
                at: .exact(.sample(-1)), actor: "Grace", actorPath: "/t/acme/audit?actor=per_grace",
                title: "Created a token", subject: "CI deploy", sequence: "41"),
        ],
        areas: [
            Choice(value: "", label: "Everything", isChosen: true), Choice(value: "grant", label: "App access"),
        ], listPath: "/t/acme/audit", nextPath: "/t/acme/audit?after=41.0000",
        csvPath: "/t/acme/audit/export?format=csv", jsonPath: "/t/acme/audit/export?format=json", most: "50,000",
        chain: "The newest 42 events follow one another without a gap, and none was changed.",
        checkPath: "/t/acme/audit?check=far")
    package static var samples: [PageSample<Self>] {
        var narrow = sample
        narrow.isNarrowed = true
        narrow.actor = "per_ada"
        narrow.actorName = "Ada"
        narrow.subject = "app_1"
        narrow.subjectName = "Roster Sync"
        narrow.from = "2026-11-01"
        narrow.until = "2026-11-21"
        var none = narrow
        none.events = []
        none.nextPath = ""
        var empty = none
        empty.isNarrowed = false
        var broken = sample
        broken.isWhole = false
        broken.chain = "Event 17 is missing. Somebody changed the database: tell the operator of this portal."
        return [
            PageSample(sample), PageSample(narrow, state: "narrowed"), PageSample(none, state: "none"),
            PageSample(empty, state: "empty"), PageSample(broken, state: "broken"),
            PageSample(
                sample, state: "errors",
                problems: [
                    FieldProblem("from", "Enter a date as year, month and day, such as 2027-03-31."),
                    FieldProblem("until", "Enter a date as year, month and day, such as 2027-03-31."),
                ]),
        ]
    }
}
