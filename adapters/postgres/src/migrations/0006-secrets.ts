// Frozen: a later change is a new migration.
export const sql = `
CREATE TABLE data_keys (
  tenant_id text COLLATE "C" NOT NULL,
  no integer NOT NULL,
  wrapped_by text COLLATE "C" NOT NULL,
  wrapped text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, no)
);

-- The reference is what keeps a data key from going while somebody seals with it.
CREATE TABLE secrets (
  tenant_id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  data_key integer NOT NULL,
  sealed text COLLATE "C" NOT NULL,
  created_by text NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, name, version),
  FOREIGN KEY (tenant_id, data_key) REFERENCES data_keys (tenant_id, no)
);
CREATE INDEX secrets_by_data_key ON secrets (tenant_id, data_key);
`;
