package import OAuth
package import Portal

extension Store {
    /// What this person allowed this app here before; nil when nothing, when it was revoked, or when the app has
    /// changed since: its name, callbacks or scopes may not be those that were read.
    package func grantedScopes(
        to app: ID<Entity.Client>, by person: ID<Entity.Person>, in tenant: ID<Entity.Tenant>
    ) throws -> ScopeSet? {
        try engine.read { db in
            try db.row(
                """
                SELECT g.scopes FROM grants g JOIN live_apps a ON a.id = g.app_id
                JOIN members m ON m.tenant_id = g.tenant_id AND m.person_id = g.person_id
                WHERE g.tenant_id = \(tenant) AND g.app_id = \(app) AND g.person_id = \(person)
                    AND g.revoked_at IS NULL AND g.updated_at >= a.updated_at
                    AND (m.role = 'admin' OR g.allowed_as = 'member')
                """
            ).map(ScopeSet.init)
        }
    }

    /// Whether this person has reason to know the app: it is their own, or they are a member here and somebody here
    /// allows it. A tenant that strangers opened vouches for nothing to anybody else.
    package func isKnown(
        _ app: ID<Entity.Client>, to person: ID<Entity.Person>, in tenant: ID<Entity.Tenant>
    ) throws -> Bool {
        try engine.read { db in
            try db.row(
                """
                SELECT 1 AS one FROM live_apps WHERE id = \(app) AND owner_id = \(person)
                UNION ALL SELECT 1 FROM grants g
                JOIN members m ON m.tenant_id = g.tenant_id AND m.person_id = \(person)
                WHERE g.tenant_id = \(tenant) AND g.app_id = \(app) AND g.revoked_at IS NULL
                """) != nil
        }
    }

    /// Records that a member allowed an app and issues the code, in one transaction. A grant that exists
    /// grows by what is new.
    ///
    /// - Parameter asked: narrowed here to what the tenant's rules let the app hold.
    /// - Returns: nil when the rules, or the member's role, do not let them allow it any more, or somebody is
    ///   suspended: the right is checked where it is written, not where the page was made.
    package func allow(
        _ asked: ScopeSet, to app: App, by member: Member, redirectURI: VerifiedRedirectURI, wasSent: Bool,
        challenge: String?, from address: String = "", at now: Instant
    ) async throws -> Secret<AuthorizationCode>? {
        let fresh = ID<Entity.Grant>.random()
        let drawn = DrawnRandom()
        return try await engine.write { db in
            guard
                let (grant, granted, scopes) = try self.grow(
                    asked, to: app, by: member, or: fresh, in: db, from: address, at: now)
            else { return nil }
            guard
                let consented = ConsentedRequest(
                    tenant: member.tenant.id, client: app.id, person: member.person.id, grant: grant, granted: granted,
                    redirectURI: redirectURI, redirectURIWasSent: wasSent, challenge: challenge, scopes: scopes)
            else { return nil }
            var random = drawn
            let (code, record) = issueCode(for: consented, at: now, using: &random)
            try self.insert(record, digest: self.keyring.digest(code), in: db)
            return code
        }
    }

    /// Writes that a member allows an app, as far as the tenant's rules let the app hold what it asks for: the grant
    /// there is, grown, or a new one. All ways to allow go through here, so that the right to do so is checked once,
    /// in the transaction that writes.
    ///
    /// - Parameter fresh: the ID of a grant that does not exist yet.
    /// - Returns: the grant with all its scopes, and those of them that this time is about; nil when the member may
    ///   not allow the app (any more) or somebody is suspended.
    func grow(
        _ asked: ScopeSet, to app: App, by member: Member, or fresh: ID<Entity.Grant>, in db: any Connection,
        from address: String, at now: Instant
    ) throws -> (grant: ID<Entity.Grant>, granted: ScopeSet, scopes: ScopeSet)? {
        guard let member = try current(member, in: db), let app = try self.app(app.id, in: db), !app.isSuspended,
            try standing(of: app, in: member.tenant, in: db) != .unreviewedAtLimit
        else { return nil }
        let permission = try self.permission(of: member, for: app, in: db, at: now)
        let scopes = asked.narrowed(to: permission.ceiling)
        guard permission.covers(scopes) else { return nil }
        let written = try grant(scopes, to: app, by: member, orNew: fresh, in: db, from: address, at: now)
        return (written.id, written.scopes, scopes)
    }

    /// Writes the grant: the one there is, grown, or a new one.
    private func grant(
        _ scopes: ScopeSet, to app: App, by member: Member, orNew fresh: ID<Entity.Grant>, in db: any Connection,
        from address: String, at now: Instant
    ) throws -> (id: ID<Entity.Grant>, scopes: ScopeSet) {
        let (tenant, person) = (member.tenant.id, member.person.id)
        // What somebody allowed while they were an admin ended with that, and does not come back to life in another role.
        if member.role == .member {
            try endGrants(
                "app_id = \(app.id) AND person_id = \(person) AND allowed_as = 'admin'", in: tenant,
                because: "role_lost", by: person, in: db, at: now)
        }
        let row = try db.row(
            """
            SELECT id, scopes, approved_by FROM grants WHERE tenant_id = \(tenant) AND app_id = \(app.id)
                AND person_id = \(person) AND revoked_at IS NULL
            """)
        let before = try row.map(ScopeSet.init)
        let granted = before?.union(scopes) ?? scopes
        let approval = member.role == .member ? try useApproval(of: app.id, by: member, in: db, at: now) : nil
        guard let row else {
            try db.run(
                """
                INSERT INTO grants (tenant_id, id, app_id, person_id, scopes, created_at, updated_at, allowed_as,
                    approved_by)
                VALUES (\(tenant), \(fresh), \(app.id), \(person), \(granted.text), \(now), \(now), \(member.role),
                    \(approval))
                """)
            try recordAllowed(granted, to: app, by: member, in: db, from: address, at: now)
            return (id: fresh, scopes: granted)
        }
        let grant: ID<Entity.Grant> = try row.id("id")
        try db.run(
            """
            UPDATE grants SET scopes = \(granted.text), updated_at = \(now), allowed_as = \(member.role),
                approved_by = \(try approval ?? row.optionalText("approved_by"))
            WHERE tenant_id = \(tenant) AND id = \(grant)
            """)
        if granted != before { try recordAllowed(granted, to: app, by: member, in: db, from: address, at: now) }
        return (id: grant, scopes: granted)
    }

