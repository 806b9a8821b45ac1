-- The connection broker: environments of a tenant, integrations in them, and the connections of their end users.

CREATE TABLE environments (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    -- Names the environment in browsers; opens nothing by itself.
    public_key TEXT NOT NULL UNIQUE,
    requires_hmac INTEGER NOT NULL CHECK (requires_hmac IN (0, 1)),
    sealed_hmac_key BLOB,
    -- The key before it, good until then, so that a backend can change over.
    sealed_old_hmac_key BLOB,
    old_hmac_until INTEGER,
    -- What providers are told instead of our own callback.
    callback_url TEXT,
    webhook_url TEXT,
    sealed_webhook_key BLOB NOT NULL,
    sealed_old_webhook_key BLOB,
    old_webhook_until INTEGER,
    created_at INTEGER NOT NULL,
    CHECK (requires_hmac = 0 OR sealed_hmac_key IS NOT NULL),
    UNIQUE (tenant_id, name),
    UNIQUE (tenant_id, id)
) STRICT;

-- What a company's backend calls with.
CREATE TABLE environment_keys (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    -- Only of a key that also signs webhooks the oldest way, for which it is needed in clear.
    sealed_secret BLOB,
    -- Separated by spaces; empty for everything.
    scopes TEXT NOT NULL,
    hint TEXT NOT NULL,
    -- A person's ID; empty for Gatewright itself.
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    expires_at INTEGER,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX environment_keys_by_environment ON environment_keys (environment_id);
CREATE INDEX environment_keys_by_expiry ON environment_keys (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE allowed_origins (
    environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    origin TEXT NOT NULL CHECK (length(origin) BETWEEN 8 AND 300),
    PRIMARY KEY (environment_id, origin)
) STRICT, WITHOUT ROWID;

CREATE TABLE environment_variables (
    environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    sealed_value BLOB NOT NULL,
    PRIMARY KEY (environment_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE integrations (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    -- The wire's provider_config_key.
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    provider TEXT NOT NULL,
    -- A provider entry of its own, in the form of a provider file, for a provider that the catalogue does not have.
    definition TEXT,
    display_name TEXT NOT NULL,
    client_id TEXT NOT NULL,
    sealed_client_secret BLOB,
    -- Separated by spaces.
    scopes TEXT NOT NULL,
    -- What the developer says once for all connections: JSON, sealed: what a provider asks beside its credentials may be a secret, too. NULL: there is none.
    sealed_values BLOB,
    -- Providers are told /oauth/callback/{id} instead of /oauth/callback.
    has_own_callback INTEGER NOT NULL CHECK (has_own_callback IN (0, 1)),
    -- Why the provider refused the registration, and since when.
    trouble TEXT,
    failed_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (environment_id, key),
    UNIQUE (tenant_id, environment_id, id),
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE connections (
    -- The wire's numeric id. Never used again: what still speaks of a deleted connection must not mean another one.
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tenant_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    connection_id TEXT NOT NULL CHECK (length(connection_id) BETWEEN 1 AND 255),
    -- JSON, sealed under integration, version and connection ID: an older row put back does not open.
    sealed_credentials BLOB NOT NULL,
    -- Counts up with every write of credentials: a refresh that finished late replaces nothing newer.
    version INTEGER NOT NULL,
    expires_at INTEGER,
    is_refreshable INTEGER NOT NULL CHECK (is_refreshable IN (0, 1)),
    -- The provider's word for why the last refresh failed, what kind of failure, when, and how often in a row.
    trouble TEXT,
    trouble_kind TEXT CHECK (trouble_kind IN ('gone', 'misconfigured', 'unavailable')),
    failed_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    -- Set when only connecting again helps.
    gone_at INTEGER,
    -- Whoever refreshes holds this, also across processes; a lease that was not given back ends by itself.
    lease TEXT,
    leased_until INTEGER,
    -- A refresh was cut off in the middle: the provider may have changed its refresh token without our hearing.
    in_doubt_since INTEGER,
    refreshed_at INTEGER NOT NULL,
    -- JSON, sealed: what a provider asks beside its credentials may be a secret, too. NULL: there is none.
    sealed_values BLOB,
    metadata TEXT NOT NULL,
    end_user TEXT,
    -- For filters: the end user's own ID and their organization's.
    end_user_id TEXT,
    organization_id TEXT,
    tags TEXT NOT NULL,
    webhook_url TEXT,
    -- The company's backend wanted it (a session, a digest, a signature, an import, an owner that it named), so the public
    -- key alone, which everybody can read, replaces nothing here.
    is_proven INTEGER NOT NULL CHECK (is_proven IN (0, 1)),
    -- An app's installation at the provider. Whoever connects says its number, so it belongs to the first who does.
    installation_id TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_fetched_at INTEGER,
    UNIQUE (integration_id, connection_id),
    UNIQUE (integration_id, installation_id),
    FOREIGN KEY (tenant_id, environment_id, integration_id)
        REFERENCES integrations (tenant_id, environment_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX connections_by_environment ON connections (environment_id, number);
CREATE INDEX connections_by_integration ON connections (integration_id, number);
CREATE INDEX connections_by_name ON connections (environment_id, connection_id);
CREATE INDEX connections_by_user ON connections (environment_id, end_user_id, number) WHERE end_user_id IS NOT NULL;
CREATE INDEX connections_by_organization ON connections (environment_id, organization_id, number)
    WHERE organization_id IS NOT NULL;
CREATE INDEX connections_broken ON connections (environment_id, number) WHERE trouble IS NOT NULL;
CREATE INDEX connections_by_expiry ON connections (expires_at) WHERE is_refreshable = 1 AND gone_at IS NULL;

-- What a company is told, until it has answered 2xx or nothing is left to try. Holds no credentials.
CREATE TABLE webhooks (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    integration_key TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER,
    delivered_at INTEGER,
    failed_at INTEGER,
    replay_of TEXT,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX webhooks_by_environment ON webhooks (environment_id, id);
CREATE INDEX webhooks_due ON webhooks (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhooks_over ON webhooks (created_at) WHERE next_attempt_at IS NULL;

CREATE TABLE webhook_attempts (
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    milliseconds INTEGER NOT NULL,
    status INTEGER,
    problem TEXT,
    PRIMARY KEY (webhook_id, number)
) STRICT, WITHOUT ROWID;

-- What happened at an authorization, a refresh, a call: one row, and its steps in order.
CREATE TABLE traces (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    action TEXT NOT NULL,
    integration_key TEXT NOT NULL,
    provider TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('running', 'success', 'failure')),
    -- The name of what went wrong, which its advice is found by.
    error TEXT,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    milliseconds INTEGER NOT NULL DEFAULT 0,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX traces_by_environment ON traces (environment_id, id);
CREATE INDEX traces_by_connection ON traces (environment_id, connection_id, id);
CREATE INDEX traces_by_outcome ON traces (environment_id, outcome, id);
CREATE INDEX traces_by_action ON traces (environment_id, action, id);
CREATE INDEX traces_by_start ON traces (started_at);

CREATE TABLE trace_steps (
    trace_id TEXT NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    at INTEGER NOT NULL,
    -- Since the trace began.
    milliseconds INTEGER NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'error')),
    sentence TEXT NOT NULL,
    -- JSON, redacted before it came here.
    detail TEXT NOT NULL,
    PRIMARY KEY (trace_id, position)
) STRICT, WITHOUT ROWID;
