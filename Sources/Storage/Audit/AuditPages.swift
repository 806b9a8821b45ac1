import Foundation
package import OAuth
package import Portal

/// Whose events to read.
package enum AuditScope: Sendable {
    /// Every chain: the operator's view.
    case everything
    /// The installation's own chain: people, developers, operators.
    case installation
    case tenant(ID<Entity.Tenant>)
}

/// Some events, newest first.
package struct AuditPage: Sendable {
    package let entries: [AuditEntry]
    /// Where the next, older page begins; nil on the last one.
    package let next: Int64?
}

extension Store {
    /// A page of a log: always through an index, so that a million events cost as much as ten.
    ///
    /// - Parameter position: shows what is older than this; nil begins with the newest.
    package func auditPage(
        _ scope: AuditScope, _ filter: AuditFilter = AuditFilter(), before position: Int64? = nil, limit: Int
    ) throws -> AuditPage {
        try engine.readConsistently { db in
            guard let bounds = try Self.bounds(scope, filter, in: db) else { return AuditPage(entries: [], next: nil) }
            let entries = try db.rows(
                """
                \(fragment: AuditEntry.select)
                WHERE position < \(min(position ?? .max, bounds.end)) AND position >= \(bounds.start)
                    \(fragment: scope.condition) \(fragment: filter.condition)
                ORDER BY position DESC LIMIT \(limit + 1)
                """
            ).map(AuditEntry.init)
            return AuditPage(
                entries: Array(entries.prefix(limit)), next: entries.count > limit ? entries[limit - 1].position : nil)
        }
    }

    /// What somebody did, anywhere, and what was done to their account: two walks along an index each, merged.
    package func activity(
        of person: ID<Entity.Person>, before position: Int64? = nil, limit: Int
    ) throws -> AuditPage {
        let did = try auditPage(.everything, AuditFilter(actor: person.text), before: position, limit: limit)
        let suffered = try auditPage(.everything, AuditFilter(subject: person.text), before: position, limit: limit)
        let known = Set(did.entries.map(\.position))
        let all = (did.entries + suffered.entries.filter { !known.contains($0.position) })
            .sorted { $0.position > $1.position }
        let page = Array(all.prefix(limit))
        let isMore = did.next != nil || suffered.next != nil || all.count > limit
        return AuditPage(entries: page, next: isMore ? page.last?.position : nil)
    }

    /// The clock's filter as positions: a page for last spring must not walk through the summer. (Where the clock was
    /// set back, events at the seam may be left out of a page by time.)
    private static func bounds(
        _ scope: AuditScope, _ filter: AuditFilter, in db: any Connection
    ) throws -> (start: Int64, end: Int64)? {
        var (start, end): (Int64, Int64) = (1, .max)
        if let from = filter.from {
            guard
                let row = try db.row(
                    """
                    SELECT position FROM audit_events WHERE at >= \(from) \(fragment: scope.condition)
                    ORDER BY at, position LIMIT 1
                    """)
            else { return nil }
            start = try row.integer("position")
        }
        if let until = filter.until {
            guard
                let row = try db.row(
                    """
                    SELECT position FROM audit_events WHERE at < \(until) \(fragment: scope.condition)
                    ORDER BY at DESC, position DESC LIMIT 1
                    """)
            else { return nil }
            end = try row.integer("position") + 1
        }
        return (start, end)
    }
}

extension AuditScope {
    fileprivate var condition: SQL {
        switch self {
        case .everything: ""
        case .installation: "AND tenant_id = ''"
        case .tenant(let id): "AND tenant_id = \(id)"
        }
    }
}

extension AuditFilter {
    /// The time once more, exactly; the unary plus keeps it from being taken for the index to walk.
    fileprivate var condition: SQL {
        let area: SQL = self.area.map { "AND area = \($0)" } ?? ""
        let actor: SQL = self.actor.map { "AND actor_id = \($0)" } ?? ""
        let subject: SQL = self.subject.map { "AND subject_id = \($0)" } ?? ""
        let from: SQL = self.from.map { "AND +at >= \($0)" } ?? ""
        let until: SQL = self.until.map { "AND +at < \($0)" } ?? ""
        return "\(fragment: area) \(fragment: actor) \(fragment: subject) \(fragment: from) \(fragment: until)"
    }
}

extension AuditEntry {
    static let select: SQL = """
        SELECT position, tenant_id, sequence, at, action, actor_kind, actor_id, actor_name, subject_kind, subject_id,
            subject_name, detail, facts, address, erased_at, hash
        FROM audit_events
        """

    init(_ row: Row) throws {
        let tenant = try row.text("tenant_id")
        func object(_ text: String) throws -> [String: String] {
            // Most have no detail, and a decoder costs more than all else of an event.
            guard !text.utf8.elementsEqual("{}".utf8) else { return [:] }
            return try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        }
        let facts = try object(try row.optionalText("facts") ?? "{}")
        let detail = try object(try row.text("detail")).merging(facts) { other, _ in other }
        self.init(
            position: try row.integer("position"), sequence: try row.integer("sequence"),
            tenant: tenant.isEmpty ? nil : ID(tenant), at: try row.instant("at"), action: try row.text("action"),
            actor: AuditActor(
                AuditActor.Kind(rawValue: try row.text("actor_kind")) ?? .system, id: try row.text("actor_id"),
                name: try row.text("actor_name")),
            subjectKind: try row.text("subject_kind"), subjectID: try row.text("subject_id"),
            subjectName: try row.text("subject_name"),
            detail: detail.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) },
            address: try row.text("address"), isErased: try !row.isNull("erased_at"), hash: try row.digest("hash").hex)
    }
}
