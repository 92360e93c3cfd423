// Frozen: a later change is a new migration.
//
// Ids and names compare as bytes, which every index they stand in is cheaper for.
// json and not jsonb: documents are stored and handed back whole, never searched, and json keeps them as they came.
export const sql = `
CREATE TABLE goals (
  tenant_id text COLLATE "C" NOT NULL,
  goal_id text COLLATE "C" NOT NULL,
  title text NOT NULL,
  workflow text NOT NULL,
  state text NOT NULL,
  version integer NOT NULL,
  plan_version integer NOT NULL,
  plan_hash text COLLATE "C" NOT NULL,
  inputs json NOT NULL,
  outputs json,
  priority integer NOT NULL,
  event_seq integer NOT NULL,
  tasks_open integer NOT NULL,
  tasks_running integer NOT NULL,
  tasks_total integer NOT NULL,
  next_item_no integer NOT NULL,
  tasks_failed integer NOT NULL,
  created_at bigint NOT NULL,
  start_at bigint,
  deadline_at bigint,
  finished_at bigint,
  requested_by text NOT NULL,
  idempotency_key text COLLATE "C",
  request_hash text,
  parent_goal_id text,
  parent_task_no integer,
  depth integer NOT NULL,
  failure json,
  PRIMARY KEY (tenant_id, goal_id)
);
CREATE UNIQUE INDEX goals_by_key ON goals (tenant_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
-- Rows that change often leave room on their page, so that most changes write no index; vacuum comes after a fixed
-- number of dead rows, not a share of a table that grows for ever.
ALTER TABLE goals SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000);
CREATE INDEX goals_by_start ON goals (start_at) WHERE state = 'scheduled';
CREATE INDEX goals_by_deadline ON goals (deadline_at)
  WHERE deadline_at IS NOT NULL AND state IN ('scheduled', 'running', 'paused');

CREATE TABLE tasks (
  tenant_id text COLLATE "C" NOT NULL,
  goal_id text COLLATE "C" NOT NULL,
  no integer NOT NULL,
  key text COLLATE "C" NOT NULL,
  definition_no integer NOT NULL,
  parent_no integer,
  item_index integer,
  item json,
  state text NOT NULL,
  reason text,
  waits_for text,
  needs_left integer NOT NULL,
  need_skipped boolean NOT NULL,
  attempt integer NOT NULL,
  run integer NOT NULL,
  failures integer NOT NULL,
  losses integer NOT NULL,
  worker_id text COLLATE "C",
  priority integer NOT NULL,
  lane text COLLATE "C" NOT NULL,
  wake_at bigint,
  ready_at bigint,
  started_at bigint,
  finished_at bigint,
  output json,
  failure json,
  input_override json,
  cancel_requested boolean NOT NULL,
  -- The only call of the try that succeeded: see folded-attempts.ts.
  call json,
  PRIMARY KEY (tenant_id, goal_id, no)
);
ALTER TABLE tasks SET (fillfactor = 40, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000);
-- No index follows a task's state: a task that starts or ends writes no index at all (a HOT update).
CREATE INDEX tasks_waking ON tasks (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX tasks_to_cancel ON tasks (tenant_id, goal_id, no) WHERE cancel_requested;
CREATE INDEX goals_open ON goals (tenant_id, goal_id) WHERE state IN ('running', 'paused', 'failing', 'cancelling');

-- The tasks whose state is 'ready', for claims. A task that is claimed in the transaction that made it ready never
-- comes here.
CREATE TABLE ready_tasks (
  tenant_id text COLLATE "C" NOT NULL,
  goal_id text COLLATE "C" NOT NULL,
  no integer NOT NULL,
  lane text COLLATE "C" NOT NULL,
  priority integer NOT NULL,
  ready_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, goal_id, no)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
CREATE INDEX ready_tasks_in_order ON ready_tasks (lane, priority, tenant_id, goal_id, no);

CREATE TABLE definitions (
  tenant_id text COLLATE "C" NOT NULL,
  plan_hash text COLLATE "C" NOT NULL,
  definition json NOT NULL,
  PRIMARY KEY (tenant_id, plan_hash)
);

CREATE TABLE plan_versions (
  tenant_id text COLLATE "C" NOT NULL,
  goal_id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  plan_hash text COLLATE "C" NOT NULL,
  author text NOT NULL,
  reason text NOT NULL,
  changes json NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (tenant_id, goal_id, version)
);

CREATE TABLE attempts (
  tenant_id text COLLATE "C" NOT NULL,
  goal_id text COLLATE "C" NOT NULL,
  task_no integer NOT NULL,
  attempt integer NOT NULL,
  run integer NOT NULL,
  worker_id text COLLATE "C" NOT NULL,
  outcome text NOT NULL,
  started_at bigint NOT NULL,
  finished_at bigint NOT NULL,
  failure json,
  PRIMARY KEY (tenant_id, goal_id, task_no, attempt)
);

CREATE TABLE steps (
  tenant_id text COLLATE "C" NOT NULL,
  goal_id text COLLATE "C" NOT NULL,
  task_no integer NOT NULL,
  run integer NOT NULL,
  step_no integer NOT NULL,
  attempt integer NOT NULL,
  kind text NOT NULL,
  name text COLLATE "C" NOT NULL,
  state text NOT NULL,
  idempotent boolean NOT NULL,
  input json NOT NULL,
  output json,
  failure json,
  started_at bigint NOT NULL,
  finished_at bigint,
  PRIMARY KEY (tenant_id, goal_id, task_no, run, step_no)
);

CREATE TABLE event_pages (
  tenant_id text COLLATE "C" NOT NULL,
  goal_id text COLLATE "C" NOT NULL,
  seq integer NOT NULL,
  events json NOT NULL,
  PRIMARY KEY (tenant_id, goal_id, seq)
);

CREATE TABLE approvals (
  tenant_id text COLLATE "C" NOT NULL,
  approval_id text COLLATE "C" NOT NULL,
  goal_id text COLLATE "C" NOT NULL,
  task_no integer NOT NULL,
  kind text NOT NULL,
  question text NOT NULL,
  context json NOT NULL,
  state text NOT NULL,
  requested_at bigint NOT NULL,
  expires_at bigint,
  decided_at bigint,
  decided_by text,
  comment text,
  answer json,
  PRIMARY KEY (tenant_id, approval_id)
);
CREATE INDEX approvals_of_goal ON approvals (tenant_id, goal_id, approval_id);
CREATE INDEX approvals_pending ON approvals (tenant_id, approval_id) WHERE state = 'pending';
CREATE INDEX approvals_expiring ON approvals (expires_at) WHERE state = 'pending' AND expires_at IS NOT NULL;

CREATE TABLE artifacts (
  tenant_id text COLLATE "C" NOT NULL,
  goal_id text COLLATE "C" NOT NULL,
  task_no integer NOT NULL,
  attempt integer NOT NULL,
  name text COLLATE "C" NOT NULL,
  hash text NOT NULL,
  media_type text NOT NULL,
  size_bytes bigint NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (tenant_id, goal_id, task_no, attempt, name)
);

CREATE TABLE schedules (
  tenant_id text COLLATE "C" NOT NULL,
  schedule_id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  cron text NOT NULL,
  time_zone text NOT NULL,
  catch_up text NOT NULL,
  paused boolean NOT NULL,
  plan_hash text COLLATE "C" NOT NULL,
  workflow text NOT NULL,
  inputs json NOT NULL,
  priority integer NOT NULL,
  next_at bigint NOT NULL,
  created_by text NOT NULL,
  PRIMARY KEY (tenant_id, schedule_id)
);
CREATE INDEX schedules_due ON schedules (next_at) WHERE NOT paused;

CREATE TABLE workers (
  worker_id text COLLATE "C" PRIMARY KEY,
  name text COLLATE "C" NOT NULL,
  labels json NOT NULL,
  version text NOT NULL,
  started_at bigint NOT NULL,
  lease_until bigint NOT NULL
);

-- The virtual time of each lane, and up to which each tenant has been served there.
CREATE TABLE lanes (lane text COLLATE "C" PRIMARY KEY, clock double precision NOT NULL);

CREATE TABLE shares (
  tenant_id text COLLATE "C" NOT NULL,
  lane text COLLATE "C" NOT NULL,
  served double precision NOT NULL,
  PRIMARY KEY (tenant_id, lane)
);

CREATE TABLE rates (
  scope text COLLATE "C" PRIMARY KEY,
  tokens double precision NOT NULL,
  at bigint NOT NULL
);
`;
