-- Mail is written in the transaction that causes it and sent afterwards, with retries.
-- The text may carry a one-time link, so it is sealed, and wiped once nothing is left to try.
CREATE TABLE outbox (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    sealed_body BLOB,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    -- NULL: nothing left to try (delivered, given up, or only kept for reading in demo mode).
    next_attempt_at INTEGER,
    delivered_at INTEGER,
    failed_at INTEGER,
    last_problem TEXT
) STRICT;
CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
