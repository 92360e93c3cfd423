// Frozen: a later change is a new migration.
export const sql = `
-- Null in this table: what is in the archive is not in it.
ALTER TABLE goals ADD COLUMN archived_at bigint;
CREATE INDEX goals_ended ON goals (finished_at) WHERE finished_at IS NOT NULL;

-- A goal is a document here, and so are its rows, a megabyte of them at a time: one row in place of hundreds, compressed by the
-- server, and a column that is added to a table later changes nothing here.
CREATE TABLE archived_goals (
  tenant_id text COLLATE "C" NOT NULL,
  goal_id text COLLATE "C" NOT NULL,
  project_id text COLLATE "C" NOT NULL,
  idempotency_key text COLLATE "C",
  finished_at bigint NOT NULL,
  archived_at bigint NOT NULL,
  artifact_bytes bigint NOT NULL,
  goal json NOT NULL
);
CREATE UNIQUE INDEX archived_goals_by_key ON archived_goals (tenant_id, project_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX archived_goals_by_project ON archived_goals (tenant_id, project_id, goal_id) WHERE project_id <> '';
CREATE INDEX archived_goals_by_end ON archived_goals (tenant_id, finished_at);
CREATE INDEX archived_goals_with_bytes ON archived_goals (tenant_id, project_id) INCLUDE (artifact_bytes) WHERE artifact_bytes > 0;
ALTER TABLE archived_goals ADD PRIMARY KEY (tenant_id, goal_id);

-- kind: the table the rows are from. first_no and last_no: which tasks, events or versions they are of.
CREATE TABLE archived_rows (
  tenant_id text COLLATE "C" NOT NULL,
  goal_id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  part integer NOT NULL,
  first_no integer NOT NULL,
  last_no integer NOT NULL,
  rows json NOT NULL,
  PRIMARY KEY (tenant_id, goal_id, kind, part)
);

CREATE TABLE archived_approvals (
  tenant_id text COLLATE "C" NOT NULL,
  approval_id text COLLATE "C" NOT NULL,
  goal_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, approval_id)
);
`;
