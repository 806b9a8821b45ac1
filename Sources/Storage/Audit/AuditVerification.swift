package import OAuth
import Portal

/// The newest event as somebody outside of the database remembers it. Without one, cutting off the end of the log
/// leaves no trace in what remains.
package struct AuditAnchor: Sendable, Equatable {
    package let position: Int64
    let hash: Digest

    /// `1234-5f0c…`
    package var text: String { "\(position)-\(hash.hex)" }

    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, let position = Int64(String(decoding: parts[0], as: UTF8.self)), position > 0,
            let bytes = HexText.bytes(String(decoding: parts[1], as: UTF8.self)), let hash = Digest(bytes)
        else { return nil }
        self.init(position: position, hash: hash)
    }

    init(position: Int64, hash: Digest) {
        self.position = position
        self.hash = hash
    }
}

/// What reading the whole log showed.
package struct AuditReport: Sendable {
    /// One thing wrong with the log.
    package struct Finding: Sendable {
        /// Nil for the installation's own chain, and where it cannot be told.
        package let tenant: ID<Entity.Tenant>?
        /// The number within the tenant's chain; nil where it cannot be told.
        package let sequence: Int64?
        package let position: Int64
        package let problem: String
    }

    package fileprivate(set) var events: Int64 = 0
    package fileprivate(set) var chains = 0
    package fileprivate(set) var erased: Int64 = 0
    /// The first ones, in the log's order; empty when it is whole.
    package fileprivate(set) var findings: [Finding] = []
    package fileprivate(set) var anchor: AuditAnchor?
}

extension Store {
    /// The newest event, to be kept where whoever can change the database cannot change it too: a log that is shipped
    /// elsewhere, a note on paper.
    package func auditAnchor() throws -> AuditAnchor? {
        try engine.read { db in
            try db.row("SELECT position, hash FROM audit_events ORDER BY position DESC LIMIT 1").map {
                AuditAnchor(position: try $0.integer("position"), hash: try $0.digest("hash"))
            }
        }
    }

    /// Reads the whole log and recomputes every hash, a thousand events at a time.
    package func verifyAuditLog(against anchor: AuditAnchor? = nil) throws -> AuditReport {
        var audit = AuditVerification(keyring: keyring, anchor: anchor, wasDeleted: wasDeleted)
        var last: Int64 = 0
        while true {
            let rows = try engine.read { db in
                try db.rows("SELECT * FROM audit_events WHERE position > \(last) ORDER BY position LIMIT 1000")
            }
            for row in rows { try audit.read(row) }
            guard let end = rows.last else { break }
            last = try end.integer("position")
        }
        return audit.finish()
    }
}

extension Store {
    /// Reads the newest events of one tenant's chain and recomputes their hashes; what came before them is taken as
    /// their first one tells it. For a page, which cannot wait for the whole log.
    package func auditChain(of tenant: ID<Entity.Tenant>, newest count: Int) throws -> AuditReport {
        var audit = AuditVerification(keyring: keyring, anchor: nil, wasDeleted: wasDeleted)
        let rows = try engine.read { db in
            try db.rows(
                """
                SELECT * FROM audit_events WHERE tenant_id = \(tenant) ORDER BY sequence DESC LIMIT \(count)
                """)
        }
        for row in rows.reversed() {
            if audit.report.events == 0 { try audit.begin(at: row) }
            try audit.read(row)
        }
        return audit.report
    }
}

extension Store {
    /// Whether the log tells, in an event that this server wrote, that this person's account was deleted.
    private func wasDeleted(_ person: String) throws -> Bool {
        let rows = try engine.read { db in
            try db.rows(
                """
                SELECT * FROM audit_events WHERE subject_id = \(person) AND tenant_id = ''
                    AND action = \(AuditAction.personDeleted.rawValue)
                """)
        }
        return try rows.contains { try AuditLink($0).hash(keyring) == $0.digest("hash") }
    }
}

/// One walk through the log.
private struct AuditVerification {
    private let keyring: Keyring
    private let anchor: AuditAnchor?
    /// Asked once for each ID.
    private let wasDeleted: (String) throws -> Bool
    private var deleted: [String: Bool] = [:]
    fileprivate private(set) var report = AuditReport()
    private var heads: [String: (sequence: Int64, hash: Digest)] = [:]
    private var expected: Int64 = 1
    private var gaps: [Int64] = []
    private var missingPositions: Int64 = 0
    private var missingSequences: Int64 = 0
    private var metAnchor = false

    init(keyring: Keyring, anchor: AuditAnchor?, wasDeleted: @escaping (String) throws -> Bool) {
        self.keyring = keyring
        self.anchor = anchor
        self.wasDeleted = wasDeleted
    }

    /// Takes the word of this event for what is before it, unless it is the first of its tenant.
    mutating func begin(at row: Row) throws {
        let link = try AuditLink(row)
        guard link.sequence > 1 else { return }
        heads[link.tenant] = (sequence: link.sequence - 1, hash: link.previous)
    }

