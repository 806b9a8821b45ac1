-- What a tenant's admins decided about apps and tokens. A tenant without a row has the rules it always had: admins allow
-- any app, and nothing is limited.
CREATE TABLE tenant_policies (
    tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    deciders TEXT NOT NULL DEFAULT 'admins' CHECK (deciders IN ('admins', 'members')),
    admission TEXT NOT NULL DEFAULT 'any' CHECK (admission IN ('any', 'reviewed', 'listed')),
    -- The most that any app may hold here; NULL limits nothing.
    ceiling TEXT,
    -- The rules of developer tokens, likewise.
    longest_token_days INTEGER CHECK (longest_token_days > 0),
    token_scopes TEXT,
    changed_by TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What they decided about one app.
CREATE TABLE tenant_apps (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    -- Not NULL: on the list of apps that may be allowed.
    listed_at INTEGER,
    -- Instead of the tenant's own.
    ceiling TEXT,
    changed_by TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, app_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tenant_apps_by_app ON tenant_apps (app_id);

-- In which role somebody allowed the app: what an admin allowed ends with that role, what a member was free to allow
-- does not depend on it. And which admin said yes to a member who had to ask.
ALTER TABLE grants ADD COLUMN allowed_as TEXT NOT NULL DEFAULT 'admin' CHECK (allowed_as IN ('admin', 'member'));
ALTER TABLE grants ADD COLUMN approved_by TEXT;

-- A tenant's page of apps, and of one app's grants, read from the index alone up to the fifty rows they show.
CREATE INDEX grants_by_tenant_app ON grants (tenant_id, app_id, created_at, id) WHERE revoked_at IS NULL;
CREATE INDEX developer_tokens_by_tenant ON developer_tokens (tenant_id, created_at, id) WHERE revoked_at IS NULL;
