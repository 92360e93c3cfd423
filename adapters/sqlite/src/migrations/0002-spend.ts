// Frozen: a later change is a new migration.
export const sql = `
CREATE TABLE budgets (
  tenant_id TEXT NOT NULL,
  budget_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  subject TEXT NOT NULL,
  budget_window TEXT NOT NULL,
  limits TEXT NOT NULL,
  window_started_at INTEGER NOT NULL,
  spent_cost INTEGER NOT NULL,
  spent_tokens INTEGER NOT NULL,
  spent_calls INTEGER NOT NULL,
  reserved_cost INTEGER NOT NULL,
  reserved_tokens INTEGER NOT NULL,
  reserved_calls INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, budget_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX budgets_of_subject ON budgets (tenant_id, scope, subject, budget_window);

CREATE TABLE reservations (
  tenant_id TEXT NOT NULL,
  reservation_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  state TEXT NOT NULL,
  key TEXT,
  goal TEXT,
  agent TEXT,
  amount TEXT NOT NULL,
  charged TEXT,
  budgets TEXT NOT NULL,
  known TEXT,
  reserved_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, reservation_id)
) WITHOUT ROWID;
CREATE INDEX reservations_held ON reservations (due_at) WHERE state = 'held';
CREATE INDEX reservations_ended ON reservations (due_at) WHERE state <> 'held';

CREATE TABLE model_keys (
  tenant_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  hash TEXT NOT NULL,
  strategy TEXT,
  data_class TEXT,
  created_by TEXT NOT NULL,
  models TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  PRIMARY KEY (tenant_id, key_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX model_keys_by_hash ON model_keys (hash);

-- With row ids: records are long, and go to the end of the table whatever their ids.
CREATE TABLE model_calls (
  tenant_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  key_id TEXT,
  goal_id TEXT,
  ended_at INTEGER NOT NULL,
  assumed INTEGER NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (tenant_id, call_id)
);
CREATE INDEX model_calls_newest ON model_calls (tenant_id, ended_at, call_id);
CREATE INDEX model_calls_of_goal ON model_calls (tenant_id, goal_id, ended_at, call_id) WHERE goal_id IS NOT NULL;
CREATE INDEX model_calls_of_key ON model_calls (tenant_id, key_id, ended_at, call_id) WHERE key_id IS NOT NULL;

-- Of no tenant: what a deployment does is the same for all.
CREATE TABLE deployment_facts (
  deployment_id TEXT NOT NULL,
  fact TEXT NOT NULL,
  detail TEXT NOT NULL,
  learned_at INTEGER NOT NULL,
  PRIMARY KEY (deployment_id, fact)
) WITHOUT ROWID;

CREATE TABLE model_outcomes (
  tenant_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  task_class TEXT NOT NULL,
  model TEXT NOT NULL,
  good INTEGER NOT NULL,
  at INTEGER NOT NULL,
  features TEXT,
  PRIMARY KEY (tenant_id, call_id)
);
CREATE INDEX model_outcomes_newest ON model_outcomes (tenant_id, at) WHERE features IS NOT NULL;

CREATE TABLE learned_quality (
  tenant_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  trained_at INTEGER NOT NULL,
  outcomes INTEGER NOT NULL,
  learned TEXT NOT NULL,
  PRIMARY KEY (tenant_id)
);

CREATE TABLE outcome_counts (
  tenant_id TEXT NOT NULL,
  task_class TEXT NOT NULL,
  model TEXT NOT NULL,
  good INTEGER NOT NULL,
  bad INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, task_class, model)
) WITHOUT ROWID;
`;
