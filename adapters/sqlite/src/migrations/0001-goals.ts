// Frozen: a later change is a new migration.
export const sql = `
CREATE TABLE goals (
  tenant_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  title TEXT NOT NULL,
  workflow TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  plan_version INTEGER NOT NULL,
  plan_hash TEXT NOT NULL,
  inputs TEXT NOT NULL,
  outputs TEXT,
  priority INTEGER NOT NULL,
  event_seq INTEGER NOT NULL,
  tasks_open INTEGER NOT NULL,
  tasks_running INTEGER NOT NULL,
  tasks_total INTEGER NOT NULL,
  next_item_no INTEGER NOT NULL,
  tasks_failed INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  start_at INTEGER,
  deadline_at INTEGER,
  finished_at INTEGER,
  requested_by TEXT NOT NULL,
  idempotency_key TEXT,
  request_hash TEXT,
  parent_goal_id TEXT,
  parent_task_no INTEGER,
  depth INTEGER NOT NULL,
  failure TEXT,
  PRIMARY KEY (tenant_id, goal_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX goals_by_key ON goals (tenant_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX goals_by_start ON goals (start_at) WHERE state = 'scheduled';
CREATE INDEX goals_by_deadline ON goals (deadline_at)
  WHERE deadline_at IS NOT NULL AND state IN ('scheduled', 'running', 'paused');

CREATE TABLE tasks (
  tenant_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  no INTEGER NOT NULL,
  key TEXT NOT NULL,
  definition_no INTEGER NOT NULL,
  parent_no INTEGER,
  item_index INTEGER,
  item TEXT,
  state TEXT NOT NULL,
  reason TEXT,
  waits_for TEXT,
  needs_left INTEGER NOT NULL,
  need_skipped INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  run INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  losses INTEGER NOT NULL,
  worker_id TEXT,
  priority INTEGER NOT NULL,
  lane TEXT NOT NULL,
  wake_at INTEGER,
  ready_at INTEGER,
  started_at INTEGER,
  finished_at INTEGER,
  output TEXT,
  failure TEXT,
  input_override TEXT,
  cancel_requested INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, goal_id, no)
) WITHOUT ROWID;
-- Only what is ready, running or asleep is in an index: a million finished tasks cost these nothing.
CREATE INDEX tasks_ready ON tasks (lane, priority, tenant_id, goal_id, no) WHERE state = 'ready';
CREATE INDEX tasks_running ON tasks (worker_id) WHERE state = 'running';
CREATE INDEX tasks_waking ON tasks (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE definitions (
  tenant_id TEXT NOT NULL,
  plan_hash TEXT NOT NULL,
  definition TEXT NOT NULL,
  PRIMARY KEY (tenant_id, plan_hash)
) WITHOUT ROWID;

CREATE TABLE plan_versions (
  tenant_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  plan_hash TEXT NOT NULL,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  changes TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, goal_id, version)
) WITHOUT ROWID;

CREATE TABLE attempts (
  tenant_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  task_no INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  run INTEGER NOT NULL,
  worker_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  failure TEXT,
  PRIMARY KEY (tenant_id, goal_id, task_no, attempt)
) WITHOUT ROWID;

CREATE TABLE steps (
  tenant_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  task_no INTEGER NOT NULL,
  run INTEGER NOT NULL,
  step_no INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  idempotent INTEGER NOT NULL,
  input TEXT NOT NULL,
  output TEXT,
  failure TEXT,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (tenant_id, goal_id, task_no, run, step_no)
) WITHOUT ROWID;

CREATE TABLE event_pages (
  tenant_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  events TEXT NOT NULL,
  PRIMARY KEY (tenant_id, goal_id, seq)
) WITHOUT ROWID;

CREATE TABLE approvals (
  tenant_id TEXT NOT NULL,
  approval_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  task_no INTEGER NOT NULL,
  kind TEXT NOT NULL,
  question TEXT NOT NULL,
  context TEXT NOT NULL,
  state TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  expires_at INTEGER,
  decided_at INTEGER,
  decided_by TEXT,
  comment TEXT,
  answer TEXT,
  PRIMARY KEY (tenant_id, approval_id)
) WITHOUT ROWID;
CREATE INDEX approvals_of_goal ON approvals (tenant_id, goal_id, approval_id);
CREATE INDEX approvals_pending ON approvals (tenant_id, approval_id) WHERE state = 'pending';
CREATE INDEX approvals_expiring ON approvals (expires_at) WHERE state = 'pending' AND expires_at IS NOT NULL;

CREATE TABLE artifacts (
  tenant_id TEXT NOT NULL,
  goal_id TEXT NOT NULL,
  task_no INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, goal_id, task_no, attempt, name)
) WITHOUT ROWID;

CREATE TABLE schedules (
  tenant_id TEXT NOT NULL,
  schedule_id TEXT NOT NULL,
  name TEXT NOT NULL,
  cron TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  catch_up TEXT NOT NULL,
  paused INTEGER NOT NULL,
  plan_hash TEXT NOT NULL,
  workflow TEXT NOT NULL,
  inputs TEXT NOT NULL,
  priority INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (tenant_id, schedule_id)
) WITHOUT ROWID;
CREATE INDEX schedules_due ON schedules (next_at) WHERE paused = 0;

CREATE TABLE workers (
  worker_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  labels TEXT NOT NULL,
  version TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  lease_until INTEGER NOT NULL
) WITHOUT ROWID;

-- The virtual time of each lane, and up to which each tenant has been served there.
CREATE TABLE lanes (lane TEXT PRIMARY KEY, clock REAL NOT NULL) WITHOUT ROWID;

CREATE TABLE shares (
  tenant_id TEXT NOT NULL,
  lane TEXT NOT NULL,
  served REAL NOT NULL,
  PRIMARY KEY (tenant_id, lane)
) WITHOUT ROWID;

CREATE TABLE rates (
  scope TEXT PRIMARY KEY,
  tokens REAL NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;
`;
