package import OAuth
package import Portal

extension Store {
    /// What a developer token may do: one digest, one indexed read (the hottest path there is).
    package func check(
        _ token: Secret<OAuth.DeveloperToken>, from address: String?, at now: Instant
    ) throws -> AccessCheck {
        let digest = keyring.digest(token)
        let row = try engine.read { db in
            try db.row(
                """
                SELECT d.id AS token_id, d.scopes, d.created_at AS issued_at, d.expires_at, d.last_used_at,
                    \(fragment: Store.caller)
                FROM developer_tokens d
                JOIN members m ON m.tenant_id = d.tenant_id AND m.person_id = d.person_id
                JOIN tenants t ON t.id = d.tenant_id JOIN people p ON p.id = d.person_id
                WHERE d.digest = \(digest) AND d.revoked_at IS NULL AND \(fragment: Store.nobodySuspended)
                """)
        }
        guard let row else { return .unknown }
        let expiry = try row.optionalInstant("expires_at")
        if let expiry, now >= expiry { return .expired }
        let id: ID<Entity.DeveloperToken> = try row.id("token_id")
        uses.note(
            .developerToken(digest), at: now, stored: try row.optionalInstant("last_used_at"), address: address)
        return .live(
            Access(
                member: try Member(caller: row), scopes: try ScopeSet(row), credential: .developerToken(id),
                issuedAt: try row.instant("issued_at"), expiresAt: expiry))
    }

    /// What an app's access token may do.
    package func check(_ token: Secret<AccessToken>, at now: Instant) throws -> AccessCheck {
        let digest = keyring.digest(token)
        let row = try engine.read { db in
            try db.row(
                """
                SELECT x.family_id, x.scopes, x.issued_at, x.expires_at, f.app_id, f.last_used_at, f.origin,
                    a.client_id, \(fragment: Store.caller)
                FROM access_tokens x
                JOIN token_families f ON f.tenant_id = x.tenant_id AND f.id = x.family_id
                JOIN members m ON m.tenant_id = x.tenant_id AND m.person_id = f.person_id
                JOIN tenants t ON t.id = x.tenant_id JOIN people p ON p.id = f.person_id
                JOIN apps a ON a.id = f.app_id
                WHERE x.digest = \(digest) AND x.revoked_at IS NULL AND f.revoked_at IS NULL
                    AND \(fragment: Store.nobodySuspended)
                    AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'app'
                        AND s.subject_id = f.app_id AND s.reinstated_at IS NULL)
                    AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'person'
                        AND s.subject_id = a.owner_id AND s.reinstated_at IS NULL)
                """)
        }
        guard let row else { return .unknown }
        let app: ID<Entity.Client> = try row.id("app_id")
        let expiry = try row.optionalInstant("expires_at")
        // Made while the clock was ahead, it would live as much too long.
        let isFromLater = try expiry != nil && row.instant("issued_at") > now + Lifetime.clockSlack
        if let expiry, now >= expiry || isFromLater {
            activity.count(.expired, of: app, at: now)
            return .expired
        }
        activity.count(.used, of: app, at: now)
        let family: ID<Entity.TokenFamily> = try row.id("family_id")
        uses.note(
            .family(family, in: try row.id("tenant_id")), at: now, stored: try row.instant("last_used_at"), address: nil
        )
        return .live(
            Access(
                member: try Member(caller: row), scopes: try ScopeSet(row),
                credential: .accessToken(family: family, app: app),
                issuedAt: try row.instant("issued_at"), expiresAt: expiry,
                app: Access.Caller(
                    clientID: ClientID(try row.text("client_id")),
                    actsAsItself: try FamilyOrigin(row) == .clientCredentials)))
    }

    private static let caller: SQL = """
        m.role, m.created_at AS member_since, t.id AS tenant_id, t.slug AS tenant_slug, t.name AS tenant_name,
        t.kind AS tenant_kind, t.created_at AS tenant_created_at, p.id AS person_id, p.email AS person_email,
        p.name AS person_name, p.created_at AS person_created_at, p.verified_at AS person_verified_at
        """

    private static let nobodySuspended: SQL = """
        NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'person' AND s.subject_id = p.id
            AND s.reinstated_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'tenant' AND s.subject_id = t.id
            AND s.reinstated_at IS NULL)
        """
}

extension FamilyOrigin {
    fileprivate init(_ row: Row) throws {
        guard let origin = FamilyOrigin(rawValue: try row.text("origin")) else {
            throw StorageError.column("origin", "holds what this version does not know")
        }
        self = origin
    }
}

extension Member {
    /// From the columns of `Store.caller`, whose query has already refused whoever is suspended.
    fileprivate init(caller row: Row) throws {
        guard let slug = Slug(try row.text("tenant_slug")), let role = Role(rawValue: try row.text("role")),
            let kind = Tenant.Kind(rawValue: try row.text("tenant_kind"))
        else { throw StorageError.column("role", "holds what this version does not know") }
        self.init(
            tenant: Tenant(
                id: try row.id("tenant_id"), slug: slug, name: try row.text("tenant_name"), kind: kind,
                createdAt: try row.instant("tenant_created_at")),
            person: Person(
                id: try row.id("person_id"), email: try row.text("person_email"), name: try row.text("person_name"),
                createdAt: try row.instant("person_created_at"),
                verifiedAt: try row.optionalInstant("person_verified_at"), isOperator: false, isSuspended: false),
            role: role, since: try row.instant("member_since"))
    }
}
