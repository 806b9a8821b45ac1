-- The connection broker: environments of a tenant, integrations in them, and the connections of their end users.

CREATE TABLE environments (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    -- Names the environment in browsers; opens nothing by itself.
    public_key TEXT NOT NULL UNIQUE,
    requires_hmac INTEGER NOT NULL CHECK (requires_hmac IN (0, 1)),
    sealed_hmac_key BLOB,
    callback_url TEXT,
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
    hint TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    expires_at INTEGER,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX environment_keys_by_environment ON environment_keys (environment_id);

CREATE TABLE allowed_origins (
    environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    origin TEXT NOT NULL,
    PRIMARY KEY (environment_id, origin)
) STRICT, WITHOUT ROWID;

CREATE TABLE integrations (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    -- The wire's provider_config_key.
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    provider TEXT NOT NULL,
    client_id TEXT NOT NULL,
    sealed_client_secret BLOB,
    -- Separated by spaces.
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (environment_id, key),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE connections (
    -- The wire's numeric id.
    number INTEGER NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    connection_id TEXT NOT NULL CHECK (length(connection_id) BETWEEN 1 AND 255),
    -- JSON, sealed under integration and connection ID.
    sealed_credentials BLOB NOT NULL,
    -- Counts up with every write of credentials: a refresh that finished late replaces nothing newer.
    version INTEGER NOT NULL,
    expires_at INTEGER,
    is_refreshable INTEGER NOT NULL CHECK (is_refreshable IN (0, 1)),
    -- The provider's word for why the last refresh failed, when, and how often in a row.
    trouble TEXT,
    failed_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    -- Set when only connecting again helps.
    gone_at INTEGER,
    -- Whoever refreshes holds this, also across processes; a lease that was not given back ends by itself.
    lease TEXT,
    leased_until INTEGER,
    field_values TEXT NOT NULL,
    metadata TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_fetched_at INTEGER,
    UNIQUE (integration_id, connection_id),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX connections_by_expiry ON connections (expires_at) WHERE is_refreshable = 1 AND gone_at IS NULL;

-- A person on their way through a provider's pages: begun in one browser, finished there, once.
CREATE TABLE connect_flows (
    state_digest BLOB NOT NULL PRIMARY KEY CHECK (length(state_digest) = 32),
    browser_digest BLOB NOT NULL CHECK (length(browser_digest) = 32),
    tenant_id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    -- The PKCE verifier, or the secret of OAuth 1's temporary token.
    sealed_secret BLOB NOT NULL,
    field_values TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    -- Where the result goes: an origin's window, or an address.
    opener_origin TEXT,
    return_url TEXT,
    expires_at INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX connect_flows_by_expiry ON connect_flows (expires_at);
