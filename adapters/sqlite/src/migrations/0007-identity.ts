// Frozen: a later change is a new migration.
export const sql = `
CREATE TABLE identity_records (
  tenant_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  user_id TEXT,
  name TEXT,
  version INTEGER NOT NULL,
  expires_at INTEGER,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, kind, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX identity_records_by_name ON identity_records (tenant_id, kind, name) WHERE name IS NOT NULL;
CREATE INDEX identity_records_by_user ON identity_records (tenant_id, user_id, kind, id) WHERE user_id IS NOT NULL;
CREATE INDEX identity_records_by_end ON identity_records (tenant_id, expires_at) WHERE expires_at IS NOT NULL;
`;
