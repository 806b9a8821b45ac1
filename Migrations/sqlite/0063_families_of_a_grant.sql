-- What SQLite may take for granted about families of tokens. Knowing nothing, it thinks that a tenant has as few of them
-- as a grant has, and walks through all of a tenant's to find those of one grant. These are not counts but proportions,
-- so they are never measured anew: some rows in all, of them in one tenant, of them under one grant.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('token_families', 'token_families', '1000000 100000 1'),
    ('token_families', 'token_families_by_grant', '1000000 100000 3'),
    ('token_families', 'token_families_own', '100000 10000 1'),
    ('token_families', 'token_families_over', '100000 5');
-- Now that the statistics are there, they are read.
ANALYZE sqlite_schema;
