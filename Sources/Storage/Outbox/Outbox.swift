package import OAuth
import Portal

/// A letter in the outbox, as pages list it.
package struct OutboxEntry: Sendable {
    package let id: ID<Entity.Mail>
    package let kind: String
    package let recipient: String
    package let subject: String
    package let createdAt: Instant
    package let attempts: Int64
    package let nextAttemptAt: Instant?
    package let deliveredAt: Instant?
    package let failedAt: Instant?
    package let lastProblem: String?
}

/// How many letters of the last month came how far; older ones are deleted.
package struct MailCounts: Sendable {
    package let sent: Int64
    package let waiting: Int64
    package let failed: Int64
    /// All of them, also those whose link was spent before they were sent.
    package let written: Int64
    /// When the letter that waits longest was written.
    package let oldestWaiting: Instant?
}

/// What came of trying to deliver a letter.
package enum DeliveryOutcome: Sendable {
    case delivered
    /// - Parameters: the server's words without secrets, and when to try again; nil gives up.
    case failed(String, retryAt: Instant?)
}

extension Store {
    /// Of many operators or admins whom something concerns, so many get a letter about it.
    static let mostTold = 20

    /// Writes a letter in the transaction that causes it. The body is sealed: it may carry a one-time link. Of notices
    /// of one kind to one address, what is more than twenty an hour is left out.
    ///
    /// - Parameter link: the link in it, so that the letter goes when the link does.
    func enqueue(_ letter: Letter, carrying link: Digest? = nil, in db: any Connection, at now: Instant) throws {
        guard try !isTooMuch(letter, in: db, at: now) else { return }
        let id = ID<Entity.Mail>.random()
        let sealed = try keyring.seal(Array(letter.body.utf8), table: "outbox", column: "body", row: id.text)
        try db.run(
            """
            INSERT INTO outbox (id, kind, recipient, subject, sealed_body, created_at, next_attempt_at, link_digest)
            VALUES (\(id), \(letter.kind.rawValue), \(letter.recipient), \(letter.subject), \(sealed), \(now), \(now),
                \(link))
            """)
    }

    /// Takes back what waits with a link that opens nothing any more, and wipes its text: with the master key, a letter
    /// that waits can be read.
    func withdrawSpentLinks(in db: any Connection, at now: Instant) throws { try db.run(Self.spentLinks(at: now)) }

    package static func spentLinks(at now: Instant) -> SQL {
        """
        UPDATE outbox SET sealed_body = NULL, next_attempt_at = NULL,
            last_problem = 'the link in it was used, replaced or has expired'
        WHERE next_attempt_at IS NOT NULL AND link_digest IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM mail_links l WHERE l.digest = outbox.link_digest AND l.used_at IS NULL
                AND l.expires_at > \(now))
        """
    }

    package func mailCounts() throws -> MailCounts {
        let row = try engine.read { db in
            try db.row(
                """
                SELECT count(delivered_at) AS sent, count(next_attempt_at) AS waiting, count(failed_at) AS failed,
                    count(*) AS written, min(CASE WHEN next_attempt_at IS NOT NULL THEN created_at END) AS oldest
                FROM outbox
                """)
        }
        guard let row else { throw StorageError.corrupt("a count has no row") }
        return MailCounts(
            sent: try row.integer("sent"), waiting: try row.integer("waiting"), failed: try row.integer("failed"),
            written: try row.integer("written"), oldestWaiting: try row.optionalInstant("oldest"))
    }

    /// Newest first.
    ///
    /// - Parameter last: shows what is older than this letter.
    package func outbox(after last: ID<Entity.Mail>? = nil, limit: Int = 200) throws -> [OutboxEntry] {
        let place: SQL = last.map { "WHERE sequence < (SELECT sequence FROM outbox WHERE id = \($0))" } ?? ""
        return try engine.read { db in
            try db.rows("\(fragment: OutboxEntry.select) \(fragment: place) ORDER BY sequence DESC LIMIT \(limit)")
                .map(OutboxEntry.init)
        }
    }

    /// The letter with its text; the text is nil once it was wiped.
    package func letter(_ id: ID<Entity.Mail>) throws -> (entry: OutboxEntry, body: String?)? {
        let found = try engine.read { db in
            try db.row("\(fragment: OutboxEntry.select) WHERE id = \(id)").map { row in
                (entry: try OutboxEntry(row), sealed: try row.optionalBlob("sealed_body"))
            }
        }
        guard let found else { return nil }
        return (entry: found.entry, body: try found.sealed.map { try text($0, of: id) })
    }

    /// Letters whose time has come, oldest first, with their texts. A text that does not open is nil: it holds up no
    /// other letter.
    package func dueLetters(at now: Instant, limit: Int) throws -> [(entry: OutboxEntry, body: String?)] {
        try engine.read { db in
            try db.rows(
                """
                \(fragment: OutboxEntry.select) WHERE next_attempt_at IS NOT NULL AND next_attempt_at <= \(now)
                    AND sealed_body IS NOT NULL
                ORDER BY next_attempt_at, sequence LIMIT \(limit)
                """
            ).map { row in
                let entry = try OutboxEntry(row)
                let sealed = try row.blob("sealed_body")
                return (entry: entry, body: try? self.text(sealed, of: entry.id))
            }
        }
    }

    /// - Parameter keepBody: demo mode shows what was sent; elsewhere the text is wiped once nothing is left to try.
    package func record(
        _ outcome: DeliveryOutcome, of letter: ID<Entity.Mail>, keepBody: Bool, at now: Instant
    ) async throws {
        try await engine.write { db in
            switch outcome {
            case .delivered:
                try db.run(
                    """
                    UPDATE outbox SET delivered_at = \(now), next_attempt_at = NULL, attempts = attempts + 1,
                        last_problem = NULL, sealed_body = CASE WHEN \(keepBody) = 1 THEN sealed_body END
                    WHERE id = \(letter)
                    """)
            case .failed(let problem, let retry):
                try db.run(
                    """
                    UPDATE outbox SET attempts = attempts + 1, last_problem = \(problem), next_attempt_at = \(retry),
                        failed_at = CASE WHEN \(retry == nil) = 1 THEN \(now) END,
                        sealed_body = CASE WHEN \(keepBody || retry != nil) = 1 THEN sealed_body END
                    WHERE id = \(letter)
                    """)
            }
        }
    }

    private func text(_ sealed: [UInt8], of id: ID<Entity.Mail>) throws -> String {
        let bytes = try keyring.open(sealed, table: "outbox", column: "body", row: id.text)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension OutboxEntry {
    static let select: SQL = """
        SELECT id, kind, recipient, subject, sealed_body, created_at, attempts, next_attempt_at, delivered_at,
            failed_at, last_problem
        FROM outbox
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.id("id"), kind: try row.text("kind"), recipient: try row.text("recipient"),
            subject: try row.text("subject"), createdAt: try row.instant("created_at"),
            attempts: try row.integer("attempts"), nextAttemptAt: try row.optionalInstant("next_attempt_at"),
            deliveredAt: try row.optionalInstant("delivered_at"), failedAt: try row.optionalInstant("failed_at"),
            lastProblem: try row.optionalText("last_problem"))
    }
}
