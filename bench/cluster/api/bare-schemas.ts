// What the bare server answers, as large as a goal, and the tables it has.

const text = { type: 'string' } as const;
const number = { type: 'number' } as const;

export const bareGoal = {
  type: 'object',
  properties: {
    goal_id: text,
    title: text,
    workflow: text,
    state: text,
    version: number,
    plan_version: number,
    plan_hash: text,
    inputs: text,
    priority: number,
    tasks_total: number,
    created_at: number,
    requested_by: text,
  },
} as const;

export const barePage = {
  type: 'object',
  properties: { items: { type: 'array', items: bareGoal } },
} as const;

/** A table under row-level security, asked by a function that names the tenant first, as one statement. */
export const bareTables = `
CREATE TABLE bare_goals (
  tenant_id text NOT NULL, goal_id text NOT NULL, title text NOT NULL, workflow text NOT NULL, state text NOT NULL,
  version integer NOT NULL, plan_version integer NOT NULL, plan_hash text NOT NULL, inputs text NOT NULL,
  priority integer NOT NULL, tasks_total integer NOT NULL, created_at double precision NOT NULL, requested_by text NOT NULL,
  PRIMARY KEY (tenant_id, goal_id));
CREATE TABLE bare_events (tenant_id text NOT NULL, id text NOT NULL, body text NOT NULL, PRIMARY KEY (tenant_id, id));
INSERT INTO bare_goals SELECT 'bench', 'goal_' || lpad(n::text, 26, '0'), 'A goal of the benchmark', 'bench', 'running', 3, 1,
  md5(n::text) || md5(n::text), '{"topic":"the same for all"}', 2, 1, 1700000000000 + n, 'owner' FROM generate_series(1, 20000) n;
ALTER TABLE bare_goals ENABLE ROW LEVEL SECURITY; ALTER TABLE bare_goals FORCE ROW LEVEL SECURITY;
CREATE POLICY mine ON bare_goals USING (tenant_id = (SELECT current_setting('bare.tenant', true)));
CREATE FUNCTION bare_list(tenant text, count integer) RETURNS SETOF bare_goals LANGUAGE plpgsql AS $$ BEGIN
  PERFORM set_config('bare.tenant', tenant, true);
  RETURN QUERY SELECT * FROM bare_goals g WHERE g.tenant_id = tenant ORDER BY g.goal_id DESC LIMIT count;
END $$;
ANALYZE bare_goals`;
