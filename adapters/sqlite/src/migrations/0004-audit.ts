// Frozen: a later change is a new migration.
export const sql = `
CREATE TABLE audit_logs (
  tenant_id TEXT NOT NULL,
  size INTEGER NOT NULL,
  edge TEXT NOT NULL,
  root TEXT NOT NULL,
  PRIMARY KEY (tenant_id)
) WITHOUT ROWID;

-- With row ids: entries are long, and go to the end of the table.
CREATE TABLE audit_entries (
  tenant_id TEXT NOT NULL,
  no INTEGER NOT NULL,
  act_id TEXT NOT NULL,
  who TEXT NOT NULL,
  subject TEXT NOT NULL,
  entry TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (tenant_id, no)
);
CREATE UNIQUE INDEX audit_entries_by_act ON audit_entries (tenant_id, act_id);
CREATE INDEX audit_entries_of_who ON audit_entries (tenant_id, who, no);
CREATE INDEX audit_entries_on_subject ON audit_entries (tenant_id, subject, no);

CREATE TABLE audit_nodes (
  tenant_id TEXT NOT NULL,
  level INTEGER NOT NULL,
  no INTEGER NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (tenant_id, level, no)
) WITHOUT ROWID;

CREATE TABLE audit_values (
  tenant_id TEXT NOT NULL,
  no INTEGER NOT NULL,
  field TEXT NOT NULL,
  subject TEXT NOT NULL,
  retention TEXT NOT NULL,
  salt TEXT NOT NULL,
  value TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, no, field)
) WITHOUT ROWID;
CREATE INDEX audit_values_of_subject ON audit_values (tenant_id, subject);
CREATE INDEX audit_values_by_age ON audit_values (tenant_id, retention, at);

CREATE TABLE audit_checkpoints (
  tenant_id TEXT NOT NULL,
  size INTEGER NOT NULL,
  root TEXT NOT NULL,
  note TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, size)
) WITHOUT ROWID;
`;
