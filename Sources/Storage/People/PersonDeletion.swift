package import OAuth
import Portal

/// What somebody allowed may have become hundreds of thousands of tokens. Their account ends at once, and these go later,
/// in small pieces.
extension Store {
    /// Nothing says who they were, and nothing of theirs works from here on: `live_people` has them no more, their
    /// address is free, and every check of a token asks for a membership. Their apps and the tenants that go along
    /// have ended before.
    func end(_ person: Person, in db: any Connection, at now: Instant) throws {
        let id = person.id
        // No address has a slash alone (``EmailAddress``).
        try db.run(
            """
            UPDATE people SET deleted_at = \(now), name = '-', email = '', email_key = '/' || id, password_hash = '',
                verified_at = NULL
            WHERE id = \(id)
            """)
        try db.run("DELETE FROM sessions WHERE person_id = \(id)")
        try db.run("DELETE FROM members WHERE person_id = \(id)")
        try db.run("DELETE FROM operators WHERE person_id = \(id)")
        try db.run("DELETE FROM mail_links WHERE person_id = \(id)")
        try db.run("DELETE FROM email_changes WHERE person_id = \(id)")
        try db.run("DELETE FROM second_factors WHERE person_id = \(id)")
        try db.run("DELETE FROM recovery_codes WHERE person_id = \(id)")
        try db.run("DELETE FROM developer_applications WHERE person_id = \(id)")
        try db.run("DELETE FROM invitations WHERE invited_by = \(id)")
        try db.run("DELETE FROM access_requests WHERE person_id = \(id)")
        // One for each app and tenant at most; the tokens below them are what there may be many of.
        try db.run(
            """
            UPDATE grants SET revoked_at = \(now), revoked_by = person_id, revoked_because = 'account_deleted'
            WHERE person_id = \(id) AND revoked_at IS NULL
            """)
        try db.run(
            """
            UPDATE developer_tokens SET revoked_at = \(now), revoked_by = person_id
            WHERE person_id = \(id) AND revoked_at IS NULL
            """)
    }

    /// What is left of closed accounts: a piece of their grants with what hangs on these, their own tokens, then the
    /// row, which has nothing but its ID.
    package static func whatPeopleLeft(at now: Instant, batch: Int) -> [SQL] {
        let grants: SQL = """
            SELECT g.tenant_id, g.id FROM grants g WHERE g.person_id = (SELECT p.id FROM people p
                WHERE p.deleted_at <= \(now) AND EXISTS (SELECT 1 FROM grants x WHERE x.person_id = p.id)
                ORDER BY p.deleted_at LIMIT 1)
            ORDER BY g.tenant_id, g.id LIMIT \(batch)
            """
        return tokens(of: grants, batch: batch) + [
            """
            DELETE FROM grants WHERE (tenant_id, id) IN (SELECT g.tenant_id, g.id FROM (\(fragment: grants)) g
                WHERE \(fragment: nothingHangsOnGrant))
            """,
            """
            DELETE FROM developer_tokens WHERE digest IN (SELECT d.digest FROM people p
                CROSS JOIN developer_tokens d WHERE d.person_id = p.id AND p.deleted_at <= \(now) LIMIT \(batch))
            """,
            """
            DELETE FROM people WHERE id IN (SELECT p.id FROM people p WHERE p.deleted_at <= \(now)
                AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.person_id = p.id)
                AND NOT EXISTS (SELECT 1 FROM developer_tokens d WHERE d.person_id = p.id)
                AND NOT EXISTS (SELECT 1 FROM apps a WHERE a.owner_id = p.id) LIMIT \(batch))
            """,
        ]
    }
}
