package import OAuth
package import Portal

/// Why a developer token was not made.
package enum TokenRefusal: Error, Equatable, Sendable {
    case obstacle(Obstacle)
    /// An active token of the same person has this description, in the same tenant.
    case descriptionTaken
}

extension Store {
    /// Why this person cannot make a token now; nil when they can.
    package func obstacleToToken(of person: ID<Entity.Person>, at now: Instant) throws -> Obstacle? {
        try engine.read { db in try self.obstacleToToken(of: person, in: db, at: now) }
    }

    /// Makes a developer token because its owner asked for it. Only its digest is kept; its owner is told by mail in
    /// the same transaction.
    ///
    /// - Parameter old: the owner's token that this one takes the place of; it is revoked in the same transaction.
    package func make(
        _ draft: DeveloperTokenDraft, token: Secret<OAuth.DeveloperToken>,
        replacing old: ID<Entity.DeveloperToken>? = nil, letter: Letter, from address: String = "", at now: Instant
    ) async throws -> Result<ID<Entity.DeveloperToken>, TokenRefusal> {
        let new = NewToken(draft, token, address, keyring)
        return try await engine.write { db in
            if let obstacle = try self.obstacleToToken(of: draft.member.person.id, in: db, at: now) {
                return .failure(.obstacle(obstacle))
            }
            // Asked before as well, for the form; of two that are sent at once only here.
            guard try !self.isTaken(draft, besides: old, in: db, at: now) else { return .failure(.descriptionTaken) }
            try self.insert(new, replacing: old, letter, in: db, at: now)
            return .success(new.id)
        }
    }

    /// Makes the person's test token, with as much as the tenant's rules let a token have at this moment. It takes the
    /// place of the one before.
    ///
    /// - Returns: nil when the rules leave nothing, or the person may not act here any more.
    package func makeTestToken(
        for member: Member, token: Secret<OAuth.DeveloperToken>,
        letter: @escaping @Sendable (DeveloperTokenDraft) -> Letter, from address: String = "", at now: Instant
    ) async throws -> ID<Entity.DeveloperToken>? {
        try await engine.write { db in
            guard let member = try self.current(member, in: db),
                let draft = DeveloperTokenDraft.test(
                    for: member, catalogue: try self.scopeCatalogue(in: db),
                    under: try self.tokenRules(of: member.tenant.id, in: db), at: now)
            else { return nil }
            let new = NewToken(draft, token, address, self.keyring)
            try self.insert(new, replacing: nil, letter(draft), in: db, at: now)
            return new.id
        }
    }

    /// Makes a developer token, and asks nobody's quota: see ``make(_:token:replacing:letter:from:at:)``. A person has
    /// one test token in a tenant: a new one takes the place of the old.
    package func makeBeyondQuota(
        _ draft: DeveloperTokenDraft, token: Secret<OAuth.DeveloperToken>,
        replacing old: ID<Entity.DeveloperToken>? = nil, letter: Letter, from address: String = "", at now: Instant
    ) async throws -> ID<Entity.DeveloperToken> {
        let new = NewToken(draft, token, address, keyring)
        try await engine.write { db in try self.insert(new, replacing: old, letter, in: db, at: now) }
        return new.id
    }

    private func obstacleToToken(
        of person: ID<Entity.Person>, in db: any Connection, at now: Instant
    ) throws -> Obstacle? {
        let row = try db.row(
            """
            SELECT verified_at,
                (SELECT count(*) FROM developer_tokens d WHERE d.person_id = p.id AND d.revoked_at IS NULL
                    AND (d.expires_at IS NULL OR d.expires_at > \(now))
                    AND d.tenant_id NOT IN \(fragment: Store.deletedTenants)) AS tokens,
                EXISTS (SELECT 1 FROM members m WHERE m.person_id = p.id AND NOT EXISTS (
                    SELECT 1 FROM suspensions s WHERE s.subject_kind = 'tenant' AND s.subject_id = m.tenant_id
                        AND s.reinstated_at IS NULL)) AS has_workspace
            FROM live_people p WHERE id = \(person)
            """)
        guard let row else { return .unconfirmedAddress }
        return .toToken(
            isConfirmed: try row.optionalInstant("verified_at") != nil,
            hasWorkspace: try row.boolean("has_workspace"), having: try row.int("tokens"))
    }

    private func isTaken(
        _ draft: DeveloperTokenDraft, besides old: ID<Entity.DeveloperToken>?, in db: any Connection, at now: Instant
    ) throws -> Bool {
        try db.row(
            """
            SELECT 1 AS one FROM developer_tokens WHERE person_id = \(draft.member.person.id)
                AND tenant_id = \(draft.member.tenant.id) AND description = \(draft.description) AND id IS NOT \(old)
                AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > \(now))
            """) != nil
    }

    private func insert(
        _ new: NewToken, replacing old: ID<Entity.DeveloperToken>?, _ letter: Letter, in db: any Connection,
        at now: Instant
    ) throws {
        let draft = new.draft
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
            VALUES (\(new.digest), \(draft.member.tenant.id), \(new.id), \(draft.member.person.id),
                \(draft.description), \(draft.scopes.text), \(new.hint), \(now), \(draft.expiresAt),
                \(draft.purpose.rawValue))
            """)
        try record(
            AuditEvent(
                .tokenCreated, by: .person(draft.member.person), on: .token(new.id, draft.description),
                in: draft.member.tenant.id, detail: ["scopes": draft.scopes.text, "token": new.hint],
                from: new.address),
            in: db, at: now)
        if let old { _ = try revoke(old, of: draft.member.person, from: new.address, in: db, at: now) }
        try enqueue(letter, in: db, at: now)
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

/// A token about to be written, without its secret.
private struct NewToken: Sendable {
    let id = ID<Entity.DeveloperToken>.random()
    let draft: DeveloperTokenDraft
    let digest: Digest
    let hint: String
    let address: String

    init(
        _ draft: DeveloperTokenDraft, _ token: Secret<OAuth.DeveloperToken>, _ address: String, _ keyring: Keyring
    ) {
        self.draft = draft
        self.address = address
        digest = keyring.digest(token)
        hint = token.hint.text
    }
}

extension DeveloperTokenSummary {
    static let select: SQL = """
        SELECT d.id, d.person_id, d.description, d.scopes, d.hint, d.created_at, d.expires_at, d.last_used_at,
            d.last_used_address, d.revoked_at, d.purpose,
            (SELECT r.name FROM live_people r WHERE r.id = d.revoked_by) AS revoked_by_name, \(fragment: Tenant.columns)
        FROM developer_tokens d JOIN live_tenants t ON t.id = d.tenant_id
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.id("id"), tenant: try Tenant(row), description: try row.text("description"),
            scopes: try ScopeSet(row), hint: try row.text("hint"), createdAt: try row.instant("created_at"),
            expiresAt: try row.optionalInstant("expires_at"), lastUsedAt: try row.optionalInstant("last_used_at"),
            lastUsedAddress: try row.optionalText("last_used_address"),
            revokedAt: try row.optionalInstant("revoked_at"), revokedBy: try row.optionalText("revoked_by_name"),
            purpose: DeveloperTokenPurpose(rawValue: try row.text("purpose")) ?? .own)
    }
}
