-- An environment or an integration that somebody deletes may hold a million rows. It is gone for everybody at once, by
-- this column; its rows go in the background, a few hundred at a time, and its own row last.
ALTER TABLE environments ADD COLUMN deleted_at INTEGER;
ALTER TABLE integrations ADD COLUMN deleted_at INTEGER;

-- Counts up with every change of its variables, so that nobody replaces what they have not seen.
ALTER TABLE environments ADD COLUMN variables_version INTEGER NOT NULL DEFAULT 0;

-- Whoever looks one up looks here.
CREATE VIEW live_environments AS SELECT * FROM environments WHERE deleted_at IS NULL;
CREATE VIEW live_integrations AS SELECT * FROM integrations WHERE deleted_at IS NULL;

CREATE INDEX environments_deleted ON environments (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX integrations_deleted ON integrations (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX integrations_deleted_of ON integrations (environment_id) WHERE deleted_at IS NOT NULL;
