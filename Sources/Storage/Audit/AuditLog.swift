import Foundation
package import OAuth
package import Portal

extension Store {
    /// Appends to the log, inside the transaction of the change: there is never one without the other, and when the log
    /// cannot be written the change does not happen.
    func record(_ event: AuditEvent, in db: any Connection, at now: Instant) throws {
        let tenant = event.tenant?.text ?? ""
        let last = try db.row("SELECT position FROM audit_events ORDER BY position DESC LIMIT 1")
        let chained = try db.row(
            "SELECT sequence, hash FROM audit_events WHERE tenant_id = \(tenant) ORDER BY sequence DESC LIMIT 1")
        var link = AuditLink(
            position: try last.map { try $0.integer("position") + 1 } ?? 1, tenant: tenant,
            sequence: try chained.map { try $0.integer("sequence") + 1 } ?? 1, at: now,
            action: event.action.rawValue, actorKind: event.actor.kind.rawValue, actorID: event.actor.id,
            subjectKind: event.subject.kind.rawValue, subjectID: event.subject.id,
            previous: try chained?.digest("hash") ?? .chainStart)
        let detail = try Self.text(of: event.detail.filter { !AuditEvent.factNames.contains($0.key) })
        let facts = try Self.text(of: event.detail.filter { AuditEvent.factNames.contains($0.key) })
        let texts = AuditTexts(
            actorName: event.actor.name, address: event.address, subjectName: event.subject.name, detail: detail)
        let parts = texts.digests(at: link.position, keyring)
        link.facts = facts
        link.personal = parts.whole(keyring)
        try db.run(
            """
            INSERT INTO audit_events (position, tenant_id, sequence, at, action, area, actor_kind, actor_id, actor_name,
                subject_kind, subject_id, subject_name, detail, facts, address, actor_digest, subject_digest,
                detail_digest, personal_digest, previous, hash)
            VALUES (\(link.position), \(tenant), \(link.sequence), \(now), \(link.action), \(event.action.area),
                \(link.actorKind), \(link.actorID), \(event.actor.name), \(link.subjectKind), \(link.subjectID),
                \(event.subject.name), \(detail), \(facts), \(event.address), \(parts.actor), \(parts.subject),
                \(parts.detail), \(link.personal), \(link.previous), \(link.hash(keyring)))
            """)
    }

    /// Records something that changes no other row, such as an app that was denied.
    package func record(_ event: AuditEvent, at now: Instant) async throws {
        try await engine.write { db in try self.record(event, in: db, at: now) }
    }

    /// Empties what names this person in every event that they did or suffered, the descriptions of their tokens too.
    /// What was done when, and who else was in it, stays; they do by an ID that names nobody any more, and the chain holds.
    func forgetInAuditLog(_ person: ID<Entity.Person>, in db: any Connection, at now: Instant) throws {
        try db.run(
            """
            UPDATE audit_events SET detail = '{}', erased_at = COALESCE(erased_at, \(now)),
                actor_name = CASE WHEN actor_id = \(person) OR facts IS NULL THEN '' ELSE actor_name END,
                address = CASE WHEN actor_id = \(person) OR facts IS NULL THEN '' ELSE address END,
                subject_name = CASE WHEN subject_id = \(person) OR subject_kind = 'token' OR facts IS NULL THEN ''
                    ELSE subject_name END
            WHERE actor_id = \(person) OR subject_id = \(person)
            """)
    }

    private static func text(of detail: [String: String]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(detail), as: UTF8.self)
    }
}

/// What of an event its hash covers, and how.
struct AuditLink {
    let position: Int64
    /// Empty for the installation's own chain.
    let tenant: String
    let sequence: Int64
    let at: Instant
    let action: String
    let actorKind: String
    let actorID: String
    let subjectKind: String
    let subjectID: String
    let previous: Digest
    /// Nil in events from before they stood apart from the rest of the detail.
    var facts: String?
    var personal = Digest.chainStart

    /// Keyed with a key that is not in the database: whoever can write rows still cannot write believable ones.
    func hash(_ keyring: Keyring) -> Digest {
        let fields = [
            facts == nil ? "audit1" : "audit2", previous.hex, String(position), tenant, String(sequence),
            String(at.seconds), action, actorKind, actorID, subjectKind, subjectID, personal.hex,
        ]
        return keyring.digest(Self.joined(fields + (facts.map { [$0] } ?? [])), purpose: "audit")
    }

    /// Each with its length in front, so that no two lists read the same.
    fileprivate static func joined(_ fields: [String]) -> String {
        fields.map { "\($0.utf8.count):\($0)" }.joined()
    }
}

/// What of an event can become empty when somebody is forgotten.
struct AuditTexts: Equatable {
    var actorName = ""
    var address = ""
    var subjectName = ""
    /// A JSON object.
    var detail = "{}"

    /// - Parameter position: of the event: the same name twice has two digests.
    func digests(at position: Int64, _ keyring: Keyring) -> AuditDigests {
        func digest(_ texts: String...) -> Digest {
            keyring.digest(AuditLink.joined([String(position)] + texts), purpose: "audit-part")
        }
        return AuditDigests(
            actor: digest("actor", actorName, address), subject: digest("subject", subjectName),
            detail: digest("detail", detail))
    }

    /// Of an event from before there was one for each part.
    func wholeDigest(_ keyring: Keyring) -> Digest {
        keyring.digest(AuditLink.joined([actorName, subjectName, detail, address]), purpose: "audit-personal")
    }
}

/// What an emptied text is still vouched for by.
struct AuditDigests {
    let actor: Digest
    let subject: Digest
    let detail: Digest

    /// What the chain covers.
    func whole(_ keyring: Keyring) -> Digest {
        keyring.digest(AuditLink.joined([actor.hex, subject.hex, detail.hex]), purpose: "audit-parts")
    }
}

extension Digest {
    /// What the first event of a chain follows.
    static let chainStart = Digest(trusted: [UInt8](repeating: 0, count: 32))
}

extension Store {
    /// What a person did, to themselves unless it says to what; their name is looked up, as it is now.
    func record(
        _ action: AuditAction, by person: ID<Entity.Person>, on subject: AuditSubject? = nil,
        of tenant: ID<Entity.Tenant>? = nil, detail: [String: String] = [:], from address: String = "",
        in db: any Connection, at now: Instant
    ) throws {
        guard let row = try db.row("SELECT name FROM live_people WHERE id = \(person)") else { return }
        let name = try row.text("name")
        try record(
            AuditEvent(
                action, by: AuditActor(.person, id: person.text, name: name),
                on: subject ?? AuditSubject(.person, id: person.text, name: name), in: tenant, detail: detail,
                from: address),
            in: db, at: now)
    }
}
