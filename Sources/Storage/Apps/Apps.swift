package import OAuth
package import Portal

/// How changing an app ended.
package enum AppChange: Equatable, Sendable {
    case saved
    /// Or somebody else's.
    case unknownApp
    /// Its clients would be left with tokens that V1 does not have.
    case holdsRefreshTokens
}

extension Store {
    /// Why this person cannot register an app now; nil when they can.
    package func obstacleToApp(of person: ID<Entity.Person>) throws -> Obstacle? {
        try engine.read { db in try self.obstacleToApp(of: person, in: db) }
    }

    /// Registers an app because its developer asked for it; a confidential one gets its first secret in the same
    /// transaction.
    package func register(
        _ details: AppDetails, by owner: Person, secret: Secret<ClientSecretKind>?, from address: String = "",
        at now: Instant
    ) async throws -> Result<App, Obstacle> {
        let new = NewApp(details, owner, secret, address, keyring)
        return try await engine.write { db in
            if let obstacle = try self.obstacleToApp(of: owner.id, in: db) { return .failure(obstacle) }
            return .success(try self.insert(new, in: db, at: now))
        }
    }

    /// Registers an app, and asks nobody's quota: see ``register(_:by:secret:from:at:)``.
    package func registerBeyondQuota(
        _ details: AppDetails, owner: Person, secret: Secret<ClientSecretKind>?, from address: String = "",
        at now: Instant
    ) async throws -> App {
        let new = NewApp(details, owner, secret, address, keyring)
        return try await engine.write { db in try self.insert(new, in: db, at: now) }
    }

    private func obstacleToApp(of person: ID<Entity.Person>, in db: any Connection) throws -> Obstacle? {
        let row = try db.row(
            """
            SELECT verified_at, (SELECT count(*) FROM live_apps WHERE owner_id = p.id) AS apps
            FROM live_people p WHERE id = \(person)
            """)
        guard let row else { return .unconfirmedAddress }
        return .toApp(isConfirmed: try row.optionalInstant("verified_at") != nil, having: try row.int("apps"))
    }

    private func insert(_ new: NewApp, in db: any Connection, at now: Instant) throws -> App {
        let details = new.details
        try db.run(
            """
            INSERT INTO apps (id, client_id, owner_id, name, description, homepage, kind, pkce_required,
                token_format, created_at, updated_at)
            VALUES (\(new.id), \(new.clientID.text), \(new.owner.id), \(details.name), \(details.description),
                \(details.homepage), \(details.kind.rawValue), \(details.pkceRequired),
                \(details.tokenFormat.rawValue), \(now), \(now))
            """)
        try insertLists(of: details, for: new.id, in: db)
        if let secret = new.secret {
            try db.run(
                """
                INSERT INTO client_secrets (id, app_id, digest, hint, created_by, created_at)
                VALUES (\(secret.id), \(new.id), \(secret.digest), \(secret.hint), \(new.owner.name), \(now))
                """)
        }
        guard let app = try app(new.id, in: db) else {
            throw StorageError.statement("an insert left no row")
        }
        try record(
            AuditEvent(
                .appCreated, by: .person(new.owner), on: .app(app), detail: app.details.auditDetail, from: new.address),
            in: db, at: now)
        return app
    }

    /// An app of this person; anybody else's is as unknown as one that does not exist.
    package func app(_ id: ID<Entity.Client>, of owner: ID<Entity.Person>) throws -> App? {
        try engine.readConsistently { db in
            guard let app = try self.app(id, in: db), app.owner.id == owner else { return nil }
            return app
        }
    }

    package func apps(of owner: ID<Entity.Person>) throws -> [App] {
        try engine.readConsistently { db in
            try db.rows("\(fragment: App.select) WHERE a.owner_id = \(owner) ORDER BY a.name, a.id LIMIT 200")
                .map { try self.complete($0, in: db) }
        }
    }

    /// Whoever it belongs to: for the protocol's own use.
    package func app(_ id: ID<Entity.Client>) throws -> App? {
        try engine.readConsistently { db in try self.app(id, in: db) }
    }

    /// The app that a protocol request names.
    package func app(clientID: String) throws -> App? {
        try engine.readConsistently { db in
            try db.row("\(fragment: App.select) WHERE a.client_id = \(clientID)").map { try self.complete($0, in: db) }
        }
    }

