-- People sign in; tenants are the operator's customers; members join the two.
-- Times are whole seconds since 1970. State is who and when, never a bare flag.

-- A wrong master key is named at start instead of failing on the first secret (security.md case 226).
CREATE TABLE key_checks (
    key_id TEXT NOT NULL PRIMARY KEY,
    check_value BLOB NOT NULL CHECK (length(check_value) = 32),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE people (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    -- The one spelling all counters and look-ups use (case 172).
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    verified_at INTEGER
) STRICT;

CREATE TABLE operators (
    person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    since INTEGER NOT NULL
) STRICT;

-- subject_kind says which table subject_id points into; lifting a suspension ends the row, history stays.
CREATE TABLE suspensions (
    id INTEGER PRIMARY KEY,
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('person', 'tenant', 'app')),
    subject_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    suspended_by TEXT NOT NULL,
    suspended_at INTEGER NOT NULL,
    reinstated_at INTEGER
) STRICT;
CREATE UNIQUE INDEX suspensions_live ON suspensions (subject_kind, subject_id) WHERE reinstated_at IS NULL;

CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 3 AND 40),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    kind TEXT NOT NULL CHECK (kind IN ('standard', 'sandbox')),
    created_at INTEGER NOT NULL
) STRICT;

-- A slug that was given up resolves to nobody until then (case 146).
CREATE TABLE quarantined_slugs (
    slug TEXT NOT NULL PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('admin', 'member')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_person ON members (person_id);

CREATE TABLE sessions (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    id TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    -- When the password was last given: what prompt=login, max_age and step-up compare with.
    authenticated_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- One-time links in mails: the purpose is part of the key, so a verification link cannot reset a password (case 178).
CREATE TABLE mail_links (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    purpose TEXT NOT NULL CHECK (purpose IN ('verify', 'reset')),
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    email_key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_links_by_person ON mail_links (person_id);
CREATE INDEX mail_links_by_expiry ON mail_links (expires_at);

-- Counted before a password is hashed, so that parallel guesses cannot outrun the count (case 170).
CREATE TABLE throttles (
    key TEXT NOT NULL PRIMARY KEY,
    window_started_at INTEGER NOT NULL,
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The code printed to the console while no operator exists (case 182).
CREATE TABLE setup_codes (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    created_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