    mutating func read(_ row: Row) throws {
        let link = try AuditLink(row)
        report.events += 1
        if link.position > expected {
            gaps.append(expected)
            missingPositions += link.position - expected
        }
        expected = link.position + 1
        let hash = try row.digest("hash")
        let head = heads[link.tenant] ?? (sequence: 0, hash: .chainStart)
        if link.sequence != head.sequence + 1 {
            if link.sequence > head.sequence { missingSequences += link.sequence - head.sequence - 1 }
            note(link, head.sequence + 1, "is missing")
        } else if link.previous != head.hash {
            note(link, link.sequence, "does not follow the event before it")
        } else if let problem = try problem(with: link, hash: hash, row) {
            note(link, link.sequence, problem)
        }
        heads[link.tenant] = (link.sequence, hash)
        if try !row.isNull("erased_at") { report.erased += 1 }
        if let anchor, anchor.position == link.position {
            metAnchor = true
            if anchor.hash != hash { note(link, link.sequence, "is not the event that the anchor names") }
        }
        report.anchor = AuditAnchor(position: link.position, hash: hash)
    }

    mutating func finish() -> AuditReport {
        report.chains = heads.count
        // The last events of a tenant were taken out: no later event of that tenant tells, only the count of all does.
        if missingPositions > missingSequences, let gap = gaps.first {
            note(nil, sequence: nil, position: gap, "is missing")
        }
        if let anchor, !metAnchor {
            note(
                nil, sequence: nil, position: expected,
                "is missing: the log ends before event \(anchor.position), which the anchor names")
        }
        return report
    }

    private mutating func problem(with link: AuditLink, hash: Digest, _ row: Row) throws -> String? {
        guard link.hash(keyring) == hash else { return "was changed, or was not written by this server" }
        guard try row.text("area").utf8.elementsEqual(link.action.utf8.prefix { $0 != UInt8(ascii: ".") }) else {
            return "was changed (area)"
        }
        let texts = try AuditTexts(
            actorName: row.text("actor_name"), address: row.text("address"), subjectName: row.text("subject_name"),
            detail: row.text("detail"))
        guard link.facts != nil else {
            // From before its parts were told apart: whole, or all of it empty.
            if texts.wholeDigest(keyring) == link.personal { return nil }
            guard texts == AuditTexts(), try isOneDeleted(link) else { return Self.changed }
            return nil
        }
        let kept = try AuditDigests(
            actor: row.digest("actor_digest"), subject: row.digest("subject_digest"),
            detail: row.digest("detail_digest"))
        guard kept.whole(keyring) == link.personal else { return Self.changed }
        let found = texts.digests(at: link.position, keyring)
        if found.actor != kept.actor {
            guard texts.actorName.isEmpty, texts.address.isEmpty, try isDeleted(link.actorID) else {
                return Self.changed
            }
        }
        if found.subject != kept.subject {
            // What a token is called are the words of whoever made it.
            let isToken = link.subjectKind.utf8.elementsEqual("token".utf8)
            guard texts.subjectName.isEmpty, try isDeleted(isToken ? link.actorID : link.subjectID) else {
                return Self.changed
            }
        }
        if found.detail != kept.detail {
            guard texts.detail == AuditTexts().detail, try isOneDeleted(link) else { return Self.changed }
        }
        return nil
    }

    private static let changed =
        "was changed (names, detail or address), or emptied though nobody in it deleted their account"

    private mutating func isOneDeleted(_ link: AuditLink) throws -> Bool {
        if try isDeleted(link.actorID) { return true }
        return try isDeleted(link.subjectID)
    }

    /// Only of somebody who is forgotten may anything be empty.
    private mutating func isDeleted(_ id: String) throws -> Bool {
        if let known = deleted[id] { return known }
        let isDeleted = try wasDeleted(id)
        deleted[id] = isDeleted
        return isDeleted
    }

    private mutating func note(_ link: AuditLink, _ sequence: Int64, _ problem: String) {
        note(link.tenant.isEmpty ? nil : ID(link.tenant), sequence: sequence, position: link.position, problem)
    }

    private mutating func note(_ tenant: ID<Entity.Tenant>?, sequence: Int64?, position: Int64, _ problem: String) {
        guard report.findings.count < 20 else { return }
        report.findings.append(
            AuditReport.Finding(tenant: tenant, sequence: sequence, position: position, problem: problem))
    }
}

extension AuditLink {
    fileprivate init(_ row: Row) throws {
        self.init(
            position: try row.integer("position"), tenant: try row.text("tenant_id"),
            sequence: try row.integer("sequence"), at: try row.instant("at"), action: try row.text("action"),
            actorKind: try row.text("actor_kind"), actorID: try row.text("actor_id"),
            subjectKind: try row.text("subject_kind"), subjectID: try row.text("subject_id"),
            previous: try row.digest("previous"), facts: try row.optionalText("facts"),
            personal: try row.digest("personal_digest"))
    }
}
