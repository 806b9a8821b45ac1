-- How many calls went through the proxy on a day (days since 1970), and how many of them failed. What went well is mostly
-- only counted: a trace of each would be most of the database.
CREATE TABLE proxy_days (
    environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    calls INTEGER NOT NULL CHECK (calls >= 0),
    failures INTEGER NOT NULL CHECK (failures BETWEEN 0 AND calls),
    PRIMARY KEY (environment_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX proxy_days_by_day ON proxy_days (day);
