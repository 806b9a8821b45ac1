-- The one-time link that a letter carries, by its digest: a letter whose link was used, replaced or has expired is not
-- worth sending, and its text is not worth keeping.
ALTER TABLE outbox ADD COLUMN link_digest BLOB CHECK (link_digest IS NULL OR length(link_digest) = 32);
