-- A member asks an admin to let an app in. The authorization request they came with is kept sealed, so that they go on
-- where they were; it is read anew then, and forgotten when it is of no more use.
CREATE TABLE access_requests (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    note TEXT NOT NULL,
    sealed_path BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by TEXT,
    decision TEXT CHECK (decision IN ('allowed', 'denied')),
    -- What the admin said to it.
    answer TEXT NOT NULL DEFAULT '',
    -- A yes is good for one consent.
    used_at INTEGER,
    PRIMARY KEY (tenant_id, id),
    CHECK ((decided_at IS NULL) = (decision IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX access_requests_open ON access_requests (tenant_id, app_id, person_id) WHERE decided_at IS NULL;
CREATE INDEX access_requests_by_person ON access_requests (person_id);
CREATE INDEX access_requests_by_app ON access_requests (app_id);
CREATE INDEX access_requests_by_time ON access_requests (tenant_id, created_at, id);
CREATE INDEX access_requests_sealed ON access_requests (expires_at) WHERE sealed_path IS NOT NULL;
