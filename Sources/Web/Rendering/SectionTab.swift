/// One page of a part of the portal, as the bar above each of its pages names it.
struct SectionTab: Sendable {
    let name: String
    let path: String
    var isCurrent = false

    /// Rendered by `parts/operator-nav`.
    private static let operatorDesk = [
        SectionTab(name: "Overview", path: "/operator"),
        SectionTab(name: "Applications", path: "/operator/applications"),
        SectionTab(name: "Apps", path: "/operator/apps"),
        SectionTab(name: "People", path: "/operator/people"),
        SectionTab(name: "Workspaces", path: "/operator/tenants"),
        SectionTab(name: "Scopes", path: "/operator/scopes"),
        SectionTab(name: "Rules", path: "/operator/rules"),
        SectionTab(name: "APIs", path: "/operator/apis"),
        SectionTab(name: "Mail", path: "/operator/outbox"),
        SectionTab(name: "Audit log", path: "/operator/audit"),
        SectionTab(name: "Health", path: "/operator/health"),
    ]

    /// Rendered by `parts/docs-nav`, in the order in which they are read.
    private static let docs = [
        SectionTab(name: "Docs", path: "/docs"),
        SectionTab(name: "Quick start", path: "/docs/quickstart"),
        SectionTab(name: "Authentication", path: "/docs/authentication"),
        SectionTab(name: "Connect", path: "/docs/connect"),
        SectionTab(name: "API", path: "/docs/api"),
        SectionTab(name: "Scopes", path: "/scopes"),
        SectionTab(name: "Errors", path: "/docs/errors"),
    ]

    static func operatorDesk(at address: String) -> [SectionTab] { marked(operatorDesk, at: address) }

    static func docs(at address: String) -> [SectionTab] { marked(docs, at: address) }

    /// What to read after the marked one; nil after the last one.
    static func next(in tabs: [SectionTab]) -> SectionTab? {
        guard let here = tabs.firstIndex(where: \.isCurrent), here + 1 < tabs.count else { return nil }
        return tabs[here + 1]
    }

    /// The one that this address belongs to, or lies deepest within, is marked.
    private static func marked(_ tabs: [SectionTab], at address: String) -> [SectionTab] {
        let path = address.utf8.prefix { $0 != UInt8(ascii: "?") }
        let holding = tabs.indices.filter { index in
            let tab = tabs[index].path.utf8
            return path.elementsEqual(tab) || path.starts(with: Array(tab) + [UInt8(ascii: "/")])
        }
        guard let current = holding.max(by: { tabs[$0].path.utf8.count < tabs[$1].path.utf8.count }) else {
            return tabs
        }
        var tabs = tabs
        tabs[current].isCurrent = true
        return tabs
    }
}
