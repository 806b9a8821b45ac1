-- What developers register. The protocol calls it a client (RFC 6749 §2).

CREATE TABLE scopes (
    name TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    sentence TEXT NOT NULL,
    group_name TEXT NOT NULL,
    sensitivity TEXT NOT NULL CHECK (sensitivity IN ('low', 'normal', 'high')),
    position INTEGER NOT NULL
) STRICT;

INSERT INTO scopes (name, title, sentence, group_name, sensitivity, position) VALUES
    ('account:read', 'Read your profile', 'Your name, your email address and your role.', 'Account', 'low', 10),
    ('people:read', 'See people', 'Names, email addresses, phone numbers and tags of everyone on the list of people.', 'People', 'normal', 20),
    ('people:write', 'Add, change and delete people', 'Create new people, change what is known of them and delete them for good.', 'People', 'high', 30),
    ('default', 'Full access to the API', 'Everything the API can do, now and in future, as this person. Made for older apps.', 'Compatibility', 'high', 90);

CREATE TABLE apps (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL UNIQUE,
    owner_id TEXT NOT NULL REFERENCES people (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    description TEXT NOT NULL,
    homepage TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('confidential', 'public')),
    pkce_required INTEGER NOT NULL CHECK (pkce_required IN (0, 1)),
    token_format TEXT NOT NULL CHECK (token_format IN ('v1', 'v2')),
    created_at INTEGER NOT NULL,
    -- A consent page rendered before this moment must be asked again (case 126).
    updated_at INTEGER NOT NULL,
    CHECK (kind = 'confidential' OR pkce_required = 1)
) STRICT;
CREATE INDEX apps_by_owner ON apps (owner_id);

CREATE TABLE app_callbacks (
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    uri TEXT NOT NULL,
    PRIMARY KEY (app_id, position),
    UNIQUE (app_id, uri)
) STRICT, WITHOUT ROWID;

CREATE TABLE app_scopes (
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    scope TEXT NOT NULL REFERENCES scopes (name),
    PRIMARY KEY (app_id, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE client_secrets (
    id TEXT NOT NULL PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    hint TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    -- The developer chose when the old secret ends (now, 1 hour, 24 hours, 7 days) as the new one was made.
    expires_at INTEGER
) STRICT;
CREATE INDEX client_secrets_by_app ON client_secrets (app_id);
