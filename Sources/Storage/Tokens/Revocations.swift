package import OAuth
package import Portal

extension Store {
    /// RFC 7009 in one transaction: find what the token belongs to, let the protocol decide, apply every effect.
    /// Returns once it is durable: a 200 is a promise.
    package func revoke(
        _ request: RevocationRequest, by client: AuthenticatedClient, in tenant: Tenant,
        from address: String, at now: Instant
    ) async throws -> RevocationOutcome {
        try await engine.write { db in
            let token = try self.revocable(request, in: db)
            let outcome = OAuth.revoke(request, of: token, by: client, in: tenant.id, at: now)
            for effect in outcome.effects { try self.apply(effect, in: db, tenant: tenant.id) }
            if let token, !outcome.effects.isEmpty {
                let event = AuditEvent(
                    .tokenRevoked, by: .app(client.client),
                    on: AuditSubject(.token, id: token.family.text, name: client.client.name), in: tenant.id,
                    from: address)
                try self.record(event, in: db, at: now)
            }
            return outcome
        }
    }

    private func revocable(_ request: RevocationRequest, in db: any Connection) throws -> RevocableToken? {
        switch request {
        case .unknown: return nil
        case .access(let token):
            return try db.row(
                """
                SELECT f.id, f.tenant_id, f.app_id, x.expires_at IS NULL AS is_alone
                FROM access_tokens x JOIN token_families f ON f.tenant_id = x.tenant_id AND f.id = x.family_id
                WHERE x.digest = \(keyring.digest(token))
                """
            ).map(RevocableToken.init)
        case .refresh(let token):
            return try db.row(
                """
                SELECT f.id, f.tenant_id, f.app_id, 0 AS is_alone
                FROM refresh_tokens r JOIN token_families f ON f.tenant_id = r.tenant_id AND f.id = r.family_id
                WHERE r.digest = \(keyring.digest(token))
                """
            ).map(RevocableToken.init)
        }
    }
}

extension RevocableToken {
    fileprivate init(_ row: Row) throws {
        self.init(
            family: try row.id("id"), tenant: try row.id("tenant_id"), client: try row.id("app_id"),
            isAlone: try row.boolean("is_alone"))
    }
}
