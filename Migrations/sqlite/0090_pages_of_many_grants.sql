-- When a grant was last used is the end of its stretch of this index, and no walk through thousands of families.
-- What it costs: a token that is used moves its entry, once a minute at most, nearly always within one page.
DROP INDEX token_families_by_grant;
CREATE INDEX token_families_by_grant ON token_families (tenant_id, grant_id, last_used_at);
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('token_families', 'token_families_by_grant', '1000000 100000 3 1');
ANALYZE sqlite_schema;

-- Which grants the rules would not give today is asked by groups that are alike, and counted here in their order.
-- revoked_at is a column as well: SQLite before 3.42 reads each row for it, though it is NULL in all of them.
CREATE INDEX grants_alike ON grants (tenant_id, app_id, scopes, allowed_as, approved_by, revoked_at)
    WHERE revoked_at IS NULL;
