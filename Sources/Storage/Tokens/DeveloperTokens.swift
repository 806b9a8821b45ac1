package import OAuth
package import Portal

extension Store {
    /// Makes a developer token. Only its digest is kept; its owner is told by mail in the same transaction. A person
    /// has one test token in a tenant: a new one takes the place of the old.
    ///
    /// - Parameter old: the owner's token that this one takes the place of; it is revoked in the same transaction.
    package func create(
        _ draft: DeveloperTokenDraft, token: Secret<OAuth.DeveloperToken>,
        replacing old: ID<Entity.DeveloperToken>? = nil, letter: Letter, from address: String = "", at now: Instant
    ) async throws -> ID<Entity.DeveloperToken> {
        let id = ID<Entity.DeveloperToken>.random()
        let digest = keyring.digest(token)
        let hint = token.hint.text
        try await engine.write { db in
            if draft.purpose == .test {
                try db.run(
                    """
                    UPDATE developer_tokens SET revoked_at = \(now), revoked_by = \(draft.member.person.id)
                    WHERE tenant_id = \(draft.member.tenant.id) AND person_id = \(draft.member.person.id)
                        AND purpose = \(draft.purpose.rawValue) AND revoked_at IS NULL
                    """)
            }
            try db.run(
                """
                INSERT INTO developer_tokens (digest, tenant_id, id, person_id, description, scopes, hint, created_at,
                    expires_at, purpose)
                VALUES (\(digest), \(draft.member.tenant.id), \(id), \(draft.member.person.id), \(draft.description),
                    \(draft.scopes.text), \(hint), \(now), \(draft.expiresAt),
                    \(draft.purpose.rawValue))
                """)
            try self.record(
                AuditEvent(
                    .tokenCreated, by: .person(draft.member.person), on: .token(id, draft.description),
                    in: draft.member.tenant.id, detail: ["scopes": draft.scopes.text, "token": hint], from: address),
                in: db, at: now)
            if let old { _ = try self.revoke(old, of: draft.member.person, from: address, in: db, at: now) }
            try self.enqueue(letter, in: db, at: now)
        }
        return id
    }

    /// All of a person's tokens, newest first. Filtering by state is the page's affair: people have tens, not thousands.
    package func developerTokens(of person: ID<Entity.Person>) throws -> [DeveloperTokenSummary] {
        try engine.read { db in
            try db.rows(
                """
                \(fragment: DeveloperTokenSummary.select) WHERE d.person_id = \(person)
                ORDER BY d.created_at DESC, d.id LIMIT 1000
                """
            ).map(DeveloperTokenSummary.init)
        }
    }

    package func developerToken(
        _ id: ID<Entity.DeveloperToken>, of person: ID<Entity.Person>
    ) throws -> DeveloperTokenSummary? {
        try engine.read { db in
            try db.row("\(fragment: DeveloperTokenSummary.select) WHERE d.id = \(id) AND d.person_id = \(person)")
                .map(DeveloperTokenSummary.init)
        }
    }

    /// The person's test token in a tenant, also when its day is over.
    package func testToken(
        of person: ID<Entity.Person>, in tenant: ID<Entity.Tenant>
    ) throws -> DeveloperTokenSummary? {
        try engine.read { db in
            try db.row(
                """
                \(fragment: DeveloperTokenSummary.select) WHERE d.tenant_id = \(tenant) AND d.person_id = \(person)
                    AND d.purpose = \(DeveloperTokenPurpose.test.rawValue) AND d.revoked_at IS NULL
                """
            ).map(DeveloperTokenSummary.init)
        }
    }

    /// - Returns: false when there is nothing to revoke: unknown, somebody else's, or revoked before.
    package func revoke(
        _ id: ID<Entity.DeveloperToken>, of person: Person, letter: Letter, from address: String = "", at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            guard try self.revoke(id, of: person, from: address, in: db, at: now) else { return false }
            try self.enqueue(letter, in: db, at: now)
            return true
        }
    }

    private func revoke(
        _ id: ID<Entity.DeveloperToken>, of person: Person, from address: String, in db: any Connection,
        at now: Instant
    ) throws -> Bool {
        let revoked = try db.row(
            """
            UPDATE developer_tokens SET revoked_at = \(now), revoked_by = \(person.id)
            WHERE id = \(id) AND person_id = \(person.id) AND revoked_at IS NULL
            RETURNING tenant_id, description, hint
            """)
        guard let revoked else { return false }
        try record(
            AuditEvent(
                .tokenRevoked, by: .person(person), on: .token(id, try revoked.text("description")),
                in: try revoked.id("tenant_id"), detail: ["token": try revoked.text("hint")], from: address),
            in: db, at: now)
        return true
    }
}

extension DeveloperTokenSummary {
    static let select: SQL = """
        SELECT d.id, d.person_id, d.description, d.scopes, d.hint, d.created_at, d.expires_at, d.last_used_at,
            d.last_used_address, d.revoked_at, d.purpose, \(fragment: Tenant.columns)
        FROM developer_tokens d JOIN tenants t ON t.id = d.tenant_id
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.id("id"), tenant: try Tenant(row), description: try row.text("description"),
            scopes: try ScopeSet(row), hint: try row.text("hint"), createdAt: try row.instant("created_at"),
            expiresAt: try row.optionalInstant("expires_at"), lastUsedAt: try row.optionalInstant("last_used_at"),
            lastUsedAddress: try row.optionalText("last_used_address"),
            revokedAt: try row.optionalInstant("revoked_at"),
            purpose: DeveloperTokenPurpose(rawValue: try row.text("purpose")) ?? .own)
    }
}

extension ScopeSet {
    /// The column `scopes`, which holds what this type wrote.
    init(_ row: Row) throws {
        guard let scopes = ScopeSet(parsing: try row.text("scopes")) else {
            throw StorageError.column("scopes", "holds what this version does not know")
        }
        self = scopes
    }
}
