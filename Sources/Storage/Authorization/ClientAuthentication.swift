package import OAuth
import Portal

extension Store {
    /// Authenticates a client (RFC 6749 §2.3): one look-up by `client_id`, then digests compared in constant time,
    /// so an unknown client and a wrong secret cost and answer the same.
    ///
    /// A suspended app is an unknown one.
    package func authenticate(
        _ credentials: ClientCredentials, at now: Instant
    ) throws -> Result<AuthenticatedClient, OAuthError> {
        let found = try engine.readConsistently { db in
            let row = try db.row("\(fragment: App.select) WHERE a.client_id = \(credentials.clientID)")
            guard let app = try row.map({ try self.complete($0, in: db) }), !app.isSuspended
            else { return (client: Client?.none, secrets: [Row]()) }
            let secrets = try db.rows(
                """
                SELECT id, digest, last_used_at FROM client_secrets
                WHERE app_id = \(app.id) AND (expires_at IS NULL OR expires_at > \(now))
                """)
            return (client: app.client, secrets: secrets)
        }
        let live = try found.secrets.map { row in
            (
                id: try row.id("id") as ID<Entity.ClientSecret>, digest: try row.blob("digest"),
                usedAt: try row.optionalInstant("last_used_at")
            )
        }
        let result = OAuth.authenticate(credentials, as: found.client) { secret in
            let presented = self.keyring.digest(secret)
            return live.first { presented.isEqual(to: $0.digest) }?.id
        }
        if case .success(let client) = result, let secret = client.secret {
            uses.note(.clientSecret(secret), at: now, stored: live.first { $0.id == secret }?.usedAt, address: nil)
        }
        return result
    }
}
