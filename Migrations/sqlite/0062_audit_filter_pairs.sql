-- Two filters at once, where each alone matches much of a large log and both together match little of it: without an
-- index of both, the page would read everything that one of them matches.
CREATE INDEX audit_events_by_tenant_area_subject ON audit_events (tenant_id, area, subject_id);
CREATE INDEX audit_events_by_tenant_actor_subject ON audit_events (tenant_id, actor_id, subject_id);
CREATE INDEX audit_events_by_area_actor ON audit_events (area, actor_id);
CREATE INDEX audit_events_by_area_subject ON audit_events (area, subject_id);
CREATE INDEX audit_events_by_actor_subject ON audit_events (actor_id, subject_id);
