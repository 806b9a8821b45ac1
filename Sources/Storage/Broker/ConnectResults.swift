package import Broker
package import OAuth
import Portal

extension Store {
    /// In seconds: how long a result waits for an opener whose socket was cut.
    package static let resultLifetime: Int64 = 600

    /// The first result of a socket counts.
    package func leave(_ message: String, for socket: String, at now: Instant) async throws {
        try await engine.write { db in
            _ = try db.run(
                """
                INSERT INTO connect_results (socket, message, expires_at)
                VALUES (\(socket), \(message), \(now + Self.resultLifetime)) ON CONFLICT DO NOTHING
                """)
        }
    }

    /// A socket's result, for an opener that asks by itself; nil while there is none.
    package func result(for socket: String, at now: Instant) throws -> String? {
        try engine.read { db in
            try db.row("SELECT message FROM connect_results WHERE socket = \(socket) AND expires_at > \(now)")?
                .text("message")
        }
    }

    /// The results of those among these sockets that have one.
    package func results(
        for sockets: some Sequence<String>, at now: Instant
    ) throws -> [(socket: String, message: String)] {
        try engine.read { db in
            try db.rows(
                "SELECT socket, message FROM connect_results WHERE socket IN (\(list: sockets)) AND expires_at > \(now)"
            )
        }.map { (try $0.text("socket"), try $0.text("message")) }
    }

    /// - Returns: false when the nonce was spent before.
    package func spend(
        nonce: String, of environment: ID<Entity.Environment>, until end: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            try db.run(
                """
                INSERT INTO connect_nonces (environment_id, nonce, expires_at) VALUES (\(environment), \(nonce), \(end))
                ON CONFLICT DO NOTHING
                """) == 1
        }
    }

    /// Counts one connect request.
    ///
    /// - Parameter isSigned: it came with a valid digest, a valid signature or a session.
    package func countConnect(in environment: ID<Entity.Environment>, isSigned: Bool, at now: Instant) async throws {
        try await engine.write { db in
            _ = try db.run(
                """
                INSERT INTO connect_days (environment_id, day, calls, signed)
                VALUES (\(environment), \(now.day), 1, \(isSigned))
                ON CONFLICT (environment_id, day) DO UPDATE SET calls = connect_days.calls + 1,
                    signed = connect_days.signed + excluded.signed
                """)
        }
    }

    /// Connect requests since a day (days since 1970), for whoever thinks of requiring HMAC.
    package func connectCalls(
        of environment: BrokerEnvironment, since day: Int64
    ) throws -> (calls: Int, signed: Int) {
        try engine.read { db in
            let row = try db.row(
                """
                SELECT coalesce(sum(calls), 0) AS calls, coalesce(sum(signed), 0) AS signed FROM connect_days
                WHERE environment_id = \(environment.id) AND day >= \(day)
                """)
            return (try row?.int("calls") ?? 0, try row?.int("signed") ?? 0)
        }
    }
}
