package import OAuth
package import Portal

/// A developer token that somebody else holds, as an admin of its tenant sees it.
package struct MemberToken: Sendable {
    package let token: DeveloperTokenSummary
    package let owner: Person
}

extension Store {
    /// The developer tokens that work in the admin's tenant, newest first.
    package func memberTokens(
        seenBy admin: Member, after last: ListPosition?, at now: Instant, limit: Int
    ) throws -> (tokens: [MemberToken], hasMore: Bool) {
        let place: SQL = last.map { "AND (d.created_at, d.id) < (\($0.at), \($0.id))" } ?? ""
        let found = try engine.readConsistently { db in
            try db.rows(
                """
                \(fragment: DeveloperTokenSummary.select) WHERE d.tenant_id = \(admin.tenant.id)
                    AND d.revoked_at IS NULL AND (d.expires_at IS NULL OR d.expires_at > \(now)) \(fragment: place)
                ORDER BY d.created_at DESC, d.id DESC LIMIT \(limit + 1)
                """
            ).compactMap { try self.held($0, in: db) }
        }
        return (tokens: Array(found.prefix(limit)), hasMore: found.count > limit)
    }

    package func memberToken(_ id: ID<Entity.DeveloperToken>, seenBy admin: Member) throws -> MemberToken? {
        try engine.readConsistently { db in
            try db.row(
                """
                \(fragment: DeveloperTokenSummary.select) WHERE d.tenant_id = \(admin.tenant.id) AND d.id = \(id)
                    AND d.revoked_at IS NULL
                """
            ).flatMap { try self.held($0, in: db) }
        }
    }

    /// - Returns: false when there is nothing to revoke, or whoever asked is no admin any more.
    package func revoke(
        _ held: MemberToken, by admin: Member, letter: Letter, from address: String, at now: Instant
    ) async throws -> Bool {
        try await engine.write { db in
            guard try self.isAdmin(admin, in: db) else { return false }
            let changed = try db.run(
                """
                UPDATE developer_tokens SET revoked_at = \(now), revoked_by = \(admin.person.id)
                WHERE tenant_id = \(admin.tenant.id) AND id = \(held.token.id) AND revoked_at IS NULL
                """)
            guard changed == 1 else { return false }
            if held.owner.id != admin.person.id { try self.enqueue(letter, in: db, at: now) }
            try self.record(
                AuditEvent(
                    .tokenRevoked, by: .person(admin.person), on: .token(held.token.id, held.token.description),
                    in: admin.tenant.id, detail: ["owner": held.owner.name], from: address), in: db, at: now)
            return true
        }
    }

    private func held(_ row: Row, in db: any Connection) throws -> MemberToken? {
        try person(row.id("person_id"), in: db).map { MemberToken(token: try DeveloperTokenSummary(row), owner: $0) }
    }
}
