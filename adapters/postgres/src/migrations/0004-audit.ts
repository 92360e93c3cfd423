// Frozen: a later change is a new migration.
export const sql = `
CREATE TABLE audit_logs (
  tenant_id text COLLATE "C" NOT NULL,
  size bigint NOT NULL,
  edge text COLLATE "C" NOT NULL,
  root text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id)
);

CREATE TABLE audit_entries (
  tenant_id text COLLATE "C" NOT NULL,
  no bigint NOT NULL,
  act_id text COLLATE "C" NOT NULL,
  who text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  entry text NOT NULL,
  hash text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, no)
);
CREATE UNIQUE INDEX audit_entries_by_act ON audit_entries (tenant_id, act_id);
CREATE INDEX audit_entries_of_who ON audit_entries (tenant_id, who, no);
CREATE INDEX audit_entries_on_subject ON audit_entries (tenant_id, subject, no);

CREATE TABLE audit_nodes (
  tenant_id text COLLATE "C" NOT NULL,
  level integer NOT NULL,
  no bigint NOT NULL,
  hash text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, level, no)
);

CREATE TABLE audit_values (
  tenant_id text COLLATE "C" NOT NULL,
  no bigint NOT NULL,
  field text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  retention text COLLATE "C" NOT NULL,
  salt text COLLATE "C" NOT NULL,
  value text NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (tenant_id, no, field)
);
CREATE INDEX audit_values_of_subject ON audit_values (tenant_id, subject);
CREATE INDEX audit_values_by_age ON audit_values (tenant_id, retention, at);

CREATE TABLE audit_checkpoints (
  tenant_id text COLLATE "C" NOT NULL,
  size bigint NOT NULL,
  root text COLLATE "C" NOT NULL,
  note text NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (tenant_id, size)
);
`;
