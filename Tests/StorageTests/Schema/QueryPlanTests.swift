import OAuth
import Storage
import Testing

/// What SQLite plans on the schema as it is: an index that nobody uses, or a walk through a whole tenant, shows here and
/// not first in somebody's large installation.
@Suite("Plans of queries")
struct QueryPlanTests {
    let test: TestStore

    init() async throws { test = try await TestStore() }

    private func plan(_ sql: SQL) throws -> String {
        try test.engine.read { db in
            try db.rows("EXPLAIN QUERY PLAN \(fragment: sql)").map { try $0.text("detail") }.joined(separator: "; ")
        }
    }

    @Test func `the tokens of a grant are found through the grant`() throws {
        let index = "INDEX token_families_by_grant (tenant_id=? AND grant_id=?)"
        for sql: SQL in [
            "UPDATE token_families SET revoked_at = 1, revoked_because = 'x' WHERE tenant_id = 'a' AND grant_id = 'b'",
            """
            SELECT (SELECT max(last_used_at) FROM token_families WHERE tenant_id = g.tenant_id AND grant_id = g.id)
            FROM grants g WHERE g.app_id = 'a'
            """,
            """
            SELECT max(last_used_at) FROM token_families WHERE tenant_id = 'a' AND grant_id IN ('b', 'c')
            GROUP BY grant_id
            """,
        ] {
            let plan = try plan(sql)
            #expect(plan.contains(index), "\(plan)")
        }
    }

    @Test func `when a grant was last used, and how many are alike, is read from an index and no row`() throws {
        let lastUse = try plan(
            "SELECT max(last_used_at) FROM token_families WHERE tenant_id = 'a' AND grant_id = 'b'")
        #expect(lastUse.contains("COVERING INDEX token_families_by_grant"), "\(lastUse)")
        let alike = try plan(
            """
            SELECT app_id, scopes, allowed_as, approved_by, count(*) FROM grants
            WHERE tenant_id = 'a' AND revoked_at IS NULL AND app_id = 'b'
            GROUP BY app_id, scopes, allowed_as, approved_by
            """)
        #expect(alike.contains("COVERING INDEX grants_alike (tenant_id=? AND app_id=?)"), "\(alike)")
        #expect(!alike.contains("TEMP B-TREE"), "\(alike)")
    }

    @Test func `a page of one app's grants is read in its order`() throws {
        let plan = try plan(
            """
            SELECT g.id FROM grants g JOIN people p ON p.id = g.person_id
            JOIN members m ON m.tenant_id = g.tenant_id AND m.person_id = g.person_id
            WHERE g.tenant_id = 'a' AND g.app_id = 'b' AND g.revoked_at IS NULL ORDER BY g.created_at, g.id LIMIT 51
            """)
        #expect(plan.contains("INDEX grants_by_tenant_app (tenant_id=? AND app_id=?)"), "\(plan)")
        #expect(!plan.contains("TEMP B-TREE"), "\(plan)")
    }

    @Test func `what admins allowed an app is found among thousands of grants to it`() throws {
        let plan = try plan(
            """
            SELECT g.id FROM grants g LEFT JOIN members m ON m.tenant_id = g.tenant_id AND m.person_id = g.person_id
            WHERE g.tenant_id = 'a' AND g.app_id = 'b' AND g.revoked_at IS NULL AND m.role = 'admin'
                AND g.allowed_as = 'admin'
            """)
        #expect(plan.contains("SEARCH g USING INDEX grants_of_admins (tenant_id=? AND app_id=?)"), "\(plan)")
    }

    @Test func `one or two filters on the audit log are an index each, in the order of the page`() throws {
        let filters: [(sql: SQL, columns: Int)] = [
            ("area = 'grant'", 1), ("actor_id = 'per_a'", 1), ("subject_id = 'app_a'", 1),
            ("area = 'grant' AND actor_id = 'per_a'", 2), ("area = 'grant' AND subject_id = 'app_a'", 2),
            ("actor_id = 'per_a' AND subject_id = 'app_a'", 2),
        ]
        for (scope, columnsBefore) in [("", 0), ("tenant_id = 'a' AND", 1)] as [(SQL, Int)] {
            for filter in filters {
                let plan = try plan(
                    """
                    SELECT * FROM audit_events WHERE \(fragment: scope) \(fragment: filter.sql) AND position < 9
                    ORDER BY position DESC LIMIT 51
                    """)
                // Each condition is a column of the index, and nothing is sorted.
                #expect(plan.split(separator: "=?").count - 1 == columnsBefore + filter.columns, "\(plan)")
                #expect(plan.contains("rowid<?") && !plan.contains("TEMP B-TREE"), "\(plan)")
            }
        }
    }
}
