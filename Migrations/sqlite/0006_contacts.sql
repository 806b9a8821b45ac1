-- The people that a tenant's own API serves (/api/v1/people): contacts, not people who sign in.
CREATE TABLE contacts (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id INTEGER NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    tags TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- IDs are never given out twice, also after the last contact was deleted (case 146).
CREATE TABLE contact_counters (
    tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    last_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
