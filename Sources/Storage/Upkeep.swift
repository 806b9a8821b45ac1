package import OAuth
import Portal

/// What the background does: nothing here is on anybody's way.
extension Store {
    /// Deletes what has expired and what was deleted, a little at a time, so that writers never wait long.
    ///
    /// - Returns: whether there may be more.
    package func sweep(at now: Instant, batch: Int = 500) async throws -> Bool {
        // Each kind in a transaction of its own: what was deleted in one minute by several does not add up.
        let kinds = [
            (Self.whatExpired(at: now, batch: batch) + Self.whatIsOver(at: now, batch: batch), batch),
            (Self.whatWasDeleted(at: now, batch: batch) + Self.whatTenantsLeft(at: now, batch: batch), batch),
            // One app's or person's at a time, who may have left little.
            (Self.whatAppsLeft(at: now, batch: batch), 1), (Self.whatPeopleLeft(at: now, batch: batch), 1),
        ]
        let used = try longUsed(at: now, batch: batch)
        var isMore = try await engine.write { db in
            if !used.isEmpty { try db.run("DELETE FROM refresh_tokens WHERE digest IN (\(list: used))") }
            return try self.tellOfDeletedApps(in: db, at: now, batch: batch) || used.count >= batch
        }
        for (statements, enough) in kinds {
            let most = try await engine.write { db in try statements.map { try db.run($0) }.max() ?? 0 }
            isMore = isMore || most >= enough
        }
        try await engine.write { db in try self.withdrawSpentLinks(in: db, at: now) }
        return isMore
    }

