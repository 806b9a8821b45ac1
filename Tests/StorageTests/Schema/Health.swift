import Storage
import Testing

extension TestStore {
    /// What must hold after anything that was done through the store.
    func expectHealth(_ comment: Comment? = nil) throws {
        let words = try engine.read { db in try db.rows("PRAGMA integrity_check").map { try $0.text(0) } }
        #expect(words == ["ok"], comment)
        #expect(try engine.read { db in try db.rows("PRAGMA foreign_key_check").count } == 0, comment)
        for (rule, breaches) in Self.rules { #expect(try count(breaches) == 0, "\(rule)") }
    }

    private static let rules: [(String, SQL)] = [
        (
            "a code is used exactly when it has a family",
            "SELECT count(*) FROM authorization_codes WHERE (redeemed_at IS NULL) <> (family_id IS NULL)"
        ),
        (
            "a used code's family is there, of the same grant",
            """
            SELECT count(*) FROM authorization_codes c WHERE c.family_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM token_families f WHERE f.tenant_id = c.tenant_id AND f.id = c.family_id
                    AND f.grant_id = c.grant_id AND f.app_id = c.app_id AND f.person_id = c.person_id)
            """
        ),
        (
            "no family of a revoked grant is live",
            """
            SELECT count(*) FROM token_families f JOIN grants g ON g.tenant_id = f.tenant_id AND g.id = f.grant_id
            WHERE g.revoked_at IS NOT NULL AND f.revoked_at IS NULL
            """
        ),
        (
            "a family has one current refresh token at most",
            """
            SELECT count(*) FROM (SELECT 1 FROM refresh_tokens WHERE rotated_at IS NULL
                GROUP BY tenant_id, family_id HAVING count(*) > 1)
            """
        ),
        (
            "and that is the one of its generation",
            """
            SELECT count(*) FROM refresh_tokens r
            JOIN token_families f ON f.tenant_id = r.tenant_id AND f.id = r.family_id
            WHERE (r.rotated_at IS NULL) <> (r.generation = f.generation)
            """
        ),
        (
            "a rotated token keeps its successor sealed",
            "SELECT count(*) FROM refresh_tokens WHERE rotated_at IS NOT NULL AND sealed_successor IS NULL"
        ),
        (
            "a person has one live grant for an app in a tenant",
            """
            SELECT count(*) FROM (SELECT 1 FROM grants WHERE revoked_at IS NULL
                GROUP BY tenant_id, app_id, person_id HAVING count(*) > 1)
            """
        ),
        (
            "nothing was granted to somebody who never was in the tenant",
            """
            SELECT count(*) FROM grants g WHERE NOT EXISTS (
                SELECT 1 FROM members m WHERE m.tenant_id = g.tenant_id AND m.person_id = g.person_id)
            """
        ),
    ]
}
