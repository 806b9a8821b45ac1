-- Codes and tokens lie in the order in which they were made, and are found through an index of their digests.
--
-- Before, they lay in the order of their digests, which are random: every row that was written, or used once, was a
-- page of its own in the log, and once more at a checkpoint. Rows that were made together now share pages, and what is
-- still random is an index of 40 bytes a row.
--
-- A family's app and person are those of its grant, which holds the references (and their deletion) for it. Two
-- indexes go with that, each of which was one more page for every token.

CREATE TABLE ordered_codes (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    redirect_uri_was_sent INTEGER NOT NULL CHECK (redirect_uri_was_sent IN (0, 1)),
    challenge TEXT,
    scopes TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- "Used" is a fact, not a time comparison: a clock set back never brings a code to life again.
    redeemed_at INTEGER,
    family_id TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, grant_id) REFERENCES grants (tenant_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO ordered_codes SELECT digest, tenant_id, id, grant_id, app_id, person_id, redirect_uri,
    redirect_uri_was_sent, challenge, scopes, issued_at, expires_at, redeemed_at, family_id, failures
    FROM authorization_codes ORDER BY issued_at;
DROP TABLE authorization_codes;
ALTER TABLE ordered_codes RENAME TO authorization_codes;
CREATE INDEX authorization_codes_by_expiry ON authorization_codes (expires_at);
CREATE INDEX authorization_codes_by_grant ON authorization_codes (tenant_id, grant_id);

-- All tokens that descend from one code. generation and streak carry the rule of rotation.
CREATE TABLE ordered_families (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
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
INSERT INTO ordered_families SELECT tenant_id, id, grant_id, app_id, person_id, scopes, generation, streak, created_at,
    last_used_at, revoked_at, revoked_because FROM token_families;

CREATE TABLE ordered_access_tokens (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    tenant_id TEXT NOT NULL,
    family_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    -- NULL is a V1 token, which does not expire.
    expires_at INTEGER,
    revoked_at INTEGER,
    FOREIGN KEY (tenant_id, family_id) REFERENCES ordered_families (tenant_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO ordered_access_tokens SELECT digest, tenant_id, family_id, scopes, issued_at, expires_at, revoked_at
    FROM access_tokens ORDER BY issued_at;

-- Past generations stay, so that an old refresh token is recognised as reuse (RFC 9700 §4.14.2).
CREATE TABLE ordered_refresh_tokens (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    tenant_id TEXT NOT NULL,
    family_id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    rotated_at INTEGER,
    -- The successor, sealed under a key derived from this very token: only its holder can ask for it again.
    sealed_successor BLOB,
    replays INTEGER NOT NULL DEFAULT 0,
    FOREIGN KEY (tenant_id, family_id) REFERENCES ordered_families (tenant_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO ordered_refresh_tokens SELECT digest, tenant_id, family_id, generation, issued_at, rotated_at,
    sealed_successor, replays FROM refresh_tokens ORDER BY issued_at;

-- The children first: dropping a table deletes its rows, and what refers to them.
DROP TABLE access_tokens;
DROP TABLE refresh_tokens;
DROP TABLE token_families;
ALTER TABLE ordered_families RENAME TO token_families;
ALTER TABLE ordered_access_tokens RENAME TO access_tokens;
ALTER TABLE ordered_refresh_tokens RENAME TO refresh_tokens;
CREATE INDEX token_families_by_grant ON token_families (tenant_id, grant_id);
CREATE INDEX access_tokens_by_family ON access_tokens (tenant_id, family_id);
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at) WHERE expires_at IS NOT NULL;
CREATE UNIQUE INDEX refresh_tokens_by_family ON refresh_tokens (tenant_id, family_id, generation);
