// Frozen: a later change is a new migration.
export const sql = `
CREATE TABLE memory_tenants (
  tenant_id TEXT NOT NULL PRIMARY KEY,
  next_session INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE memory_scopes (
  tenant_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  memories INTEGER NOT NULL,
  length INTEGER NOT NULL,
  speakers TEXT NOT NULL,
  PRIMARY KEY (tenant_id, scope)
) WITHOUT ROWID;

CREATE TABLE memory_sessions (
  tenant_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  session_id TEXT NOT NULL,
  session INTEGER NOT NULL,
  next_position INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, scope, session_id)
) WITHOUT ROWID;

-- With row ids: texts are long, and go to the end of the table whatever their ids.
CREATE TABLE episodes (
  tenant_id TEXT NOT NULL,
  episode_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  session_id TEXT NOT NULL,
  speaker TEXT NOT NULL,
  role TEXT NOT NULL,
  text TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, episode_id)
);
CREATE INDEX episodes_of_session ON episodes (tenant_id, scope, session_id);

CREATE TABLE memories (
  tenant_id TEXT NOT NULL,
  session INTEGER NOT NULL,
  position INTEGER NOT NULL,
  memory_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  state_reason TEXT,
  body TEXT NOT NULL,
  claim_key TEXT,
  session_id TEXT NOT NULL,
  speaker TEXT NOT NULL,
  role TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  supersedes TEXT,
  sensitivity TEXT NOT NULL,
  retention TEXT NOT NULL,
  claim TEXT,
  ends TEXT NOT NULL,
  provenance TEXT NOT NULL,
  confidence REAL NOT NULL,
  importance REAL NOT NULL,
  form INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER,
  recorded_at INTEGER NOT NULL,
  retracted_at INTEGER,
  expires_at INTEGER,
  last_used_at INTEGER,
  uses INTEGER NOT NULL,
  pinned INTEGER NOT NULL,
  legal_hold INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, session, position)
) WITHOUT ROWID;
CREATE UNIQUE INDEX memories_by_id ON memories (tenant_id, memory_id);
CREATE INDEX memories_of_scope ON memories (tenant_id, scope, memory_id);
CREATE INDEX memories_by_form ON memories (tenant_id, scope, form);
CREATE INDEX memories_by_claim ON memories (tenant_id, scope, claim_key) WHERE claim_key IS NOT NULL;
-- The condition always holds. Only who names it may use the index: the planner took it for other keys of the scope as well, and a
-- tenant's memories were read for each row.
CREATE INDEX memories_by_time ON memories (tenant_id, scope, valid_from) WHERE position >= 0;
CREATE INDEX memories_expiring ON memories (tenant_id, expires_at) WHERE expires_at IS NOT NULL;

-- A row for each different word of a memory: what a search reads.
CREATE TABLE memory_terms (
  tenant_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  term TEXT NOT NULL,
  session INTEGER NOT NULL,
  position INTEGER NOT NULL,
  count INTEGER NOT NULL,
  length INTEGER NOT NULL,
  role TEXT NOT NULL,
  ended INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, scope, term, session, position)
) WITHOUT ROWID;

CREATE TABLE memory_sketches (
  tenant_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  sketch INTEGER NOT NULL,
  session INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, scope, sketch, session, position)
) WITHOUT ROWID;

CREATE TABLE memory_sources (
  tenant_id TEXT NOT NULL,
  episode_id TEXT NOT NULL,
  memory_id TEXT NOT NULL,
  PRIMARY KEY (tenant_id, episode_id, memory_id)
) WITHOUT ROWID;

CREATE TABLE memory_holds (
  tenant_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  hold_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  placed_by TEXT NOT NULL,
  placed_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, scope, hold_id)
) WITHOUT ROWID;

CREATE TABLE memory_imports (
  tenant_id TEXT NOT NULL,
  import_id TEXT NOT NULL,
  source TEXT NOT NULL,
  scope TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  rolled_back_at INTEGER,
  files TEXT NOT NULL,
  sessions TEXT NOT NULL,
  added INTEGER NOT NULL,
  known INTEGER NOT NULL,
  kept_out INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, import_id)
) WITHOUT ROWID;

-- Of memories that an embedder has seen: 32-bit floats in the order of this machine's bytes.
CREATE TABLE memory_vectors (
  tenant_id TEXT NOT NULL,
  session INTEGER NOT NULL,
  position INTEGER NOT NULL,
  model TEXT NOT NULL,
  scope TEXT NOT NULL,
  dimension INTEGER NOT NULL,
  vector BLOB NOT NULL,
  PRIMARY KEY (tenant_id, session, position, model)
);
CREATE INDEX memory_vectors_of_scope ON memory_vectors (tenant_id, scope, model, dimension);

CREATE TABLE erase_receipts (
  tenant_id TEXT NOT NULL,
  receipt_id TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  subject TEXT NOT NULL,
  erased_at INTEGER NOT NULL,
  memories INTEGER NOT NULL,
  episodes INTEGER NOT NULL,
  held INTEGER NOT NULL,
  canaries INTEGER,
  traces INTEGER,
  note TEXT,
  PRIMARY KEY (tenant_id, receipt_id)
) WITHOUT ROWID;
`;
