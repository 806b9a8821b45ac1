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
            isFiltered: asked.isNarrow || !tenant.isEmpty,
            isByID: ![asked.actor, asked.subject, tenant].allSatisfy(\.isEmpty),
            csvPath: "/operator/audit/export?\(asked.text)tenant=\(tenant)&format=csv",
            jsonPath: "/operator/audit/export?\(asked.text)tenant=\(tenant)&format=json",
            most: "\(AuditExport.most / 1000),000")
        return try site.page(page, request, context, problems: asked.problems)
    }

    /// The same as a file, written as it is read.
    func export(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let query = site.query(request)
        let asked = AuditQuery(query)
        guard let format = AuditExport.Format(rawValue: query.first("format")), asked.problems.isEmpty
        else { throw Failure.badRequest("Choose CSV or JSON, and days written as YYYY-MM-DD.") }
        let tenant = AuditQuery.id(query.first("tenant"))
        let now = site.now()
        if let wait = site.limiter.count(.exports, context.session.person.id.text, at: now) {
            throw Failure.tooManyRequests(retryAfter: wait)
        }
        try await site.store.record(
            AuditEvent(
                .wholeLogExported, by: .operator(context.session.person),
                on: AuditSubject(.setting, id: "audit_log", name: "Audit log"),
                detail: asked.facts(with: ["format": format.rawValue, "workspace": AuditQuery.fact(tenant)]),
                from: site.clientAddress(of: request, context)), at: now)
        let export = AuditExport(
            store: site.store, scope: tenant.isEmpty ? .everything : .tenant(ID(tenant)), filter: asked.filter,
            format: format)
        return export.response(named: "gatewright-audit-\(CivilDate(now).isoDay)")
    }

    func health(_ request: Request, _ context: OperatorContext) async throws -> Response {
        let now = site.now()
        let health = try site.store.health()
        let page = HealthPage(
            readings: try readings(health, at: now), server: server(health, at: now),
            anchor: try site.store.auditAnchor()?.text ?? "")
        return try site.page(page, request, context)
    }

    private func readings(_ health: Health, at now: Instant) throws -> [HealthPage.Reading] {
        let oldest = health.oldestApplication.map { "The oldest is from \(Moment.relative($0, at: now).text)." }
        return try site.mailReadings(at: now) + [
            HealthPage.Reading(
                label: "Developer applications that wait", value: "\(health.applicationsWaiting)",
                kind: health.applicationsWaiting > 0 ? "warn" : "ok", path: "/operator/applications",
                note: oldest ?? ""),
            HealthPage.Reading(
                label: "Apps not reviewed", value: "\(health.unreviewedApps)",
                kind: health.unreviewedApps > 0 ? "warn" : "ok", path: "/operator/apps?show=unreviewed"),
            HealthPage.Reading(label: "Suspensions in force", value: "\(health.suspended)", kind: "ok"),
            HealthPage.Reading(
                label: "Last sweep of what expired",
                value: site.lastSweep.value.map { Moment.relative($0, at: now).text } ?? "none since the start",
                kind: site.lastSweep.value.map { now - $0 > 3600 } ?? false ? "warn" : "ok"),
        ]
    }

    private func server(_ health: Health, at now: Instant) -> [HealthPage.Reading] {
        let keyAge = health.gauges.activeKeySince.map { now - $0 } ?? 0
        let isOld = keyAge > 365 * 86_400
        return [
            HealthPage.Reading(
                label: "Key in use", value: "\(health.activeKey), \(counted(keyAge / 86_400, "day")) old",
                kind: isOld ? "warn" : "ok",
                note: isOld ? "It is older than a year: gatewright keys rotate makes a new one." : ""),
            HealthPage.Reading(label: "Database", value: Self.size(health.gauges.databaseSize), kind: "ok"),
            HealthPage.Reading(
                label: "Schema", value: "\(health.migrations) migrations, newest \(health.newestMigration)", kind: "ok"),
            HealthPage.Reading(
                label: "Events in the audit log", value: "\(health.gauges.auditEvents)", kind: "ok",
                path: "/operator/audit"),
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
            who: name + office, whoPath: Self.log(actor: entry.actor.id), subject: entry.subjectName,
            subjectPath: Self.log(subject: entry.subjectID), tenant: tenant,
            tenantPath: Self.log(tenant: entry.tenant?.text ?? ""),
            detail: entry.facts.map { "\($0.name): \($0.value)" }.joined(separator: "; "), address: entry.address)
    }

    /// The log, narrowed to one; empty when there is no ID to narrow it by.
    private static func log(actor: String = "", subject: String = "", tenant: String = "") -> String {
        let asked = [("actor", actor), ("subject", subject), ("tenant", tenant)].filter { !$0.1.isEmpty }
        guard !asked.isEmpty else { return "" }
        return "/operator/audit?" + asked.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    }
}
