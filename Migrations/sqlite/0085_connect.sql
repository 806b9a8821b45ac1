-- Connecting: people on their way through a provider's pages, the sessions that a backend opens for them, and results
-- that wait to be fetched.

-- A person on their way through a provider's pages: begun in one browser, finished there, once.
CREATE TABLE connect_flows (
    id TEXT NOT NULL PRIMARY KEY,
    state_digest BLOB NOT NULL UNIQUE CHECK (length(state_digest) = 32),
    browser_digest BLOB NOT NULL CHECK (length(browser_digest) = 32),
    tenant_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    -- The last segment of the callback address it must come back to; empty for the address that all share.
    place TEXT NOT NULL,
    -- The PKCE verifier, or OAuth 1's temporary token and its secret.
    sealed_secret BLOB NOT NULL,
    sealed_values BLOB,
    redirect_uri TEXT NOT NULL,
    -- Where the result goes: a waiting socket, an origin's window, an address.
    socket TEXT,
    opener_origin TEXT,
    return_url TEXT,
    session_id TEXT,
    -- It began with more than the public key, and may replace what somebody's backend wanted.
    is_proven INTEGER NOT NULL CHECK (is_proven IN (0, 1)),
    -- Where what happens is written down.
    trace_id TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, environment_id, integration_id)
        REFERENCES integrations (tenant_id, environment_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX connect_flows_by_integration ON connect_flows (integration_id);
CREATE INDEX connect_flows_by_expiry ON connect_flows (expires_at);

-- A backend's leave for one of its users to make one connection.
CREATE TABLE connect_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    tenant_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    -- What the backend said, as JSON: for whom, for which integrations, with which defaults.
    sealed_asked BLOB NOT NULL,
    -- The browser that first used it; no other may.
    browser_digest BLOB CHECK (browser_digest IS NULL OR length(browser_digest) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX connect_sessions_by_expiry ON connect_sessions (expires_at);
CREATE INDEX connect_sessions_by_environment ON connect_sessions (environment_id);

-- How a flow ended, for an opener whose socket was cut or that asks by itself. Holds no credential.
CREATE TABLE connect_results (
    socket TEXT NOT NULL PRIMARY KEY CHECK (length(socket) = 36),
    message TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX connect_results_by_expiry ON connect_results (expires_at);

-- Nonces of signed connect requests, each spent once.
CREATE TABLE connect_nonces (
    environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    nonce TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (environment_id, nonce)
) STRICT, WITHOUT ROWID;
CREATE INDEX connect_nonces_by_expiry ON connect_nonces (expires_at);

-- How many connect requests came on a day (days since 1970), and how many of them proved that the backend wants them.
CREATE TABLE connect_days (
    environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    signed INTEGER NOT NULL,
    PRIMARY KEY (environment_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX connect_days_by_day ON connect_days (day);