    /// What nothing asks for once its time has come.
    package static func whatExpired(at now: Instant, batch: Int) -> [SQL] {
        let dayAgo = now - 86_400
        let monthAgo = now - 30 * 86_400
        return [
            "DELETE FROM sessions WHERE digest IN (SELECT digest FROM sessions WHERE expires_at <= \(now) LIMIT \(batch))",
            """
            DELETE FROM mail_links WHERE digest IN (
                SELECT digest FROM mail_links WHERE expires_at <= \(dayAgo) LIMIT \(batch))
            """,
            """
            DELETE FROM email_changes WHERE digest IN (
                SELECT digest FROM email_changes WHERE undo_expires_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM consent_tickets WHERE digest IN (
                SELECT digest FROM consent_tickets WHERE expires_at <= \(now) LIMIT \(batch))
            """,
            // A redeemed code stays a day longer, so that its replay is still recognised.
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
            DELETE FROM environment_keys WHERE id IN (
                SELECT id FROM environment_keys WHERE expires_at IS NOT NULL AND expires_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM connect_flows WHERE id IN (
                SELECT id FROM connect_flows WHERE expires_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM connect_sessions WHERE id IN (
                SELECT id FROM connect_sessions WHERE expires_at <= \(dayAgo) LIMIT \(batch))
            """,
            """
            DELETE FROM connect_results WHERE socket IN (
                SELECT socket FROM connect_results WHERE expires_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM connect_nonces WHERE (environment_id, nonce) IN (
                SELECT environment_id, nonce FROM connect_nonces WHERE expires_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM connect_days WHERE (environment_id, day) IN (
                SELECT environment_id, day FROM connect_days WHERE day < \(now.day - 90) LIMIT \(batch))
            """,
            """
            DELETE FROM proxy_days WHERE (environment_id, day) IN (
                SELECT environment_id, day FROM proxy_days WHERE day < \(now.day - 90) LIMIT \(batch))
            """,
            """
            DELETE FROM traces WHERE id IN (
                SELECT id FROM traces WHERE started_at <= \(now - Self.traceRetention) LIMIT \(batch))
            """,
            """
            DELETE FROM webhooks WHERE id IN (
                SELECT id FROM webhooks WHERE next_attempt_at IS NULL AND created_at <= \(monthAgo) LIMIT \(batch))
            """,
            "DELETE FROM app_activity WHERE (app_id, id) IN (SELECT app_id, id FROM app_activity WHERE at <= \(monthAgo) LIMIT \(batch))",
            """
            DELETE FROM app_days WHERE (app_id, day, metric) IN (
                SELECT app_id, day, metric FROM app_days WHERE day < \(now.day - 90) LIMIT \(batch))
            """,
            // Where a member would have gone on is forgotten in time; that they asked stays a year longer.
            """
            UPDATE access_requests SET sealed_path = NULL WHERE (tenant_id, id) IN (
                SELECT tenant_id, id FROM access_requests
                WHERE sealed_path IS NOT NULL AND expires_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM invitations WHERE (tenant_id, id) IN (
                SELECT tenant_id, id FROM invitations WHERE expires_at <= \(monthAgo) LIMIT \(batch))
            """,
            "DELETE FROM quarantined_slugs WHERE until <= \(now)",
            """
            DELETE FROM outbox WHERE id IN (SELECT id FROM outbox
                WHERE next_attempt_at IS NULL AND created_at <= \(monthAgo) LIMIT \(batch))
            """,
            // Its time came a month ago, and there is no mail server that could have taken it. Sent then, it would tell
            // people of what is long over, with links that open nothing.
            """
            DELETE FROM outbox WHERE id IN (SELECT id FROM outbox
                WHERE next_attempt_at IS NOT NULL AND next_attempt_at <= \(monthAgo) LIMIT \(batch))
            """,
        ]
    }

    /// Of families that live, refresh tokens that were used up a year ago. There is no index by that, which every refresh
    /// would have to write: each minute reads one of 256 slices of the table, and nobody waits for it.
    private func longUsed(at now: Instant, batch: Int) throws -> [[UInt8]] {
        let slice = UInt8(truncatingIfNeeded: now.seconds / 60)
        let (from, to) = ([slice], slice == .max ? [UInt8](repeating: .max, count: 33) : [slice + 1])
        return try engine.read { db in
            try db.rows(
                """
                SELECT digest FROM refresh_tokens WHERE digest >= \(from) AND digest < \(to)
                    AND rotated_at <= \(now - 366 * 86_400) LIMIT \(batch)
                """
            ).map { try $0.blob("digest") }
        }
    }

    /// What can never work again and is kept for a while, so that its replay is still told from a stranger's guess and
    /// people see what they ended.
    package static func whatIsOver(at now: Instant, batch: Int) -> [SQL] {
        let quarterAgo = now - 90 * 86_400
        let yearAgo = now - 366 * 86_400
        let emptyFamilies: SQL = """
            FROM token_families f WHERE f.revoked_at <= \(quarterAgo)
                AND NOT EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.tenant_id = f.tenant_id AND r.family_id = f.id)
                AND NOT EXISTS (SELECT 1 FROM access_tokens x WHERE x.tenant_id = f.tenant_id AND x.family_id = f.id)
            ORDER BY f.revoked_at, f.tenant_id, f.id LIMIT \(batch)
            """
        return [
            // A family that ended: its tokens, then itself. Its last use stays with the grant.
            """
            DELETE FROM refresh_tokens WHERE digest IN (SELECT r.digest FROM token_families f
                JOIN refresh_tokens r ON r.tenant_id = f.tenant_id AND r.family_id = f.id
                WHERE f.revoked_at <= \(quarterAgo) LIMIT \(batch))
            """,
            """
            DELETE FROM access_tokens WHERE digest IN (SELECT x.digest FROM token_families f
                JOIN access_tokens x ON x.tenant_id = f.tenant_id AND x.family_id = f.id
                WHERE f.revoked_at <= \(quarterAgo) LIMIT \(batch))
            """,
            """
            UPDATE grants SET last_used_at = (SELECT max(used_at) FROM (SELECT grants.last_used_at AS used_at
                UNION ALL SELECT f.last_used_at FROM token_families f
                WHERE f.tenant_id = grants.tenant_id AND f.grant_id = grants.id))
            WHERE (tenant_id, id) IN (SELECT f.tenant_id, f.grant_id \(fragment: emptyFamilies))
            """,
            "DELETE FROM token_families WHERE (tenant_id, id) IN (SELECT f.tenant_id, f.id \(fragment: emptyFamilies))",
            """
            DELETE FROM grants WHERE (tenant_id, id) IN (SELECT g.tenant_id, g.id FROM grants g
                WHERE g.revoked_at <= \(yearAgo) AND NOT EXISTS (SELECT 1 FROM token_families f
                    WHERE f.tenant_id = g.tenant_id AND f.grant_id = g.id) LIMIT \(batch))
            """,
            """
            DELETE FROM developer_tokens WHERE digest IN (
                SELECT digest FROM developer_tokens WHERE revoked_at <= \(yearAgo) LIMIT \(batch))
            """,
            """
            DELETE FROM developer_tokens WHERE digest IN (
                SELECT digest FROM developer_tokens WHERE expires_at <= \(yearAgo) LIMIT \(batch))
            """,
            """
            DELETE FROM access_requests WHERE (tenant_id, id) IN (
                SELECT tenant_id, id FROM access_requests WHERE expires_at <= \(yearAgo) LIMIT \(batch))
            """,
        ]
    }

    /// Writes what was seen of tokens, secrets and sessions in use since the last time: in pieces, so that nobody's
    /// write waits for all of it, and in the tables' own order, so that neighbours share a page. When one piece cannot be
    /// written, it and those after it are lost, as in a crash.
    package func flushUses() async throws {
        let seen = uses.drain()
        for start in stride(from: 0, to: seen.count, by: 500) {
            let piece = seen[start..<min(start + 500, seen.count)]
            try await engine.write { db in
                for use in piece { try self.record(use, in: db) }
            }
        }
        try await flushTraces()
    }

    private func record(_ use: LastUsed.Use, in db: any Connection) throws {
        switch use.key {
        case .session(let id):
            try db.run("UPDATE sessions SET last_seen_at = \(use.at) WHERE id = \(id) AND last_seen_at < \(use.at)")
        case .developerToken(let digest):
            try db.run(
                """
                UPDATE developer_tokens SET last_used_at = \(use.at),
                    last_used_address = COALESCE(\(use.address), last_used_address)
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
        case .connection(let number):
            try db.run(
                """
                UPDATE connections SET last_fetched_at = \(use.at)
                WHERE number = \(number) AND (last_fetched_at IS NULL OR last_fetched_at < \(use.at))
                """)
        case .resourceServer(let id):
            try db.run("UPDATE resource_servers SET last_used_at = \(use.at) WHERE id = \(id)")
        }
    }
}
