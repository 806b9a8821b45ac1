import OAuth
import Storage

/// Writes rows in bulk. The statements repeat those of Storage, which makes one thing at a time and mails about it;
/// the schema refuses them when the two part ways.
struct Shelf: Sendable {
    let cast: Cast
    let engine: SQLiteEngine
    let keyring: Keyring
    let now: Instant

    var store: Store { Store(engine: engine, keyring: keyring) }

    private static let perTransaction = 5_000
    /// Codes and access tokens are laid long before they are spent.
    private static let day: Int64 = 86_400

    /// A live grant of these scopes; the one there is, if there is one.
    func grant(_ scopes: String) async throws -> ID<Entity.Grant> {
        var random = SystemRandomNumberGenerator()
        let fresh = ID<Entity.Grant>.random(using: &random)
        return try await engine.write { db in
            try db.run(
                """
                INSERT INTO grants (tenant_id, id, app_id, person_id, scopes, created_at, updated_at)
                VALUES (\(cast.tenant), \(fresh), \(cast.app), \(cast.person), \(scopes), \(now), \(now))
                ON CONFLICT DO NOTHING
                """)
            let row = try db.row(
                """
                SELECT id FROM grants WHERE tenant_id = \(cast.tenant) AND app_id = \(cast.app)
                    AND person_id = \(cast.person) AND revoked_at IS NULL
                """)
            return try row?.id("id") ?? fresh
        }
    }

    func developerTokens(_ count: Int) async throws -> [String] {
        try await fill(count, { Made(DeveloperToken.self, Entity.DeveloperToken.self, keyring, at: now) }) {
            token, db in
            try db.run(
                """
                INSERT INTO developer_tokens (digest, tenant_id, id, person_id, description, scopes, hint, created_at)
                VALUES (\(token.digest), \(cast.tenant), \(token.id), \(cast.person), 'Benchmark', 'account:read',
                    \(token.hint), \(now))
                """)
        }
    }

    func codes(
        _ count: Int, under grant: ID<Entity.Grant>, challenge: String?, to callback: String
    ) async throws -> [String] {
        try await fill(count, { Made(AuthorizationCode.self, Entity.Code.self, keyring, at: now) }) { code, db in
            try db.run(
                """
                INSERT INTO authorization_codes (digest, tenant_id, id, grant_id, app_id, person_id, redirect_uri,
                    redirect_uri_was_sent, challenge, scopes, issued_at, expires_at)
                VALUES (\(code.digest), \(cast.tenant), \(code.id), \(grant), \(cast.app), \(cast.person), \(callback),
                    1, \(challenge.sqlValue), 'account:read', \(now), \(now + Self.day))
                """)
        }
    }

    func refreshTokens(_ count: Int, under grant: ID<Entity.Grant>) async throws -> [String] {
        try await fill(count, { Made(RefreshToken.self, Entity.TokenFamily.self, keyring, at: now) }) { token, db in
            try db.run(
                """
                INSERT INTO token_families (tenant_id, id, grant_id, app_id, person_id, scopes, generation, created_at,
                    last_used_at)
                VALUES (\(cast.tenant), \(token.id), \(grant), \(cast.app), \(cast.person), 'account:read',
                    \(FamilyRecord.firstGeneration), \(now), \(now))
                """)
            try db.run(
                """
                INSERT INTO refresh_tokens (digest, tenant_id, family_id, generation, issued_at)
                VALUES (\(token.digest), \(cast.tenant), \(token.id), \(FamilyRecord.firstGeneration), \(now))
                """)
        }
    }

    /// Access tokens, spread over the families by chance.
    func accessTokens(_ count: Int, of families: [String]) async throws -> [String] {
        try await fill(count, { Made(AccessToken.self, Entity.TokenFamily.self, keyring, at: now) }) { token, db in
            guard let family = families.randomElement() else { throw Cast.Missing() }
            try db.run(
                """
                INSERT INTO access_tokens (digest, tenant_id, family_id, scopes, issued_at, expires_at)
                VALUES (\(token.digest), \(cast.tenant), \(family), 'account:read', \(now), \(now + Self.day))
                """)
        }
    }

    /// Makes `count` secrets and stores each with `insert`; their texts.
    private func fill(
        _ count: Int, _ make: () -> Made, insert: @escaping @Sendable (Made, any Connection) throws -> Void
    ) async throws -> [String] {
        var texts: [String] = []
        while texts.count < count {
            let batch = (0..<min(Self.perTransaction, count - texts.count)).map { _ in make() }
            try await engine.write { db in
                for made in batch { try insert(made, db) }
            }
            texts += batch.map(\.text)
        }
        return texts
    }
}

/// A secret, what it is kept as, and the ID of the row it opens.
struct Made: Sendable {
    let text: String
    let digest: Digest
    let hint: String
    let id: String

    init<Kind: SecretKind, Tag: EntityTag>(_ kind: Kind.Type, _ tag: Tag.Type, _ keyring: Keyring, at now: Instant) {
        var random = SystemRandomNumberGenerator()
        let secret = Secret<Kind>.random(using: &random)
        text = secret.reveal()
        digest = keyring.digest(secret)
        hint = secret.hint.text
        id = ID<Tag>.ordered(at: now, using: &random).text
    }
}
