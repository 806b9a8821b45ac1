/// Kinds of addresses, few enough to be a label of metrics.
enum RouteClass: String, CaseIterable {
    case page, asset, authorize, token, introspection, revocation, api, metadata, probe
    case forwardAuthentication = "forward_authentication"
    /// No route has this address.
    case unmatched

    /// - Parameter template: as in the route table, such as `/t/{tenant}/oauth/token`.
    init(template: String) {
        let segments = template.split(separator: "/").map(String.init)
        switch (segments.first, segments.last) {
        case ("assets", _): self = .asset
        case ("healthz", _), ("readyz", _), ("metrics", _): self = .probe
        case ("auth", "verify"): self = .forwardAuthentication
        case (_, "introspect"): self = .introspection
        case ("t", "token") where segments.contains("oauth"): self = .token
        case ("t", "revoke") where segments.contains("oauth"): self = .revocation
        case ("t", "authorize"), ("user", "oauth_allow"): self = .authorize
        case ("openapi.json", _): self = .metadata
        case _ where segments.contains(".well-known"): self = .metadata
        case _ where Surface(path: template) == .machine: self = .api
        default: self = .page
        }
    }
}

/// The class of every route, made once: a request looks its route up.
struct RouteClasses: Sendable {
    private let byTemplate: [String: RouteClass]

    init(_ templates: some Sequence<String>) {
        byTemplate = Dictionary(
            templates.map { ($0, RouteClass(template: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Parameter template: what the router found; nil when nothing.
    subscript(template: String?) -> RouteClass { template.flatMap { byTemplate[$0] } ?? .unmatched }
}
