import OAuth

/// `/account/apps`: what this person allowed.
package struct AuthorizedAppsPage: Page {
    struct Authorization: Sendable {
        var appName: String
        var initials: String
        /// Who made it: "Northwind".
        var maker: String
        /// "roster.example"; may be empty.
        var makerDomain = ""
        var tenantName: String
        var scopes: [ScopeLine]
        var granted: Moment
        var lastUsed: Moment?
        /// "Until you revoke it" or "Until Friday, 19 February 2027".
        var lifetime: String
        /// `/account/apps/{tenant}/{grant}/revoke`
        var revokePath: String
    }

    var authorizations: [Authorization]

    package static let template = "people/apps"
    package static let place = Place.authorizedApps
    package var title: String { "Authorized apps" }

    package static let sample = AuthorizedAppsPage(authorizations: [
        Authorization(
            appName: "Roster Sync", initials: "RS", maker: "Northwind", makerDomain: "roster.example",
            tenantName: "Acme", scopes: Array(ScopeGroup.samples[1].scopes), granted: .day(.sample(-12)),
            lastUsed: .relative(.sample(-1), at: .sample), lifetime: "Until you revoke it",
            revokePath: "/account/apps/acme/gr_1/revoke")
    ])

    package static var samples: [PageSample<Self>] {
        [PageSample(sample), PageSample(AuthorizedAppsPage(authorizations: []), state: "empty")]
    }
}

/// `/account/apps/{tenant}/{grant}/revoke`: asks before revoking.
package struct RevokeAuthorizationPage: Page {
    var appName: String
    var maker: String
    var tenantName: String
    var lastUsed: Moment?
    /// Where the form posts to.
    var formPath: String

    package static let template = "people/apps-revoke"
    package static let place = Place.authorizedApps
    package var title: String { "Revoke \(appName)" }
    package static let sample = RevokeAuthorizationPage(
        appName: "Roster Sync", maker: "Northwind", tenantName: "Acme", lastUsed: .relative(.sample(-1), at: .sample),
        formPath: "/account/apps/acme/gr_1/revoke")
}
