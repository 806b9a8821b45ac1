-- Two-step sign-in with time-based codes (RFC 6238).
CREATE TABLE second_factors (
    person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    -- Bound to this table, column and person: copied into another row it does not open.
    sealed_seed BLOB NOT NULL,
    begun_at INTEGER NOT NULL,
    -- NULL: shown, but no code was given back yet, so it counts for nothing.
    confirmed_at INTEGER,
    -- The time step of the last code that was accepted: a code works once (RFC 6238 §5.2).
    last_step INTEGER NOT NULL DEFAULT 0
) STRICT;

-- For whoever lost the device. Each works once.
CREATE TABLE recovery_codes (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX recovery_codes_by_person ON recovery_codes (person_id);
