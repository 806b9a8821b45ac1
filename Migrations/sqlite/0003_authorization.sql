-- Grants and what hangs on them. Every row carries its tenant, and references within a tenant are composite,
-- so that a row of one tenant cannot point into another.

-- What a consent page asked. The browser gets only the random handle; what it answers for stands here (case 42, 123, 124).
CREATE TABLE consent_tickets (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    app_updated_at INTEGER NOT NULL,
    redirect_uri TEXT NOT NULL,
    redirect_uri_was_sent INTEGER NOT NULL CHECK (redirect_uri_was_sent IN (0, 1)),
    scopes TEXT NOT NULL,
    state TEXT,
    challenge TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX consent_tickets_by_expiry ON consent_tickets (expires_at);
CREATE INDEX consent_tickets_by_session ON consent_tickets (session_id);

-- One live grant per admin, app and tenant (seed 000); an ended one keeps who ended it, when and why.
CREATE TABLE grants (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    revoked_at INTEGER,
    revoked_by TEXT,
    revoked_because TEXT,
    PRIMARY KEY (tenant_id, id),
    CHECK ((revoked_at IS NULL) = (revoked_because IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX grants_live ON grants (tenant_id, app_id, person_id) WHERE revoked_at IS NULL;
CREATE INDEX grants_by_person ON grants (person_id);
CREATE INDEX grants_by_app ON grants (app_id);

CREATE TABLE authorization_codes (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    redirect_uri TEXT NOT NULL,
    redirect_uri_was_sent INTEGER NOT NULL CHECK (redirect_uri_was_sent IN (0, 1)),
    challenge TEXT,
    scopes TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- "Used" is a fact, not a time comparison: a clock set back never brings a code to life again (case 48).
    redeemed_at INTEGER,
    family_id TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, grant_id) REFERENCES grants (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX authorization_codes_by_expiry ON authorization_codes (expires_at);
CREATE INDEX authorization_codes_by_grant ON authorization_codes (tenant_id, grant_id);

-- All tokens that descend from one code. generation and streak carry the rotation rule of security.md 6.3.
CREATE TABLE token_families (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    generation INTEGER NOT NULL DEFAULT 0,
    streak INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    revoked_at INTEGER,
    revoked_because TEXT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, grant_id) REFERENCES grants (tenant_id, id) ON DELETE CASCADE,
    CHECK ((revoked_at IS NULL) = (revoked_because IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX token_families_by_grant ON token_families (tenant_id, grant_id);
CREATE INDEX token_families_by_app ON token_families (app_id);
CREATE INDEX token_families_by_person ON token_families (person_id);

CREATE TABLE access_tokens (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    tenant_id TEXT NOT NULL,
    family_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    -- NULL is a V1 token, which does not expire (seed 000).
    expires_at INTEGER,
    revoked_at INTEGER,
    FOREIGN KEY (tenant_id, family_id) REFERENCES token_families (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX access_tokens_by_family ON access_tokens (tenant_id, family_id);
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at) WHERE expires_at IS NOT NULL;

-- Past generations stay, so that an old refresh token is recognised as reuse (RFC 9700 §4.14.2).
CREATE TABLE refresh_tokens (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    tenant_id TEXT NOT NULL,
    family_id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    rotated_at INTEGER,
    -- The successor, sealed under a key derived from this very token: only its holder can ask for it again.
    sealed_successor BLOB,
    replays INTEGER NOT NULL DEFAULT 0,
    FOREIGN KEY (tenant_id, family_id) REFERENCES token_families (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX refresh_tokens_by_family ON refresh_tokens (tenant_id, family_id, generation);
