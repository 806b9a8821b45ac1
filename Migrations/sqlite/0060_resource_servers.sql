-- The operator's own APIs behind this installation, which may ask about tokens (RFC 7662). Their secret is kept as a
-- keyed digest; a revoked one stays, with who and when.
CREATE TABLE resource_servers (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    -- NULL: it may ask about the tokens of every tenant.
    tenant_id TEXT REFERENCES tenants (id) ON DELETE CASCADE,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    hint TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER,
    revoked_by TEXT,
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
) STRICT;
