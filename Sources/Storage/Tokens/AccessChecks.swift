package import OAuth
package import Portal

extension Store {
    /// What a bearer token is, of whichever kind; what can be none of ours is never looked up.
    ///
    /// - Parameter address: whose call it is, where that is known; asked for only when the use is noted.
    package func check(
        _ token: BearerToken, from address: @autoclosure () -> String?, at now: Instant
    ) throws -> AccessCheck {
        if let developer = token.developer { return try check(developer, from: address(), at: now) }
        if let access = token.access { return try check(access, at: now) }
        return .unknown
    }

    /// What a developer token may do: one digest, one indexed read (the hottest path there is).
    package func check(
        _ token: Secret<OAuth.DeveloperToken>, from address: @autoclosure () -> String?, at now: Instant
    ) throws -> AccessCheck {
        let digest = keyring.digest(token)
        let row = try engine.read { db in
            try db.row(
                """
                SELECT d.id AS token_id, d.scopes, d.created_at AS issued_at, d.expires_at, d.last_used_at,
                    \(fragment: Store.caller)
                FROM developer_tokens d
                JOIN members m ON m.tenant_id = d.tenant_id AND m.person_id = d.person_id
                JOIN live_tenants t ON t.id = d.tenant_id JOIN people p ON p.id = d.person_id
                WHERE d.digest = \(digest) AND d.revoked_at IS NULL AND \(fragment: Store.nobodySuspended)
                """)
        }
        guard let row else { return .unknown }
        let expiry = try row.optionalInstant("expires_at")
        if let expiry, now >= expiry { return .expired }
        let id: ID<Entity.DeveloperToken> = try row.id("token_id")
        uses.note(
            .developerToken(digest), at: now, stored: try row.optionalInstant("last_used_at"), address: address())
        return .live(
            Access(
                member: try Member(caller: row), scopes: try ScopeSet(row), sensitive: try row.sensitiveScopes,
                credential: .developerToken(id), issuedAt: try row.instant("issued_at"), expiresAt: expiry))
    }

    /// What an app's access token may do: what its grant lets through now, which is looked up by primary keys and not
    /// written into tokens. So a ceiling, a policy or a role that changes is one row, however many tokens are out, and
    /// holds for those too that are never renewed.
    package func check(_ token: Secret<AccessToken>, at now: Instant) throws -> AccessCheck {
        let digest = keyring.digest(token)
        let row = try engine.read { db in
            try db.row(
                """
                SELECT x.family_id, x.scopes, x.issued_at, x.expires_at, f.app_id, f.last_used_at, f.origin,
                    a.client_id, \(fragment: Store.ceilingOfGrant), \(fragment: Store.caller)
                FROM access_tokens x
                JOIN token_families f ON f.tenant_id = x.tenant_id AND f.id = x.family_id
                JOIN grants g ON g.tenant_id = f.tenant_id AND g.id = f.grant_id
                JOIN members m ON m.tenant_id = x.tenant_id AND m.person_id = f.person_id
                JOIN live_tenants t ON t.id = x.tenant_id JOIN people p ON p.id = f.person_id
                JOIN apps a ON a.id = f.app_id
                WHERE x.digest = \(digest) AND x.revoked_at IS NULL AND f.revoked_at IS NULL
                    AND \(fragment: Store.grantHolds) AND \(fragment: Store.nobodySuspended)
                    AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'app'
                        AND s.subject_id = f.app_id AND s.reinstated_at IS NULL)
                    AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'person'
                        AND s.subject_id = a.owner_id AND s.reinstated_at IS NULL)
                """)
        }
        guard let row else { return .unknown }
        let scopes = try ScopeSet(row).narrowed(to: row.optionalScopes("ceiling"))
        guard !scopes.isEmpty else { return .unknown }
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
                member: try Member(caller: row), scopes: scopes, sensitive: try row.sensitiveScopes,
                credential: .accessToken(family: family, app: app),
                issuedAt: try row.instant("issued_at"), expiresAt: expiry,
                app: Access.Caller(
                    clientID: ClientID(try row.text("client_id")),
                    actsAsItself: try row.raw("origin", as: FamilyOrigin.self) == .clientCredentials)))
    }

    /// Whom an access token was given to, and where, whether it works or not: so that somebody can be told why it does
    /// not.
    package func holder(
        of token: Secret<AccessToken>
    ) throws -> (app: ID<Entity.Client>, tenant: ID<Entity.Tenant>)? {
        try engine.read { db in
            try db.row(
                """
                SELECT f.app_id, f.tenant_id FROM access_tokens x
                JOIN token_families f ON f.tenant_id = x.tenant_id AND f.id = x.family_id
                WHERE x.digest = \(keyring.digest(token))
                """
            ).map { (app: try $0.id("app_id"), tenant: try $0.id("tenant_id")) }
        }
    }

    private static let caller: SQL = """
        m.role, m.created_at AS member_since, t.id AS tenant_id, t.slug AS tenant_slug, t.name AS tenant_name,
        t.kind AS tenant_kind, t.created_at AS tenant_created_at, p.id AS person_id, p.email AS person_email,
        p.name AS person_name, p.created_at AS person_created_at, p.verified_at AS person_verified_at,
        CASE m.role WHEN 'member' THEN
            (SELECT group_concat(s.name, ' ') FROM scopes s WHERE s.sensitivity = 'high') END AS sensitive_scopes
        """

    private static let nobodySuspended: SQL = """
        NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'person' AND s.subject_id = p.id
            AND s.reinstated_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM suspensions s WHERE s.subject_kind = 'tenant' AND s.subject_id = t.id
            AND s.reinstated_at IS NULL)
        """
}

extension Row {
    /// Of `Store.caller`: the scopes that only admins may use. Empty for an admin, whom they do not concern.
    fileprivate var sensitiveScopes: ScopeSet {
        get throws {
            guard let names = try optionalText("sensitive_scopes") else { return ScopeSet() }
            // More than a token may have are still the catalogue's.
            return ScopeSet(parsing: names) ?? ScopeSet(names.split(separator: " ").compactMap { Scope(String($0)) })
        }
    }
}

extension Member {
    /// From the columns of `Store.caller`, whose query has already refused whoever is suspended.
    fileprivate init(caller row: Row) throws {
        self.init(
            tenant: Tenant(
                id: try row.id("tenant_id"), slug: try row.slug("tenant_slug"), name: try row.text("tenant_name"),
                kind: try row.raw("tenant_kind"), createdAt: try row.instant("tenant_created_at")),
            person: Person(
                id: try row.id("person_id"), email: try row.text("person_email"), name: try row.text("person_name"),
                createdAt: try row.instant("person_created_at"),
                verifiedAt: try row.optionalInstant("person_verified_at"), isOperator: false, isSuspended: false),
            role: try Role(row), since: try row.instant("member_since"))
    }
}
