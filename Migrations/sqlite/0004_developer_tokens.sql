-- A person's own scoped bearer token in one tenant, shown once (seed 001).
CREATE TABLE developer_tokens (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    description TEXT NOT NULL CHECK (length(description) BETWEEN 1 AND 100),
    scopes TEXT NOT NULL,
    hint TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    last_used_address TEXT,
    revoked_at INTEGER,
    revoked_by TEXT,
    UNIQUE (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX developer_tokens_by_id ON developer_tokens (id);
CREATE INDEX developer_tokens_by_person ON developer_tokens (person_id, created_at);
