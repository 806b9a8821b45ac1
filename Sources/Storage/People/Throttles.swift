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

    /// Enough for somebody who mistypes, far too few for somebody who guesses.
    package static let signInByPersonAndAddress = Throttle(name: "sign-in", limit: 10, window: 900)
    package static let signInByAddress = Throttle(name: "sign-in-address", limit: 100, window: 3600)
    /// Of one person's codes, from wherever: only who has the password gets that far, and a million codes are few.
    package static let secondStep = Throttle(name: "second-step", limit: 5, window: 900)
    package static let mailToAddress = Throttle(name: "mail", limit: 3, window: 3600)
    package static let mailFromAddress = Throttle(name: "mail-from", limit: 30, window: 3600)
    package static let invitationsOfTenant = Throttle(name: "invitations", limit: 30, window: 3600)
    package static let invitationsToAddress = Throttle(name: "invitations-to", limit: 3, window: 3600)
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
        let stored = throttle.name + ":" + keyring.digest(key, purpose: "throttle").hex
        return try await engine.write { db in
            let row = try db.row(
                """
                INSERT INTO throttles (key, window_started_at, count) VALUES (\(stored), \(now), 1)
                ON CONFLICT (key) DO UPDATE SET
                    count = CASE WHEN throttles.window_started_at <= \(now - throttle.window)
                        THEN 1 ELSE throttles.count + 1 END,
                    window_started_at = CASE WHEN throttles.window_started_at <= \(now - throttle.window)
                        THEN \(now) ELSE throttles.window_started_at END
                RETURNING count, window_started_at
                """)
            guard let row, try row.integer("count") > throttle.limit else { return nil }
            return max(1, try row.instant("window_started_at") + throttle.window - now)
        }
    }

    /// A success clears the count of its key.
    package func clear(_ throttle: Throttle, _ key: String) async throws {
        let stored = throttle.name + ":" + keyring.digest(key, purpose: "throttle").hex
        try await engine.write { db in _ = try db.run("DELETE FROM throttles WHERE key = \(stored)") }
    }
}
