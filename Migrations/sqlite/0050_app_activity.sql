-- What an app's owner needs to mend it: requests that were refused and why, and what changed about the app.
-- Never a secret and never a value of a request. The newest thousand of an app are kept, for a month.
CREATE TABLE app_activity (
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    -- Sorts by time.
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('authorize', 'token', 'direct', 'change')),
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
CREATE INDEX app_activity_by_time ON app_activity (at);
CREATE INDEX app_activity_by_tenant ON app_activity (tenant_id) WHERE tenant_id IS NOT NULL;

-- What went well is only counted. day is days since 1970-01-01, UTC.
CREATE TABLE app_days (
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    metric TEXT NOT NULL CHECK (metric IN ('authorized', 'denied', 'stopped', 'issued', 'refreshed', 'moved', 'direct',
        'refused', 'used', 'expired')),
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (app_id, day, metric)
) STRICT, WITHOUT ROWID;
CREATE INDEX app_days_by_day ON app_days (day);
