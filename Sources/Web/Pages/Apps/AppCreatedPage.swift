import OAuth

/// `/apps/{id}/created`: the client secret, once; after registering and after rotating.
package struct AppCreatedPage: Page {
    var name: String
    var clientID: String
    /// Empty when it was already shown, and for a public app.
    var clientSecret = ""
    var isPublic = false
    var wasRotated = false
    /// After rotating: "The old secret works until 22 Nov 2026, 09:14 UTC."
    var overlap = ""
    /// `/apps/{id}`
    var path: String

    package static let template = "apps/created"
    package static let place = Place.apps
    package var title: String { wasRotated ? "New secret for \(name)" : "\(name) is registered" }

    package static let sample = AppCreatedPage(
        name: "Roster Sync", clientID: "gw_id_4fQ8sT2vXy6Zb1Cd3Ef5Gh",
        clientSecret: "gw_cs_8Qm2xV7kR4tYw9Lz1nB6cF3dH5jP0s2C8GjS", path: "/apps/app_1")

    package static var samples: [PageSample<Self>] {
        var rotated = sample
        rotated.wasRotated = true
        rotated.overlap = "The old secret works until 22 Nov 2026, 09:14 UTC."
        var open = sample
        open.clientSecret = ""
        open.isPublic = true
        var shown = sample
        shown.clientSecret = ""
        return [
            PageSample(sample), PageSample(rotated, state: "rotated"), PageSample(open, state: "public"),
            PageSample(shown, state: "already-shown"),
        ]
    }
}

/// `/apps/{id}/secrets/{secret}/revoke`: asks before revoking.
package struct RevokeSecretPage: Page {
    var appName: String
    var hint: String
    /// Nil: never used.
    var lastUsed: Moment?
    /// No other secret works: the app can no longer redeem codes or refresh.
    var isLast = false
    var formPath: String
    /// `/apps/{id}`
    var appPath: String

    package static let template = "apps/secret-revoke"
    package static let place = Place.apps
    package var title: String { "Revoke a secret of \(appName)" }
    package static let sample = RevokeSecretPage(
        appName: "Roster Sync", hint: "gw_cs_…77Qe", lastUsed: .relative(.sample(-1), at: .sample), isLast: true,
        formPath: "/apps/app_1/secrets/sec_1/revoke", appPath: "/apps/app_1")
}

/// `/apps/{id}/delete`: the app's name has to be typed into `confirm_name`.
package struct DeleteAppPage: Page {
    var name: String
    /// What was typed.
    var confirmName = ""
    /// What stops working: "It is allowed by 1 person in 1 workspace. All its tokens stop working at once."
    var effect: String
    /// `/apps/{id}/delete`
    var formPath: String
    /// `/apps/{id}`
    var appPath: String

    package static let template = "apps/delete"
    package static let place = Place.apps
    package var title: String { "Delete \(name)" }
    package static let sample = DeleteAppPage(
        name: "Roster Sync", effect: "It is allowed by 1 person in 1 workspace. All its tokens stop working at once.",
        formPath: "/apps/app_1/delete", appPath: "/apps/app_1")
    package static var samples: [PageSample<Self>] {
        var typed = sample
        typed.confirmName = "roster"
        return [
            PageSample(sample),
            PageSample(
                typed, state: "errors", problems: [FieldProblem("confirm_name", "Type it exactly: Roster Sync.")]),
        ]
    }
}
