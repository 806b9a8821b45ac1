-- An index on app_id alone ends, as every index here, with the tenant: SQLite took it for as good as
-- grants_by_tenant_app for "this app's grants in this tenant", and then sorted all of them for a page of fifty.
DROP INDEX grants_by_app;
CREATE INDEX grants_by_app ON grants (app_id, person_id);
