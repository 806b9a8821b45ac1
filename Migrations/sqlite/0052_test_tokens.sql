-- Seed 000's test token: one a person and tenant, 24 hours, made on the tenant's own page.
ALTER TABLE developer_tokens ADD COLUMN purpose TEXT NOT NULL DEFAULT 'own' CHECK (purpose IN ('own', 'test'));
CREATE UNIQUE INDEX developer_tokens_test ON developer_tokens (tenant_id, person_id)
    WHERE purpose = 'test' AND revoked_at IS NULL;

-- The owner of an app sees its grants newest first.
CREATE INDEX grants_live_by_app ON grants (app_id, created_at DESC, id) WHERE revoked_at IS NULL;
