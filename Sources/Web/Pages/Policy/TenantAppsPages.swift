import OAuth

/// `/t/{slug}/apps?after=`: the apps that members allow.
package struct TenantAppsPage: Page {
    struct Row: Sendable {
        var name: String
        var initials: String
        var maker: String
        /// May be empty.
        var makerDomain = ""
        var isReviewed = false
        var isListed = false
        /// The policy does not let it be allowed.
        var isKeptOut = false
        var isSuspended = false
        /// "3 people", "Nobody".
        var people: String
        var path: String
        /// Empty when there is nothing to revoke.
        var revokePath = ""
    }

    var top: TenantTop
    var apps: [Row]
    var isNarrowed = false
    var listPath: String
    var nextPath = ""
    var policyPath: String
    var addPath: String

    package static let template = "policy/apps"
    package var title: String { "App access at \(top.name)" }
    package static let sample = TenantAppsPage(
        top: .sample(.apps),
        apps: [
            Row(
                name: "Roster Sync", initials: "RS", maker: "Lin", makerDomain: "roster.example", isReviewed: true,
                people: "3 people", path: "/t/acme/apps/app_1", revokePath: "/t/acme/apps/app_1/revoke"),
            Row(
                name: "Leech", initials: "LE", maker: "Mallory", isListed: true, isKeptOut: true, isSuspended: true,
                people: "Nobody", path: "/t/acme/apps/app_2"),
        ], listPath: "/t/acme/apps", policyPath: "/t/acme/policy", addPath: "/t/acme/apps/add")
    package static var samples: [PageSample<Self>] {
        var empty = sample
        empty.apps = []
        var second = sample
        second.isNarrowed = true
        second.nextPath = "/t/acme/apps?after=app_2.0000"
        return [PageSample(sample), PageSample(empty, state: "empty"), PageSample(second, state: "second-page")]
    }
}

/// `/t/{slug}/apps/{app}?after=`: who allows one app, and the rules for it.
package struct TenantAppPage: Page {
    struct Row: Sendable {
        var name: String
        var email: String
        var role: String
        /// In words: "See people".
        var scopes: [String]
        var since: Moment
        /// Nil: never used.
        var lastUsed: Moment?
        /// May be empty.
        var remark = ""
        var revokePath: String
    }

    var top: TenantTop
    var name: String
    var initials: String
    var appDescription: String
    var maker: String
    var makerDomain = ""
    var clientID: String
    var isReviewed = false
    var isSuspended = false
    var isKeptOut = false
    var people: String
    var grants: [Row]
    /// "3 grants: Given by members, who would have to ask."
    var beyond: [String] = []
    /// "3 grants"; empty when there are none.
    var beyondTotal = ""
    var listings: [Choice]
    var limits: [Choice]
    var groups: [ScopeGroup]
    var isNarrowed = false
    var nextPath = ""
    var appPath: String
    var rulesPath: String
    /// Empty when there is nothing to revoke.
    var revokePath = ""

    package static let template = "policy/app"
    package var title: String { "\(name) at \(top.name)" }

    static func listings(chosen: String) -> [Choice] {
        [
            Choice(value: "yes", label: "On the list", hint: "May be allowed also where the policy asks for more."),
            Choice(value: "no", label: "Not on the list", hint: "The policy decides."),
        ].map { $0.chosen(if: chosen) }
    }

    static func limits(chosen: String) -> [Choice] {
        [
            Choice(value: "no", label: "No limit of its own", hint: "The policy’s limit applies."),
            Choice(value: "yes", label: "These scopes at most", hint: "Instead of the policy’s limit."),
        ].map { $0.chosen(if: chosen) }
    }

    package static let sample = TenantAppPage(
        top: .sample(.apps), name: "Roster Sync", initials: "RS",
        appDescription: "Keeps a team’s roster in step with the people in your workspace.", maker: "Lin",
        makerDomain: "roster.example", clientID: "gw_id_4fQ8sT2vXy6Zb1Cd3Ef5Gh", isReviewed: true, people: "2 people",
        grants: [
            Row(
                name: "Ada", email: "ada@acme.example", role: "Admin", scopes: ["See people", "Read your profile"],
                since: .day(.sample(-12)), lastUsed: .relative(.sample(-1), at: .sample),
                revokePath: "/t/acme/apps/app_1/grants/gr_1/revoke"),
            Row(
                name: "Grace", email: "grace@acme.example", role: "Member", scopes: ["See people"],
                since: .day(.sample(-2)), remark: "An admin said yes",
                revokePath: "/t/acme/apps/app_1/grants/gr_2/revoke"),
        ], listings: listings(chosen: "no"), limits: limits(chosen: "no"), groups: ScopeGroup.samples,
        appPath: "/t/acme/apps/app_1", rulesPath: "/t/acme/apps/app_1/rules", revokePath: "/t/acme/apps/app_1/revoke")
    package static var samples: [PageSample<Self>] {
        var beyond = sample
        beyond.isReviewed = false
        beyond.isKeptOut = true
        beyond.isSuspended = true
        beyond.beyond = ["2 grants: The app may not be allowed."]
        beyond.beyondTotal = "2 grants"
        beyond.isNarrowed = true
        beyond.nextPath = "/t/acme/apps/app_1?after=1-gr_2.0000"
        beyond.limits = limits(chosen: "yes")
        var nobody = sample
        nobody.grants = []
        nobody.people = "Nobody"
        nobody.revokePath = ""
        nobody.listings = listings(chosen: "yes")
        return [
            PageSample(sample), PageSample(beyond, state: "beyond"), PageSample(nobody, state: "nobody"),
            PageSample(
                sample, state: "errors",
                problems: [
                    FieldProblem("limited", "Choose whether there is a limit."),
                    FieldProblem("scopes", "Choose at least one scope, or set no limit."),
                ]),
        ]
    }
}

/// `/t/{slug}/apps/add?client_id=`; posts client_id to `/t/{slug}/apps`.
package struct AddTenantAppPage: Page {
    var top: TenantTop
    var clientID = ""
    /// Of the app with this client ID; empty when there is none.
    var appName = ""
    var maker = ""
    var makerDomain = ""
    var appDescription = ""
    var formPath: String
    var cancelPath: String

    package static let template = "policy/add"
    package var title: String { "Put an app on the list" }
    package static let sample = AddTenantAppPage(
        top: .sample(.apps), clientID: "gw_id_4fQ8sT2vXy6Zb1Cd3Ef5Gh", appName: "Roster Sync", maker: "Lin",
        makerDomain: "roster.example", appDescription: "Keeps a team’s roster in step.", formPath: "/t/acme/apps",
        cancelPath: "/t/acme/policy")
    package static var samples: [PageSample<Self>] {
        let empty = AddTenantAppPage(top: .sample(.apps), formPath: "/t/acme/apps", cancelPath: "/t/acme/policy")
        return [
            PageSample(sample), PageSample(empty, state: "empty"),
            PageSample(empty, state: "errors", problems: [FieldProblem("client_id", "No app has this client ID.")]),
        ]
    }
}