    /// Changes an app. People who allowed it are asked again only when what they read has changed. Whether it may go back
    /// to V1 is asked where it is written: a code may be redeemed meanwhile.
    package func update(
        _ id: ID<Entity.Client>, of owner: ID<Entity.Person>, to details: AppDetails, from address: String = "",
        at now: Instant
    ) async throws -> AppChange {
        try await engine.write { db in
            guard let before = try self.app(id, in: db), before.owner.id == owner else { return .unknownApp }
            if before.details.tokenFormat == .v2, details.tokenFormat == .v1,
                try self.holdsRefreshTokens(id, in: db)
            {
                return .holdsRefreshTokens
            }
            // A change of what is read is a later state, also than a grant of this very second: consent is asked again.
            let updatedAt =
                details.needsNewConsent(since: before.details)
                ? max(before.updatedAt, now) + 1 : before.updatedAt
            try db.run(
                """
                UPDATE apps SET name = \(details.name), description = \(details.description),
                    homepage = \(details.homepage), kind = \(details.kind.rawValue),
                    pkce_required = \(details.pkceRequired), token_format = \(details.tokenFormat.rawValue),
                    updated_at = \(updatedAt)
                WHERE id = \(id)
                """)
            try db.run("DELETE FROM app_callbacks WHERE app_id = \(id)")
            try db.run("DELETE FROM app_scopes WHERE app_id = \(id)")
            try self.insertLists(of: details, for: id, in: db)
            if before.isReviewed, details.needsNewReview(since: before.details) {
                try self.endReview(of: id, because: "the app was changed", in: db, at: now)
            }
            try self.record(
                AuditEvent(
                    .appEdited, by: before.owner.actor, on: AuditSubject(.app, id: id.text, name: details.name),
                    detail: details.changes(since: before.details), from: address),
                in: db, at: now)
            return .saved
        }
    }

    /// Deletes an app with its grants and tokens; they are refused from the next request on, and their rows go in the
    /// background. The tenants where it was allowed find that in their own logs.
    package func deleteApp(
        _ id: ID<Entity.Client>, of owner: ID<Entity.Person>, from address: String = "", at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            guard let app = try self.app(id, in: db), app.owner.id == owner else { return false }
            try self.end(app, telling: Self.mostToldAtOnce, from: address, in: db, at: now)
            return true
        }
    }

    func app(_ id: ID<Entity.Client>, in db: any Connection) throws -> App? {
        try db.row("\(fragment: App.select) WHERE a.id = \(id)").map { try complete($0, in: db) }
    }

    func complete(_ row: Row, in db: any Connection) throws -> App {
        let id: ID<Entity.Client> = try row.id("app_id")
        let callbacks = try db.rows("SELECT uri FROM app_callbacks WHERE app_id = \(id) ORDER BY position")
        let scopes = try db.rows("SELECT scope FROM app_scopes WHERE app_id = \(id) ORDER BY scope")
        return App(
            id: id, clientID: try row.text("client_id"),
            owner: App.Owner(
                id: try row.id("owner_id"), name: try row.text("owner_name"), email: try row.text("owner_email")),
            details: AppDetails(
                name: try row.text("app_name"), description: try row.text("description"),
                homepage: try row.text("homepage"), callbacks: try callbacks.map { try $0.text("uri") },
                kind: try row.raw("kind"),
                pkceRequired: try row.boolean("pkce_required"), tokenFormat: try row.raw("token_format"),
                scopes: ScopeSet(try scopes.compactMap { Scope(try $0.text("scope")) })),
            createdAt: try row.instant("app_created_at"), updatedAt: try row.instant("app_updated_at"),
            isSuspended: try row.boolean("app_is_suspended"), isReviewed: try row.boolean("app_is_reviewed"))
    }

    private func insertLists(of details: AppDetails, for id: ID<Entity.Client>, in db: any Connection) throws {
        for (position, uri) in details.callbacks.enumerated() {
            try db.run("INSERT INTO app_callbacks (app_id, position, uri) VALUES (\(id), \(position), \(uri))")
        }
        for scope in details.scopes.sorted {
            try db.run("INSERT INTO app_scopes (app_id, scope) VALUES (\(id), \(scope.text))")
        }
    }
}

/// An app about to be written, with everything in it that chance decides.
private struct NewApp: Sendable {
    let id = ID<Entity.Client>.random()
    let clientID: ClientID
    let details: AppDetails
    let owner: Person
    let address: String
    let secret: (id: ID<Entity.ClientSecret>, digest: Digest, hint: String)?

    init(
        _ details: AppDetails, _ owner: Person, _ secret: Secret<ClientSecretKind>?, _ address: String,
        _ keyring: Keyring
    ) {
        var generator = SystemRandomNumberGenerator()
        clientID = ClientID.random(using: &generator)
        self.details = details
        self.owner = owner
        self.address = address
        self.secret = secret.map { (id: .random(), digest: keyring.digest($0), hint: $0.hint.text) }
    }
}

extension App {
    /// The person's own suspension stops their apps as well.
    static let select: SQL = """
        SELECT a.id AS app_id, a.client_id, a.owner_id, a.name AS app_name, a.description, a.homepage, a.kind,
            a.pkce_required, a.token_format, a.created_at AS app_created_at, a.updated_at AS app_updated_at,
            o.name AS owner_name, o.email AS owner_email,
            EXISTS (SELECT 1 FROM suspensions s WHERE s.reinstated_at IS NULL
                AND ((s.subject_kind = 'app' AND s.subject_id = a.id)
                    OR (s.subject_kind = 'person' AND s.subject_id = a.owner_id))) AS app_is_suspended,
            EXISTS (SELECT 1 FROM app_reviews r WHERE r.app_id = a.id AND r.ended_at IS NULL) AS app_is_reviewed
        FROM live_apps a JOIN people o ON o.id = a.owner_id
        """
}
