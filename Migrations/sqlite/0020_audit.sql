-- What people, apps and operators did: written in the transaction of the change itself, never changed afterwards.
-- Each tenant's events are numbered and chained by keyed hashes, and position numbers all of them without a gap, so that
-- an edited, removed, moved or forged row is named by `gatewright check`. No foreign keys: the log outlives what it
-- tells of.
CREATE TABLE audit_events (
    position INTEGER PRIMARY KEY CHECK (position > 0),
    -- '' is the installation's own chain.
    tenant_id TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    at INTEGER NOT NULL,
    -- 'app.created'; area is the part before the dot.
    action TEXT NOT NULL,
    area TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    -- A flat JSON object of strings.
    detail TEXT NOT NULL,
    address TEXT NOT NULL,
    -- Keyed digest of the names, the detail and the address. The chain covers this and not the texts, so that a person's
    -- right to be forgotten leaves the chain whole.
    personal_digest BLOB NOT NULL CHECK (length(personal_digest) = 32),
    erased_at INTEGER,
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    UNIQUE (tenant_id, sequence)
) STRICT;
-- Every index ends with the position by itself (it is the row's own number), which is the order of the pages.
CREATE INDEX audit_events_by_tenant_area ON audit_events (tenant_id, area);
CREATE INDEX audit_events_by_tenant_actor ON audit_events (tenant_id, actor_id);
CREATE INDEX audit_events_by_tenant_subject ON audit_events (tenant_id, subject_id);
CREATE INDEX audit_events_by_tenant_time ON audit_events (tenant_id, at);
CREATE INDEX audit_events_by_tenant ON audit_events (tenant_id);
CREATE INDEX audit_events_by_area ON audit_events (area);
CREATE INDEX audit_events_by_actor ON audit_events (actor_id);
CREATE INDEX audit_events_by_subject ON audit_events (subject_id);
CREATE INDEX audit_events_by_time ON audit_events (at);

CREATE TRIGGER audit_events_stay BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- The one change there is: names, details and addresses of somebody who is forgotten become empty.
CREATE TRIGGER audit_events_as_written BEFORE UPDATE ON audit_events
WHEN NOT (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
    AND NEW.actor_name = '' AND NEW.subject_name = '' AND NEW.detail = '{}' AND NEW.address = ''
    AND NEW.position = OLD.position AND NEW.tenant_id = OLD.tenant_id AND NEW.sequence = OLD.sequence
    AND NEW.at = OLD.at AND NEW.action = OLD.action AND NEW.area = OLD.area
    AND NEW.actor_kind = OLD.actor_kind AND NEW.actor_id = OLD.actor_id
    AND NEW.subject_kind = OLD.subject_kind AND NEW.subject_id = OLD.subject_id
    AND NEW.personal_digest = OLD.personal_digest AND NEW.previous = OLD.previous AND NEW.hash = OLD.hash)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
