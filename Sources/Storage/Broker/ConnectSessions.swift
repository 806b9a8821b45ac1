package import Broker
package import OAuth

/// A backend's leave for one of its users to make one connection.
package struct ConnectSession: Sendable {
    package let id: ID<Entity.ConnectSession>
    package let environment: BrokerEnvironment
    package let ask: ConnectSessionAsk
    package let expiresAt: Instant
    /// It made its connection.
    package let isUsed: Bool
}

extension Store {
    /// In seconds.
    package static let connectSessionLifetime: Int64 = 900

    /// - Returns: when it ends.
    package func open(
        _ ask: ConnectSessionAsk, as token: Secret<ConnectToken>, in environment: BrokerEnvironment, at now: Instant
    ) async throws -> Instant {
        let id = ID<Entity.ConnectSession>.random()
        let digest = keyring.digest(token)
        let asked = try keyring.seal(ask.stored, table: "connect_sessions", column: "asked", row: id.text)
        let end = now + Self.connectSessionLifetime
        try await engine.write { db in
            _ = try db.run(
                """
                INSERT INTO connect_sessions (id, digest, tenant_id, environment_id, sealed_asked, created_at, expires_at)
                VALUES (\(id), \(digest), \(environment.tenant), \(environment.id), \(asked), \(now), \(end))
                """)
        }
        return end
    }

    /// The session that a token opens, until it ends; a used one too, so that its page can say so.
    package func connectSession(_ token: Secret<ConnectToken>, at now: Instant) throws -> ConnectSession? {
        let digest = keyring.digest(token)
        let row = try engine.read { db in
            try db.row(
                """
                SELECT s.id AS session_id, s.sealed_asked, s.expires_at AS session_ends, s.used_at IS NOT NULL AS is_used,
                    \(fragment: BrokerEnvironment.columns)
                FROM connect_sessions s JOIN live_environments e ON e.id = s.environment_id AND e.tenant_id = s.tenant_id
                WHERE s.digest = \(digest) AND s.expires_at > \(now)
                    AND NOT EXISTS (SELECT 1 FROM suspensions x WHERE x.subject_kind = 'tenant'
                        AND x.subject_id = e.tenant_id AND x.reinstated_at IS NULL)
                """)
        }
        guard let row, let ask = try ask(row, of: try row.id("session_id")) else { return nil }
        return ConnectSession(
            id: try row.id("session_id"), environment: try BrokerEnvironment(row), ask: ask,
            expiresAt: try row.instant("session_ends"), isUsed: try row.boolean("is_used"))
    }

    /// Holds a session to the browser that uses it first.
    ///
    /// - Returns: false when it is another browser's.
    package func hold(
        _ session: ID<Entity.ConnectSession>, to browser: Secret<FlowCookie>
    ) async throws -> Bool {
        let browser = keyring.digest(browser)
        return try await engine.write { db in
            try db.run(
                """
                UPDATE connect_sessions SET browser_digest = \(browser)
                WHERE id = \(session) AND used_at IS NULL AND (browser_digest IS NULL OR browser_digest = \(browser))
                """) == 1
        }
    }

    /// Spends a session on a connection: one, however many callbacks come at once.
    package func spend(_ session: ID<Entity.ConnectSession>, at now: Instant) async throws -> Bool {
        try await engine.write { db in
            try db.run(
                """
                UPDATE connect_sessions SET used_at = \(now)
                WHERE id = \(session) AND used_at IS NULL AND expires_at > \(now)
                """) == 1
        }
    }

    /// Takes the session away before its time: its token opens nothing any more.
    package func end(_ session: ID<Entity.ConnectSession>) async throws {
        try await engine.write { db in _ = try db.run("DELETE FROM connect_sessions WHERE id = \(session)") }
    }

    /// When the session of a flow was opened; nil when it is over.
    package func opening(of session: ID<Entity.ConnectSession>) throws -> Instant? {
        try engine.read { db in
            try db.row("SELECT created_at FROM connect_sessions WHERE id = \(session)")?.instant("created_at")
        }
    }

    /// What the backend said when it opened the session of a flow; nil when it is over.
    package func ask(of session: ID<Entity.ConnectSession>) throws -> ConnectSessionAsk? {
        let row = try engine.read { db in
            try db.row("SELECT sealed_asked FROM connect_sessions WHERE id = \(session)")
        }
        return try row.flatMap { try ask($0, of: session) }
    }

    private func ask(_ row: Row, of session: ID<Entity.ConnectSession>) throws -> ConnectSessionAsk? {
        ConnectSessionAsk(
            stored: try keyring.open(
                row.blob("sealed_asked"), table: "connect_sessions", column: "asked", row: session.text))
    }

    /// The company's name, for the people who connect.
    package func companyName(of environment: BrokerEnvironment) throws -> String {
        try engine.read { db in
            try db.row("SELECT name FROM live_tenants WHERE id = \(environment.tenant)")?.text("name") ?? ""
        }
    }
}
