-- When the person behind a session last proved who they are: dangerous actions want it to be recent.
-- Not the same as authenticated_at, which apps ask about (prompt=login, max_age): confirming one action is no sign-in.
ALTER TABLE sessions ADD COLUMN confirmed_at INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET confirmed_at = authenticated_at;
