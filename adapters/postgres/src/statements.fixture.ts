// Reads every statement that the tests of a file make the adapter send, as the server plans it: each scan of a table with
// tenants asks for rows of a tenant, and of a partitioned table one partition for each tenant that is named.
//
// Call `checkStatements` last in a file of tests: what was sent before is looked at then.
import postgres, { type Sql } from 'postgres';
import { expect, test } from 'vitest';
import { Connection } from './connection.ts';
import { crossTenant } from './cross-tenant.fixture.ts';
import { openPostgresStores } from './open-postgres-stores.ts';
import { tenantRole, tenantsText } from './tenant-roles.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
/** Of one text, with different parameters. */
const samplesMax = 3;

type Parameters = readonly (string | number | null)[];
const sent = new Map<string, Parameters[]>();

const { send } = Connection.prototype;
Connection.prototype.send = function recorded(text: string, parameters: Parameters) {
  const known = sent.get(text);
  if (known === undefined) sent.set(text, [parameters]);
  else if (known.length < samplesMax) known.push(parameters);
  return send.call(this, text, parameters);
};

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly Filter?: string;
  readonly 'Actual Loops'?: number;
  readonly Plans?: readonly Plan[];
}

/** Partitions by their names, each with its table's. */
type Tables = ReadonlyMap<string, string>;

export function checkStatements(): void {
  test('every statement that was sent asks for rows of a tenant, and of one partition of a table for each', async () => {
    const schema = `chorale_statements_${process.pid}`;
    await (await openPostgresStores({ url, schema })).close();
    const sql = postgres(url, { max: 1, onnotice: () => undefined, connection: { search_path: schema } });
    try {
      expect(sent.size).toBeGreaterThan(5);
      expect(await findStrays(sql)).toEqual([]);
    } finally {
      await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
      await sql.end();
    }
  }, 120_000);

  test('a statement that forgets its tenant is found, and so is one that reads all partitions', async () => {
    const schema = `chorale_strays_${process.pid}`;
    await (await openPostgresStores({ url, schema })).close();
    const sql = postgres(url, { max: 1, onnotice: () => undefined, connection: { search_path: schema } });
    try {
      const tables = await readTables(sql);
      const look = (text: string, ...given: Parameters) =>
        explain(sql, text, given).then((plan) => judge(plan, tables, 1));
      expect(await look('SELECT title FROM goals WHERE goal_id = $1', 'g')).toEqual(['goals is read without a tenant']);
      expect(await look('SELECT title FROM goals WHERE tenant_id = $1', 'north')).toEqual([]);
      expect(await look('SELECT kind FROM steps WHERE goal_id = $1', 'g')).toContain('steps is read without a tenant');
      const both = `SELECT kind FROM steps JOIN json_array_elements_text($1::text::json) AS r(t) ON tenant_id = r.t COLLATE "C"`;
      expect(await look(both, '["north"]')).toEqual([]);
      expect(await look(both, '["a", "b", "c", "d", "e", "f", "g", "h", "i"]')).toEqual([
        expect.stringMatching(/^steps: \d partitions are read for 1 tenants$/),
      ]);
    } finally {
      await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
      await sql.end();
    }
  }, 60_000);
}

/** Statements that no server plans. */
const isCommand = (text: string): boolean =>
  /^\s*(?:BEGIN|COMMIT|ROLLBACK|SET|LISTEN|NOTIFY|SAVEPOINT|LOCK)\b/i.test(text);

async function findStrays(sql: Sql): Promise<readonly string[]> {
  const tables = await readTables(sql);
  const tenants = namedTenants();
  const strays: string[] = [];
  for (const [text, samples] of sent) {
    if (isCommand(text) || isCrossTenant(squeezed(text))) continue;
    for (const given of samples) {
      const plan = await explain(sql, text, given);
      const words = JSON.stringify(given);
      const named = [...tenants].filter((tenant) => words.includes(tenant)).length;
      for (const finding of judge(plan, tables, Math.max(1, named))) strays.push(`${finding}: ${squeezed(text)}`);
    }
  }
  return [...new Set(strays)];
}

