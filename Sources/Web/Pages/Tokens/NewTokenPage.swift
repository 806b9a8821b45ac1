/// `/tokens/new`; posts to `/tokens` with tenant, description, scopes (repeated), expires, expires_on, replaces, and
/// `action` = create | select_all.
package struct NewTokenPage: Page {
    /// The token that the new one takes the place of.
    struct Old: Sendable {
        var id: String
        var description: String
        /// It works until the new one is made.
        var isActive: Bool
    }

    /// The workspaces the person is in; `value` is the slug.
    var tenants: [Choice]
    var description = ""
    var groups: [ScopeGroup]
    /// Values 7, 30, 60, 90, 365, custom, never; the hint is the resulting date, "Friday, 19 February 2027".
    var expiries: [Choice]
    /// YYYY-MM-DD
    var expiresOn = ""
    /// YYYY-MM-DD, bounds of the date box.
    var earliestDay = ""
    var latestDay = ""
    /// Filled in by the address that led here: says so.
    var isPrefilled = false
    /// Sent along as the hidden field `replaces`.
    var replaces: Old?
    /// What the admins of the workspaces decided about tokens, a sentence each.
    var rules: [String] = []

    package static let template = "tokens/new"
    package static let place = Place.tokens
    package var title: String { "Create a token" }

    static func expiries(chosen: String, dates: [String: String], allowsNever: Bool = true) -> [Choice] {
        let offered = [
            ("7", "7 days"), ("30", "30 days"), ("60", "60 days"), ("90", "90 days"), ("365", "1 year"),
            ("custom", "On a date"), ("never", "Never"),
        ]
        return offered.filter { allowsNever || $0.0 != "never" }.map { value, label in
            let hint = value == "custom" ? "chosen below" : value == "never" ? "until revoked" : dates[value] ?? ""
            return Choice(value: value, label: label, hint: hint, isChosen: value.utf8.elementsEqual(chosen.utf8))
        }
    }

    package static let sample = NewTokenPage(
        tenants: [
            Choice(value: "acme", label: "Acme", isChosen: true),
            Choice(value: "ada-sandbox", label: "Ada’s sandbox"),
        ],
        description: "CI deploy",
        groups: ScopeGroup.samples,
        expiries: expiries(
            chosen: "90",
            dates: [
                "7": "Saturday, 28 November 2026", "30": "Monday, 21 December 2026",
                "60": "Wednesday, 20 January 2027", "90": "Friday, 19 February 2027",
                "365": "Sunday, 21 November 2027",
            ]),
        earliestDay: "2026-11-22", latestDay: "2027-11-21")

    package static var samples: [PageSample<Self>] {
        var single = sample
        single.tenants = [Choice(value: "acme", label: "Acme", isChosen: true)]
        single.isPrefilled = true
        single.replaces = Old(id: "tok_2", description: "Old laptop", isActive: true)
        single.rules = ["Acme lets tokens live for 30 days at most, with people:read."]
        var ended = single
        ended.isPrefilled = false
        ended.replaces = Old(id: "tok_3", description: "Trial", isActive: false)
        return [
            PageSample(sample),
            PageSample(
                sample, state: "errors",
                problems: [
                    FieldProblem("description", "Say what the token is for."),
                    FieldProblem("scopes", "Choose at least one scope."),
                    FieldProblem("expires_on", "Choose a day after today, written as YYYY-MM-DD."),
                ]),
            PageSample(single, state: "prefilled"), PageSample(ended, state: "like-an-ended-one"),
        ]
    }
}
