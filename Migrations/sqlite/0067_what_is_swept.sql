-- Everything that is looked for every minute, or within somebody's request, is found by an index.
CREATE INDEX throttles_by_start ON throttles (window_started_at);
CREATE INDEX client_secrets_over ON client_secrets (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX developer_tokens_expired ON developer_tokens (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX access_requests_over ON access_requests (expires_at);
CREATE INDEX outbox_over ON outbox (created_at) WHERE next_attempt_at IS NULL;
CREATE INDEX outbox_links ON outbox (link_digest) WHERE link_digest IS NOT NULL AND next_attempt_at IS NOT NULL;
CREATE INDEX outbox_by_recipient ON outbox (recipient);
CREATE INDEX quarantined_slugs_over ON quarantined_slugs (until);