function isCrossTenant(text: string): boolean {
  return crossTenant.some(({ begins }) => (typeof begins === 'string' ? text.startsWith(begins) : begins.test(text)));
}

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Those that any transaction or read has named. */
function namedTenants(): ReadonlySet<string> {
  const named = new Set<string>();
  for (const given of [...sent.values()].flat(2))
    if (typeof given === 'string' && given.startsWith('\u001F'))
      for (const tenant of given.split('\u001F')) if (tenant !== '') named.add(tenant);
  return named;
}

async function readTables(sql: Sql): Promise<Tables> {
  const rows = await sql<
    { name: string; whole: string }[]
  >`SELECT c.relname AS name, coalesce(p.relname, c.relname) AS whole
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
    LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')`;
  return new Map(rows.map(({ name, whole }) => [name, whole]));
}

class Undone extends Error {}

/**
 * As it is run for these parameters by a plan that is made for all; undone afterwards. What cannot be run on empty tables is planned
 * alone.
 */
async function explain(sql: Sql, text: string, given: Parameters): Promise<Plan> {
  const literals = given.map((value) => (value === null ? 'NULL' : `'${String(value).replaceAll("'", "''")}'`));
  const run = `EXECUTE looked_at${literals.length === 0 ? '' : `(${literals.join(', ')})`}`;
  await sql.unsafe(`PREPARE looked_at AS ${text}`);
  try {
    return (
      (await attempt(sql, `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${run}`)) ??
      (await attempt(sql, `EXPLAIN (FORMAT JSON) ${run}`)) ??
      Promise.reject(new Error(`cannot be planned: ${squeezed(text)}`))
    );
  } finally {
    await sql.unsafe('DEALLOCATE looked_at');
  }
}

async function attempt(sql: Sql, text: string): Promise<Plan | undefined> {
  let plan: Plan | undefined;
  await sql
    .begin(async (transaction) => {
      await transaction.unsafe(`SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;
        SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL ROLE ${tenantRole}`);
      await transaction`SELECT set_config('chorale.tenants', ${tenantsText(namedTenants())}, true)`;
      const [row] = await transaction.unsafe(text);
      plan = (row!['QUERY PLAN'] as readonly { readonly Plan: Plan }[])[0]?.Plan;
      throw new Undone();
    })
    .catch(() => undefined);
  return plan;
}

function judge(plan: Plan, tables: Tables, tenants: number): readonly string[] {
  const findings: string[] = [];
  const read = new Map<string, Set<string>>();
  for (const node of nodesOf(plan)) {
    const table = tables.get(node['Relation Name'] ?? '');
    if (table === undefined || !node['Node Type'].endsWith('Scan')) continue;
    if (!asksForTenant(node)) findings.push(`${table} is read without a tenant`);
    if (node['Relation Name'] === table || node['Actual Loops'] === 0) continue;
    const parts = read.get(table) ?? new Set();
    read.set(table, parts.add(node['Relation Name']!));
  }
  for (const [table, parts] of read)
    if (parts.size > tenants) findings.push(`${table}: ${parts.size} partitions are read for ${tenants} tenants`);
  return [...new Set(findings)];
}

function* nodesOf(plan: Plan): Generator<Plan> {
  yield plan;
  for (const part of plan.Plans ?? []) yield* nodesOf(part);
}

/** A row that is found by its place was looked for by its key before. The policy's own condition does not count. */
function asksForTenant(node: Plan): boolean {
  if (node['Node Type'] === 'Tid Scan') return true;
  const conditions = [node['Index Cond'], node['Recheck Cond'], node.Filter].join(' ');
  return /tenant_id = /.test(conditions);
}
