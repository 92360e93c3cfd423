import { makeId, type GoalId, type TenantId, type WorkerId } from '@chorale/lib-ids';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, connectScheduler } from './connect.ts';
import { Connection } from './connection.ts';
import { openPostgresStores, type PostgresStores } from './open-postgres-stores.ts';
import { reserve } from './reserve.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_tenants_${process.pid}`;
const north = 'north' as TenantId;
const south = 'south' as TenantId;
const day = 86_400_000;

let owner: Sql;
let stores: PostgresStores;
/** As the product's own connections are. */
let tenants: Sql;
let scheduler: Sql;
let goalId: GoalId;
let tables: readonly string[];

beforeAll(async () => {
  owner = postgres(url, { max: 1, onnotice: () => undefined, connection: { search_path: schema } });
  stores = await openPostgresStores({ url, schema });
  tenants = connect({ url, schema }, 1, {});
  scheduler = connectScheduler({ url, schema }, {});
  goalId = await submit(north);
  await submit(south);
  const found = await owner<{ name: string }[]>`SELECT c.relname AS name FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
    WHERE c.relnamespace = ${schema}::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`;
  tables = found.map(({ name }) => name).toSorted();
});
afterAll(async () => {
  await Promise.all([stores.close(), tenants.end(), scheduler.end()]);
  await owner`DROP SCHEMA ${owner(schema)} CASCADE`;
  await owner.end();
});

async function submit(tenantId: TenantId): Promise<GoalId> {
  const made = makeId<'goal'>('goal', Date.now(), Math.random);
  const definition = { workflow: 'test', inputs: {}, tasks: [{ key: 'a', kind: 'tool', tool: 'noop', needs: [] }] };
  await stores.goals.execute({
    command: 'submit-goal',
    tenantId,
    goalId: made,
    title: 'a goal',
    definition: definition as never,
    planHash: 'plan',
    inputs: {},
    priority: 2,
    requestedBy: 'ann',
  });
  return made;
}

/** A row of every table, made as its owner, with values of the right types and nothing behind them. */
async function plant(table: string, tenantId: string): Promise<void> {
  const columns = await owner<{ name: string; type: string }[]>`SELECT column_name AS name, data_type AS type
    FROM information_schema.columns WHERE table_schema = ${schema} AND table_name = ${table}
    AND is_nullable = 'NO' AND column_default IS NULL AND is_generated = 'NEVER'`;
  const values = columns.map(({ name, type }) => (name === 'tenant_id' ? `'${tenantId}'` : literalOf(type, tenantId)));
  const names = columns.map(({ name }) => name).join(', ');
  await owner.unsafe(`SET session_replication_role = replica`);
  await owner.unsafe(`INSERT INTO ${table} (${names}) VALUES (${values.join(', ')}) ON CONFLICT DO NOTHING`);
  await owner.unsafe(`SET session_replication_role = origin`);
}

function literalOf(type: string, tenantId: string): string {
  if (type === 'json') return `'{}'`;
  if (type === 'ARRAY') return `'{}'`;
  if (type === 'boolean') return 'false';
  if (type === 'bytea') return `'\\x00'`;
  return type === 'text' ? `'planted in ${tenantId}'` : '1';
}

test('[TN5] no read of any store gives one tenant what is another’s', async () => {
  const { goals } = stores;
  const theirs = await submit(south);
  expect(await goals.findGoal(north, theirs)).toBeUndefined();
  expect(await goals.findGoal(south, theirs)).toMatchObject({ tenantId: south });
  for (const read of [
    goals.listTasks(north, theirs),
    goals.listAttempts(north, theirs),
    goals.listEvents(north, theirs, { afterSeq: 0, limit: 10 }),
    goals.listPlanVersions(north, theirs),
    goals.listArtifacts(north, theirs),
  ])
    expect(await read).toEqual([]);
  expect((await goals.listGoals(north, { limit: 100 })).items.map(({ tenantId }) => tenantId)).toEqual([north]);
  const steer = { command: 'cancel-goal', tenantId: north, goalId: theirs, by: 'ann', reason: '' } as const;
  await expect(goals.execute(steer)).rejects.toMatchObject({ code: 'goal-not-found' });
});

