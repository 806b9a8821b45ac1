import Hummingbird
import OAuth
import Storage

/// `/operator`: the desk of whoever runs this installation.
struct OperatorController {
    let site: Site

    func show(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let health = try site.store.health()
        let page = OperatorPage(
            applications: health.applicationsWaiting == 0 ? "" : counted(health.applicationsWaiting, "application"),
            unreviewed: health.unreviewedApps == 0 ? "" : counted(health.unreviewedApps, "app"),
            counts: [
                OperatorPage.Count(label: "People", value: "\(health.people)"),
                OperatorPage.Count(label: "Workspaces", value: "\(health.tenants)"),
                OperatorPage.Count(label: "Apps", value: "\(health.apps)"),
                OperatorPage.Count(label: "Mails sent", value: "\(health.mailSent)"),
                // Without a mail server nothing waits to be sent.
                OperatorPage.Count(
                    label: site.settings.mailFrom == nil ? "Mails kept here" : "Mails waiting",
                    value: "\(health.gauges.mailWaiting)"),
                OperatorPage.Count(label: "Mails failed", value: "\(health.mailFailed)"),
            ],
            facts: facts)
        return try site.page(page, request, context)
    }

    private var facts: [Fact] {
        [
            Fact(label: "Base address", value: site.settings.base.text),
            Fact(
                label: "Workspace addresses", value: site.url("/t/{slug}") + " and {slug}." + site.settings.tenantHost),
            Fact(label: "Mode", value: site.settings.isDemo ? "demo" : "production"),
            Fact(label: "Refresh tokens", value: refreshRule),
            Fact(label: "Trusted proxies", value: proxies),
        ]
    }

    private var refreshRule: String {
        guard let limit = site.settings.refreshIdleLimit else { return "never end unless revoked" }
        return "end when unused for \(counted(limit / 86_400, "day"))"
    }

    private var proxies: String {
        let named = site.settings.trustedProxies.sorted()
        return named.isEmpty ? "none" : named.joined(separator: ", ")
    }
}
