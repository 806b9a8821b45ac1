-- Who may use the developer tools: people whose application an operator approved, and admins of tenants whose plan
-- includes them. And which apps an operator has looked at.

ALTER TABLE tenants ADD COLUMN plan TEXT NOT NULL DEFAULT 'standard'
    CHECK (plan IN ('standard', 'network', 'enterprise'));

-- What operators decide on their pages, as text. A name without a row has its default.
CREATE TABLE installation_settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

-- One for each person. The texts are the latest ones, a draft's may be unfinished.
CREATE TABLE developer_applications (
    id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL UNIQUE REFERENCES people (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'changes_requested', 'approved', 'rejected')),
    organization TEXT NOT NULL,
    website TEXT NOT NULL,
    about TEXT NOT NULL,
    building TEXT NOT NULL,
    -- How often it was submitted.
    version INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    submitted_at INTEGER,
    CHECK ((version = 0) = (submitted_at IS NULL))
) STRICT;
CREATE INDEX developer_applications_queue ON developer_applications (state, submitted_at, id);

-- As it was each time it was submitted, so that an operator sees what changed.
CREATE TABLE developer_application_versions (
    application_id TEXT NOT NULL REFERENCES developer_applications (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    organization TEXT NOT NULL,
    website TEXT NOT NULL,
    about TEXT NOT NULL,
    building TEXT NOT NULL,
    submitted_at INTEGER NOT NULL,
    PRIMARY KEY (application_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE developer_application_decisions (
    id INTEGER PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES developer_applications (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('approved', 'rejected', 'changes_requested')),
    reason TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_by_name TEXT NOT NULL,
    decided_at INTEGER NOT NULL
) STRICT;
CREATE INDEX developer_application_decisions_by_application ON developer_application_decisions (application_id, id);

-- That an operator looked at an app. It ends when they withdraw it, or when the app is no longer the one they looked at.
CREATE TABLE app_reviews (
    id INTEGER PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    note TEXT NOT NULL,
    reviewed_by TEXT NOT NULL,
    reviewed_by_name TEXT NOT NULL,
    reviewed_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_because TEXT,
    CHECK ((ended_at IS NULL) = (ended_because IS NULL))
) STRICT;
CREATE UNIQUE INDEX app_reviews_live ON app_reviews (app_id) WHERE ended_at IS NULL;
CREATE INDEX app_reviews_by_app ON app_reviews (app_id);

-- Lists of the operator's pages, newest first.
CREATE INDEX people_by_age ON people (created_at, id);
CREATE INDEX tenants_by_age ON tenants (created_at, id);
CREATE INDEX apps_by_age ON apps (created_at, id);

-- 'gatewright': a route of this server asks for it. 'operator': the operator's own API does, behind introspection or
-- forward authentication.
ALTER TABLE scopes ADD COLUMN enforced_by TEXT NOT NULL DEFAULT 'gatewright'
    CHECK (enforced_by IN ('gatewright', 'operator'));
