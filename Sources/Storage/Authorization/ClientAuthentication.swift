package import OAuth
import Portal

extension Store {
    /// Authenticates a client (RFC 6749 §2.3): one look-up by `client_id`, then digests compared in constant time, so an
    /// unknown client and a wrong secret cost the same look-up and get the same answer.
    ///
    /// A suspended app is an unknown one.
    package func authenticate(
        _ credentials: ClientCredentials, at now: Instant
    ) throws -> Result<AuthenticatedClient, OAuthError> {
        // Once for each secret that works, and once for an app that has none.
        let found = try engine.read { db in
            try db.rows(
                """
                SELECT a.id AS app_id, a.client_id, a.name, a.kind, a.pkce_required, a.token_format,
                    s.id AS secret_id, s.digest, s.last_used_at,
                    (SELECT group_concat(scope, ' ') FROM app_scopes WHERE app_id = a.id) AS scopes
                FROM apps a LEFT JOIN client_secrets s
                    ON s.app_id = a.id AND (s.expires_at IS NULL OR s.expires_at > \(now))
                WHERE a.client_id = \(credentials.clientID)
                    AND NOT EXISTS (SELECT 1 FROM suspensions x WHERE x.subject_kind = 'app'
                        AND x.subject_id = a.id AND x.reinstated_at IS NULL)
                    AND NOT EXISTS (SELECT 1 FROM suspensions x WHERE x.subject_kind = 'person'
                        AND x.subject_id = a.owner_id AND x.reinstated_at IS NULL)
                """)
        }
        let client = try found.first.map(Client.init)
        let live = try found.filter { try !$0.isNull("secret_id") }.map { row in
            (
                id: try row.id("secret_id") as ID<Entity.ClientSecret>, digest: try row.blob("digest"),
                usedAt: try row.optionalInstant("last_used_at")
            )
        }
        let result = OAuth.authenticate(credentials, as: client) { secret in
            let presented = self.keyring.digest(secret)
            return live.first { presented.isEqual(to: $0.digest) }?.id
        }
        if case .success(let client) = result, let secret = client.secret {
            uses.note(.clientSecret(secret), at: now, stored: live.first { $0.id == secret }?.usedAt, address: nil)
        }
        return result
    }
}

extension Client {
    /// Without its redirect URIs, so that it verifies none: at the token endpoint, where every request is on the hot
    /// path, a code brings its own.
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.id("app_id"), clientID: ClientID(try row.text("client_id")), name: try row.text("name"),
            kind: try row.raw("kind"), redirectURIs: [], pkceRequired: try row.boolean("pkce_required"),
            tokenFormat: try row.raw("token_format"), allowedScopes: try row.optionalScopes("scopes") ?? ScopeSet())
    }
}
