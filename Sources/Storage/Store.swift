import OAuth

/// Everything that is kept, in one concrete place. The seam to another database is the ``Engine`` below it.
///
/// Reads are synchronous: one indexed read takes microseconds, less than handing it to another thread.
/// Writes are asynchronous and return once their commit is durable; those that wait together share one commit.
package struct Store: Sendable {
    let engine: any Engine
    let keyring: Keyring
    /// What was seen of tokens and sessions in use, not yet written.
    let uses: LastUsed
    let turns = Turns()
    let waitingTraces = WaitingTraces()
    let proxyCalls = ProxyCalls()
    /// What apps did, not yet written.
    package let activity: ActivityLog

    package init(engine: any Engine, keyring: Keyring) {
        self.engine = engine
        self.keyring = keyring
        uses = LastUsed()
        activity = ActivityLog()
    }
}

extension Store {
    /// Whether the database answers; throws when it does not.
    package func probe() throws {
        _ = try engine.read { db in try db.row("SELECT count(*) AS scopes FROM scopes") }
    }
}

extension Store {
    /// Whether nobody is here yet: only then may a demo move in.
    package func isEmpty() throws -> Bool {
        try engine.read { db in try db.row("SELECT 1 AS one FROM live_people LIMIT 1") == nil }
    }
}
