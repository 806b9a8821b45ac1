package import Broker
package import OAuth

/// A delivery whose time has come, with what it is signed with.
package struct DueWebhook: Sendable {
    package let id: ID<Entity.Webhook>
    package let tenant: ID<Entity.Tenant>
    package let environment: ID<Entity.Environment>
    package let url: String
    package let body: [UInt8]
    package let attempts: Int64
    package let kind: String
    package let integrationKey: String
    package let connectionID: String
}

extension Store {
    func newWebhookID(at now: Instant) -> ID<Entity.Webhook> {
        var generator = SystemRandomNumberGenerator()
        return .ordered(at: now, turn: turns.next(), using: &generator)
    }

    /// Announces something in the transaction that causes it; nothing where no address is set.
    func enqueue(
        _ event: WebhookEvent, as id: ID<Entity.Webhook>, in environment: ID<Entity.Environment>, _ db: any Connection,
        at now: Instant
    ) throws {
        // The address as it is now: what the caller read may be a moment old.
        let row = try db.row("SELECT tenant_id, webhook_url, name FROM live_environments WHERE id = \(environment)")
        guard let row, let url = try event.owner.webhookURL ?? row.optionalText("webhook_url") else { return }
        let body = String(decoding: event.body(environment: try row.text("name")), as: UTF8.self)
        try db.run(
            """
            INSERT INTO webhooks (id, tenant_id, environment_id, kind, integration_key, connection_id, url, body,
                created_at, next_attempt_at)
            VALUES (\(id), \(try row.text("tenant_id")), \(environment), \(event.kind), \(event.integrationKey),
                \(event.connectionID), \(url), \(body), \(now), \(now))
            """)
    }

    /// Announces something that changes no other row: a connect that failed, say.
    package func announce(_ event: WebhookEvent, in environment: BrokerEnvironment, at now: Instant) async throws {
        let id = newWebhookID(at: now)
        try await engine.write { db in try self.enqueue(event, as: id, in: environment.id, db, at: now) }
    }

    /// A delivery that says only that it is a test.
    ///
    /// - Returns: nil when the environment has no address.
    package func announceTest(in environment: BrokerEnvironment, at now: Instant) async throws -> ID<Entity.Webhook>? {
        let id = newWebhookID(at: now)
        return try await engine.write { db in
            let added = try db.run(
                """
                INSERT INTO webhooks (id, tenant_id, environment_id, kind, integration_key, connection_id, url, body,
                    created_at, next_attempt_at)
                SELECT \(id), tenant_id, id, 'test', '', '', webhook_url,
                    '{"from":"nango","type":"test","environment":"' || name || '"}', \(now), \(now)
                FROM live_environments WHERE id = \(environment.id) AND webhook_url IS NOT NULL
                """)
            return added == 1 ? id : nil
        }
    }

    /// The same body once more, to the address of today.
    ///
    /// - Returns: nil when there is no such delivery or no address.
    package func replay(
        _ webhook: ID<Entity.Webhook>, in environment: BrokerEnvironment, at now: Instant
    ) async throws -> ID<Entity.Webhook>? {
        let id = newWebhookID(at: now)
        return try await engine.write { db in
            let added = try db.run(
                """
                INSERT INTO webhooks (id, tenant_id, environment_id, kind, integration_key, connection_id, url, body,
                    created_at, next_attempt_at, replay_of)
                SELECT \(id), w.tenant_id, w.environment_id, w.kind, w.integration_key, w.connection_id, e.webhook_url,
                    w.body, \(now), \(now), w.id
                FROM webhooks w JOIN live_environments e ON e.id = w.environment_id
                WHERE w.id = \(webhook) AND w.environment_id = \(environment.id) AND e.webhook_url IS NOT NULL
                """)
            return added == 1 ? id : nil
        }
    }

    /// Newest first.
    package func webhooks(
        of environment: BrokerEnvironment, before: ID<Entity.Webhook>? = nil, limit: Int
    ) throws -> [WebhookDelivery] {
        let condition: SQL = before.map { "AND id < \($0)" } ?? ""
        return try engine.read { db in
            try db.rows(
                """
                SELECT * FROM webhooks WHERE environment_id = \(environment.id) \(fragment: condition)
                ORDER BY id DESC LIMIT \(limit)
                """)
        }.map(WebhookDelivery.init)
    }

