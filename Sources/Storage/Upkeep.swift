package import OAuth
import Portal

/// What the background does: nothing here is on anybody's way.
extension Store {
    /// Deletes what has expired, a little at a time, so that writers never wait long.
    ///
    /// - Returns: whether there may be more.
    package func sweep(at now: Instant, batch: Int = 500) async throws -> Bool {
        let dayAgo = now - 86_400
        let monthAgo = now - 30 * 86_400
        let statements: [SQL] = [
            "DELETE FROM sessions WHERE digest IN (SELECT digest FROM sessions WHERE expires_at <= \(now) LIMIT \(batch))",
            """
            DELETE FROM mail_links WHERE digest IN (
                SELECT digest FROM mail_links WHERE expires_at <= \(dayAgo) LIMIT \(batch))
            """,
            """
            DELETE FROM consent_tickets WHERE digest IN (
                SELECT digest FROM consent_tickets WHERE expires_at <= \(now) LIMIT \(batch))
            """,
            // A redeemed code stays a day longer, so that its replay is still recognised (case 43).
            """
            DELETE FROM authorization_codes WHERE digest IN (
                SELECT digest FROM authorization_codes WHERE expires_at <= \(dayAgo) LIMIT \(batch))
            """,
            // An expired access token stays a month, so that its client is told "expired" and not "unknown".
            """
            DELETE FROM access_tokens WHERE digest IN (
                SELECT digest FROM access_tokens WHERE expires_at IS NOT NULL AND expires_at <= \(monthAgo) LIMIT \(batch))
            """,
            "DELETE FROM throttles WHERE key IN (SELECT key FROM throttles WHERE window_started_at <= \(dayAgo) LIMIT \(batch))",
            """
            DELETE FROM client_secrets WHERE id IN (
                SELECT id FROM client_secrets WHERE expires_at IS NOT NULL AND expires_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM connect_flows WHERE state_digest IN (
                SELECT state_digest FROM connect_flows WHERE expires_at <= \(now) LIMIT \(batch))
            """,
            "DELETE FROM quarantined_slugs WHERE until <= \(now)",
            """
            DELETE FROM outbox WHERE id IN (SELECT id FROM outbox
                WHERE next_attempt_at IS NULL AND created_at <= \(monthAgo) LIMIT \(batch))
            """,
        ]
        return try await engine.write { db in
            var most = 0
            for statement in statements { most = max(most, try db.run(statement)) }
            return most >= batch
        }
    }

    /// Writes what was seen of tokens, secrets and sessions in use since the last time: in pieces, so that nobody's
    /// write waits for all of it.
    package func flushUses() async throws {
        let seen = uses.drain()
        for start in stride(from: 0, to: seen.count, by: 500) {
            let piece = seen[start..<min(start + 500, seen.count)]
            try await engine.write { db in
                for use in piece { try self.record(use, in: db) }
            }
        }
    }

    private func record(_ use: LastUsed.Use, in db: any Connection) throws {
        switch use.key {
        case .session(let id):
            try db.run("UPDATE sessions SET last_seen_at = \(use.at) WHERE id = \(id) AND last_seen_at < \(use.at)")
        case .developerToken(let digest):
            try db.run(
                """
                UPDATE developer_tokens SET last_used_at = \(use.at), last_used_address = \(use.address)
                WHERE digest = \(digest) AND (last_used_at IS NULL OR last_used_at < \(use.at))
                """)
        case .family(let id, let tenant):
            try db.run(
                """
                UPDATE token_families SET last_used_at = \(use.at)
                WHERE tenant_id = \(tenant) AND id = \(id) AND last_used_at < \(use.at)
                """)
        case .clientSecret(let id):
            try db.run("UPDATE client_secrets SET last_used_at = \(use.at) WHERE id = \(id)")
        case .environmentKey(let id):
            try db.run("UPDATE environment_keys SET last_used_at = \(use.at) WHERE id = \(id)")
        }
    }
}
