/// `/demo/callback`: what Roster Sync would see. Demo mode only.
package struct DemoCallbackPage: Page {
    var appName = "Roster Sync"
    /// Empty when an error came instead.
    var code = ""
    var state = ""
    var issuer = ""
    /// The protocol's code, "access_denied"; empty on success, and when nothing came.
    var error = ""
    /// The address holds neither a code nor an error: somebody opened it by hand.
    var isBare = false
    var errorDescription = ""
    /// Redeems the code, secret and verifier included: the demo's own.
    var curl = ""
    /// What to call with the access token afterwards; `$ACCESS_TOKEN` in it.
    var nextCurl = ""
    /// Starts the same authorization again.
    var againPath = ""

    package static let template = "demo/callback"
    package var title: String {
        guard !isBare else { return "Nothing came back yet" }
        return error.isEmpty ? "\(appName) got a code" : "\(appName) was refused"
    }
    package static let sample = DemoCallbackPage(
        code: "gw_ac_8Qm2xV7kR4tYw9Lz1nB6cF3dH5jP0s2C8GjS", state: "demo", issuer: "http://127.0.0.1:8080/t/acme",
        curl: """
            curl -u "gw_id_4fQ8sT2vXy6Zb1Cd3Ef5Gh:gw_cs_sample" \\
              -d grant_type=authorization_code \\
              -d code=gw_ac_8Qm2xV7kR4tYw9Lz1nB6cF3dH5jP0s2C8GjS \\
              -d code_verifier=sample \\
              http://127.0.0.1:8080/t/acme/oauth/token
            """,
        nextCurl: "curl -H \"Authorization: Bearer $ACCESS_TOKEN\" http://127.0.0.1:8080/t/acme/api/v1/people",
        againPath: "/t/acme/oauth/authorize?client_id=gw_id_4fQ8sT2vXy6Zb1Cd3Ef5Gh")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                DemoCallbackPage(
                    state: "demo", issuer: "http://127.0.0.1:8080/t/acme", error: "access_denied",
                    errorDescription: "The person refused.", againPath: "/t/acme/oauth/authorize"),
                state: "denied"),
            PageSample(DemoCallbackPage(isBare: true, againPath: "/t/acme/oauth/authorize"), state: "bare"),
        ]
    }
}

/// `/dev/pages`: every page in every state. Demo mode only.
package struct GalleryPage: Page {
    struct Entry: Sendable {
        var path: String
        var title: String
        /// "tokens/new, errors".
        var template: String
    }

    var entries: [Entry]

    package static let template = "demo/gallery"
    package var title: String { "All pages" }
    package static let sample = GalleryPage(entries: [
        Entry(path: "/dev/pages/tokens.new", title: "Create a token", template: "tokens/new")
    ])
}
