import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/audit`: what happened in a workspace, for its admins.
struct TenantAuditController {
    let site: Site
    private static let perPage = 50
    /// How far back each page looks whether the chain holds, which is most of its time, and how far when that is asked
    /// for.
    private static let (glance, look) = (perPage, 10_000)

    func index(_ request: Request, _ context: PersonContext) async throws -> Response {
        let admin = try site.admin(context)
        let query = site.query(request)
        let filter = AuditQuery(query)
        let list = "audit \(admin.tenant.id.text)"
        let place = try site.place(query.first("after"), of: list).flatMap { Int64($0) }
        let found = try site.store.auditPage(
            .tenant(admin.tenant.id), filter.filter, before: place, limit: Self.perPage)
        let looksFar = query.all("check").contains { $0.utf8.elementsEqual("far".utf8) }
        let report = try site.store.auditChain(
            of: admin.tenant.id, newest: looksFar ? Self.look : Self.glance)
        let path = admin.tenant.path + "/audit"
        let now = site.now()
        let page = TenantAuditPage(
            top: try site.top(of: admin, at: .audit),
            events: found.entries.map { TenantAuditPage.Row($0, path: path, at: now) },
            areas: filter.areas, actor: filter.actor, actorName: name(filter.actor, in: found.entries) { $0.actor.id },
            subject: filter.subject, subjectName: subjectName(filter.subject, in: found.entries), from: filter.from,
            until: filter.until, isNarrowed: filter.isNarrow || place != nil, listPath: path,
            nextPath: found.next.map { "\(path)?\(filter.text)after=\(site.cursor(String($0), of: list))" } ?? "",
            csvPath: "\(path)/export?\(filter.text)format=csv", jsonPath: "\(path)/export?\(filter.text)format=json",
            most: "\(AuditExport.most / 1000),000", isWhole: report.findings.isEmpty,
            chain: report.sentence, checkPath: looksFar || report.events < Self.glance ? "" : path + "?check=far")
        return try site.page(page, request, context, problems: filter.problems)
    }

    /// The same as a file, written as it is read.
    func export(_ request: Request, _ context: PersonContext) async throws -> Response {
        let admin = try site.admin(context)
        let query = site.query(request)
        let filter = AuditQuery(query)
        guard let format = AuditExport.Format(rawValue: query.first("format")), filter.problems.isEmpty
        else { throw Failure.badRequest("Choose CSV or JSON, and days written as YYYY-MM-DD.") }
        let now = site.now()
        if let wait = site.limiter.count(.exports, admin.tenant.id.text, at: now) {
            throw Failure.tooManyRequests(retryAfter: wait)
        }
        try await site.store.record(
            AuditEvent(
                .logExported, by: .person(admin.person), on: .tenant(admin.tenant), in: admin.tenant.id,
                detail: filter.facts(with: ["format": format.rawValue]),
                from: site.clientAddress(of: request, context)), at: now)
        let export = AuditExport(
            store: site.store, scope: .tenant(admin.tenant.id), filter: filter.filter, format: format)
        return export.response(named: "\(admin.tenant.slug.text)-audit-\(CivilDate(now).isoDay)")
    }

    private func name(_ id: String, in entries: [AuditEntry], of which: (AuditEntry) -> String) -> String {
        guard !id.isEmpty else { return "" }
        return entries.first { which($0).utf8.elementsEqual(id.utf8) }?.actor.name ?? id
    }

    private func subjectName(_ id: String, in entries: [AuditEntry]) -> String {
        guard !id.isEmpty else { return "" }
        return entries.first { $0.subjectID.utf8.elementsEqual(id.utf8) }?.subjectName ?? id
    }
}

extension TenantAuditPage.Row {
    fileprivate init(_ entry: AuditEntry, path: String, at now: Instant) {
        self.init(
            at: .exact(entry.at),
            actor: entry.actor.name.isEmpty ? "Somebody who was forgotten" : entry.actor.name,
            actorPath: entry.actor.id.isEmpty ? "" : "\(path)?actor=\(PercentEncoding.encode(entry.actor.id))",
            title: entry.title, subject: entry.subjectName.isEmpty ? entry.subjectID : entry.subjectName,
            subjectPath: entry.subjectID.isEmpty ? "" : "\(path)?subject=\(PercentEncoding.encode(entry.subjectID))",
            details: entry.facts.map { Fact(label: $0.name, value: $0.value) }, address: entry.address,
            sequence: "\(entry.sequence)")
    }
}

extension AuditReport {
    fileprivate var sentence: String {
        guard let first = findings.first else {
            return events == 0
                ? "Nothing is recorded yet."
                : "The newest \(counted(events, "event")) follow one another without a gap, and none was changed."
        }
        let number = first.sequence.map { "Event \($0)" } ?? "An event"
        return "\(number) \(first.problem). Somebody changed the database: tell the operator of this portal."
    }
}

extension AuditQuery {
    /// Those of a workspace.
    fileprivate var areas: [Choice] {
        [Choice(value: "", label: "Everything", isChosen: area.isEmpty)]
            + AuditAction.areas.filter { !["person", "developer", "installation"].contains($0.name) }.map {
                Choice(value: $0.name, label: $0.name == "tenant" ? "Workspace and policy" : $0.title).chosen(if: area)
            }
    }
}
