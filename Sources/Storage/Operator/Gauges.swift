package import OAuth

/// How the installation is doing at this moment, in the numbers that monitoring asks for every few seconds: each is read
/// from an index or a header, however much is stored.
package struct Gauges: Sendable {
    package let mailWaiting: Int64
    /// When the letter that waits longest was written.
    package let oldestMail: Instant?
    package let activeKeySince: Instant?
    package let auditEvents: Int64
    /// In bytes.
    package let databaseSize: Int64
    /// Transactions that wait for the next commit.
    package let waitingWriters: Int
}

extension Store {
    package func gauges() throws -> Gauges {
        try engine.readConsistently { try self.gauges(in: $0) }
    }

    func gauges(in db: any Connection) throws -> Gauges {
        let row = try db.row(
            """
            SELECT (SELECT count(*) FROM outbox WHERE next_attempt_at IS NOT NULL) AS mail_waiting,
                (SELECT min(created_at) FROM outbox WHERE next_attempt_at IS NOT NULL) AS oldest_mail,
                (SELECT created_at FROM key_checks WHERE key_id = \(keyring.activeID.text)) AS key_since,
                coalesce((SELECT max(position) FROM audit_events), 0) AS audit_events,
                (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS size
            """)
        guard let row else { throw StorageError.corrupt("a count has no row") }
        return Gauges(
            mailWaiting: try row.integer("mail_waiting"), oldestMail: try row.optionalInstant("oldest_mail"),
            activeKeySince: try row.optionalInstant("key_since"), auditEvents: try row.integer("audit_events"),
            databaseSize: try row.integer("size"), waitingWriters: engine.waitingWriters)
    }
}
