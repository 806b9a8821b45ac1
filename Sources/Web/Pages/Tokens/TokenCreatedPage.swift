import OAuth

/// `/tokens/{id}/created`: the token, once.
package struct TokenCreatedPage: Page {
    /// A call that the token's scopes allow, and what it answers.
    struct Call: Sendable {
        /// "Ask the API who you are".
        var sentence: String
        /// With the token in it.
        var curl: String
        /// The beginning of the answer.
        var reply: String
    }

    /// The token itself; nil when it was already shown.
    var token: String?
    var description: String
    var tenantName: String
    var scopes: [String]
    /// Nil: never.
    var expires: Moment?
    /// Nil when it was already shown, or when its scopes open nothing of our own API.
    var call: Call?
    /// `/tokens/new?from={id}`
    var regeneratePath: String

    package static let template = "tokens/created"
    package static let place = Place.tokens
    package var title: String { "Token created" }

    package static let sample = TokenCreatedPage(
        token: "gw_dt_8Qm2xV7kR4tYw9Lz1nB6cF3dH5jP0s2C8GjS", description: "CI deploy", tenantName: "Acme",
        scopes: ["people:read", "account:read"], expires: .fullDay(.sample(90)),
        call: Call(
            sentence: "Ask the API who you are",
            curl: """
                curl -H "Authorization: Bearer gw_dt_8Qm2xV7kR4tYw9Lz1nB6cF3dH5jP0s2C8GjS" \\
                  https://portal.example/v2/me
                """,
            reply: #"{"id":"per_1","name":"Ada","email":"ada@acme.example","role":"admin", … }"#),
        regeneratePath: "/tokens/new?from=tok_1")

    package static var samples: [PageSample<Self>] {
        var shown = sample
        shown.token = nil
        shown.call = nil
        shown.expires = nil
        return [PageSample(sample), PageSample(shown, state: "already-shown")]
    }
}

/// `/tokens/{id}/revoke`: asks before revoking.
package struct RevokeTokenPage: Page {
    var description: String
    var hint: String
    var tenantName: String
    /// Nil: never used.
    var lastUsed: Moment?
    /// `/tokens/{id}/revoke`
    var formPath: String

    package static let template = "tokens/revoke"
    package static let place = Place.tokens
    package var title: String { "Revoke \(description)" }
    package static let sample = RevokeTokenPage(
        description: "CI deploy", hint: "gw_dt_…0sKa", tenantName: "Acme",
        lastUsed: .relative(.sample, at: .sample + 240), formPath: "/tokens/tok_1/revoke")
}
