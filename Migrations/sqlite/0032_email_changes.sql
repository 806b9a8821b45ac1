-- A change of address is confirmed by the new mailbox, and can be taken back by the old one for a week, also after it
-- happened: whoever got into an account cannot lock its owner out of it by moving it to another address.
CREATE TABLE email_changes (
    -- Of the link that went to the new address …
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    -- … and of the one that went to the old.
    undo_digest BLOB NOT NULL UNIQUE CHECK (length(undo_digest) = 32),
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    old_email TEXT NOT NULL,
    old_email_key TEXT NOT NULL,
    new_email TEXT NOT NULL,
    new_email_key TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    undo_expires_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    undone_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX email_changes_by_person ON email_changes (person_id);
CREATE INDEX email_changes_by_expiry ON email_changes (undo_expires_at);