    /// One delivery with what came of each attempt, first to last; nil for one of another environment.
    package func webhook(
        _ id: ID<Entity.Webhook>, in environment: BrokerEnvironment
    ) throws -> (delivery: WebhookDelivery, attempts: [WebhookAttempt])? {
        try engine.readConsistently { db in
            let row = try db.row("SELECT * FROM webhooks WHERE id = \(id) AND environment_id = \(environment.id)")
            guard let row else { return nil }
            let attempts = try db.rows("SELECT * FROM webhook_attempts WHERE webhook_id = \(id) ORDER BY number")
            return (try WebhookDelivery(row), try attempts.map(WebhookAttempt.init))
        }
    }

    /// Takes deliveries whose time has come: until they are recorded, they are nobody else's for a minute. Of every
    /// environment the oldest first, then of every one the second, so that nobody waits behind another's thousands; at
    /// most a tenth of the limit of one, and nothing of a suspended tenant or a deleted environment.
    package func takeDueWebhooks(at now: Instant, limit: Int) async throws -> [DueWebhook] {
        let chosen = try engine.read { db in
            try db.rows(
                """
                SELECT id FROM (
                    SELECT w.id, w.next_attempt_at,
                        row_number() OVER (PARTITION BY w.environment_id ORDER BY w.next_attempt_at, w.id) AS turn
                    FROM webhooks w WHERE w.next_attempt_at <= \(now)
                        AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'tenant'
                            AND s.subject_id = w.tenant_id AND s.reinstated_at IS NULL)
                        AND EXISTS (SELECT 1 FROM live_environments e WHERE e.id = w.environment_id))
                WHERE turn <= \(max(1, limit / 10)) ORDER BY turn, next_attempt_at, id LIMIT \(limit)
                """
            ).map { try $0.text("id") }
        }
        guard !chosen.isEmpty else { return [] }
        return try await engine.write { db in
            try db.rows(
                """
                UPDATE webhooks SET next_attempt_at = \(now + 60)
                WHERE id IN (\(list: chosen)) AND next_attempt_at <= \(now)
                RETURNING id, tenant_id, environment_id, url, body, attempts, kind, integration_key, connection_id
                """
            ).map { row in
                DueWebhook(
                    id: try row.id("id"), tenant: try row.id("tenant_id"), environment: try row.id("environment_id"),
                    url: try row.text("url"), body: Array(try row.text("body").utf8),
                    attempts: try row.integer("attempts"), kind: try row.text("kind"),
                    integrationKey: try row.text("integration_key"), connectionID: try row.text("connection_id"))
            }
        }
    }

    /// Lets what else is due for an address wait: each try there costs the others time.
    package func delayWebhooks(like webhook: DueWebhook, until later: Instant, at now: Instant) async throws {
        try await engine.write { db in
            _ = try db.run(
                """
                UPDATE webhooks SET next_attempt_at = \(later) WHERE environment_id = \(webhook.environment)
                    AND url = \(webhook.url) AND next_attempt_at <= \(now)
                """)
        }
    }

    /// - Parameter attempt: its `problem` is nil when it was delivered.
    package func record(_ attempt: WebhookAttempt, of webhook: ID<Entity.Webhook>, at now: Instant) async throws {
        let isDelivered = attempt.problem == nil
        let retry = isDelivered ? nil : WebhookSchedule.pause(after: attempt.number).map { now + $0 }
        try await engine.write { db in
            let there = try db.run(
                """
                UPDATE webhooks SET attempts = \(attempt.number), next_attempt_at = \(retry),
                    delivered_at = CASE WHEN \(isDelivered) = 1 THEN \(now) END,
                    failed_at = CASE WHEN \(!isDelivered && retry == nil) = 1 THEN \(now) END
                WHERE id = \(webhook)
                """)
            guard there == 1 else { return }
            try db.run(
                """
                INSERT INTO webhook_attempts (webhook_id, number, at, milliseconds, status, problem)
                VALUES (\(webhook), \(attempt.number), \(attempt.at), \(attempt.milliseconds), \(attempt.status),
                    \(attempt.problem))
                ON CONFLICT DO NOTHING
                """)
        }
    }
}

extension WebhookDelivery {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.id("id"), kind: try row.text("kind"), integrationKey: try row.text("integration_key"),
            connectionID: try row.text("connection_id"), url: try row.text("url"), body: try row.text("body"),
            createdAt: try row.instant("created_at"), attempts: try row.integer("attempts"),
            nextAttemptAt: try row.optionalInstant("next_attempt_at"),
            deliveredAt: try row.optionalInstant("delivered_at"), failedAt: try row.optionalInstant("failed_at"),
            replayOf: try row.optionalText("replay_of"))
    }
}

extension WebhookAttempt {
    fileprivate init(_ row: Row) throws {
        self.init(
            number: try row.integer("number"), at: try row.instant("at"), milliseconds: try row.integer("milliseconds"),
            status: try row.optionalInteger("status"), problem: try row.optionalText("problem"))
    }
}