    private func recordAllowed(
        _ scopes: ScopeSet, to app: App, by member: Member, in db: any Connection, from address: String,
        at now: Instant
    ) throws {
        try record(
            AuditEvent(
                .grantAllowed, by: .person(member.person), on: .app(app), in: member.tenant.id,
                detail: ["scopes": scopes.text], from: address), in: db, at: now)
    }

    /// The person pressed Deny. Nothing changes, but their tenant's log says so.
    package func noteDenial(
        of app: App, by person: Person, scopes: ScopeSet, in tenant: ID<Entity.Tenant>, from address: String,
        at now: Instant
    ) async throws {
        try await record(
            AuditEvent(
                .grantDenied, by: .person(person), on: .app(app), in: tenant, detail: ["scopes": scopes.text],
                from: address),
            at: now)
    }

    /// What this person allowed, newest first.
    package func grants(of person: ID<Entity.Person>) throws -> [GrantSummary] {
        try engine.readConsistently { db in
            try db.rows(
                """
                \(fragment: Store.grantSelect) WHERE g.person_id = \(person) AND g.revoked_at IS NULL
                ORDER BY g.created_at DESC, g.id LIMIT 500
                """
            ).compactMap { try self.summary($0, in: db) }
        }
    }

    package func grant(
        _ id: ID<Entity.Grant>, in slug: Slug, of person: ID<Entity.Person>
    ) throws -> GrantSummary? {
        try engine.readConsistently { db in
            try db.row(
                """
                \(fragment: Store.grantSelect) WHERE g.id = \(id) AND t.slug = \(slug.text)
                    AND g.person_id = \(person) AND g.revoked_at IS NULL
                """
            ).flatMap { try self.summary($0, in: db) }
        }
    }

    /// Ends a grant and every token that hangs on it, refused from the next request on.
    package func revokeGrant(
        _ id: ID<Entity.Grant>, in tenant: ID<Entity.Tenant>, of person: ID<Entity.Person>, from address: String = "",
        at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            let revoked = try db.row(
                """
                UPDATE grants SET revoked_at = \(now), revoked_by = \(person), revoked_because = 'owner'
                WHERE tenant_id = \(tenant) AND id = \(id) AND person_id = \(person) AND revoked_at IS NULL
                RETURNING app_id, scopes
                """)
            guard let revoked, let app = try self.app(try revoked.id("app_id"), in: db) else { return false }
            try self.record(
                .grantRevoked, by: person, on: .app(app), of: tenant, detail: ["scopes": try revoked.text("scopes")],
                from: address, in: db, at: now)
            try db.run(
                """
                UPDATE token_families SET revoked_at = \(now), revoked_because = \(Reason.grantRevoked.rawValue)
                WHERE tenant_id = \(tenant) AND grant_id = \(id) AND revoked_at IS NULL
                """)
            return true
        }
    }

    private func insert(_ code: CodeRecord, digest: Digest, in db: any Connection) throws {
        try db.run(
            """
            INSERT INTO authorization_codes (digest, tenant_id, id, grant_id, app_id, person_id, redirect_uri,
                redirect_uri_was_sent, challenge, scopes, issued_at, expires_at)
            VALUES (\(digest), \(code.tenant), \(code.id), \(code.grant), \(code.client), \(code.person),
                \(code.redirectURI), \(code.redirectURIWasSent), \(code.challenge), \(code.scopes.text),
                \(code.issuedAt), \(code.expiresAt))
            """)
    }

    private func summary(_ row: Row, in db: any Connection) throws -> GrantSummary? {
        guard let app = try self.app(row.id("app_id"), in: db) else { return nil }
        return GrantSummary(
            id: try row.id("grant_id"), tenant: try Tenant(row), app: app, scopes: try ScopeSet(row),
            createdAt: try row.instant("granted_at"), lastUsedAt: try row.optionalInstant("last_used_at"))
    }

    /// When the tokens of the grant `g` were last used, those included that are gone. One look into an index, however
    /// many tokens there are.
    static let lastUseOfGrant: SQL = """
        (SELECT max(used_at) FROM (SELECT g.last_used_at AS used_at UNION ALL SELECT max(f.last_used_at)
            FROM token_families f WHERE f.tenant_id = g.tenant_id AND f.grant_id = g.id))
        """

    private static let grantSelect: SQL = """
        SELECT g.id AS grant_id, g.app_id, g.scopes, g.created_at AS granted_at,
            \(fragment: Store.lastUseOfGrant) AS last_used_at,
            \(fragment: Tenant.columns)
        FROM grants g JOIN live_tenants t ON t.id = g.tenant_id
        """
}
