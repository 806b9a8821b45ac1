import OAuth

/// `/t/{slug}/tokens?after=`: developer tokens that members hold; posts longest, limited and scopes to
/// `/t/{slug}/tokens/rules`.
package struct HeldTokensPage: Page {
    struct Row: Sendable {
        var description: String
        var hint: String
        var owner: String
        var ownerEmail: String
        var scopes: [String]
        /// Nil: never used.
        var lastUsed: Moment?
        var created: Moment
        /// Nil: never expires.
        var expires: Moment?
        /// Why it could not be made today; may be empty.
        var excess = ""
        var revokePath: String
    }

    var top: TenantTop
    var tokens: [Row]
    var lengths: [Choice]
    var limits: [Choice]
    var groups: [ScopeGroup]
    var isNarrowed = false
    var listPath: String
    var nextPath = ""
    var rulesPath: String

    package static let template = "policy/tokens"
    package var title: String { "Tokens at \(top.name)" }

    static func lengths(chosen: String) -> [Choice] {
        [
            ("any", "Any length"), ("7", "7 days"), ("30", "30 days"), ("60", "60 days"), ("90", "90 days"),
            ("365", "1 year"),
        ].map { Choice(value: $0.0, label: $0.1).chosen(if: chosen) }
    }

    static func limits(chosen: String) -> [Choice] {
        [
            Choice(value: "no", label: "No limit", hint: "Whatever its owner may do."),
            Choice(value: "yes", label: "These scopes at most", hint: "Others are not offered."),
        ].map { $0.chosen(if: chosen) }
    }

    package static let sample = HeldTokensPage(
        top: .sample(.tokens),
        tokens: [
            Row(
                description: "CI deploy", hint: "gw_dt_…0sKa", owner: "Ada", ownerEmail: "ada@acme.example",
                scopes: ["people:read", "people:write"], lastUsed: .relative(.sample, at: .sample + 240),
                created: .day(.sample(-3)), expires: .day(.sample(87)), revokePath: "/t/acme/tokens/tok_1/revoke"),
            Row(
                description: "Old laptop", hint: "gw_dt_…77Qe", owner: "Grace", ownerEmail: "grace@acme.example",
                scopes: ["account:read"], created: .day(.sample(-87)), excess: "Never ends",
                revokePath: "/t/acme/tokens/tok_2/revoke"),
        ], lengths: lengths(chosen: "90"), limits: limits(chosen: "no"), groups: ScopeGroup.samples,
        listPath: "/t/acme/tokens", rulesPath: "/t/acme/tokens/rules")
    package static var samples: [PageSample<Self>] {
        var empty = sample
        empty.tokens = []
        empty.lengths = lengths(chosen: "any")
        var second = sample
        second.isNarrowed = true
        second.nextPath = "/t/acme/tokens?after=1-tok_2.0000"
        return [
            PageSample(sample), PageSample(empty, state: "empty"), PageSample(second, state: "second-page"),
            PageSample(
                sample, state: "errors",
                problems: [
                    FieldProblem("longest", "Choose how long a token may live."),
                    FieldProblem("limited", "Choose whether there is a limit."),
                    FieldProblem("scopes", "Choose at least one scope, or set no limit."),
                ]),
        ]
    }
}
