-- Seed 004's flow, which sends the token straight to the callback. Off while an app has no live row here.
CREATE TABLE direct_flows (
    id INTEGER PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    -- In seconds, of each token.
    lifetime INTEGER NOT NULL CHECK (lifetime BETWEEN 60 AND 2678400),
    turned_on_at INTEGER NOT NULL,
    turned_on_by TEXT NOT NULL,
    turned_off_at INTEGER,
    turned_off_by TEXT,
    CHECK ((turned_off_at IS NULL) = (turned_off_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX direct_flows_live ON direct_flows (app_id) WHERE turned_off_at IS NULL;

-- Which token families came of it: they end when their app turns it off.
CREATE TABLE direct_families (
    tenant_id TEXT NOT NULL,
    family_id TEXT NOT NULL,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    PRIMARY KEY (tenant_id, family_id),
    FOREIGN KEY (tenant_id, family_id) REFERENCES token_families (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX direct_families_by_app ON direct_families (app_id);

-- Whether Allow sends a code or the token itself.
ALTER TABLE consent_tickets ADD COLUMN delivery TEXT NOT NULL DEFAULT 'code' CHECK (delivery IN ('code', 'token'));
