import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/operator/audit` and `/operator/health`: what happened, and how things stand.
struct AuditController {
    let site: Site
    private static let perPage = 50

    func index(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let query = site.query(request)
        let asked = AuditQuery(query)
        let tenant = AuditQuery.id(query.first("tenant"))
        let scope: AuditScope = tenant.isEmpty ? .everything : .tenant(ID(tenant))
        let found = try site.store.auditPage(
            scope, asked.filter, before: Int64(query.first("before")), limit: Self.perPage)
        var names: [ID<Entity.Tenant>: String] = [:]
        for tenant in Set(found.entries.compactMap(\.tenant)) {
            names[tenant] = try site.store.tenant(tenant)?.name ?? tenant.text
        }
        let page = AuditLogPage(
            events: found.entries.map { AuditLogPage.Event($0, tenant: $0.tenant.flatMap { names[$0] } ?? "") },
            areas: ([(name: "", title: "Everything")] + AuditAction.areas).map {
                Choice(value: $0.name, label: $0.title, isChosen: $0.name.utf8.elementsEqual(asked.area.utf8))
            },
            actor: asked.actor, subject: asked.subject, tenant: tenant, from: asked.from, until: asked.until,
            nextPath: found.next.map { "/operator/audit?\(asked.text)tenant=\(tenant)&before=\($0)" } ?? "",
            isFiltered: asked.isNarrow || !tenant.isEmpty)
        return try site.page(page, request, context, problems: asked.problems)
    }

    func health(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let now = site.now()
        let health = try site.store.health()
        let page = HealthPage(
            readings: readings(health, at: now), anchor: try site.store.auditAnchor()?.text ?? "")
        return try site.page(page, request, context)
    }

    private func readings(_ health: Health, at now: Instant) -> [HealthPage.Reading] {
        let isLate = health.gauges.oldestMail.map { now - $0 > 3600 } ?? false
        let oldest = health.gauges.oldestMail.map { ", the oldest from \(Moment.relative($0, at: now).text)" } ?? ""
        let keyAge = health.gauges.activeKeySince.map { now - $0 } ?? 0
        return [
            HealthPage.Reading(
                label: "Mail that waits", value: "\(health.gauges.mailWaiting)\(oldest)", kind: isLate ? "bad" : "ok",
                advice: isLate ? "The mail server may be out of reach: the reason stands in the sent mail." : ""),
            HealthPage.Reading(
                label: "Mail that failed", value: "\(health.mailFailed)", kind: health.mailFailed > 0 ? "warn" : "ok",
                advice: health.mailFailed > 0 ? "Whom it did not reach, and why, stands in the sent mail." : ""),
            HealthPage.Reading(
                label: "Developer applications that wait",
                value: "\(health.applicationsWaiting)"
                    + (health.oldestApplication.map { ", the oldest from \(Moment.relative($0, at: now).text)" } ?? ""),
                kind: health.applicationsWaiting > 0 ? "warn" : "ok"),
            HealthPage.Reading(
                label: "Apps not reviewed", value: "\(health.unreviewedApps)",
                kind: health.unreviewedApps > 0 ? "warn" : "ok"),
            HealthPage.Reading(label: "Suspensions in force", value: "\(health.suspended)", kind: "mute"),
            HealthPage.Reading(
                label: "Key in use", value: "\(health.activeKey), \(counted(keyAge / 86_400, "day")) old",
                kind: keyAge > 365 * 86_400 ? "warn" : "ok",
                advice: keyAge > 365 * 86_400 ? "It is older than a year: gatewright keys rotate makes a new one." : ""),
            HealthPage.Reading(label: "Database", value: Self.size(health.gauges.databaseSize), kind: "mute"),
            HealthPage.Reading(
                label: "Schema", value: "\(health.migrations) migrations, newest \(health.newestMigration)",
                kind: "mute"),
            HealthPage.Reading(
                label: "Last sweep of what expired",
                value: site.lastSweep.value.map { Moment.relative($0, at: now).text } ?? "none since the start",
                kind: site.lastSweep.value.map { now - $0 > 3600 } ?? false ? "warn" : "ok"),
            HealthPage.Reading(label: "Events in the audit log", value: "\(health.gauges.auditEvents)", kind: "mute"),
        ]
    }

    private static func size(_ bytes: Int64) -> String {
        bytes < 1_000_000 ? "\(bytes / 1000) kB" : "\(bytes / 1_000_000) MB"
    }
}

extension AuditLogPage.Event {
    fileprivate init(_ entry: AuditEntry, tenant: String) {
        let office = entry.actor.kind == .operator ? " (operator)" : entry.actor.kind == .app ? " (app)" : ""
        let name = entry.actor.name.utf8.isEmpty ? entry.actor.id : entry.actor.name
        self.init(
            number: "\(entry.sequence)", at: .exact(entry.at), what: entry.title, code: entry.action,
            who: name + office, subject: entry.subjectName, tenant: tenant,
            detail: entry.detail.map { "\($0.name): \($0.value)" }.joined(separator: "; "), address: entry.address)
    }
}
