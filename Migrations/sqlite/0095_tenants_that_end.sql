-- A tenant that somebody deletes may hold millions of tokens. It is gone for everybody at once, by this column; its rows go
-- in the background, a few hundred at a time, and its own row last.
ALTER TABLE tenants ADD COLUMN deleted_at INTEGER;

-- Whoever looks one up looks here.
CREATE VIEW live_tenants AS SELECT * FROM tenants WHERE deleted_at IS NULL;

CREATE INDEX tenants_deleted ON tenants (deleted_at) WHERE deleted_at IS NOT NULL;

-- Its own row takes along what hangs on it: without these, that is a walk through the whole table.
CREATE INDEX consent_tickets_by_tenant ON consent_tickets (tenant_id);
CREATE INDEX resource_servers_by_tenant ON resource_servers (tenant_id) WHERE tenant_id IS NOT NULL;
