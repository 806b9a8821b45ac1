-- An app's owner also sees calls of the API that were refused with a token of the app.
CREATE TABLE wider_app_activity (
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    -- Sorts by time.
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('authorize', 'token', 'direct', 'api', 'change')),
    outcome TEXT NOT NULL CHECK (outcome IN ('refused', 'done')),
    -- The protocol's word, for a refusal.
    error TEXT,
    what TEXT NOT NULL CHECK (length(what) BETWEEN 1 AND 1000),
    advice TEXT NOT NULL,
    -- Names of parameters, not their values.
    received TEXT NOT NULL,
    tenant_id TEXT REFERENCES tenants (id) ON DELETE SET NULL,
    -- Enough to tell one's own server from a stranger, not enough to find a person.
    address_hint TEXT NOT NULL,
    -- The same again within seconds is one row.
    times INTEGER NOT NULL DEFAULT 1 CHECK (times >= 1),
    PRIMARY KEY (app_id, id),
    CHECK ((outcome = 'refused') = (error IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO wider_app_activity SELECT app_id, id, at, kind, outcome, error, what, advice, received, tenant_id,
    address_hint, times FROM app_activity;
DROP TABLE app_activity;
ALTER TABLE wider_app_activity RENAME TO app_activity;
CREATE INDEX app_activity_by_time ON app_activity (at);
CREATE INDEX app_activity_by_tenant ON app_activity (tenant_id) WHERE tenant_id IS NOT NULL;
