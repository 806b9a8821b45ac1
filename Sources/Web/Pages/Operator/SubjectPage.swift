import OAuth

/// One person, app or tenant as an operator sees it, with what an operator can do: `/operator/people/{id}` and its kind.
package struct SubjectPage: Page {
    struct Past: Sendable {
        var what: String
        var reason = ""
        var at: Moment
    }

    struct Way: Sendable {
        var path: String
        var text: String
    }

    var name: String
    /// "a person", "an app", "a tenant".
    var kind: String
    var status: String
    /// ok | warn | bad | mute
    var statusKind: String
    /// Why it is suspended; empty when it is not.
    var suspendedBecause = ""
    var facts: [Fact]
    /// Address of a website to look at; empty when there is none.
    var websiteURL = ""
    var description = ""
    var hints: [ApplicationPage.Hint] = []
    /// To what belongs to it, and to its events.
    var ways: [Way]
    var history: [Past]
    /// What a suspension does, in one sentence.
    var effect: String
    /// Posts `reason`; empty when it cannot be suspended (oneself).
    var suspendPath = ""
    /// Posts nothing; empty unless suspended.
    var reinstatePath = ""
    var reason = ""
    /// Apps: posts `note` and `as_of`; empty when it is reviewed.
    var reviewPath = ""
    var asOf = ""
    var note = ""
    /// Apps: posts `because`; empty unless it is reviewed.
    var withdrawPath = ""
    var because = ""
    /// Tenants: posts `plan`; empty elsewhere.
    var planPath = ""
    var plans: [Choice] = []

    package static let template = "operator/subject"
    package static let place = Place.operator
    package var title: String { name }
    package static let sample = SubjectPage(
        name: "Roster Sync", kind: "an app", status: "Not reviewed", statusKind: "warn",
        facts: [
            Fact(label: "Client ID", value: "gw_id_4fQ8sT2vXy6Zb1Cd3Ef5Gh"),
            Fact(label: "Allowed in", value: "3 tenants"),
        ],
        websiteURL: "https://roster.example", description: "Keeps a team’s roster in step with the list of people.",
        hints: [ApplicationPage.Hint(sentence: "The account is less than a day old.", isStrong: false)],
        ways: [Way(path: "/operator/people/per_1", text: "Its developer, Lin")],
        history: [Past(what: "Reinstated", at: .exact(.sample(-1)))],
        effect: "Its tokens are refused and nobody can allow it, from the next request on. Nothing is deleted.",
        suspendPath: "/operator/apps/app_1/suspend", reviewPath: "/operator/apps/app_1/review", asOf: "1795252442")
    package static var samples: [PageSample<Self>] {
        var suspended = sample
        (suspended.status, suspended.statusKind) = ("Suspended", "bad")
        suspended.suspendedBecause = "It sent people to a page that is not its own."
        (suspended.suspendPath, suspended.reinstatePath) = ("", "/operator/apps/app_1/reinstate")
        (suspended.reviewPath, suspended.withdrawPath) = ("", "/operator/apps/app_1/withdraw")
        var tenant = sample
        (tenant.name, tenant.kind, tenant.reviewPath, tenant.websiteURL) = ("Acme", "a tenant", "", "")
        (tenant.status, tenant.statusKind, tenant.hints) = ("Active", "ok", [])
        tenant.planPath = "/operator/tenants/ten_1/plan"
        tenant.plans = [
            Choice(value: "standard", label: "Standard", isChosen: true), Choice(value: "network", label: "Network"),
        ]
        return [
            PageSample(sample), PageSample(suspended, state: "suspended"), PageSample(tenant, state: "tenant"),
            PageSample(
                sample, state: "errors",
                problems: [FieldProblem("reason", "Say why. Those it concerns get it by mail.")]),
        ]
    }
}
