-- What can never work again is found by when it ended. Rows that live are not in these indexes, so nothing on the way of
-- a request writes to them.
CREATE INDEX token_families_over ON token_families (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX grants_over ON grants (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX developer_tokens_over ON developer_tokens (revoked_at) WHERE revoked_at IS NOT NULL;
