import OAuth

/// `/tokens?status=&q=&sort=`
package struct TokensPage: Page {
    struct Token: Sendable {
        var description: String
        /// "gw_dt_…x9Zq".
        var hint: String
        var tenantName: String
        var scopes: [String]
        /// Nil: never used.
        var lastUsed: Moment?
        /// IP address of the last use; may be empty.
        var lastUsedFrom = ""
        var created: Moment
        /// Nil: never expires.
        var expires: Moment?
        /// "Active", "Expires in 3 days", "Expired", "Revoked".
        var status: String
        /// ok | warn | bad | mute
        var statusKind: String
        /// "Revoked by Ada on 2 Nov 2026"; empty while it works.
        var ending = ""
        /// `/tokens/{id}/revoke`; empty when there is nothing to revoke.
        var revokePath = ""
        /// `/tokens/new?from={id}`
        var regeneratePath = ""
    }

    /// Values active, expired, revoked, all.
    var statuses: [Choice]
    /// Values newest, used, expires, description.
    var orders: [Choice] = []
    /// The search text.
    var query = ""
    var tokens: [Token]
    /// "3 tokens".
    var count = ""
    /// There is something to filter: "none match" rather than "none yet".
    var isFiltered = false
    /// False when the person is in no workspace, or the address is not confirmed: `whyNot` says which.
    var canCreate = true
    var whyNot = ""

    package static let template = "tokens/index"
    package static let place = Place.tokens
    package var title: String { "Developer tokens" }

    static func statuses(chosen: String) -> [Choice] {
        [("active", "Active"), ("expired", "Expired"), ("revoked", "Revoked"), ("all", "All")].map {
            Choice(value: $0.0, label: $0.1, isChosen: $0.0.utf8.elementsEqual(chosen.utf8))
        }
    }

    static func orders(chosen: String) -> [Choice] {
        [
            ("newest", "Newest first"), ("used", "Last used first"), ("expires", "Next to expire first"),
            ("description", "Description"),
        ].map { Choice(value: $0.0, label: $0.1, isChosen: $0.0.utf8.elementsEqual(chosen.utf8)) }
    }

    package static let sample = TokensPage(
        statuses: statuses(chosen: "all"), orders: orders(chosen: "newest"),
        tokens: [
            Token(
                description: "CI deploy", hint: "gw_dt_…0sKa", tenantName: "Acme",
                scopes: ["people:read", "people:write"], lastUsed: .relative(.sample, at: .sample + 240),
                lastUsedFrom: "203.0.113.7", created: .day(.sample(-3)), expires: .day(.sample(87)),
                status: "Active", statusKind: "ok", revokePath: "/tokens/tok_1/revoke",
                regeneratePath: "/tokens/new?from=tok_1"),
            Token(
                description: "Old laptop", hint: "gw_dt_…77Qe", tenantName: "Acme", scopes: ["account:read"],
                lastUsed: .relative(.sample(-42), at: .sample), created: .day(.sample(-87)), expires: .day(.sample(3)),
                status: "Expires in 3 days", statusKind: "warn", revokePath: "/tokens/tok_2/revoke",
                regeneratePath: "/tokens/new?from=tok_2"),
            Token(
                description: "Trial", hint: "gw_dt_…b1Zz", tenantName: "Ada’s sandbox", scopes: ["people:read"],
                created: .day(.sample(-60)), expires: .day(.sample(30)), status: "Revoked", statusKind: "mute",
                ending: "Revoked by Ada on 2 Nov 2026", regeneratePath: "/tokens/new?from=tok_3"),
        ],
        count: "3 tokens", isFiltered: true)

    package static var samples: [PageSample<Self>] {
        let active = statuses(chosen: "active")
        return [
            PageSample(sample),
            PageSample(TokensPage(statuses: active, tokens: []), state: "empty"),
            PageSample(
                TokensPage(
                    statuses: active, orders: orders(chosen: "newest"), query: "staging", tokens: [], isFiltered: true),
                state: "none-match"),
            PageSample(
                TokensPage(
                    statuses: active, tokens: [], canCreate: false,
                    whyNot: "Confirm your email address first: the link is in your mail."),
                state: "unverified"),
        ]
    }
}
