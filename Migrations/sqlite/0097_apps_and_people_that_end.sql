-- An app may hold hundreds of thousands of grants and tokens, and so may a person. Whoever deletes the one or closes the
-- account of the other ends it at once, by this column; the rows go in the background, a few hundred at a time, and the
-- app's or the person's own row last.
ALTER TABLE apps ADD COLUMN deleted_at INTEGER;
-- Where the installation's audit log tells of it: tenants that allowed the app are told in events after this one.
ALTER TABLE apps ADD COLUMN deletion_position INTEGER;
ALTER TABLE people ADD COLUMN deleted_at INTEGER;

-- Whoever looks one up looks here.
CREATE VIEW live_apps AS SELECT * FROM apps WHERE deleted_at IS NULL;
CREATE VIEW live_people AS SELECT * FROM people WHERE deleted_at IS NULL;

CREATE INDEX apps_deleted ON apps (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX people_deleted ON people (deleted_at) WHERE deleted_at IS NOT NULL;

-- Whoever was about to change one finds none, as if the row were gone.
CREATE TRIGGER apps_that_ended BEFORE UPDATE ON apps WHEN OLD.deleted_at IS NOT NULL
BEGIN
    SELECT RAISE(IGNORE);
END;
CREATE TRIGGER people_that_ended BEFORE UPDATE ON people WHEN OLD.deleted_at IS NOT NULL
BEGIN
    SELECT RAISE(IGNORE);
END;
