import OAuth

/// `/operator/apis`: the APIs behind this installation, and the form for another.
package struct APIsPage: Page {
    struct API: Sendable {
        var name: String
        var clientID: String
        /// "All workspaces", or the name of one.
        var reach: String
        var hint: String
        var created: Moment
        var createdBy: String
        /// Nil: never.
        var lastUsed: Moment?
        /// Empty once revoked.
        var revokePath: String
        var revoked: Moment?
    }

    var apis: [API]
    /// What was typed.
    var name = ""
    var tenant = ""
    /// Where they ask about tokens.
    var introspection: String
    /// What a proxy asks.
    var verify: String

    package static let template = "operator/apis"
    package static let place = Place.operator
    package var title: String { "APIs behind this installation" }
    package static let sample = APIsPage(
        apis: [
            API(
                name: "Orders API", clientID: "gw_rs_4fQ8sT2vXy6Zb1Cd", reach: "All workspaces", hint: "gw_cs_…77Qe",
                created: .day(.sample(-3)), createdBy: "Olga Operator", lastUsed: .relative(.sample, at: .sample),
                revokePath: "/operator/apis/api_1/revoke"),
            API(
                name: "Acme’s own API", clientID: "gw_rs_9Lz1nB6cF3dH5jP0", reach: "Acme", hint: "gw_cs_…1AbC",
                created: .day(.sample(-9)), createdBy: "Olga Operator", lastUsed: nil, revokePath: "",
                revoked: .day(.sample(-1))),
        ], introspection: "https://developers.example.com/oauth/introspect",
        verify: "https://developers.example.com/auth/verify?scope=…")
    package static var samples: [PageSample<Self>] {
        var empty = sample
        empty.apis = []
        var wrong = sample
        wrong.tenant = "nowhere"
        return [
            PageSample(sample), PageSample(empty, state: "empty"),
            PageSample(
                wrong, state: "errors",
                problems: [
                    FieldProblem("name", "Enter a name of up to 60 characters, such as Orders API."),
                    FieldProblem("tenant", "No workspace has this address. Leave it empty for all workspaces."),
                ]),
        ]
    }
}

/// `/operator/apis/{api}/created`: the secret, once.
package struct APICreatedPage: Page {
    var name: String
    var clientID: String
    /// Empty when it was already shown.
    var secret = ""
    /// A first question, ready to paste; without the secret once that was shown.
    var command: String

    package static let template = "operator/api-created"
    package static let place = Place.operator
    package var title: String { "\(name) may ask about tokens" }
    package static let sample = APICreatedPage(
        name: "Orders API", clientID: "gw_rs_4fQ8sT2vXy6Zb1Cd", secret: "gw_cs_8Qm2xV7kR4tYw9Lz1nB6cF3dH5jP0s2C8GjS",
        command: "curl https://developers.example.com/oauth/introspect -u gw_rs_4fQ8sT2vXy6Zb1Cd:SECRET -d token=TOKEN")
    package static var samples: [PageSample<Self>] {
        var shown = sample
        shown.secret = ""
        return [PageSample(sample), PageSample(shown, state: "already-shown")]
    }
}

/// `/operator/apis/{api}/revoke`: asks before revoking.
package struct RevokeAPIPage: Page {
    var name: String
    var hint: String
    /// Nil: never used.
    var lastUsed: Moment?
    var formPath: String

    package static let template = "operator/api-revoke"
    package static let place = Place.operator
    package var title: String { "Revoke the secret of \(name)" }
    package static let sample = RevokeAPIPage(
        name: "Orders API", hint: "gw_cs_…77Qe", lastUsed: .relative(.sample(-1), at: .sample),
        formPath: "/operator/apis/api_1/revoke")
}
