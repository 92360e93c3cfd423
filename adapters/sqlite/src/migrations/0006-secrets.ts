// Frozen: a later change is a new migration.
export const sql = `
CREATE TABLE data_keys (
  tenant_id TEXT NOT NULL,
  no INTEGER NOT NULL,
  wrapped_by TEXT NOT NULL,
  wrapped TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, no)
) WITHOUT ROWID;

CREATE TABLE secrets (
  tenant_id TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  data_key INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, name, version)
) WITHOUT ROWID;
CREATE INDEX secrets_by_data_key ON secrets (tenant_id, data_key);
`;
