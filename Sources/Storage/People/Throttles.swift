package import OAuth

/// How many attempts one key may make within a window.
package struct Throttle: Sendable {
    package let name: String
    package let limit: Int64
    /// In seconds.
    package let window: Int64

    package init(name: String, limit: Int64, window: Int64) {
        self.name = name
        self.limit = limit
        self.window = window
    }

    /// Of one person's codes, from wherever: only who has the password gets that far, and a million codes are few.
    package static let secondStep = Throttle(name: "second-step", limit: 5, window: 900)
    package static let mailFromAddress = Throttle(name: "mail-from", limit: 30, window: 3600)
    package static let invitationsOfTenant = Throttle(name: "invitations", limit: 30, window: 3600)
    package static let invitationsToAddress = Throttle(name: "invitations-to", limit: 3, window: 3600)
    package static let emailChanges = Throttle(name: "email-changes", limit: 10, window: 3600)
    package static let testTokens = Throttle(name: "test-tokens", limit: 20, window: 3600)
    package static let accessRequests = Throttle(name: "access-requests", limit: 10, window: 3600)
    package static let setup = Throttle(name: "setup", limit: 10, window: 900)
}

extension Store {
    /// Counts an attempt before it is made, in one durable statement, so that parallel attempts cannot outrun
    /// the count.
    ///
    /// - Parameter key: who is counted; only a keyed digest of it is stored.
    /// - Returns: nil when the attempt may go on, else the seconds to wait.
    package func count(_ throttle: Throttle, _ key: String, at now: Instant) async throws -> Int64? {
        try await engine.write { db in try self.count(throttle, key, in: db, at: now) }
    }

    /// In seconds: a window that began further ahead than this was begun by a clock that was wrong. One set back by
    /// less opens no window early.
    private static let steadyClock: Int64 = 172_800

    /// The same inside a transaction.
    func count(_ throttle: Throttle, _ key: String, in db: any Connection, at now: Instant) throws -> Int64? {
        let row = try db.row(
            """
            INSERT INTO throttles (key, window_started_at, count) VALUES (\(stored(throttle, key)), \(now), 1)
            ON CONFLICT (key) DO UPDATE SET
                count = CASE WHEN throttles.window_started_at <= \(now - throttle.window)
                        OR throttles.window_started_at > \(now + Self.steadyClock)
                    THEN 1 ELSE throttles.count + 1 END,
                window_started_at = CASE WHEN throttles.window_started_at <= \(now - throttle.window)
                        OR throttles.window_started_at > \(now + Self.steadyClock)
                    THEN \(now) ELSE throttles.window_started_at END
            RETURNING count, window_started_at
            """)
        guard let row, try row.integer("count") > throttle.limit else { return nil }
        return max(1, try row.instant("window_started_at") + throttle.window - now)
    }

    /// A success clears the count of its key.
    package func clear(_ throttle: Throttle, _ key: String) async throws {
        try await engine.write { db in try self.clear(throttle, key, in: db) }
    }

    func clear(_ throttle: Throttle, _ key: String, in db: any Connection) throws {
        try db.run("DELETE FROM throttles WHERE key = \(stored(throttle, key))")
    }

    /// What was counted before it was tried, and turned out to be nothing to count.
    package func giveBack(_ throttle: Throttle, _ key: String) async throws {
        try await engine.write { db in try self.giveBack(throttle, key, in: db) }
    }

    func giveBack(_ throttle: Throttle, _ key: String, in db: any Connection) throws {
        try db.run("UPDATE throttles SET count = count - 1 WHERE key = \(stored(throttle, key)) AND count > 0")
    }

    /// Whether the limit is reached, without counting.
    func isUsedUp(_ throttle: Throttle, _ key: String, in db: any Connection, at now: Instant) throws -> Bool {
        try db.row(
            """
            SELECT 1 AS one FROM throttles WHERE key = \(stored(throttle, key)) AND count >= \(throttle.limit)
                AND window_started_at > \(now - throttle.window)
            """) != nil
    }

    private func stored(_ throttle: Throttle, _ key: String) -> String {
        throttle.name + ":" + keyring.digest(key, purpose: "throttle").hex
    }
}
