/// `/t/{slug}/policy`; posts deciders, admission, limited, scopes (repeated), reviewed, and existing = revoke | keep when
/// there is access beyond the rules.
package struct PolicyPage: Page {
    struct Beyond: Sendable {
        var appName: String
        var appPath: String
        /// "3 grants".
        var count: String
        var why: String
    }

    struct Exception: Sendable {
        var name: String
        var path: String
        var isListed: Bool
        var ceiling: [String]
    }

    var top: TenantTop
    var deciders: [Choice]
    var admissions: [Choice]
    var limits: [Choice]
    var groups: [ScopeGroup]
    /// What was given before and could not be given under these rules.
    var beyond: [Beyond] = []
    /// "12 grants"; empty when there are none.
    var total = ""
    /// How many they are, so that what is revoked is what was seen.
    var reviewed = "0"
    /// Not saved yet: asks what becomes of them.
    var isAsking = false
    var exceptions: [Exception] = []
    var formPath: String
    var addPath: String

    package static let template = "policy/show"
    package var title: String { "Policy of \(top.name)" }

    static func deciders(chosen: String) -> [Choice] {
        [
            Choice(
                value: "admins", label: "Admins",
                hint: "A member who wants to use an app asks, and an admin says yes or no."),
            Choice(value: "members", label: "Every member", hint: "Each for themselves, limited to what they may do."),
        ].map { $0.chosen(if: chosen) }
    }

    static func admissions(chosen: String) -> [Choice] {
        [
            Choice(value: "any", label: "Any app", hint: "The consent page warns of those that nobody reviewed."),
            Choice(
                value: "reviewed", label: "Reviewed apps",
                hint: "Those whose makers an operator checked, and those on your own list."),
            Choice(value: "listed", label: "Apps on your list", hint: "Nothing else, whoever made it."),
        ].map { $0.chosen(if: chosen) }
    }

    static func limits(chosen: String) -> [Choice] {
        [
            Choice(value: "no", label: "No limit", hint: "What the person agrees to."),
            Choice(
                value: "yes", label: "These scopes at most", hint: "Whatever an app asks for and a person agrees to."),
        ].map { $0.chosen(if: chosen) }
    }

    package static let sample = PolicyPage(
        top: .sample(.policy), deciders: deciders(chosen: "admins"), admissions: admissions(chosen: "any"),
        limits: limits(chosen: "no"), groups: ScopeGroup.samples, formPath: "/t/acme/policy",
        addPath: "/t/acme/apps/add")
    package static var samples: [PageSample<Self>] {
        var asking = sample
        asking.deciders = deciders(chosen: "members")
        asking.admissions = admissions(chosen: "listed")
        asking.limits = limits(chosen: "yes")
        asking.isAsking = true
        asking.total = "12 grants"
        asking.reviewed = "12"
        asking.beyond = [
            Beyond(
                appName: "Roster Sync", appPath: "/t/acme/apps/app_1", count: "12 grants",
                why: "The app may not be allowed.")
        ]
        asking.exceptions = [
            Exception(name: "Nightly Export", path: "/t/acme/apps/app_2", isListed: true, ceiling: ["people:read"])
        ]
        var kept = asking
        kept.isAsking = false
        return [
            PageSample(sample), PageSample(asking, state: "asking"), PageSample(kept, state: "beyond"),
            PageSample(
                sample, state: "errors",
                problems: [
                    FieldProblem("deciders", "Choose who may allow apps."),
                    FieldProblem("admission", "Choose which apps may be allowed."),
                    FieldProblem("limited", "Choose whether there is a limit."),
                    FieldProblem("scopes", "Choose at least one scope, or set no limit."),
                ]),
        ]
    }
}

extension Choice {
    func chosen(if typed: String) -> Choice {
        var choice = self
        choice.isChosen = value.utf8.elementsEqual(typed.utf8)
        return choice
    }
}
