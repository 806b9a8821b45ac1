-- One person's events of one kind, in a log where both alone are many.
CREATE INDEX audit_events_by_tenant_area_actor ON audit_events (tenant_id, area, actor_id);
