package import Broker
package import OAuth
package import Portal

/// What is deleted with many rows below it is gone for everybody at once, and its rows go later, in small pieces: one
/// transaction for all of them would keep every tenant's writes waiting.
extension Store {
    /// With everything in it: keys, integrations, connections, activity. Its name and its keys are free or dead at once.
    package func delete(
        _ environment: BrokerEnvironment, by actor: AuditActor, from address: String = "", at now: Instant
    ) async throws {
        let event = event(.environmentDeleted, on: environment, by: actor, from: address)
        try await engine.write { db in
            if try self.end(environment.id, of: environment.tenant, in: db, at: now) {
                try self.record(event, in: db, at: now)
            }
        }
    }

    /// - Returns: false when it was deleted already.
    func end(
        _ environment: ID<Entity.Environment>, of tenant: ID<Entity.Tenant>, in db: any Connection, at now: Instant
    ) throws -> Bool {
        // An ID is no name that somebody could choose.
        let gone = try db.run(
            """
            UPDATE environments SET deleted_at = \(now), name = id, public_key = id, requires_hmac = 0,
                sealed_hmac_key = NULL, sealed_old_hmac_key = NULL, sealed_old_webhook_key = NULL,
                callback_url = NULL, webhook_url = NULL
            WHERE id = \(environment) AND tenant_id = \(tenant) AND deleted_at IS NULL
            """)
        guard gone == 1 else { return false }
        try db.run("DELETE FROM environment_keys WHERE environment_id = \(environment)")
        try db.run("DELETE FROM environment_variables WHERE environment_id = \(environment)")
        try db.run("DELETE FROM allowed_origins WHERE environment_id = \(environment)")
        try db.run(
            """
            UPDATE integrations SET deleted_at = \(now), sealed_client_secret = NULL, sealed_values = NULL
            WHERE environment_id = \(environment) AND deleted_at IS NULL
            """)
        return true
    }

    /// Its connections go with it. Its key is free at once.
    package func delete(
        _ integration: Integration, by actor: AuditActor, from address: String = "", at now: Instant
    ) async throws {
        let event = event(
            .integrationDeleted, integration.id, integration.details.key, in: integration.tenant, by: actor,
            from: address)
        try await engine.write { db in
            // No key has a slash (``WireName/isIntegrationKey(_:)``).
            let gone = try db.run(
                """
                UPDATE integrations SET deleted_at = \(now), key = '/' || id, sealed_client_secret = NULL,
                    sealed_values = NULL
                WHERE id = \(integration.id) AND tenant_id = \(integration.tenant) AND deleted_at IS NULL
                """)
            if gone == 1 { try self.record(event, in: db, at: now) }
        }
    }

    /// Those whose connections may still be there.
    func deletedIntegrations(of environment: ID<Entity.Environment>) throws -> [String] {
        try engine.read { db in
            try db.rows(
                "SELECT id FROM integrations WHERE environment_id = \(environment) AND deleted_at IS NOT NULL"
            ).map { try $0.text("id") }
        }
    }

    /// What is left of deleted environments and integrations: the many rows first, then the row that they hang on. What
    /// an environment has few of goes with it.
    package static func whatWasDeleted(at now: Instant, batch: Int) -> [SQL] {
        [
            """
            DELETE FROM connections WHERE number IN (SELECT c.number FROM integrations i
                JOIN connections c ON c.integration_id = i.id WHERE i.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM connect_flows WHERE id IN (SELECT f.id FROM integrations i
                JOIN connect_flows f ON f.integration_id = i.id WHERE i.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM connect_sessions WHERE id IN (SELECT s.id FROM environments e
                JOIN connect_sessions s ON s.environment_id = e.id WHERE e.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM connect_nonces WHERE (environment_id, nonce) IN (SELECT n.environment_id, n.nonce
                FROM environments e JOIN connect_nonces n ON n.environment_id = e.id
                WHERE e.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM webhooks WHERE id IN (SELECT w.id FROM environments e
                JOIN webhooks w ON w.environment_id = e.id WHERE e.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM traces WHERE id IN (SELECT t.id FROM environments e
                JOIN traces t ON t.environment_id = e.id WHERE e.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM integrations WHERE id IN (SELECT i.id FROM integrations i WHERE i.deleted_at <= \(now)
                AND NOT EXISTS (SELECT 1 FROM connections c WHERE c.integration_id = i.id)
                AND NOT EXISTS (SELECT 1 FROM connect_flows f WHERE f.integration_id = i.id) LIMIT \(batch))
            """,
            """
            DELETE FROM environments WHERE id IN (SELECT e.id FROM environments e WHERE e.deleted_at <= \(now)
                AND NOT EXISTS (SELECT 1 FROM integrations i WHERE i.environment_id = e.id)
                AND NOT EXISTS (SELECT 1 FROM connect_sessions s WHERE s.environment_id = e.id)
                AND NOT EXISTS (SELECT 1 FROM connect_nonces n WHERE n.environment_id = e.id)
                AND NOT EXISTS (SELECT 1 FROM webhooks w WHERE w.environment_id = e.id)
                AND NOT EXISTS (SELECT 1 FROM traces t WHERE t.environment_id = e.id) LIMIT \(batch))
            """,
        ]
    }
}
