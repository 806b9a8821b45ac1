import OAuth

/// `/apps/{id}`: everything about one app. The rotate form posts `overlap` = now | 1h | 24h | 7d to `rotatePath`.
package struct AppPage: Page {
    struct Secret: Sendable {
        /// "gw_cs_…x9Zq".
        var hint: String
        var created: Moment
        var createdBy: String
        /// Nil: never used.
        var lastUsed: Moment?
        /// Nil: until revoked.
        var expires: Moment?
        /// "Active", "Stops in 23 hours", "Expired", "Revoked".
        var status: String
        /// ok | warn | bad | mute
        var statusKind: String
        /// `/apps/{id}/secrets/{secret}/revoke`; empty when it no longer works.
        var revokePath = ""
    }

    var name: String
    var initials: String
    var description: String
    var tabs: [AppTab] = []
    /// What its owner should look at.
    var hints: [AppHintLine] = []
    /// May be empty.
    var homepageURL = ""
    /// What operators decided about it: suspended, not reviewed yet; empty when all is well.
    var standing = ""
    /// warn | bad
    var standingKind = "warn"
    /// Posts nothing, and asks the operators for a review; empty when there is nothing to ask for.
    var reviewPath = ""
    /// When its owner asked, as long as nobody has answered.
    var reviewAsked: Moment?
    var clientID: String
    /// "Confidential" or "Public".
    var kind: String
    var isConfidential: Bool
    var callbacks: [String]
    var scopes: [ScopeLine]
    var secrets: [Secret] = []
    var canRotate = true
    /// Why not: "Two secrets work already. Revoke one first."
    var whyNotRotate = ""
    /// "Required" or "Optional".
    var pkce: String
    /// V1: access tokens do not expire. V2: an hour or a day, with refresh.
    var isV1 = false
    /// "Expire after 24 hours, renewed with refresh tokens (V2)".
    var tokenFormat: String
    var created: Moment
    /// "2 people in 1 workspace", "nobody".
    var allowedBy: String
    /// The reader's own, offered for ``workspace``: value is the slug.
    var workspaces: [Choice] = []
    /// The slug of the workspace that the requests below go to.
    var workspace: String
    /// Ready requests; the secret comes from the environment.
    var languages: [LanguageExample]
    /// `/apps/{id}`: takes `?at=`, another workspace.
    var showPath: String
    /// `/apps/{id}/token-format`
    var formatPath: String
    var editPath: String
    var rotatePath: String
    var deletePath: String

    package static let template = "apps/show"
    package static let place = Place.apps
    package var title: String { name }

    package static let sample = AppPage(
        name: "Roster Sync", initials: "RS",
        description: "Keeps a team’s roster in step with the people in your workspace.",
        tabs: AppTab.row(below: "/apps/app_1", current: "Overview"),
        hints: [
            AppHintLine(
                text:
                    "The secret gw_cs_…77Qe still works beside a newer one that is in use. End it when nothing needs it.",
                path: "/apps/app_1#secrets-title", action: "Client secrets")
        ],
        homepageURL: "https://roster.example", clientID: "gw_id_4fQ8sT2vXy6Zb1Cd3Ef5Gh",
        kind: "Confidential", isConfidential: true,
        callbacks: ["https://roster.example/oauth/callback", "http://127.0.0.1:8080/demo/callback"],
        scopes: Array(ScopeGroup.samples[1].scopes),
        secrets: [
            Secret(
                hint: "gw_cs_…x9Zq", created: .day(.sample), createdBy: "Lin",
                lastUsed: .relative(.sample, at: .sample + 600), status: "Active", statusKind: "ok",
                revokePath: "/apps/app_1/secrets/sec_2/revoke"),
            Secret(
                hint: "gw_cs_…77Qe", created: .day(.sample(-30)), createdBy: "Lin",
                lastUsed: .relative(.sample(-1), at: .sample), expires: .exact(.sample(1)),
                status: "Stops in 23 hours", statusKind: "warn", revokePath: "/apps/app_1/secrets/sec_1/revoke"),
        ],
        canRotate: false, whyNotRotate: "Two secrets work already. Revoke one of them first.",
        pkce: "Required", tokenFormat: "Expire after 24 hours, renewed with refresh tokens (V2)",
        created: .day(.sample(-30)), allowedBy: "1 person in 1 workspace",
        workspaces: [
            Choice(value: "sandbox-4fq8s2vx", label: "Lin’s sandbox"), Choice(value: "northwind", label: "Northwind"),
        ],
        workspace: "sandbox-4fq8s2vx",
        languages: FlowExample.placeholder(at: "sandbox-4fq8s2vx", .sample).languages,
        showPath: "/apps/app_1", formatPath: "/apps/app_1/token-format",
        editPath: "/apps/app_1/edit", rotatePath: "/apps/app_1/secrets", deletePath: "/apps/app_1/delete")

    package static var samples: [PageSample<Self>] {
        var single = sample
        single.secrets.removeLast()
        single.canRotate = true
        single.isV1 = true
        single.tokenFormat = "Never expire (V1)"
        single.standing = "An operator suspended this app: it sent people to a page that is not yours."
        single.standingKind = "bad"
        var open = sample
        open.standing = "No operator has reviewed this app yet. It works in sandboxes, and in up to 10 workspaces."
        open.isConfidential = false
        open.kind = "Public"
        open.secrets = []
        open.reviewPath = "/apps/app_1/review"
        var asked = open
        (asked.reviewPath, asked.reviewAsked) = ("", .relative(.sample(-1), at: .sample))
        return [
            PageSample(sample), PageSample(single, state: "one-secret"), PageSample(open, state: "public"),
            PageSample(asked, state: "review-asked"),
        ]
    }
}
