-- When tokens that are gone were last used: what an authorized app's page says outlives the sweeping of what ended.
ALTER TABLE grants ADD COLUMN last_used_at INTEGER;
