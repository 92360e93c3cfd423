CREATE SCHEMA chorale_recorded;
CREATE TABLE chorale_recorded.approvals (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    approval_id text NOT NULL COLLATE pg_catalog."C",
    goal_id text NOT NULL COLLATE pg_catalog."C",
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
    answer json
);
ALTER TABLE ONLY chorale_recorded.approvals FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.artifacts (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    goal_id text NOT NULL COLLATE pg_catalog."C",
    task_no integer NOT NULL,
    attempt integer NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL,
    media_type text NOT NULL,
    size_bytes bigint NOT NULL,
    at bigint NOT NULL
);
ALTER TABLE ONLY chorale_recorded.artifacts FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.attempts (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    goal_id text NOT NULL COLLATE pg_catalog."C",
    task_no integer NOT NULL,
    attempt integer NOT NULL,
    run integer NOT NULL,
    worker_id text NOT NULL COLLATE pg_catalog."C",
    outcome text NOT NULL,
    started_at bigint NOT NULL,
    finished_at bigint NOT NULL,
    failure json
);
ALTER TABLE ONLY chorale_recorded.attempts FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.audit_checkpoints (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    size bigint NOT NULL,
    root text NOT NULL COLLATE pg_catalog."C",
    note text NOT NULL,
    at bigint NOT NULL
);
ALTER TABLE ONLY chorale_recorded.audit_checkpoints FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.audit_entries (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    no bigint NOT NULL,
    act_id text NOT NULL COLLATE pg_catalog."C",
    who text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    entry text NOT NULL,
    hash text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY chorale_recorded.audit_entries FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.audit_logs (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    size bigint NOT NULL,
    edge text NOT NULL COLLATE pg_catalog."C",
    root text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY chorale_recorded.audit_logs FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.audit_nodes (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    level integer NOT NULL,
    no bigint NOT NULL,
    hash text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY chorale_recorded.audit_nodes FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.audit_values (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    no bigint NOT NULL,
    field text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    retention text NOT NULL COLLATE pg_catalog."C",
    salt text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL,
    at bigint NOT NULL
);
ALTER TABLE ONLY chorale_recorded.audit_values FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.budgets (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    budget_id text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    budget_window text NOT NULL COLLATE pg_catalog."C",
    limits json NOT NULL,
    window_started_at bigint NOT NULL,
    spent_cost bigint NOT NULL,
    spent_tokens bigint NOT NULL,
    spent_calls bigint NOT NULL,
    reserved_cost bigint NOT NULL,
    reserved_tokens bigint NOT NULL,
    reserved_calls bigint NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');
ALTER TABLE ONLY chorale_recorded.budgets FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.data_keys (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    no integer NOT NULL,
    wrapped_by text NOT NULL COLLATE pg_catalog."C",
    wrapped text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL
);
ALTER TABLE ONLY chorale_recorded.data_keys FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.definitions (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    plan_hash text NOT NULL COLLATE pg_catalog."C",
    definition json NOT NULL
);
ALTER TABLE ONLY chorale_recorded.definitions FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.deployment_facts (
    deployment_id text NOT NULL COLLATE pg_catalog."C",
    fact text NOT NULL COLLATE pg_catalog."C",
    detail text NOT NULL,
    learned_at bigint NOT NULL
);
CREATE TABLE chorale_recorded.episodes (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    episode_id text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    session_id text NOT NULL COLLATE pg_catalog."C",
    speaker text NOT NULL COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    text text NOT NULL,
    occurred_at bigint NOT NULL,
    recorded_at bigint NOT NULL
);
ALTER TABLE ONLY chorale_recorded.episodes FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.erase_receipts (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    receipt_id text NOT NULL COLLATE pg_catalog."C",
    requested_by text NOT NULL COLLATE pg_catalog."C",
    subject json NOT NULL,
    erased_at bigint NOT NULL,
    memories integer NOT NULL,
    episodes integer NOT NULL,
    held integer NOT NULL,
    canaries integer,
    traces integer,
    note text
);
ALTER TABLE ONLY chorale_recorded.erase_receipts FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.event_pages (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    goal_id text NOT NULL COLLATE pg_catalog."C",
    seq integer NOT NULL,
    events json NOT NULL
);
ALTER TABLE ONLY chorale_recorded.event_pages FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.goals (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    goal_id text NOT NULL COLLATE pg_catalog."C",
    title text NOT NULL,
    workflow text NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    plan_version integer NOT NULL,
    plan_hash text NOT NULL COLLATE pg_catalog."C",
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
    idempotency_key text COLLATE pg_catalog."C",
    request_hash text,
    parent_goal_id text,
    parent_task_no integer,
    depth integer NOT NULL,
    failure json
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='20000', autovacuum_analyze_scale_factor='0', autovacuum_analyze_threshold='20000');
ALTER TABLE ONLY chorale_recorded.goals FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.identity_records (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    user_id text COLLATE pg_catalog."C",
    name text COLLATE pg_catalog."C",
    version integer NOT NULL,
    expires_at bigint,
    body json NOT NULL
);
ALTER TABLE ONLY chorale_recorded.identity_records FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.lanes (
    lane text NOT NULL COLLATE pg_catalog."C",
    clock double precision NOT NULL
);
CREATE TABLE chorale_recorded.learned_quality (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    trained_at bigint NOT NULL,
    outcomes bigint NOT NULL,
    learned text NOT NULL
);
ALTER TABLE ONLY chorale_recorded.learned_quality FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.mailboxes (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    mailbox text NOT NULL COLLATE pg_catalog."C",
    last_no bigint NOT NULL,
    used_at bigint NOT NULL,
    open integer NOT NULL
);
ALTER TABLE ONLY chorale_recorded.mailboxes FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.memories (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    session integer NOT NULL,
    "position" integer NOT NULL,
    memory_id text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    state_reason text,
    body text NOT NULL,
    claim_key text COLLATE pg_catalog."C",
    session_id text NOT NULL COLLATE pg_catalog."C",
    speaker text NOT NULL COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    recorded_by text NOT NULL COLLATE pg_catalog."C",
    supersedes text COLLATE pg_catalog."C",
    sensitivity text NOT NULL COLLATE pg_catalog."C",
    retention text NOT NULL COLLATE pg_catalog."C",
    claim json,
    ends json NOT NULL,
    provenance json NOT NULL,
    confidence double precision NOT NULL,
    importance double precision NOT NULL,
    form bigint NOT NULL,
    valid_from bigint NOT NULL,
    valid_to bigint,
    recorded_at bigint NOT NULL,
    retracted_at bigint,
    expires_at bigint,
    last_used_at bigint,
    uses integer NOT NULL,
    pinned boolean NOT NULL,
    legal_hold boolean NOT NULL
);
ALTER TABLE ONLY chorale_recorded.memories FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.memory_holds (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    hold_id text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL,
    placed_by text NOT NULL COLLATE pg_catalog."C",
    placed_at bigint NOT NULL
);
ALTER TABLE ONLY chorale_recorded.memory_holds FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.memory_imports (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    import_id text NOT NULL COLLATE pg_catalog."C",
    source text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    requested_by text NOT NULL COLLATE pg_catalog."C",
    imported_at bigint NOT NULL,
    rolled_back_at bigint,
    files json NOT NULL,
    sessions json NOT NULL,
    added integer NOT NULL,
    known integer NOT NULL,
    kept_out integer NOT NULL
);
ALTER TABLE ONLY chorale_recorded.memory_imports FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.memory_scopes (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    memories integer NOT NULL,
    length bigint NOT NULL,
    speakers json NOT NULL
);
ALTER TABLE ONLY chorale_recorded.memory_scopes FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.memory_sessions (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    session_id text NOT NULL COLLATE pg_catalog."C",
    session integer NOT NULL,
    next_position integer NOT NULL,
    kept integer NOT NULL
);
ALTER TABLE ONLY chorale_recorded.memory_sessions FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.memory_sketches (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    sketch bigint NOT NULL,
    session integer NOT NULL,
    "position" integer NOT NULL
);
ALTER TABLE ONLY chorale_recorded.memory_sketches FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.memory_sources (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    episode_id text NOT NULL COLLATE pg_catalog."C",
    memory_id text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY chorale_recorded.memory_sources FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.memory_tenants (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    next_session integer NOT NULL
);
ALTER TABLE ONLY chorale_recorded.memory_tenants FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.memory_terms (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    term text NOT NULL COLLATE pg_catalog."C",
    session integer NOT NULL,
    "position" integer NOT NULL,
    count integer NOT NULL,
    length integer NOT NULL,
    role text NOT NULL COLLATE pg_catalog."C",
    ended boolean NOT NULL
)
WITH (autovacuum_vacuum_insert_scale_factor='0', autovacuum_vacuum_insert_threshold='50000');
ALTER TABLE ONLY chorale_recorded.memory_terms FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.memory_vectors (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    session integer NOT NULL,
    "position" integer NOT NULL,
    model text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    dimension integer NOT NULL,
    vector real[] NOT NULL
);
ALTER TABLE ONLY chorale_recorded.memory_vectors FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.messages (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    mailbox text NOT NULL COLLATE pg_catalog."C",
    message_id text NOT NULL COLLATE pg_catalog."C",
    no bigint NOT NULL,
    sender text NOT NULL COLLATE pg_catalog."C",
    address text NOT NULL COLLATE pg_catalog."C",
    priority integer NOT NULL,
    payload json NOT NULL,
    question boolean NOT NULL,
    sent_at bigint NOT NULL,
    expires_at bigint,
    state text NOT NULL COLLATE pg_catalog."C",
    open boolean NOT NULL,
    take_id text COLLATE pg_catalog."C",
    lease_until bigint,
    deliveries integer NOT NULL,
    dead_reason text COLLATE pg_catalog."C",
    dead_detail text,
    ended_at bigint,
    due_at bigint NOT NULL
);
ALTER TABLE ONLY chorale_recorded.messages FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.model_calls (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    call_id text NOT NULL COLLATE pg_catalog."C",
    key_id text COLLATE pg_catalog."C",
    goal_id text COLLATE pg_catalog."C",
    ended_at bigint NOT NULL,
    assumed boolean NOT NULL,
    record json NOT NULL
);
ALTER TABLE ONLY chorale_recorded.model_calls FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.model_keys (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    key_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    prefix text NOT NULL,
    hash text NOT NULL COLLATE pg_catalog."C",
    strategy text,
    data_class text,
    created_by text NOT NULL,
    models json NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint
);
ALTER TABLE ONLY chorale_recorded.model_keys FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.model_outcomes (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    call_id text NOT NULL COLLATE pg_catalog."C",
    task_class text NOT NULL COLLATE pg_catalog."C",
    model text NOT NULL COLLATE pg_catalog."C",
    good boolean NOT NULL,
    at bigint NOT NULL,
    features text
);
ALTER TABLE ONLY chorale_recorded.model_outcomes FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.outcome_counts (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    task_class text NOT NULL COLLATE pg_catalog."C",
    model text NOT NULL COLLATE pg_catalog."C",
    good integer NOT NULL,
    bad integer NOT NULL
);
ALTER TABLE ONLY chorale_recorded.outcome_counts FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.plan_versions (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    goal_id text NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    plan_hash text NOT NULL COLLATE pg_catalog."C",
    author text NOT NULL,
    reason text NOT NULL,
    changes json NOT NULL,
    at bigint NOT NULL
);
ALTER TABLE ONLY chorale_recorded.plan_versions FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.rates (
    scope text NOT NULL COLLATE pg_catalog."C",
    tokens double precision NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE chorale_recorded.ready_tasks (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    goal_id text NOT NULL COLLATE pg_catalog."C",
    no integer NOT NULL,
    lane text NOT NULL COLLATE pg_catalog."C",
    priority integer NOT NULL,
    ready_at bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', autovacuum_analyze_scale_factor='0', autovacuum_analyze_threshold='5000');
ALTER TABLE ONLY chorale_recorded.ready_tasks FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.reservations (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    reservation_id text NOT NULL COLLATE pg_catalog."C",
    call_id text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL,
    key text COLLATE pg_catalog."C",
    goal text COLLATE pg_catalog."C",
    agent text COLLATE pg_catalog."C",
    amount json NOT NULL,
    charged json,
    budgets json NOT NULL,
    known json,
    reserved_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    due_at bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='20000', autovacuum_analyze_scale_factor='0', autovacuum_analyze_threshold='20000');
ALTER TABLE ONLY chorale_recorded.reservations FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.schedules (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    schedule_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    cron text NOT NULL,
    time_zone text NOT NULL,
    catch_up text NOT NULL,
    paused boolean NOT NULL,
    plan_hash text NOT NULL COLLATE pg_catalog."C",
    workflow text NOT NULL,
    inputs json NOT NULL,
    priority integer NOT NULL,
    next_at bigint NOT NULL,
    created_by text NOT NULL
);
ALTER TABLE ONLY chorale_recorded.schedules FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.schema_version (
    version integer NOT NULL
);
CREATE TABLE chorale_recorded.secrets (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    data_key integer NOT NULL,
    sealed text NOT NULL COLLATE pg_catalog."C",
    created_by text NOT NULL,
    created_at bigint NOT NULL
);
ALTER TABLE ONLY chorale_recorded.secrets FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.shares (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    lane text NOT NULL COLLATE pg_catalog."C",
    served double precision NOT NULL
);
ALTER TABLE ONLY chorale_recorded.shares FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.steps (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    goal_id text NOT NULL COLLATE pg_catalog."C",
    task_no integer NOT NULL,
    run integer NOT NULL,
    step_no integer NOT NULL,
    attempt integer NOT NULL,
    kind text NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL,
    idempotent boolean NOT NULL,
    input json NOT NULL,
    output json,
    failure json,
    started_at bigint NOT NULL,
    finished_at bigint
);
ALTER TABLE ONLY chorale_recorded.steps FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.subscriptions (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    topic text NOT NULL COLLATE pg_catalog."C",
    mailbox text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY chorale_recorded.subscriptions FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.tasks (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    goal_id text NOT NULL COLLATE pg_catalog."C",
    no integer NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
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
    worker_id text COLLATE pg_catalog."C",
    priority integer NOT NULL,
    lane text NOT NULL COLLATE pg_catalog."C",
    wake_at bigint,
    ready_at bigint,
    started_at bigint,
    finished_at bigint,
    output json,
    failure json,
    input_override json,
    cancel_requested boolean NOT NULL,
    call json,
    messages json
)
WITH (fillfactor='40', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='50000', autovacuum_analyze_scale_factor='0', autovacuum_analyze_threshold='50000');
ALTER TABLE ONLY chorale_recorded.tasks FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.topics (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    topic text NOT NULL COLLATE pg_catalog."C",
    set_by text NOT NULL,
    schema json NOT NULL,
    set_at bigint NOT NULL
);
ALTER TABLE ONLY chorale_recorded.topics FORCE ROW LEVEL SECURITY;
CREATE TABLE chorale_recorded.workers (
    worker_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    labels json NOT NULL,
    version text NOT NULL,
    started_at bigint NOT NULL,
    lease_until bigint NOT NULL,
    process json,
    running integer
);
INSERT INTO chorale_recorded.approvals VALUES ('north', 'appr_01m800dvjp5x4m8tbvhz8ad2cg', 'goal_01m800dvjdhe55pv5392gyc8d7', 1, 'task', 'May it go on?', 'null', 'pending', 1795296783958, NULL, NULL, NULL, NULL, NULL);
INSERT INTO chorale_recorded.definitions VALUES ('north', 'plan-chain', '{"workflow":"chain","inputs":{},"tasks":[{"key":"a","kind":"tool","tool":"noop","needs":[]},{"key":"b","kind":"tool","tool":"noop","needs":["a"]},{"key":"c","kind":"tool","tool":"noop","needs":["b"]}]}');
INSERT INTO chorale_recorded.definitions VALUES ('north', 'plan-asks', '{"workflow":"asks","inputs":{},"tasks":[{"key":"a","kind":"tool","tool":"noop","needs":[]},{"key":"ask","kind":"approval","question":"May it go on?","needs":["a"]},{"key":"b","kind":"tool","tool":"noop","needs":["ask"]}]}');
INSERT INTO chorale_recorded.definitions VALUES ('north', 'plan-waits', '{"workflow":"waits","inputs":{},"tasks":[{"key":"a","kind":"tool","tool":"noop","needs":[]},{"key":"go","kind":"signal","needs":["a"]},{"key":"b","kind":"tool","tool":"noop","needs":["go"]}]}');
INSERT INTO chorale_recorded.definitions VALUES ('north', 'plan-items', '{"workflow":"items","inputs":{},"tasks":[{"key":"work","kind":"tool","tool":"noop","needs":[],"forEach":{"items":"[1, 2, 3, 4, 5]","concurrency":2}},{"key":"after","kind":"tool","tool":"noop","needs":["work"]}]}');
INSERT INTO chorale_recorded.definitions VALUES ('north', 'plan-paused', '{"workflow":"paused","inputs":{},"tasks":[{"key":"a","kind":"tool","tool":"noop","needs":[]},{"key":"b","kind":"tool","tool":"noop","needs":["a"]}]}');
INSERT INTO chorale_recorded.definitions VALUES ('north', 'plan-journal', '{"workflow":"journal","inputs":{},"tasks":[{"key":"a","kind":"tool","tool":"noop","needs":[]}]}');
INSERT INTO chorale_recorded.definitions VALUES ('north', 'plan-wide', '{"workflow":"wide","inputs":{},"tasks":[{"key":"t0","kind":"tool","tool":"noop","needs":[]},{"key":"t1","kind":"tool","tool":"noop","needs":[]},{"key":"t2","kind":"tool","tool":"noop","needs":[]},{"key":"t3","kind":"tool","tool":"noop","needs":[]},{"key":"t4","kind":"tool","tool":"noop","needs":[]},{"key":"t5","kind":"tool","tool":"noop","needs":[]},{"key":"t6","kind":"tool","tool":"noop","needs":[]},{"key":"t7","kind":"tool","tool":"noop","needs":[]},{"key":"t8","kind":"tool","tool":"noop","needs":[]},{"key":"t9","kind":"tool","tool":"noop","needs":[]},{"key":"t10","kind":"tool","tool":"noop","needs":["t0"]},{"key":"t11","kind":"tool","tool":"noop","needs":["t1"]},{"key":"t12","kind":"tool","tool":"noop","needs":["t2"]},{"key":"t13","kind":"tool","tool":"noop","needs":["t3"]},{"key":"t14","kind":"tool","tool":"noop","needs":["t4"]},{"key":"t15","kind":"tool","tool":"noop","needs":["t5"]},{"key":"t16","kind":"tool","tool":"noop","needs":["t6"]},{"key":"t17","kind":"tool","tool":"noop","needs":["t7"]},{"key":"t18","kind":"tool","tool":"noop","needs":["t8"]},{"key":"t19","kind":"tool","tool":"noop","needs":["t9"]},{"key":"t20","kind":"tool","tool":"noop","needs":["t10"]},{"key":"t21","kind":"tool","tool":"noop","needs":["t11"]},{"key":"t22","kind":"tool","tool":"noop","needs":["t12"]},{"key":"t23","kind":"tool","tool":"noop","needs":["t13"]},{"key":"t24","kind":"tool","tool":"noop","needs":["t14"]},{"key":"t25","kind":"tool","tool":"noop","needs":["t15"]},{"key":"t26","kind":"tool","tool":"noop","needs":["t16"]},{"key":"t27","kind":"tool","tool":"noop","needs":["t17"]},{"key":"t28","kind":"tool","tool":"noop","needs":["t18"]},{"key":"t29","kind":"tool","tool":"noop","needs":["t19"]},{"key":"t30","kind":"tool","tool":"noop","needs":["t20"]},{"key":"t31","kind":"tool","tool":"noop","needs":["t21"]},{"key":"t32","kind":"tool","tool":"noop","needs":["t22"]},{"key":"t33","kind":"tool","tool":"noop","needs":["t23"]},{"key":"t34","kind":"tool","tool":"noop","needs":["t24"]},{"key":"t35","kind":"tool","tool":"noop","needs":["t25"]},{"key":"t36","kind":"tool","tool":"noop","needs":["t26"]},{"key":"t37","kind":"tool","tool":"noop","needs":["t27"]},{"key":"t38","kind":"tool","tool":"noop","needs":["t28"]},{"key":"t39","kind":"tool","tool":"noop","needs":["t29"]},{"key":"t40","kind":"tool","tool":"noop","needs":["t30"]},{"key":"t41","kind":"tool","tool":"noop","needs":["t31"]},{"key":"t42","kind":"tool","tool":"noop","needs":["t32"]},{"key":"t43","kind":"tool","tool":"noop","needs":["t33"]},{"key":"t44","kind":"tool","tool":"noop","needs":["t34"]},{"key":"t45","kind":"tool","tool":"noop","needs":["t35"]},{"key":"t46","kind":"tool","tool":"noop","needs":["t36"]},{"key":"t47","kind":"tool","tool":"noop","needs":["t37"]},{"key":"t48","kind":"tool","tool":"noop","needs":["t38"]},{"key":"t49","kind":"tool","tool":"noop","needs":["t39"]},{"key":"t50","kind":"tool","tool":"noop","needs":["t40"]},{"key":"t51","kind":"tool","tool":"noop","needs":["t41"]},{"key":"t52","kind":"tool","tool":"noop","needs":["t42"]},{"key":"t53","kind":"tool","tool":"noop","needs":["t43"]},{"key":"t54","kind":"tool","tool":"noop","needs":["t44"]},{"key":"t55","kind":"tool","tool":"noop","needs":["t45"]},{"key":"t56","kind":"tool","tool":"noop","needs":["t46"]},{"key":"t57","kind":"tool","tool":"noop","needs":["t47"]},{"key":"t58","kind":"tool","tool":"noop","needs":["t48"]},{"key":"t59","kind":"tool","tool":"noop","needs":["t49"]},{"key":"t60","kind":"tool","tool":"noop","needs":["t50"]},{"key":"t61","kind":"tool","tool":"noop","needs":["t51"]},{"key":"t62","kind":"tool","tool":"noop","needs":["t52"]},{"key":"t63","kind":"tool","tool":"noop","needs":["t53"]},{"key":"t64","kind":"tool","tool":"noop","needs":["t54"]},{"key":"t65","kind":"tool","tool":"noop","needs":["t55"]},{"key":"t66","kind":"tool","tool":"noop","needs":["t56"]},{"key":"t67","kind":"tool","tool":"noop","needs":["t57"]},{"key":"t68","kind":"tool","tool":"noop","needs":["t58"]},{"key":"t69","kind":"tool","tool":"noop","needs":["t59"]},{"key":"t70","kind":"tool","tool":"noop","needs":["t60"]},{"key":"t71","kind":"tool","tool":"noop","needs":["t61"]},{"key":"t72","kind":"tool","tool":"noop","needs":["t62"]},{"key":"t73","kind":"tool","tool":"noop","needs":["t63"]},{"key":"t74","kind":"tool","tool":"noop","needs":["t64"]},{"key":"t75","kind":"tool","tool":"noop","needs":["t65"]},{"key":"t76","kind":"tool","tool":"noop","needs":["t66"]},{"key":"t77","kind":"tool","tool":"noop","needs":["t67"]},{"key":"t78","kind":"tool","tool":"noop","needs":["t68"]},{"key":"t79","kind":"tool","tool":"noop","needs":["t69"]},{"key":"t80","kind":"tool","tool":"noop","needs":["t70"]},{"key":"t81","kind":"tool","tool":"noop","needs":["t71"]},{"key":"t82","kind":"tool","tool":"noop","needs":["t72"]},{"key":"t83","kind":"tool","tool":"noop","needs":["t73"]},{"key":"t84","kind":"tool","tool":"noop","needs":["t74"]},{"key":"t85","kind":"tool","tool":"noop","needs":["t75"]},{"key":"t86","kind":"tool","tool":"noop","needs":["t76"]},{"key":"t87","kind":"tool","tool":"noop","needs":["t77"]},{"key":"t88","kind":"tool","tool":"noop","needs":["t78"]},{"key":"t89","kind":"tool","tool":"noop","needs":["t79"]},{"key":"t90","kind":"tool","tool":"noop","needs":["t80"]},{"key":"t91","kind":"tool","tool":"noop","needs":["t81"]},{"key":"t92","kind":"tool","tool":"noop","needs":["t82"]},{"key":"t93","kind":"tool","tool":"noop","needs":["t83"]},{"key":"t94","kind":"tool","tool":"noop","needs":["t84"]},{"key":"t95","kind":"tool","tool":"noop","needs":["t85"]},{"key":"t96","kind":"tool","tool":"noop","needs":["t86"]},{"key":"t97","kind":"tool","tool":"noop","needs":["t87"]},{"key":"t98","kind":"tool","tool":"noop","needs":["t88"]},{"key":"t99","kind":"tool","tool":"noop","needs":["t89"]}]}');
INSERT INTO chorale_recorded.definitions VALUES ('north', 'plan-ended', '{"workflow":"ended","inputs":{},"tasks":[{"key":"a","kind":"tool","tool":"noop","needs":[]}]}');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvervnjmyfw3w0068mpg', 1, '[["goal-submitted",1795296783837,null,{"title":"chain","workflow":"chain","tasks":3}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvervnjmyfw3w0068mpg', 2, '[["task-started",1795296783863,0,{"key":"a","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvervnjmyfw3w0068mpg', 3, '[["task-finished",1795296783902,0,{"key":"a","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvervnjmyfw3w0068mpg', 4, '[["task-started",1795296783935,1,{"key":"b","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvjdhe55pv5392gyc8d7', 1, '[["goal-submitted",1795296783950,null,{"title":"asks","workflow":"asks","tasks":3}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvjdhe55pv5392gyc8d7', 2, '[["task-started",1795296783954,0,{"key":"a","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvjdhe55pv5392gyc8d7', 5, '[["task-finished",1795296783958,0,{"key":"a","state":"succeeded"}],["approval-requested",1795296783958,1,{"key":"ask","approval":"appr_01m800dvjp5x4m8tbvhz8ad2cg"}],["task-waiting",1795296783958,1,{"key":"ask","reason":"approval","waitsFor":"appr_01m800dvjp5x4m8tbvhz8ad2cg"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvjxgjrn4r0ypd6t1hd5', 1, '[["goal-submitted",1795296783966,null,{"title":"waits","workflow":"waits","tasks":3}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvjxgjrn4r0ypd6t1hd5', 2, '[["task-started",1795296783968,0,{"key":"a","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvjxgjrn4r0ypd6t1hd5', 4, '[["task-finished",1795296783973,0,{"key":"a","state":"succeeded"}],["task-waiting",1795296783973,1,{"key":"go","reason":"signal"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvk9s5437pd5ygyc53r9', 2, '[["goal-submitted",1795296783978,null,{"title":"items","workflow":"items","tasks":2}],["task-waiting",1795296783978,0,{"key":"work","reason":"items"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvk9s5437pd5ygyc53r9', 4, '[["task-started",1795296783986,100000,{"key":"work[0]","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296783986,100001,{"key":"work[1]","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvk9s5437pd5ygyc53r9', 5, '[["task-finished",1795296783991,100000,{"key":"work[0]","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvk9s5437pd5ygyc53r9', 6, '[["task-finished",1795296783995,100001,{"key":"work[1]","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvk9s5437pd5ygyc53r9', 8, '[["task-started",1795296784004,100002,{"key":"work[2]","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784004,100003,{"key":"work[3]","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvmbe408yhwea9vt8by2', 1, '[["goal-submitted",1795296784011,null,{"title":"paused","workflow":"paused","tasks":2}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvmbe408yhwea9vt8by2', 2, '[["task-started",1795296784015,0,{"key":"a","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvmbe408yhwea9vt8by2', 3, '[["task-finished",1795296784020,0,{"key":"a","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvmbe408yhwea9vt8by2', 4, '[["goal-paused",1795296784022,null,{"by":"ann","reason":"to see"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvmswrpvmt6437hatkyd', 1, '[["goal-submitted",1795296784025,null,{"title":"journal","workflow":"journal","tasks":1}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvmswrpvmt6437hatkyd', 2, '[["task-started",1795296784028,0,{"key":"a","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvmswrpvmt6437hatkyd', 3, '[["step-started",1795296784034,0,{"key":"a","step":1,"name":"noop"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 1, '[["goal-submitted",1795296784044,null,{"title":"wide","workflow":"wide","tasks":100}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 11, '[["task-started",1795296784048,0,{"key":"t0","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784048,1,{"key":"t1","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784048,2,{"key":"t2","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784048,3,{"key":"t3","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784048,4,{"key":"t4","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784048,5,{"key":"t5","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784048,6,{"key":"t6","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784048,7,{"key":"t7","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784048,8,{"key":"t8","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784048,9,{"key":"t9","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 12, '[["task-finished",1795296784054,0,{"key":"t0","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 13, '[["task-finished",1795296784057,1,{"key":"t1","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 14, '[["task-finished",1795296784067,2,{"key":"t2","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 15, '[["task-finished",1795296784086,3,{"key":"t3","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 16, '[["task-finished",1795296784092,4,{"key":"t4","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 17, '[["task-finished",1795296784105,5,{"key":"t5","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 18, '[["task-finished",1795296784109,6,{"key":"t6","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 19, '[["task-finished",1795296784113,7,{"key":"t7","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 20, '[["task-finished",1795296784117,8,{"key":"t8","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 21, '[["task-finished",1795296784120,9,{"key":"t9","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 31, '[["task-started",1795296784127,10,{"key":"t10","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784127,11,{"key":"t11","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784127,12,{"key":"t12","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784127,13,{"key":"t13","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784127,14,{"key":"t14","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784127,15,{"key":"t15","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784127,16,{"key":"t16","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784127,17,{"key":"t17","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784127,18,{"key":"t18","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784127,19,{"key":"t19","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 32, '[["task-finished",1795296784140,10,{"key":"t10","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 34, '[["task-finished",1795296784152,12,{"key":"t12","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 36, '[["task-finished",1795296784176,14,{"key":"t14","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 33, '[["task-finished",1795296784149,11,{"key":"t11","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 35, '[["task-finished",1795296784160,13,{"key":"t13","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 37, '[["task-finished",1795296784184,15,{"key":"t15","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 38, '[["task-finished",1795296784193,16,{"key":"t16","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 39, '[["task-finished",1795296784200,17,{"key":"t17","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 40, '[["task-finished",1795296784204,18,{"key":"t18","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 41, '[["task-finished",1795296784210,19,{"key":"t19","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 51, '[["task-started",1795296784215,20,{"key":"t20","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784215,21,{"key":"t21","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784215,22,{"key":"t22","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784215,23,{"key":"t23","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784215,24,{"key":"t24","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784215,25,{"key":"t25","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784215,26,{"key":"t26","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784215,27,{"key":"t27","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784215,28,{"key":"t28","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784215,29,{"key":"t29","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 52, '[["task-finished",1795296784237,20,{"key":"t20","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 53, '[["task-finished",1795296784239,21,{"key":"t21","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 54, '[["task-finished",1795296784241,22,{"key":"t22","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 55, '[["task-finished",1795296784244,23,{"key":"t23","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 56, '[["task-finished",1795296784247,24,{"key":"t24","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 57, '[["task-finished",1795296784252,25,{"key":"t25","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 58, '[["task-finished",1795296784257,26,{"key":"t26","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 59, '[["task-finished",1795296784260,27,{"key":"t27","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 60, '[["task-finished",1795296784263,28,{"key":"t28","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 61, '[["task-finished",1795296784267,29,{"key":"t29","state":"succeeded"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 71, '[["task-started",1795296784272,30,{"key":"t30","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784272,31,{"key":"t31","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784272,32,{"key":"t32","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784272,33,{"key":"t33","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784272,34,{"key":"t34","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784272,35,{"key":"t35","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784272,36,{"key":"t36","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784272,37,{"key":"t37","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784272,38,{"key":"t38","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}],["task-started",1795296784272,39,{"key":"t39","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvwnh75yeyz6h7sg2h1m', 1, '[["goal-submitted",1795296784278,null,{"title":"ended","workflow":"ended","tasks":1}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvwnh75yeyz6h7sg2h1m', 2, '[["task-started",1795296784284,0,{"key":"a","attempt":1,"worker":"worker_01m800dvc8qn73aehyxa9trj7e"}]]');
INSERT INTO chorale_recorded.event_pages VALUES ('north', 'goal_01m800dvwnh75yeyz6h7sg2h1m', 4, '[["task-finished",1795296784292,0,{"key":"a","state":"succeeded"}],["goal-finished",1795296784292,null,{"state":"succeeded"}]]');
INSERT INTO chorale_recorded.goals VALUES ('north', 'goal_01m800dvervnjmyfw3w0068mpg', 'chain', 'chain', 'running', 4, 1, 'plan-chain', '{}', NULL, 2, 4, 2, 1, 3, 100000, 0, 1795296783837, NULL, NULL, NULL, 'ann', 'chain', NULL, NULL, NULL, 0, NULL);
INSERT INTO chorale_recorded.goals VALUES ('north', 'goal_01m800dvjdhe55pv5392gyc8d7', 'asks', 'asks', 'running', 3, 1, 'plan-asks', '{}', NULL, 2, 5, 2, 0, 3, 100000, 0, 1795296783950, NULL, NULL, NULL, 'ann', 'asks', NULL, NULL, NULL, 0, NULL);
INSERT INTO chorale_recorded.goals VALUES ('north', 'goal_01m800dvjxgjrn4r0ypd6t1hd5', 'waits', 'waits', 'running', 3, 1, 'plan-waits', '{}', NULL, 2, 4, 2, 0, 3, 100000, 0, 1795296783966, NULL, NULL, NULL, 'ann', 'waits', NULL, NULL, NULL, 0, NULL);
INSERT INTO chorale_recorded.goals VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 'wide', 'wide', 'running', 71, 1, 'plan-wide', '{}', NULL, 2, 71, 70, 10, 100, 100000, 0, 1795296784044, NULL, NULL, NULL, 'ann', 'wide', NULL, NULL, NULL, 0, NULL);
INSERT INTO chorale_recorded.goals VALUES ('north', 'goal_01m800dvk9s5437pd5ygyc53r9', 'items', 'items', 'running', 7, 1, 'plan-items', '{}', NULL, 2, 8, 5, 2, 7, 100005, 0, 1795296783978, NULL, NULL, NULL, 'ann', 'items', NULL, NULL, NULL, 0, NULL);
INSERT INTO chorale_recorded.goals VALUES ('north', 'goal_01m800dvwnh75yeyz6h7sg2h1m', 'ended', 'ended', 'succeeded', 3, 1, 'plan-ended', '{}', '{}', 2, 4, 0, 0, 1, 100000, 0, 1795296784278, NULL, NULL, 1795296784292, 'ann', 'ended', NULL, NULL, NULL, 0, NULL);
INSERT INTO chorale_recorded.goals VALUES ('north', 'goal_01m800dvmbe408yhwea9vt8by2', 'paused', 'paused', 'paused', 4, 1, 'plan-paused', '{}', NULL, 2, 4, 1, 0, 2, 100000, 0, 1795296784011, NULL, NULL, NULL, 'ann', 'paused', NULL, NULL, NULL, 0, NULL);
INSERT INTO chorale_recorded.goals VALUES ('north', 'goal_01m800dvmswrpvmt6437hatkyd', 'journal', 'journal', 'running', 3, 1, 'plan-journal', '{}', NULL, 2, 3, 1, 1, 1, 100000, 0, 1795296784025, NULL, NULL, NULL, 'ann', 'journal', NULL, NULL, NULL, 0, NULL);
INSERT INTO chorale_recorded.lanes VALUES ('default', 637);
INSERT INTO chorale_recorded.plan_versions VALUES ('north', 'goal_01m800dvervnjmyfw3w0068mpg', 1, 'plan-chain', 'ann', 'submitted', '[]', 1795296783837);
INSERT INTO chorale_recorded.plan_versions VALUES ('north', 'goal_01m800dvjdhe55pv5392gyc8d7', 1, 'plan-asks', 'ann', 'submitted', '[]', 1795296783950);
INSERT INTO chorale_recorded.plan_versions VALUES ('north', 'goal_01m800dvjxgjrn4r0ypd6t1hd5', 1, 'plan-waits', 'ann', 'submitted', '[]', 1795296783966);
INSERT INTO chorale_recorded.plan_versions VALUES ('north', 'goal_01m800dvk9s5437pd5ygyc53r9', 1, 'plan-items', 'ann', 'submitted', '[]', 1795296783978);
INSERT INTO chorale_recorded.plan_versions VALUES ('north', 'goal_01m800dvmbe408yhwea9vt8by2', 1, 'plan-paused', 'ann', 'submitted', '[]', 1795296784011);
INSERT INTO chorale_recorded.plan_versions VALUES ('north', 'goal_01m800dvmswrpvmt6437hatkyd', 1, 'plan-journal', 'ann', 'submitted', '[]', 1795296784025);
INSERT INTO chorale_recorded.plan_versions VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 1, 'plan-wide', 'ann', 'submitted', '[]', 1795296784044);
INSERT INTO chorale_recorded.plan_versions VALUES ('north', 'goal_01m800dvwnh75yeyz6h7sg2h1m', 1, 'plan-ended', 'ann', 'submitted', '[]', 1795296784278);
INSERT INTO chorale_recorded.schema_version VALUES (1);
INSERT INTO chorale_recorded.schema_version VALUES (2);
INSERT INTO chorale_recorded.schema_version VALUES (3);
INSERT INTO chorale_recorded.schema_version VALUES (4);
INSERT INTO chorale_recorded.schema_version VALUES (5);
INSERT INTO chorale_recorded.schema_version VALUES (6);
INSERT INTO chorale_recorded.schema_version VALUES (7);
INSERT INTO chorale_recorded.schema_version VALUES (8);
INSERT INTO chorale_recorded.schema_version VALUES (9);
INSERT INTO chorale_recorded.steps VALUES ('north', 'goal_01m800dvmswrpvmt6437hatkyd', 0, 1, 1, 1, 'tool-call', 'noop', 'started', true, '{}', NULL, NULL, 1, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvk9s5437pd5ygyc53r9', 100000, 'work[0]', 0, 0, 0, '1', 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296783978, 1795296783986, 1795296783991, '"work[0]"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvervnjmyfw3w0068mpg', 0, 'a', 0, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296783837, 1795296783863, 1795296783902, '"a"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvervnjmyfw3w0068mpg', 1, 'b', 1, NULL, NULL, NULL, 'running', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296783902, 1795296783935, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvmbe408yhwea9vt8by2', 1, 'b', 1, NULL, NULL, NULL, 'held', 'goal-paused', NULL, 0, false, 0, 1, 0, 0, NULL, 2, 'default', NULL, 1795296784020, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvjdhe55pv5392gyc8d7', 1, 'ask', 1, NULL, NULL, NULL, 'blocked', 'approval', 'appr_01m800dvjp5x4m8tbvhz8ad2cg', 0, false, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvjdhe55pv5392gyc8d7', 0, 'a', 0, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296783950, 1795296783954, 1795296783958, '"a"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvk9s5437pd5ygyc53r9', 100002, 'work[2]', 0, 0, 2, '3', 'running', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296783991, 1795296784004, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvjxgjrn4r0ypd6t1hd5', 1, 'go', 1, NULL, NULL, NULL, 'blocked', 'signal', NULL, 0, false, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvjxgjrn4r0ypd6t1hd5', 0, 'a', 0, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296783966, 1795296783968, 1795296783973, '"a"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvk9s5437pd5ygyc53r9', 100003, 'work[3]', 0, 0, 3, '4', 'running', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296783995, 1795296784004, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvk9s5437pd5ygyc53r9', 100001, 'work[1]', 0, 0, 1, '2', 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296783978, 1795296783986, 1795296783995, '"work[1]"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvk9s5437pd5ygyc53r9', 0, 'work', 0, NULL, NULL, '{"first":100000,"count":5,"next":100004}', 'blocked', 'items', NULL, 3, false, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvmswrpvmt6437hatkyd', 0, 'a', 0, NULL, NULL, NULL, 'running', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784025, 1795296784028, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvmbe408yhwea9vt8by2', 0, 'a', 0, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784011, 1795296784015, 1795296784020, '"a"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 10, 't10', 10, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784054, 1795296784127, 1795296784140, '"t10"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvk9s5437pd5ygyc53r9', 100004, 'work[4]', 0, 0, 4, '5', 'waiting', 'item-limit', NULL, 0, false, 0, 1, 0, 0, NULL, 2, 'default', NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 4, 't4', 4, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784044, 1795296784048, 1795296784092, '"t4"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 0, 't0', 0, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784044, 1795296784048, 1795296784054, '"t0"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 1, 't1', 1, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784044, 1795296784048, 1795296784057, '"t1"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 2, 't2', 2, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784044, 1795296784048, 1795296784067, '"t2"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 3, 't3', 3, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784044, 1795296784048, 1795296784086, '"t3"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 5, 't5', 5, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784044, 1795296784048, 1795296784105, '"t5"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 6, 't6', 6, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784044, 1795296784048, 1795296784109, '"t6"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 7, 't7', 7, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784044, 1795296784048, 1795296784113, '"t7"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 8, 't8', 8, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784044, 1795296784048, 1795296784117, '"t8"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 9, 't9', 9, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784044, 1795296784048, 1795296784120, '"t9"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 11, 't11', 11, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784057, 1795296784127, 1795296784149, '"t11"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 13, 't13', 13, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784086, 1795296784127, 1795296784160, '"t13"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 22, 't22', 22, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784152, 1795296784215, 1795296784241, '"t22"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 24, 't24', 24, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784176, 1795296784215, 1795296784247, '"t24"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 12, 't12', 12, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784067, 1795296784127, 1795296784152, '"t12"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 14, 't14', 14, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784092, 1795296784127, 1795296784176, '"t14"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 16, 't16', 16, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784109, 1795296784127, 1795296784193, '"t16"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 18, 't18', 18, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784117, 1795296784127, 1795296784204, '"t18"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 20, 't20', 20, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784140, 1795296784215, 1795296784237, '"t20"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 21, 't21', 21, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784149, 1795296784215, 1795296784239, '"t21"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 23, 't23', 23, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784160, 1795296784215, 1795296784244, '"t23"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 25, 't25', 25, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784184, 1795296784215, 1795296784252, '"t25"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 15, 't15', 15, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784105, 1795296784127, 1795296784184, '"t15"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 17, 't17', 17, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784113, 1795296784127, 1795296784200, '"t17"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 19, 't19', 19, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784120, 1795296784127, 1795296784210, '"t19"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 26, 't26', 26, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784193, 1795296784215, 1795296784257, '"t26"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 27, 't27', 27, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784200, 1795296784215, 1795296784260, '"t27"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 28, 't28', 28, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784204, 1795296784215, 1795296784263, '"t28"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 29, 't29', 29, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784210, 1795296784215, 1795296784267, '"t29"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 30, 't30', 30, NULL, NULL, NULL, 'running', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784237, 1795296784272, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 32, 't32', 32, NULL, NULL, NULL, 'running', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784241, 1795296784272, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 34, 't34', 34, NULL, NULL, NULL, 'running', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784247, 1795296784272, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 36, 't36', 36, NULL, NULL, NULL, 'running', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784257, 1795296784272, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 38, 't38', 38, NULL, NULL, NULL, 'running', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784263, 1795296784272, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvwnh75yeyz6h7sg2h1m', 0, 'a', 0, NULL, NULL, NULL, 'succeeded', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784278, 1795296784284, 1795296784292, '"a"', NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 31, 't31', 31, NULL, NULL, NULL, 'running', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784239, 1795296784272, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 33, 't33', 33, NULL, NULL, NULL, 'running', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784244, 1795296784272, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 35, 't35', 35, NULL, NULL, NULL, 'running', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784252, 1795296784272, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 37, 't37', 37, NULL, NULL, NULL, 'running', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784260, 1795296784272, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.tasks VALUES ('north', 'goal_01m800dvn8jh98q6d7y4rgdt4a', 39, 't39', 39, NULL, NULL, NULL, 'running', NULL, NULL, 0, false, 1, 1, 0, 0, 'worker_01m800dvc8qn73aehyxa9trj7e', 2, 'default', NULL, 1795296784267, 1795296784272, NULL, NULL, NULL, NULL, false, NULL, NULL);
INSERT INTO chorale_recorded.workers VALUES ('worker_01m800dvc8qn73aehyxa9trj7e', 'recorder', '[]', '1', 1795296783790, 1795296813790, NULL, NULL);
ALTER TABLE ONLY chorale_recorded.approvals
    ADD CONSTRAINT approvals_pkey PRIMARY KEY (tenant_id, approval_id);
ALTER TABLE ONLY chorale_recorded.artifacts
    ADD CONSTRAINT artifacts_pkey PRIMARY KEY (tenant_id, goal_id, task_no, attempt, name);
ALTER TABLE ONLY chorale_recorded.attempts
    ADD CONSTRAINT attempts_pkey PRIMARY KEY (tenant_id, goal_id, task_no, attempt);
ALTER TABLE ONLY chorale_recorded.audit_checkpoints
    ADD CONSTRAINT audit_checkpoints_pkey PRIMARY KEY (tenant_id, size);
ALTER TABLE ONLY chorale_recorded.audit_entries
    ADD CONSTRAINT audit_entries_pkey PRIMARY KEY (tenant_id, no);
ALTER TABLE ONLY chorale_recorded.audit_logs
    ADD CONSTRAINT audit_logs_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY chorale_recorded.audit_nodes
    ADD CONSTRAINT audit_nodes_pkey PRIMARY KEY (tenant_id, level, no);
ALTER TABLE ONLY chorale_recorded.audit_values
    ADD CONSTRAINT audit_values_pkey PRIMARY KEY (tenant_id, no, field);
ALTER TABLE ONLY chorale_recorded.budgets
    ADD CONSTRAINT budgets_pkey PRIMARY KEY (tenant_id, budget_id);
ALTER TABLE ONLY chorale_recorded.data_keys
    ADD CONSTRAINT data_keys_pkey PRIMARY KEY (tenant_id, no);
ALTER TABLE ONLY chorale_recorded.definitions
    ADD CONSTRAINT definitions_pkey PRIMARY KEY (tenant_id, plan_hash);
ALTER TABLE ONLY chorale_recorded.deployment_facts
    ADD CONSTRAINT deployment_facts_pkey PRIMARY KEY (deployment_id, fact);
ALTER TABLE ONLY chorale_recorded.episodes
    ADD CONSTRAINT episodes_pkey PRIMARY KEY (tenant_id, episode_id);
ALTER TABLE ONLY chorale_recorded.erase_receipts
    ADD CONSTRAINT erase_receipts_pkey PRIMARY KEY (tenant_id, receipt_id);
ALTER TABLE ONLY chorale_recorded.event_pages
    ADD CONSTRAINT event_pages_pkey PRIMARY KEY (tenant_id, goal_id, seq);
ALTER TABLE ONLY chorale_recorded.goals
    ADD CONSTRAINT goals_pkey PRIMARY KEY (tenant_id, goal_id);
ALTER TABLE ONLY chorale_recorded.identity_records
    ADD CONSTRAINT identity_records_pkey PRIMARY KEY (tenant_id, kind, id);
ALTER TABLE ONLY chorale_recorded.lanes
    ADD CONSTRAINT lanes_pkey PRIMARY KEY (lane);
ALTER TABLE ONLY chorale_recorded.learned_quality
    ADD CONSTRAINT learned_quality_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY chorale_recorded.mailboxes
    ADD CONSTRAINT mailboxes_pkey PRIMARY KEY (tenant_id, mailbox);
ALTER TABLE ONLY chorale_recorded.memories
    ADD CONSTRAINT memories_pkey PRIMARY KEY (tenant_id, session, "position");
ALTER TABLE ONLY chorale_recorded.memory_holds
    ADD CONSTRAINT memory_holds_pkey PRIMARY KEY (tenant_id, scope, hold_id);
ALTER TABLE ONLY chorale_recorded.memory_imports
    ADD CONSTRAINT memory_imports_pkey PRIMARY KEY (tenant_id, import_id);
ALTER TABLE ONLY chorale_recorded.memory_scopes
    ADD CONSTRAINT memory_scopes_pkey PRIMARY KEY (tenant_id, scope);
ALTER TABLE ONLY chorale_recorded.memory_sessions
    ADD CONSTRAINT memory_sessions_pkey PRIMARY KEY (tenant_id, scope, session_id);
ALTER TABLE ONLY chorale_recorded.memory_sketches
    ADD CONSTRAINT memory_sketches_pkey PRIMARY KEY (tenant_id, scope, sketch, session, "position");
ALTER TABLE ONLY chorale_recorded.memory_sources
    ADD CONSTRAINT memory_sources_pkey PRIMARY KEY (tenant_id, episode_id, memory_id);
ALTER TABLE ONLY chorale_recorded.memory_tenants
    ADD CONSTRAINT memory_tenants_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY chorale_recorded.memory_terms
    ADD CONSTRAINT memory_terms_pkey PRIMARY KEY (tenant_id, scope, term, session, "position") INCLUDE (count, length, role, ended);
ALTER TABLE ONLY chorale_recorded.memory_vectors
    ADD CONSTRAINT memory_vectors_pkey PRIMARY KEY (tenant_id, session, "position", model);
ALTER TABLE ONLY chorale_recorded.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (tenant_id, mailbox, message_id);
ALTER TABLE ONLY chorale_recorded.model_calls
    ADD CONSTRAINT model_calls_pkey PRIMARY KEY (tenant_id, call_id);
ALTER TABLE ONLY chorale_recorded.model_keys
    ADD CONSTRAINT model_keys_pkey PRIMARY KEY (tenant_id, key_id);
ALTER TABLE ONLY chorale_recorded.model_outcomes
    ADD CONSTRAINT model_outcomes_pkey PRIMARY KEY (tenant_id, call_id);
ALTER TABLE ONLY chorale_recorded.outcome_counts
    ADD CONSTRAINT outcome_counts_pkey PRIMARY KEY (tenant_id, task_class, model);
ALTER TABLE ONLY chorale_recorded.plan_versions
    ADD CONSTRAINT plan_versions_pkey PRIMARY KEY (tenant_id, goal_id, version);
ALTER TABLE ONLY chorale_recorded.rates
    ADD CONSTRAINT rates_pkey PRIMARY KEY (scope);
ALTER TABLE ONLY chorale_recorded.ready_tasks
    ADD CONSTRAINT ready_tasks_pkey PRIMARY KEY (tenant_id, goal_id, no);
ALTER TABLE ONLY chorale_recorded.reservations
    ADD CONSTRAINT reservations_pkey PRIMARY KEY (tenant_id, reservation_id);
ALTER TABLE ONLY chorale_recorded.schedules
    ADD CONSTRAINT schedules_pkey PRIMARY KEY (tenant_id, schedule_id);
ALTER TABLE ONLY chorale_recorded.secrets
    ADD CONSTRAINT secrets_pkey PRIMARY KEY (tenant_id, name, version);
ALTER TABLE ONLY chorale_recorded.shares
    ADD CONSTRAINT shares_pkey PRIMARY KEY (tenant_id, lane);
ALTER TABLE ONLY chorale_recorded.steps
    ADD CONSTRAINT steps_pkey PRIMARY KEY (tenant_id, goal_id, task_no, run, step_no);
ALTER TABLE ONLY chorale_recorded.subscriptions
    ADD CONSTRAINT subscriptions_pkey PRIMARY KEY (tenant_id, topic, mailbox);
ALTER TABLE ONLY chorale_recorded.tasks
    ADD CONSTRAINT tasks_pkey PRIMARY KEY (tenant_id, goal_id, no);
ALTER TABLE ONLY chorale_recorded.topics
    ADD CONSTRAINT topics_pkey PRIMARY KEY (tenant_id, topic);
ALTER TABLE ONLY chorale_recorded.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (worker_id);
CREATE INDEX approvals_expiring ON chorale_recorded.approvals USING btree (expires_at) WHERE ((state = 'pending'::text) AND (expires_at IS NOT NULL));
CREATE INDEX approvals_of_goal ON chorale_recorded.approvals USING btree (tenant_id, goal_id, approval_id);
CREATE INDEX approvals_pending ON chorale_recorded.approvals USING btree (tenant_id, approval_id) WHERE (state = 'pending'::text);
CREATE UNIQUE INDEX audit_entries_by_act ON chorale_recorded.audit_entries USING btree (tenant_id, act_id);
CREATE INDEX audit_entries_of_who ON chorale_recorded.audit_entries USING btree (tenant_id, who, no);
CREATE INDEX audit_entries_on_subject ON chorale_recorded.audit_entries USING btree (tenant_id, subject, no);
CREATE INDEX audit_values_by_age ON chorale_recorded.audit_values USING btree (tenant_id, retention, at);
CREATE INDEX audit_values_of_subject ON chorale_recorded.audit_values USING btree (tenant_id, subject);
CREATE UNIQUE INDEX budgets_of_subject ON chorale_recorded.budgets USING btree (tenant_id, scope, subject, budget_window);
CREATE INDEX episodes_of_session ON chorale_recorded.episodes USING btree (tenant_id, scope, session_id);
CREATE INDEX goals_by_deadline ON chorale_recorded.goals USING btree (deadline_at) WHERE ((deadline_at IS NOT NULL) AND (state = ANY (ARRAY['scheduled'::text, 'running'::text, 'paused'::text])));
CREATE UNIQUE INDEX goals_by_key ON chorale_recorded.goals USING btree (tenant_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX goals_by_start ON chorale_recorded.goals USING btree (start_at) WHERE (state = 'scheduled'::text);
CREATE INDEX goals_open ON chorale_recorded.goals USING btree (tenant_id, goal_id) WHERE (state = ANY (ARRAY['running'::text, 'paused'::text, 'failing'::text, 'cancelling'::text]));
CREATE INDEX identity_records_by_end ON chorale_recorded.identity_records USING btree (tenant_id, expires_at) WHERE (expires_at IS NOT NULL);
CREATE UNIQUE INDEX identity_records_by_name ON chorale_recorded.identity_records USING btree (tenant_id, kind, name) WHERE (name IS NOT NULL);
CREATE INDEX identity_records_by_user ON chorale_recorded.identity_records USING btree (tenant_id, user_id, kind, id) WHERE (user_id IS NOT NULL);
CREATE INDEX mailboxes_by_use ON chorale_recorded.mailboxes USING btree (tenant_id, used_at);
CREATE INDEX memories_by_claim ON chorale_recorded.memories USING btree (tenant_id, scope, claim_key) WHERE (claim_key IS NOT NULL);
CREATE INDEX memories_by_form ON chorale_recorded.memories USING btree (tenant_id, scope, form);
CREATE UNIQUE INDEX memories_by_id ON chorale_recorded.memories USING btree (tenant_id, memory_id);
CREATE INDEX memories_by_time ON chorale_recorded.memories USING btree (tenant_id, scope, valid_from) WHERE ("position" >= 0);
CREATE INDEX memories_expiring ON chorale_recorded.memories USING btree (tenant_id, expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX memories_of_scope ON chorale_recorded.memories USING btree (tenant_id, scope, memory_id);
CREATE INDEX memory_vectors_of_scope ON chorale_recorded.memory_vectors USING btree (tenant_id, scope, model, dimension);
CREATE INDEX messages_by_time ON chorale_recorded.messages USING btree (tenant_id, sent_at, mailbox, message_id);
CREATE INDEX messages_due ON chorale_recorded.messages USING btree (due_at, tenant_id, mailbox);
CREATE INDEX messages_open ON chorale_recorded.messages USING btree (tenant_id, mailbox, priority, no) WHERE open;
CREATE INDEX model_calls_newest ON chorale_recorded.model_calls USING btree (tenant_id, ended_at, call_id);
CREATE INDEX model_calls_of_goal ON chorale_recorded.model_calls USING btree (tenant_id, goal_id, ended_at, call_id) WHERE (goal_id IS NOT NULL);
CREATE INDEX model_calls_of_key ON chorale_recorded.model_calls USING btree (tenant_id, key_id, ended_at, call_id) WHERE (key_id IS NOT NULL);
CREATE UNIQUE INDEX model_keys_by_hash ON chorale_recorded.model_keys USING btree (hash);
CREATE INDEX model_outcomes_newest ON chorale_recorded.model_outcomes USING btree (tenant_id, at) WHERE (features IS NOT NULL);
CREATE INDEX ready_tasks_in_order ON chorale_recorded.ready_tasks USING btree (lane, priority, tenant_id, goal_id, no);
CREATE INDEX reservations_ended ON chorale_recorded.reservations USING btree (due_at) WHERE (state <> 'held'::text);
CREATE INDEX reservations_held ON chorale_recorded.reservations USING btree (due_at) WHERE (state = 'held'::text);
CREATE INDEX schedules_due ON chorale_recorded.schedules USING btree (next_at) WHERE (NOT paused);
CREATE INDEX secrets_by_data_key ON chorale_recorded.secrets USING btree (tenant_id, data_key);
CREATE INDEX subscriptions_of_mailbox ON chorale_recorded.subscriptions USING btree (tenant_id, mailbox);
CREATE INDEX tasks_to_cancel ON chorale_recorded.tasks USING btree (tenant_id, goal_id, no) WHERE cancel_requested;
CREATE INDEX tasks_waking ON chorale_recorded.tasks USING btree (wake_at) WHERE (wake_at IS NOT NULL);
ALTER TABLE ONLY chorale_recorded.secrets
    ADD CONSTRAINT secrets_tenant_id_data_key_fkey FOREIGN KEY (tenant_id, data_key) REFERENCES chorale_recorded.data_keys(tenant_id, no);
ALTER TABLE chorale_recorded.approvals ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.artifacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.audit_checkpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.audit_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.audit_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.audit_nodes ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.audit_values ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.budgets ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.data_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.definitions ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.episodes ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.erase_receipts ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.event_pages ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.goals ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.identity_records ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.learned_quality ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.mailboxes ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.memories ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.memory_holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.memory_imports ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.memory_scopes ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.memory_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.memory_sketches ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.memory_sources ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.memory_tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.memory_terms ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.memory_vectors ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.model_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.model_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.model_outcomes ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_all ON chorale_recorded.approvals TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.artifacts TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.attempts TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.audit_checkpoints TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.audit_entries TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.audit_logs TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.audit_nodes TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.audit_values TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.budgets TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.data_keys TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.definitions TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.episodes TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.erase_receipts TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.event_pages TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.goals TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.identity_records TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.learned_quality TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.mailboxes TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.memories TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.memory_holds TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.memory_imports TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.memory_scopes TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.memory_sessions TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.memory_sketches TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.memory_sources TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.memory_tenants TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.memory_terms TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.memory_vectors TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.messages TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.model_calls TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.model_keys TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.model_outcomes TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.outcome_counts TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.plan_versions TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.ready_tasks TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.reservations TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.schedules TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.secrets TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.shares TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.steps TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.subscriptions TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.tasks TO chorale_scheduler USING (true);
CREATE POLICY of_all ON chorale_recorded.topics TO chorale_scheduler USING (true);
CREATE POLICY of_tenants ON chorale_recorded.approvals TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.artifacts TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.attempts TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.audit_checkpoints TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.audit_entries TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.audit_logs TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.audit_nodes TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.audit_values TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.budgets TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.data_keys TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.definitions TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.episodes TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.erase_receipts TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.event_pages TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.goals TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.identity_records TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.learned_quality TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.mailboxes TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.memories TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.memory_holds TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.memory_imports TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.memory_scopes TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.memory_sessions TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.memory_sketches TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.memory_sources TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.memory_tenants TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.memory_terms TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.memory_vectors TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.messages TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.model_calls TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.model_keys TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.model_outcomes TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.outcome_counts TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.plan_versions TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.ready_tasks TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.reservations TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.schedules TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.secrets TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.shares TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.steps TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.subscriptions TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.tasks TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
CREATE POLICY of_tenants ON chorale_recorded.topics TO chorale_tenant USING ((strpos(( SELECT current_setting('chorale.tenants'::text, true) AS current_setting), ((''::text || tenant_id) || ''::text)) > 0));
ALTER TABLE chorale_recorded.outcome_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.plan_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.ready_tasks ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.reservations ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.schedules ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.shares ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.steps ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.tasks ENABLE ROW LEVEL SECURITY;
ALTER TABLE chorale_recorded.topics ENABLE ROW LEVEL SECURITY;
