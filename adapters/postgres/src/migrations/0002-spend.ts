// Frozen: a later change is a new migration.
export const sql = `
-- Every call writes the rows of its budgets: half of each page is kept free, so that they stay on it and no index is
-- written; and dead rows are taken away after a fixed number, since the live ones are few.
CREATE TABLE budgets (
  tenant_id text COLLATE "C" NOT NULL,
  budget_id text COLLATE "C" NOT NULL,
  scope text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  budget_window text COLLATE "C" NOT NULL,
  limits json NOT NULL,
  window_started_at bigint NOT NULL,
  spent_cost bigint NOT NULL,
  spent_tokens bigint NOT NULL,
  spent_calls bigint NOT NULL,
  reserved_cost bigint NOT NULL,
  reserved_tokens bigint NOT NULL,
  reserved_calls bigint NOT NULL,
  PRIMARY KEY (tenant_id, budget_id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE UNIQUE INDEX budgets_of_subject ON budgets (tenant_id, scope, subject, budget_window);

CREATE TABLE reservations (
  tenant_id text COLLATE "C" NOT NULL,
  reservation_id text COLLATE "C" NOT NULL,
  call_id text COLLATE "C" NOT NULL,
  state text NOT NULL,
  key text COLLATE "C",
  goal text COLLATE "C",
  agent text COLLATE "C",
  amount json NOT NULL,
  charged json,
  budgets json NOT NULL,
  known json,
  reserved_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  due_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, reservation_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000);
CREATE INDEX reservations_held ON reservations (due_at) WHERE state = 'held';
CREATE INDEX reservations_ended ON reservations (due_at) WHERE state <> 'held';

CREATE TABLE model_keys (
  tenant_id text COLLATE "C" NOT NULL,
  key_id text COLLATE "C" NOT NULL,
  name text NOT NULL,
  prefix text NOT NULL,
  hash text COLLATE "C" NOT NULL,
  strategy text,
  data_class text,
  created_by text NOT NULL,
  models json NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint,
  revoked_at bigint,
  PRIMARY KEY (tenant_id, key_id)
);
CREATE UNIQUE INDEX model_keys_by_hash ON model_keys (hash);

CREATE TABLE model_calls (
  tenant_id text COLLATE "C" NOT NULL,
  call_id text COLLATE "C" NOT NULL,
  key_id text COLLATE "C",
  goal_id text COLLATE "C",
  ended_at bigint NOT NULL,
  assumed boolean NOT NULL,
  record json NOT NULL,
  PRIMARY KEY (tenant_id, call_id)
);
CREATE INDEX model_calls_newest ON model_calls (tenant_id, ended_at, call_id);
CREATE INDEX model_calls_of_goal ON model_calls (tenant_id, goal_id, ended_at, call_id) WHERE goal_id IS NOT NULL;
CREATE INDEX model_calls_of_key ON model_calls (tenant_id, key_id, ended_at, call_id) WHERE key_id IS NOT NULL;

-- Of no tenant: what a deployment does is the same for all.
CREATE TABLE deployment_facts (
  deployment_id text COLLATE "C" NOT NULL,
  fact text COLLATE "C" NOT NULL,
  detail text NOT NULL,
  learned_at bigint NOT NULL,
  PRIMARY KEY (deployment_id, fact)
);

CREATE TABLE model_outcomes (
  tenant_id text COLLATE "C" NOT NULL,
  call_id text COLLATE "C" NOT NULL,
  task_class text COLLATE "C" NOT NULL,
  model text COLLATE "C" NOT NULL,
  good boolean NOT NULL,
  at bigint NOT NULL,
  features text,
  PRIMARY KEY (tenant_id, call_id)
);
CREATE INDEX model_outcomes_newest ON model_outcomes (tenant_id, at) WHERE features IS NOT NULL;

CREATE TABLE learned_quality (
  tenant_id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  trained_at bigint NOT NULL,
  outcomes bigint NOT NULL,
  learned text NOT NULL,
  PRIMARY KEY (tenant_id)
);

CREATE TABLE outcome_counts (
  tenant_id text COLLATE "C" NOT NULL,
  task_class text COLLATE "C" NOT NULL,
  model text COLLATE "C" NOT NULL,
  good integer NOT NULL,
  bad integer NOT NULL,
  PRIMARY KEY (tenant_id, task_class, model)
);
`;
