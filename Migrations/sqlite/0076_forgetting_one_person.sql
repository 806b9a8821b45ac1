-- When somebody is forgotten, what names them becomes empty, and no more: not what was done, nor who else was in it.
--
-- `facts` is the part of the detail that names nobody (a role, a policy, scopes); the chain covers it, and it stays.
-- What can become empty has a keyed digest each: the actor's name with the address, the subject's name, the rest of the
-- detail. `personal_digest` is then the digest of these three. Events from before have NULL here, and are emptied whole.
ALTER TABLE audit_events ADD COLUMN facts TEXT;
ALTER TABLE audit_events ADD COLUMN actor_digest BLOB CHECK (length(actor_digest) = 32);
ALTER TABLE audit_events ADD COLUMN subject_digest BLOB CHECK (length(subject_digest) = 32);
ALTER TABLE audit_events ADD COLUMN detail_digest BLOB CHECK (length(detail_digest) = 32);

DROP TRIGGER audit_events_as_written;
-- The one change there is. A second person in an event may be forgotten later than the first.
CREATE TRIGGER audit_events_as_written BEFORE UPDATE ON audit_events
WHEN NOT (NEW.erased_at IS NOT NULL AND NEW.detail = '{}' AND (NEW.actor_name = '' OR NEW.subject_name = '')
    AND (NEW.actor_name = '' OR NEW.address = OLD.address)
    AND NEW.actor_name IN ('', OLD.actor_name) AND NEW.address IN ('', OLD.address)
    AND NEW.subject_name IN ('', OLD.subject_name)
    AND NEW.position = OLD.position AND NEW.tenant_id = OLD.tenant_id AND NEW.sequence = OLD.sequence
    AND NEW.at = OLD.at AND NEW.action = OLD.action AND NEW.area = OLD.area
    AND NEW.actor_kind = OLD.actor_kind AND NEW.actor_id = OLD.actor_id
    AND NEW.subject_kind = OLD.subject_kind AND NEW.subject_id = OLD.subject_id AND NEW.facts IS OLD.facts
    AND NEW.actor_digest IS OLD.actor_digest AND NEW.subject_digest IS OLD.subject_digest
    AND NEW.detail_digest IS OLD.detail_digest
    AND NEW.personal_digest = OLD.personal_digest AND NEW.previous = OLD.previous AND NEW.hash = OLD.hash)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
