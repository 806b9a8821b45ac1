import OAuth

/// `/t/{slug}/test-token`: a token for a day, to try the API with. Posts to `formPath` and `revokePath`.
package struct TestTokenPage: Page {
    var tenantName: String
    /// `/t/{slug}`
    var tenantPath: String
    /// The token itself, on the one page that shows it.
    var token = ""
    /// A ready call, with the token in it.
    var curl = ""
    /// Of the one there is; empty when there is none.
    var hint = ""
    var scopes: [String] = []
    var expires: Moment?
    var lastUsed: Moment?
    var isExpired = false
    /// What the workspace says of tokens; empty when nothing.
    var rules = ""
    /// Why none can be made; empty when it can.
    var whyNot = ""
    var formPath: String
    var revokePath: String

    package static let template = "tenants/test-token"
    package var title: String { "API token of \(tenantName)" }

    package static let sample = TestTokenPage(
        tenantName: "Acme", tenantPath: "/t/acme", formPath: "/t/acme/test-token",
        revokePath: "/t/acme/test-token/revoke")

    package static var samples: [PageSample<Self>] {
        var active = sample
        active.hint = "gw_dt_…0sKa"
        active.scopes = ["account:read", "people:read", "people:write"]
        active.expires = .exact(.sample(1))
        active.lastUsed = .relative(.sample, at: .sample + 240)
        var shown = active
        shown.token = "gw_dt_8Qm2xV7kR4tYw9Lz1nB6cF3dH5jP0s2C8GjS"
        shown.curl = """
            curl -H "Authorization: Bearer gw_dt_8Qm2xV7kR4tYw9Lz1nB6cF3dH5jP0s2C8GjS" \\
              https://portal.example/t/acme/api/v1/people
            """
        shown.lastUsed = nil
        var narrowed = sample
        narrowed.rules = "Acme lets tokens have only account:read."
        var never = sample
        never.whyNot = "The rules of Acme leave nothing that a test token of yours could do."
        var expired = active
        expired.isExpired = true
        return [
            PageSample(sample), PageSample(shown, state: "shown"), PageSample(active, state: "active"),
            PageSample(expired, state: "expired"), PageSample(narrowed, state: "rules"),
            PageSample(never, state: "nothing"),
        ]
    }
}
