package import OAuth
package import Portal

extension Store {
    /// Nil when it is off.
    package func directFlow(of app: ID<Entity.Client>) throws -> DirectFlow? {
        try engine.read { db in try self.directFlow(of: app, in: db) }
    }

    /// Turns the flow on, or changes how long its tokens live. Consent pages that are open are asked again: they
    /// said something else. A review ends: its operator has not seen this.
    ///
    /// - Returns: false when the app is not this person's.
    package func turnOnDirectFlow(
        of app: ID<Entity.Client>, owner: Person, lifetime: DirectLifetime, from address: String, at now: Instant
    ) async throws -> Bool {
        let entry = newActivityID(at: now)
        return try await engine.write { db in
            guard let name = try self.touch(app, of: owner.id, in: db, at: now) else { return false }
            let wasOn = try self.end(app, by: owner, in: db, at: now)
            try db.run(
                """
                INSERT INTO direct_flows (app_id, lifetime, turned_on_at, turned_on_by)
                VALUES (\(app), \(lifetime.rawValue), \(now), \(owner.name))
                """)
            try self.endReview(of: app, because: "the direct flow was turned on or changed", in: db, at: now)
            let what =
                "\(wasOn ? "Tokens of the direct flow now live" : "The direct flow was turned on, for tokens of")"
            try self.record(.change("\(what) \(lifetime.words).", of: app, at: now), id: entry, in: db)
            try self.record(
                AuditEvent(
                    .directFlowTurnedOn, by: .person(owner), on: AuditSubject(.app, id: app.text, name: name),
                    detail: ["lifetime": lifetime.words], from: address),
                in: db, at: now)
            return true
        }
    }

    /// Turns the flow off and ends every token that came of it, from the next request on.
    package func turnOffDirectFlow(
        of app: ID<Entity.Client>, owner: Person, from address: String, at now: Instant
    ) async throws -> Bool {
        let entry = newActivityID(at: now)
        return try await engine.write { db in
            guard let name = try self.touch(app, of: owner.id, in: db, at: now) else { return false }
            guard try self.end(app, by: owner, in: db, at: now) else { return true }
            try db.run(
                """
                UPDATE token_families SET revoked_at = \(now), revoked_because = \(Reason.directFlowOff.rawValue)
                WHERE revoked_at IS NULL AND (tenant_id, id) IN (
                    SELECT tenant_id, family_id FROM direct_families WHERE app_id = \(app))
                """)
            try self.record(
                .change("The direct flow was turned off, and its tokens ended.", of: app, at: now), id: entry, in: db)
            try self.record(
                AuditEvent(
                    .directFlowTurnedOff, by: .person(owner), on: AuditSubject(.app, id: app.text, name: name),
                    from: address),
                in: db, at: now)
            return true
        }
    }

    /// Records that a member allowed an app and mints its token, in one transaction.
    ///
    /// - Parameter asked: narrowed here to what the tenant's rules let the app hold.
    /// - Returns: nil when the member may not allow it (any more) or the flow was turned off meanwhile.
    package func allowDirectly(
        _ asked: ScopeSet, to app: App, by member: Member, redirectURI: VerifiedRedirectURI,
        from address: String, at now: Instant
    ) async throws -> Secret<AccessToken>? {
        let fresh = ID<Entity.Grant>.random()
        let drawn = DrawnRandom()
        return try await engine.write { db in
            guard let flow = try self.directFlow(of: app.id, in: db),
                let (grant, granted, scopes) = try self.grow(
                    asked, to: app, by: member, or: fresh, in: db, from: address, at: now),
                let consented = ConsentedRequest(
                    tenant: member.tenant.id, client: app.id, person: member.person.id, grant: grant,
                    granted: granted, redirectURI: redirectURI, redirectURIWasSent: true, challenge: nil,
                    scopes: scopes)
            else { return nil }
            var random = drawn
            let issued = issueDirectly(for: consented, lifetime: flow.lifetime.rawValue, at: now, using: &random)
            for effect in issued.effects { try self.apply(effect, in: db, tenant: member.tenant.id) }
            try db.run(
                """
                INSERT INTO direct_families (tenant_id, family_id, app_id)
                VALUES (\(member.tenant.id), \(issued.family), \(app.id))
                """)
            return issued.token
        }
    }

    private func directFlow(of app: ID<Entity.Client>, in db: any Connection) throws -> DirectFlow? {
        try db.row(
            """
            SELECT lifetime, turned_on_at, turned_on_by FROM direct_flows
            WHERE app_id = \(app) AND turned_off_at IS NULL
            """
        ).map { row in
            // A lifetime that this version does not offer becomes the ordinary one.
            DirectFlow(
                lifetime: DirectLifetime(rawValue: try row.integer("lifetime")) ?? .hour,
                turnedOnAt: try row.instant("turned_on_at"), turnedOnBy: try row.text("turned_on_by"))
        }
    }

    private func end(
        _ app: ID<Entity.Client>, by owner: Person, in db: any Connection, at now: Instant
    ) throws -> Bool {
        try db.run(
            """
            UPDATE direct_flows SET turned_off_at = \(now), turned_off_by = \(owner.name)
            WHERE app_id = \(app) AND turned_off_at IS NULL
            """) == 1
    }

    /// Makes the app a later state than any grant and any open consent page; its name, nil when it is not this
    /// person's.
    private func touch(
        _ app: ID<Entity.Client>, of owner: ID<Entity.Person>, in db: any Connection, at now: Instant
    ) throws -> String? {
        try db.row(
            """
            UPDATE apps SET updated_at = CASE WHEN updated_at >= \(now) THEN updated_at + 1 ELSE \(now + 1) END
            WHERE id = \(app) AND owner_id = \(owner) RETURNING name
            """
        ).map { try $0.text("name") }
    }
}
