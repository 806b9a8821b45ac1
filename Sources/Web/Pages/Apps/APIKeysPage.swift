import OAuth

/// `/user/api-keys`: what I granted, my own keys, and a form for a new one at the bottom. Posts `name`,
/// `description`, `callbacks` and `scopes` to itself.
package struct APIKeysPage: Page {
    struct Grant: Sendable {
        var appName: String
        var initials: String
        var tenantName: String
        var granted: Moment
        var lastUsed: Moment?
        var revokePath: String
    }

    struct Key: Sendable {
        var name: String
        /// `gw_id_…`
        var key: String
        var callbacks: [String]
        var created: Moment
        /// "On, 1 hour" or "Off".
        var direct: String
        /// `/apps/{id}`
        var path: String
        /// `/apps/{id}/direct`
        var directPath: String
    }

    var grants: [Grant]
    var keys: [Key]
    var canCreate = true
    var whyNot = ""
    var name = ""
    var description = ""
    var callback = ""
    var groups: [ScopeGroup]

    package static let template = "apps/api-keys"
    package static let place = Place.apps
    package var title: String { "API keys" }

    package static let sample = APIKeysPage(
        grants: [
            Grant(
                appName: "Roster Sync", initials: "RS", tenantName: "Acme", granted: .day(.sample(-12)),
                lastUsed: .relative(.sample(-1), at: .sample), revokePath: "/account/apps/acme/gr_1/revoke")
        ],
        keys: [
            Key(
                name: "Choir Roster", key: "gw_id_4fQ8sT2vXy6Zb1Cd3Ef5Gh",
                callbacks: ["https://choir.example/callback"],
                created: .day(.sample(-30)), direct: "Off", path: "/apps/app_2",
                directPath: "/apps/app_2/direct")
        ],
        groups: ScopeGroup.samples)

    package static var samples: [PageSample<Self>] {
        let empty = APIKeysPage(grants: [], keys: [], groups: ScopeGroup.samples)
        var wrong = sample
        wrong.name = "Choir"
        wrong.callback = "ftp://choir.example"
        var locked = empty
        locked.canCreate = false
        locked.whyNot = "Confirm your email address first: the link is in your mail."
        return [
            PageSample(sample), PageSample(empty, state: "empty"), PageSample(locked, state: "not-yet"),
            PageSample(
                wrong, state: "errors",
                problems: [
                    FieldProblem("description", "Say in at least 20 characters what the app does and for whom."),
                    FieldProblem("callbacks", "This scheme is not allowed: use https."),
                ]),
        ]
    }
}
