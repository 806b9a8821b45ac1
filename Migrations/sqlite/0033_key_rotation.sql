-- What digests are made with is the first master key's for good, or every token would have to be made anew. Once there is
-- a second one it is kept here, sealed under the active one, so that the first can be taken out of the key file.
CREATE TABLE digest_roots (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sealed_root BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Nothing is sealed under it any more: a start without it is no accident.
ALTER TABLE key_checks ADD COLUMN retired_at INTEGER;
