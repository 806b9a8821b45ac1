-- What an app may act on by itself is what admins allowed it: a few rows of a tenant in which thousands of members may
-- have allowed the same app. SQLite is told that they are few, or it would read all of the tenant's.
CREATE INDEX grants_of_admins ON grants (tenant_id, app_id) WHERE revoked_at IS NULL AND allowed_as = 'admin';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('grants', 'grants_of_admins', '1000 10 3');
ANALYZE sqlite_schema;
