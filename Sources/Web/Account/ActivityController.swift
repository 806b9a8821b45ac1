import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/account/activity`: what was done with somebody's account.
struct ActivityController {
    let site: Site

    private static let pageLength = 50

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let (person, now) = (context.person, site.now())
        let before = Int64(site.query(request).first("before"))
        let found = try site.store.activity(of: person.id, before: before, limit: Self.pageLength)
        let page = ActivityPage(
            entries: found.entries.map { ActivityPage.Entry($0, of: person, at: now) },
            olderPath: found.next.map { "/account/activity?before=\($0)" } ?? "", isFirst: before == nil)
        return try site.page(page, request, context)
    }
}

extension ActivityPage.Entry {
    fileprivate init(_ entry: AuditEntry, of person: Person, at now: Instant) {
        let isOwn = entry.actor.id.utf8.elementsEqual(person.id.text.utf8)
        let isAboutSelf = entry.subjectID.utf8.elementsEqual(person.id.text.utf8)
        self.init(
            title: entry.title, what: isAboutSelf ? "" : entry.subjectName,
            by: isOwn ? "" : entry.actor.name,
            detail: entry.detail.map { "\($0.name): \($0.value)" }.joined(separator: " · "),
            // Where somebody else was is theirs.
            address: isOwn ? entry.address : "", when: .relative(entry.at, at: now),
            isWarning: AuditAction(rawValue: entry.action).map(Self.warnings.contains) ?? false)
    }

    private static let warnings: Set<AuditAction> = [
        .secondStepFailed, .recoveryCodeUsed, .secondFactorRemoved, .passwordReset, .tokenLeaked, .grantReplayed,
        .personSuspended, .emailChangeUndone,
    ]
}
