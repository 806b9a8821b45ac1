package import Broker
package import OAuth
import Portal

/// How far the background has come through the connections that are due.
package struct DuePosition: Sendable {
    let expiresAt: Instant
    let number: Int64
}

extension Store {
    /// Whoever gets the lease refreshes; everybody else waits for what they store. A lease ends by itself; whoever takes
    /// over one that was not given back leaves a mark, since its holder may have been cut off in the middle.
    package func leaseRefresh(of connection: BrokerConnection, as lease: String, at now: Instant) async throws -> Bool {
        try await engine.write { db in
            try db.run(
                """
                UPDATE connections SET
                    in_doubt_since = CASE WHEN lease IS NULL THEN in_doubt_since ELSE coalesce(in_doubt_since, \(now)) END,
                    lease = \(lease), leased_until = \(now + ConnectionHealth.lease)
                WHERE number = \(connection.number) AND version = \(connection.version)
                    AND (leased_until IS NULL OR leased_until <= \(now))
                """) == 1
        }
    }

    /// Stores what came of a refresh before anybody is answered. A connection that was broken is announced as working.
    ///
    /// The version alone decides, not the lease: a provider that was slow may have given the only refresh token that
    /// still works after the lease ended.
    ///
    /// - Parameter trace: kept only when the credentials are.
    /// - Returns: false when the credentials were replaced meanwhile, or the integration is deleted, and these are not
    ///   stored.
    package func finishRefresh(
        of connection: BrokerConnection, with renewed: Renewed, trace: Trace?, at now: Instant
    ) async throws -> Bool {
        let credentials = renewed.credentials
        let version = connection.version + 1
        let sealed = try seal(credentials, connection.connectionID, version, of: connection.integration)
        let values = try seal(
            renewed.values, of: "connections",
            Self.place(connection.connectionID, version, of: connection.integration))
        let webhook = newWebhookID(at: now)
        return try await engine.write { db in
            let stored = try db.run(
                """
                UPDATE connections SET sealed_credentials = \(sealed), version = \(version),
                    expires_at = \(credentials.expiresAt), is_refreshable = \(credentials.isRefreshable),
                    sealed_values = \(values), trouble = NULL, trouble_kind = NULL, failed_at = NULL, failures = 0,
                    gone_at = NULL, lease = NULL, leased_until = NULL, in_doubt_since = NULL, refreshed_at = \(now),
                    updated_at = \(now)
                WHERE number = \(connection.number) AND version = \(connection.version)
                    AND EXISTS (SELECT 1 FROM live_integrations i WHERE i.id = connections.integration_id)
                """)
            guard stored == 1 else { return false }
            if let trace { try self.record(trace, in: db) }
            if connection.health.trouble != nil {
                try self.note(trouble: nil, of: connection.integration, in: db, at: now)
                let event = WebhookEvent(.refresh, of: connection)
                try self.enqueue(event, as: webhook, in: connection.environment, db, at: now)
            }
            return true
        }
    }

    /// Remembers why a refresh failed. The first failure of a row, and the one that ends it, are announced. A mark that
    /// the refresh token may be spent stays until there is a new one.
    ///
    /// - Returns: false when the lease is somebody else's by now, or the connection is gone.
    package func failRefresh(
        of connection: BrokerConnection, lease: String, because trouble: TokenAnswer.Trouble, trace: Trace?,
        at now: Instant
    ) async throws -> Bool {
        let (isGone, isDoubtful) = (trouble.kind == .gone, trouble.leavesDoubt)
        let event = WebhookEvent(
            .refresh, of: connection,
            failure: (type: trouble.reason, description: TraceAdvice.sentence(for: trouble.reason)))
        let webhook = newWebhookID(at: now)
        return try await engine.write { db in
            let changed = try db.run(
                """
                UPDATE connections SET trouble = \(trouble.reason), trouble_kind = \(trouble.kind.rawValue),
                    failed_at = \(now), failures = failures + 1,
                    gone_at = CASE WHEN \(isGone) = 1 THEN coalesce(gone_at, \(now)) END, lease = NULL,
                    leased_until = NULL,
                    in_doubt_since = coalesce(in_doubt_since, CASE WHEN \(isDoubtful) = 1 THEN \(now) END)
                WHERE number = \(connection.number) AND lease = \(lease)
                """)
            if let trace { try self.record(trace, in: db) }
            guard changed == 1 else { return false }
            if case .misconfigured(let reason) = trouble {
                try self.note(trouble: reason, of: connection.integration, in: db, at: now)
            }
            guard connection.health.trouble == nil || isGone else { return true }
            try self.enqueue(event, as: webhook, in: connection.environment, db, at: now)
            return true
        }
    }

    /// Connections whose end is near, for the background, soonest first: those that somebody fetched in the last day,
    /// and idle ones whose refresh token was not used for a day, which keeps it alive. Nothing of a suspended tenant.
    ///
    /// - Parameter last: continues after it.
    /// - Returns: those of this page whose credentials open, and where the next page begins; nil when this is the last.
    package func connectionsDue(
        before end: Instant, at now: Instant, after last: DuePosition? = nil, limit: Int
    ) throws -> (due: [BrokerConnection], next: DuePosition?) {
        let dayAgo = now - 86_400
        let rows = try engine.read { db in
            try db.rows(
                """
                \(fragment: BrokerConnection.select)
                WHERE c.expires_at <= \(end) AND c.is_refreshable = 1 AND c.gone_at IS NULL
                    AND (c.leased_until IS NULL OR c.leased_until <= \(now))
                    AND (c.failed_at IS NULL OR c.failed_at
                        + 30 * (1 << CASE WHEN c.failures > 7 THEN 7 ELSE c.failures - 1 END) <= \(now))
                    AND (c.last_fetched_at > \(dayAgo) OR c.refreshed_at <= \(dayAgo))
                    AND (c.expires_at, c.number) > (\(last?.expiresAt ?? Instant(seconds: .min)), \(last?.number ?? 0))
                    -- Not before half of its life is over: a token of five minutes would be due at once.
                    AND (c.refreshed_at + c.expires_at) / 2 <= \(now)
                    AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'tenant'
                        AND s.subject_id = c.tenant_id AND s.reinstated_at IS NULL)
                ORDER BY c.expires_at, c.number LIMIT \(limit)
                """)
        }
        let end = rows.count == limit ? rows.last : nil
        return (
            rows.compactMap { try? connection($0) },
            try end.map { DuePosition(expiresAt: try $0.instant("expires_at"), number: try $0.integer("number")) }
        )
    }
}
