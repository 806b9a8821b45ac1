package import OAuth
package import Portal

/// Why a new secret was not made.
package enum RotationRefusal: Sendable {
    case unknownApp, publicApp
    /// Two secrets work already; one must be revoked first.
    case twoExist
}

extension Store {
    /// The secrets that work, newest first.
    package func liveSecrets(of app: ID<Entity.Client>, at now: Instant) throws -> [ClientSecretSummary] {
        try engine.read { db in try self.liveSecrets(of: app, in: db, at: now) }
    }

    /// Makes a new secret; those there were end when the overlap is over.
    package func rotateSecret(
        of app: ID<Entity.Client>, owner: Person, to secret: Secret<ClientSecretKind>,
        overlap: SecretOverlap, letter: Letter, from address: String = "", at now: Instant
    ) async throws -> RotationRefusal? {
        let id = ID<Entity.ClientSecret>.random()
        let digest = keyring.digest(secret)
        let hint = secret.hint.text
        return try await engine.write { db in
            guard let found = try self.app(app, in: db), found.owner.id == owner.id else { return .unknownApp }
            guard found.details.kind == .confidential else { return .publicApp }
            if overlap == .now {
                try db.run("DELETE FROM client_secrets WHERE app_id = \(app)")
            } else {
                let live = try self.liveSecrets(of: app, in: db, at: now)
                guard live.count < liveSecretLimit else { return .twoExist }
                try db.run(
                    """
                    UPDATE client_secrets SET expires_at = \(now + overlap.seconds)
                    WHERE app_id = \(app) AND (expires_at IS NULL OR expires_at > \(now + overlap.seconds))
                    """)
            }
            try db.run(
                """
                INSERT INTO client_secrets (id, app_id, digest, hint, created_by, created_at)
                VALUES (\(id), \(app), \(digest), \(hint), \(owner.name), \(now))
                """)
            try self.record(
                AuditEvent(
                    .secretRotated, by: .person(owner), on: .app(found),
                    detail: ["secret": hint, "old_secret_ends": overlap.rawValue], from: address),
                in: db, at: now)
            try self.enqueue(letter, in: db, at: now)
            return nil
        }
    }

    /// Refused from the next request on.
    package func revokeSecret(
        _ secret: ID<Entity.ClientSecret>, of app: ID<Entity.Client>, owner: ID<Entity.Person>,
        from address: String = "", at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            guard let found = try self.app(app, in: db), found.owner.id == owner,
                let row = try db.row(
                    "DELETE FROM client_secrets WHERE id = \(secret) AND app_id = \(app) RETURNING hint")
            else { return false }
            try self.record(
                AuditEvent(
                    .secretRevoked, by: found.owner.actor, on: .app(found), detail: ["secret": try row.text("hint")],
                    from: address),
                in: db, at: now)
            return true
        }
    }

    private func liveSecrets(
        of app: ID<Entity.Client>, in db: any Connection, at now: Instant
    ) throws -> [ClientSecretSummary] {
        try db.rows(
            """
            SELECT id, hint, created_by, created_at, last_used_at, expires_at FROM client_secrets
            WHERE app_id = \(app) AND (expires_at IS NULL OR expires_at > \(now)) ORDER BY created_at DESC, id
            """
        ).map { row in
            ClientSecretSummary(
                id: try row.id("id"), hint: try row.text("hint"), createdBy: try row.text("created_by"),
                createdAt: try row.instant("created_at"), lastUsedAt: try row.optionalInstant("last_used_at"),
                expiresAt: try row.optionalInstant("expires_at"))
        }
    }
}
