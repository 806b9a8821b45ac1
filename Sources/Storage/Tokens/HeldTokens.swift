package import OAuth
package import Portal

extension Store {
    /// The live tokens that the caller may see, newest first: for a person's own token all of that person's in this
    /// tenant, for an app's what that app holds by the same person.
    package func heldTokens(seenBy access: Access, at now: Instant) throws -> [HeldToken] {
        try engine.readConsistently { db in
            let own = try self.ownTokens(seenBy: access, in: db, at: now)
            let apps = try self.appTokens(seenBy: access, in: db)
            return (own + apps).sorted { ($1.createdAt, $0.id) < ($0.createdAt, $1.id) }
        }
    }

    /// Ends what apps hold, and writes down who did it. (A person's own token goes through `revoke(_:of:letter:)`.)
    ///
    /// - Returns: false when it ended before.
    package func revoke(
        _ family: ID<Entity.TokenFamily>, named app: String, by access: Access, from address: String, at now: Instant
    ) async throws -> Bool {
        let (tenant, person) = (access.member.tenant.id, access.member.person)
        let reason = access.app == nil ? Reason.revokedByPerson : .revokedByApp
        let event = AuditEvent(
            .tokenRevoked, by: .person(person), on: AuditSubject(.token, id: family.text, name: app), in: tenant,
            detail: ["through": access.app == nil ? "a developer token" : "the app's own token"], from: address)
        return try await engine.write { db in
            let changed = try db.run(
                """
                UPDATE token_families SET revoked_at = \(now), revoked_because = \(reason.rawValue)
                WHERE tenant_id = \(tenant) AND id = \(family) AND person_id = \(person.id) AND revoked_at IS NULL
                """)
            guard changed == 1 else { return false }
            try self.record(event, in: db, at: now)
            return true
        }
    }

    private func ownTokens(seenBy access: Access, in db: any Connection, at now: Instant) throws -> [HeldToken] {
        guard case .developerToken = access.credential else { return [] }
        let member = access.member
        return try db.rows(
            """
            SELECT id, description, scopes, created_at, last_used_at FROM developer_tokens
            WHERE tenant_id = \(member.tenant.id) AND person_id = \(member.person.id) AND revoked_at IS NULL
                AND (expires_at IS NULL OR expires_at > \(now))
            ORDER BY created_at DESC, id LIMIT 1000
            """
        ).map { row in
            HeldToken(
                kind: .developer(try row.id("id")), name: try row.text("description"), owner: member.person.name,
                scopes: try ScopeSet(row), createdAt: try row.instant("created_at"),
                lastUsedAt: try row.optionalInstant("last_used_at"))
        }
    }

    private func appTokens(seenBy access: Access, in db: any Connection) throws -> [HeldToken] {
        let member = access.member
        var filter: SQL = ""
        if case .accessToken(_, let app) = access.credential { filter = "AND f.app_id = \(app)" }
        return try db.rows(
            """
            SELECT f.id, f.app_id, f.scopes, f.created_at, f.last_used_at, a.name, o.name AS owner_name
            FROM grants g JOIN token_families f ON f.tenant_id = g.tenant_id AND f.grant_id = g.id
            JOIN live_apps a ON a.id = g.app_id JOIN people o ON o.id = a.owner_id
            WHERE g.person_id = \(member.person.id) AND g.tenant_id = \(member.tenant.id) AND f.revoked_at IS NULL
                \(fragment: filter)
            ORDER BY f.created_at DESC, f.id LIMIT 1000
            """
        ).map { row in
            HeldToken(
                kind: .app(try row.id("id"), of: try row.id("app_id")), name: try row.text("name"),
                owner: try row.text("owner_name"), scopes: try ScopeSet(row), createdAt: try row.instant("created_at"),
                lastUsedAt: try row.instant("last_used_at"))
        }
    }
}
