// Frozen: a later change is a new migration.
export const sql = `
CREATE TABLE memory_tenants (
  tenant_id text COLLATE "C" NOT NULL PRIMARY KEY,
  next_session integer NOT NULL
);

CREATE TABLE memory_scopes (
  tenant_id text COLLATE "C" NOT NULL,
  scope text COLLATE "C" NOT NULL,
  memories integer NOT NULL,
  length bigint NOT NULL,
  speakers json NOT NULL,
  PRIMARY KEY (tenant_id, scope)
);

CREATE TABLE memory_sessions (
  tenant_id text COLLATE "C" NOT NULL,
  scope text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  session integer NOT NULL,
  next_position integer NOT NULL,
  kept integer NOT NULL,
  PRIMARY KEY (tenant_id, scope, session_id)
);

CREATE TABLE episodes (
  tenant_id text COLLATE "C" NOT NULL,
  episode_id text COLLATE "C" NOT NULL,
  scope text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  speaker text COLLATE "C" NOT NULL,
  role text COLLATE "C" NOT NULL,
  text text NOT NULL,
  occurred_at bigint NOT NULL,
  recorded_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, episode_id)
);
CREATE INDEX episodes_of_session ON episodes (tenant_id, scope, session_id);

CREATE TABLE memories (
  tenant_id text COLLATE "C" NOT NULL,
  session integer NOT NULL,
  position integer NOT NULL,
  memory_id text COLLATE "C" NOT NULL,
  scope text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  state_reason text,
  body text NOT NULL,
  claim_key text COLLATE "C",
  session_id text COLLATE "C" NOT NULL,
  speaker text COLLATE "C" NOT NULL,
  role text COLLATE "C" NOT NULL,
  recorded_by text COLLATE "C" NOT NULL,
  supersedes text COLLATE "C",
  sensitivity text COLLATE "C" NOT NULL,
  retention text COLLATE "C" NOT NULL,
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
  legal_hold boolean NOT NULL,
  PRIMARY KEY (tenant_id, session, position)
);
CREATE UNIQUE INDEX memories_by_id ON memories (tenant_id, memory_id);
CREATE INDEX memories_of_scope ON memories (tenant_id, scope, memory_id);
CREATE INDEX memories_by_form ON memories (tenant_id, scope, form);
CREATE INDEX memories_by_claim ON memories (tenant_id, scope, claim_key) WHERE claim_key IS NOT NULL;
-- The condition always holds. Only who names it may use the index: the planner took it for other keys of the scope as well, and a
-- tenant's memories were read for each row.
CREATE INDEX memories_by_time ON memories (tenant_id, scope, valid_from) WHERE position >= 0;
CREATE INDEX memories_expiring ON memories (tenant_id, expires_at) WHERE expires_at IS NOT NULL;

-- A row for each different word of a memory: what a search reads, and reads from the index alone where the table was
-- vacuumed; so it is, after every few thousand memories.
CREATE TABLE memory_terms (
  tenant_id text COLLATE "C" NOT NULL,
  scope text COLLATE "C" NOT NULL,
  term text COLLATE "C" NOT NULL,
  session integer NOT NULL,
  position integer NOT NULL,
  count integer NOT NULL,
  length integer NOT NULL,
  role text COLLATE "C" NOT NULL,
  ended boolean NOT NULL,
  PRIMARY KEY (tenant_id, scope, term, session, position) INCLUDE (count, length, role, ended)
) WITH (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000);

CREATE TABLE memory_sketches (
  tenant_id text COLLATE "C" NOT NULL,
  scope text COLLATE "C" NOT NULL,
  sketch bigint NOT NULL,
  session integer NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, scope, sketch, session, position)
);

CREATE TABLE memory_sources (
  tenant_id text COLLATE "C" NOT NULL,
  episode_id text COLLATE "C" NOT NULL,
  memory_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, episode_id, memory_id)
);

CREATE TABLE memory_holds (
  tenant_id text COLLATE "C" NOT NULL,
  scope text COLLATE "C" NOT NULL,
  hold_id text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  placed_by text COLLATE "C" NOT NULL,
  placed_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, scope, hold_id)
);

CREATE TABLE memory_imports (
  tenant_id text COLLATE "C" NOT NULL,
  import_id text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  scope text COLLATE "C" NOT NULL,
  requested_by text COLLATE "C" NOT NULL,
  imported_at bigint NOT NULL,
  rolled_back_at bigint,
  files json NOT NULL,
  sessions json NOT NULL,
  added integer NOT NULL,
  known integer NOT NULL,
  kept_out integer NOT NULL,
  PRIMARY KEY (tenant_id, import_id)
);

-- Of memories that an embedder has seen. Where pgvector is there, they are compared by it; its type is not needed to keep them.
CREATE TABLE memory_vectors (
  tenant_id text COLLATE "C" NOT NULL,
  session integer NOT NULL,
  position integer NOT NULL,
  model text COLLATE "C" NOT NULL,
  scope text COLLATE "C" NOT NULL,
  dimension integer NOT NULL,
  vector real[] NOT NULL,
  PRIMARY KEY (tenant_id, session, position, model)
);
CREATE INDEX memory_vectors_of_scope ON memory_vectors (tenant_id, scope, model, dimension);

CREATE TABLE erase_receipts (
  tenant_id text COLLATE "C" NOT NULL,
  receipt_id text COLLATE "C" NOT NULL,
  requested_by text COLLATE "C" NOT NULL,
  subject json NOT NULL,
  erased_at bigint NOT NULL,
  memories integer NOT NULL,
  episodes integer NOT NULL,
  held integer NOT NULL,
  canaries integer,
  traces integer,
  note text,
  PRIMARY KEY (tenant_id, receipt_id)
);
`;
