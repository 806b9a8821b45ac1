-- What a family of tokens began with: a code, or the app's own credentials (RFC 6749 §4.4). All tokens that an app gets
-- for itself under one grant are one family, so asking for one every hour leaves no families behind.
ALTER TABLE token_families ADD COLUMN origin TEXT NOT NULL DEFAULT 'authorization_code';
CREATE UNIQUE INDEX token_families_own ON token_families (tenant_id, grant_id)
    WHERE origin = 'client_credentials' AND revoked_at IS NULL;
