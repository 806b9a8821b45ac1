package import OAuth
package import Portal

extension Store {
    /// Registers an API behind this installation; only the digest of its secret is kept.
    ///
    /// - Returns: nil when its tenant was deleted since it was looked up.
    package func register(
        _ draft: ResourceServerDraft, secret: Secret<ClientSecretKind>, by person: Person, from address: String = "",
        at now: Instant
    ) async throws -> ID<Entity.ResourceServer>? {
        let id = ID<Entity.ResourceServer>.random()
        let clientID = ID<Entity.ResourceServer>.random().text.dropFirst(4)
        let digest = keyring.digest(secret)
        let hint = secret.hint.text
        let event = AuditEvent(
            .apiAdded, by: .operator(person), on: AuditSubject(.api, id: id.text, name: draft.name),
            detail: ["tenant": draft.tenant?.slug.text ?? "all"], from: address)
        return try await engine.write { db in
            let added = try db.run(
                """
                INSERT INTO resource_servers (id, client_id, name, tenant_id, digest, hint, created_by, created_at)
                SELECT \(id), \(ResourceServer.clientIDPrefix + clientID), \(draft.name), \(draft.tenant?.id),
                    \(digest), \(hint), \(person.id), \(now)
                WHERE \(draft.tenant?.id) IS NULL OR EXISTS (SELECT 1 FROM live_tenants WHERE id = \(draft.tenant?.id))
                """)
            guard added == 1 else { return nil }
            try self.record(event, in: db, at: now)
            return id
        }
    }

    /// Those that work, then those that were revoked; newest first.
    package func resourceServers() throws -> [ResourceServer] {
        try engine.read { db in
            try db.rows(
                """
                \(fragment: ResourceServer.select) ORDER BY r.revoked_at IS NOT NULL, r.created_at DESC, r.id LIMIT 200
                """
            ).map(ResourceServer.init)
        }
    }

    package func resourceServer(_ id: ID<Entity.ResourceServer>) throws -> ResourceServer? {
        try engine.read { db in
            try db.row("\(fragment: ResourceServer.select) WHERE r.id = \(id)").map(ResourceServer.init)
        }
    }

    /// Refused from the next request on.
    ///
    /// - Returns: false when there is nothing to revoke.
    package func revoke(
        _ id: ID<Entity.ResourceServer>, by person: Person, from address: String = "", at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            let row = try db.row(
                """
                UPDATE resource_servers SET revoked_at = \(now), revoked_by = \(person.id)
                WHERE id = \(id) AND revoked_at IS NULL RETURNING name
                """)
            guard let row else { return false }
            let event = AuditEvent(
                .apiRevoked, by: .operator(person),
                on: AuditSubject(.api, id: id.text, name: try row.text("name")), from: address)
            try self.record(event, in: db, at: now)
            return true
        }
    }

    /// Who asks about tokens: an API of this installation in one indexed read, else a confidential app. An unknown
    /// one, a wrong secret and a public app get the same refusal.
    package func introspector(
        _ credentials: ClientCredentials, at now: Instant
    ) throws -> Result<Introspector, OAuthError> {
        let refusal = OAuthError(
            .invalidClient, "client authentication failed", triedBasic: credentials.triedBasic)
        guard credentials.clientID.text.utf8.starts(with: ResourceServer.clientIDPrefix.utf8) else {
            return try authenticate(credentials, at: now).flatMap { client in
                Introspector(client).map(Result.success) ?? .failure(refusal)
            }
        }
        guard case .secret(let secret) = credentials.secret else { return .failure(refusal) }
        let row = try engine.read { db in
            try db.row(
                """
                SELECT id, tenant_id, digest, last_used_at FROM resource_servers
                WHERE client_id = \(credentials.clientID.text) AND revoked_at IS NULL
                """)
        }
        let presented = keyring.digest(secret)
        guard let row, presented.isEqual(to: try row.blob("digest")) else { return .failure(refusal) }
        let id: ID<Entity.ResourceServer> = try row.id("id")
        uses.note(.resourceServer(id), at: now, stored: try row.optionalInstant("last_used_at"), address: nil)
        return .success(.resourceServer(id, tenant: try row.optionalID("tenant_id")))
    }
}

extension ResourceServer {
    fileprivate static let select: SQL = """
        SELECT r.id, r.client_id, r.name, r.hint, r.created_at, r.last_used_at, r.revoked_at,
            COALESCE(o.name, 'somebody who left') AS created_by_name, \(fragment: Tenant.columns)
        FROM resource_servers r LEFT JOIN live_people o ON o.id = r.created_by LEFT JOIN tenants t ON t.id = r.tenant_id
        """

    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.id("id"), clientID: try row.text("client_id"), name: try row.text("name"),
            tenant: try row.isNull("tenant_id") ? nil : Tenant(row), hint: try row.text("hint"),
            createdBy: try row.text("created_by_name"), createdAt: try row.instant("created_at"),
            lastUsedAt: try row.optionalInstant("last_used_at"), revokedAt: try row.optionalInstant("revoked_at"))
    }
}