test('[TN6] a worker is given tasks of all tenants, although each is seen by its own alone', async () => {
  const workerId: WorkerId = makeId<'worker'>('worker', Date.now(), Math.random);
  const worker = { workerId, name: 'w', labels: [], version: '1' };
  await stores.goals.execute({ command: 'register-worker', worker, leaseMs: day });
  const { tasks } = await stores.goals.execute({ command: 'claim-tasks', workerId, slots: 10 });
  expect(new Set(tasks.map(({ task }) => task.tenantId))).toEqual(new Set([north, south]));
  const cancel = { command: 'cancel-goal', tenantId: north, goalId, by: 'ann', reason: 'enough' } as const;
  await stores.goals.execute(cancel);
  const beat = await stores.goals.execute({ command: 'heartbeat', workerId, leaseMs: day });
  expect(beat.cancelRequested).toMatchObject([{ tenantId: north, goalId }]);
});

// Last: it plants rows that nothing stands behind.
describe('row-level security', () => {
  test('[TN4] holds for every table with a tenant, for its owner too, and both roles are bound by it', async () => {
    const rows = await owner<{ name: string; enabled: boolean; forced: boolean; policies: number }[]>`
      SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
        (SELECT count(*)::int FROM pg_policies WHERE schemaname = ${schema} AND tablename = c.relname) AS policies
      FROM pg_class c WHERE c.relnamespace = ${schema}::regnamespace AND c.relkind IN ('r', 'p') AND c.relname = ANY (${[...tables]})`;
    expect(rows).toHaveLength(tables.length);
    for (const row of rows) expect(row).toMatchObject({ enabled: true, forced: true, policies: 2 });
    expect(tables.length).toBeGreaterThan(30);
    const roles = await owner`SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole FROM pg_roles
      WHERE rolname IN ('chorale_tenant', 'chorale_scheduler')`;
    const bound = { rolsuper: false, rolbypassrls: false, rolcanlogin: false, rolcreaterole: false };
    expect([...roles]).toEqual([bound, bound]);
  });

  test('[TN4] tables without a tenant are those that no tenant has anything in', async () => {
    const rows = await owner<{ name: string }[]>`SELECT relname AS name FROM pg_class
      WHERE relnamespace = ${schema}::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        AND relname <> ALL (${[...tables]}) ORDER BY relname`;
    const known = ['deployment_facts', 'incarnations', 'lanes', 'rates', 'schema_version', 'workers'];
    expect(rows.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
  });

  test('[TN4] of every table a transaction sees, changes and drops rows of its tenants alone, whatever it asks for', async () => {
    for (const table of tables) {
      await plant(table, north);
      await plant(table, south);
      const sql = await reserve(tenants);
      const connection = new Connection(sql);
      const seen = async (): Promise<readonly unknown[]> => {
        const rows = await connection.values(`SELECT DISTINCT tenant_id FROM ${table} ORDER BY 1`);
        return rows.map(([tenantId]) => tenantId);
      };
      expect(await seen(), `${table}, none named`).toEqual([]);
      await connection.begin([north]);
      expect(await seen(), table).toEqual([north]);
      await connection.values(`UPDATE ${table} SET tenant_id = tenant_id`);
      await connection.see([south]);
      expect(await seen(), `${table}, both named`).toEqual([north, south]);
      await connection.values('ROLLBACK');
      expect(await seen(), `${table}, afterwards`).toEqual([]);
      await connection.begin([south]);
      await connection.values(`DELETE FROM ${table}`);
      await connection.values('COMMIT');
      await connection.begin([south]);
      const moved = connection.values(
        `INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1::text::json)`,
        JSON.stringify([{ tenant_id: north }]),
      );
      await expect(moved, table).rejects.toMatchObject({ code: expect.stringMatching(/^(?:42501|23502|428C9)$/) });
      await connection.values('ROLLBACK');
      sql.release();
      const left = await scheduler.unsafe(`SELECT DISTINCT tenant_id FROM ${table}`).values();
      expect(left, `${table}, for the scheduler`).toEqual([[north]]);
    }
  });

  test('[TN4] a statement of a read sees its tenant alone, and leaves nothing behind in the connection', async () => {
    const connection = new Connection(tenants);
    const all = 'SELECT tenant_id FROM identity_records ORDER BY tenant_id';
    await plant('identity_records', south);
    const ask = (tenantId: TenantId) => connection.of(tenantId).values(all);
    // Sent together, on one connection: each keeps to its own.
    const found = await Promise.all(Array.from({ length: 50 }, (_, index) => ask(index % 2 === 0 ? north : south)));
    for (const [index, rows] of found.entries()) expect(rows).toEqual([[index % 2 === 0 ? north : south]]);
    expect(await connection.values(all)).toEqual([]);
  });
});
