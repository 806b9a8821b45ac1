/// The head of a workspace's pages: whose it is, and the way to the others. Rendered by `parts/tenant-top`.
package struct TenantTop: Sendable {
    struct Tab: Sendable {
        var name: String
        var path: String
        var isCurrent = false
        /// How many wait there; may be empty.
        var count = ""
    }

    /// The raw value is what follows `/t/{slug}`.
    package enum Place: String, Sendable, CaseIterable {
        case overview = ""
        case members = "/members"
        case apps = "/apps"
        case policy = "/policy"
        case requests = "/requests"
        case tokens = "/tokens"
        case integrations = "/env"
        case audit = "/audit"
        case settings = "/settings"

        var title: String {
            switch self {
            case .overview: "Overview"
            case .members: "Members"
            case .apps: "App access"
            case .policy: "Policy"
            case .requests: "Requests"
            case .tokens: "Members’ tokens"
            case .integrations: "Integrations"
            case .audit: "Audit log"
            case .settings: "Settings"
            }
        }
    }

    var name: String
    var initials: String
    var isSandbox = false
    var tabs: [Tab]

    static func sample(_ place: Place) -> TenantTop {
        TenantTop(
            name: "Acme", initials: "AC",
            tabs: Place.allCases.map { tab in
                Tab(
                    name: tab.title, path: "/t/acme" + tab.rawValue, isCurrent: tab == place,
                    count: tab == .requests ? "2" : "")
            })
    }
}

/// Asks before something in a workspace ends: what stops, and the button that does it.
package struct TenantConfirmPage: Page {
    var top: TenantTop
    var headline: String
    /// What happens, a paragraph each.
    var sentences: [String]
    var facts: [Fact] = []
    /// What the button says.
    var action: String
    /// Where the form posts to.
    var formPath: String
    var cancelPath: String
    var cancelText = "Keep it"

    package static let template = "tenants/confirm"
    package var title: String { headline }
    package static let sample = TenantConfirmPage(
        top: .sample(.members), headline: "Remove Grace?",
        sentences: [
            "Grace can no longer see Acme. Her tokens there, and the access she gave to apps there, stop working at once.",
            "She is told by mail. You can invite her again.",
        ], facts: [Fact(label: "Email address", value: "grace@acme.example")], action: "Remove from Acme",
        formPath: "/t/acme/members/per_grace/remove", cancelPath: "/t/acme/members", cancelText: "Keep as a member")
}
