-- A search reads connections until it has a page of them: from an index that holds what it looks at, a tenth of the rows'
-- own size. It begins as the index before it did, and takes its place.
CREATE INDEX connections_in_order ON connections (environment_id, number, connection_id, end_user_id, organization_id);
DROP INDEX connections_by_environment;
