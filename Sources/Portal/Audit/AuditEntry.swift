package import OAuth

/// An event as it stands in the log.
package struct AuditEntry: Sendable {
    /// Of all events of the installation; what pages continue from.
    package let position: Int64
    /// Among the events of its tenant, from 1 without a gap.
    package let sequence: Int64
    package let tenant: ID<Entity.Tenant>?
    package let at: Instant
    /// The stored name; a newer Gatewright may have written one that ``AuditAction`` does not know.
    package let action: String
    package let actor: AuditActor
    /// As stored: a newer Gatewright may know more kinds.
    package let subjectKind: String
    package let subjectID: String
    package let subjectName: String
    package let detail: [(name: String, value: String)]
    package let address: String
    /// What names somebody in it was emptied because they were forgotten.
    package let isErased: Bool
    /// What the next event of the tenant is chained to, in hexadecimal digits.
    package let hash: String

    package init(
        position: Int64, sequence: Int64, tenant: ID<Entity.Tenant>?, at: Instant, action: String, actor: AuditActor,
        subjectKind: String, subjectID: String, subjectName: String, detail: [(name: String, value: String)],
        address: String, isErased: Bool, hash: String
    ) {
        self.position = position
        self.sequence = sequence
        self.tenant = tenant
        self.at = at
        self.action = action
        self.actor = actor
        self.subjectKind = subjectKind
        self.subjectID = subjectID
        self.subjectName = subjectName
        self.detail = detail
        self.address = address
        self.isErased = isErased
        self.hash = hash
    }

    /// What happened, for people.
    package var title: String { AuditAction(rawValue: action)?.title ?? action }
}

/// Which events of a log to show. Empty parts do not filter.
package struct AuditFilter: Sendable {
    /// One of ``AuditAction/areas``.
    package var area: String?
    package var actor: String?
    package var subject: String?
    /// Not before this moment …
    package var from: Instant?
    /// … and before this one.
    package var until: Instant?

    package init(
        area: String? = nil, actor: String? = nil, subject: String? = nil, from: Instant? = nil, until: Instant? = nil
    ) {
        self.area = area
        self.actor = actor
        self.subject = subject
        self.from = from
        self.until = until
    }
}
