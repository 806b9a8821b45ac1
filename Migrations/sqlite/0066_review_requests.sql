-- That a developer asked for a look at an app. It is answered by a review; until then the app stands in the operator's
-- queue with who asked and when.
CREATE TABLE app_review_requests (
    id INTEGER PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    asked_by TEXT NOT NULL,
    asked_by_name TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    answered_at INTEGER
) STRICT;
CREATE UNIQUE INDEX app_review_requests_open ON app_review_requests (app_id) WHERE answered_at IS NULL;
CREATE INDEX app_review_requests_by_app ON app_review_requests (app_id);
