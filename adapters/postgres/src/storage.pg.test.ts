// When the server cleans each table, and how full it makes its pages.
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPostgresStores } from './open-postgres-stores.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_storage_${process.pid}`;
const sql = postgres(url, { max: 1, onnotice: () => undefined, connection: { search_path: schema } });

/** Dead rows after which a table is cleaned; how full its pages are made, in percent. */
const cleaned: Readonly<Record<string, readonly [rows: number, full?: number]>> = {
  approvals: [20_000],
  archived_goals: [5_000],
  archived_rows: [5_000],
  artifacts: [20_000],
  attempts: [20_000],
  audit_values: [20_000],
  budgets: [2_000, 50],
  episodes: [20_000],
  event_pages: [50_000],
  goals: [20_000, 70],
  identity_records: [5_000],
  mailboxes: [5_000],
  memories: [20_000],
  memory_sketches: [50_000],
  memory_sources: [20_000],
  memory_terms: [50_000],
  messages: [10_000, 60],
  model_calls: [20_000],
  plan_versions: [20_000],
  ready_tasks: [5_000],
  reservations: [20_000],
  steps: [20_000, 80],
  tasks: [50_000, 40],
};

beforeAll(async () => {
  await (await openPostgresStores({ url, schema })).close();
});
afterAll(async () => {
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

/** Each table's own, or those of all its partitions, which are alike. */
async function readOptions(): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const rows = await sql<{ name: string; options: string[] }[]>`
    SELECT DISTINCT coalesce(p.relname, c.relname) AS name, coalesce(c.reloptions, '{}') AS options
    FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
    WHERE c.relnamespace = ${schema}::regnamespace AND c.relkind = 'r'`;
  expect(new Set(rows.map(({ name }) => name)).size, 'partitions of a table are not alike').toBe(rows.length);
  return new Map(
    rows.map(({ name, options }) => [name, new Map(options.map((one) => one.split('=') as [string, string]))]),
  );
}

test('tables that grow are cleaned after a fixed number of dead rows, whatever their size', async () => {
  const options = await readOptions();
  for (const [table, [rows, full]] of Object.entries(cleaned)) {
    const own = options.get(table) ?? new Map<string, string>();
    expect([own.get('autovacuum_vacuum_scale_factor'), Number(own.get('autovacuum_vacuum_threshold'))], table).toEqual([
      '0',
      rows,
    ]);
    expect(own.get('fillfactor') ?? 'not said', table).toBe(full === undefined ? 'not said' : String(full));
    // Of budgets there are few, and they are found by their keys.
    const analyzed = own.get('autovacuum_analyze_threshold') ?? 'not said';
    expect(analyzed, table).toBe(table === 'budgets' ? 'not said' : String(rows));
  }
});

test('every other table is small, or only ever added to, and is the server’s to look after', async () => {
  const left = [...(await readOptions())].filter(([table]) => cleaned[table] === undefined);
  expect(left.filter(([, options]) => options.size > 0)).toEqual([]);
  const added = ['audit_entries', 'audit_nodes', 'audit_checkpoints', 'archived_approvals', 'definitions'];
  expect(left.map(([table]) => table)).toEqual(expect.arrayContaining(added));
});

test('a message that is taken writes no index where its page has room', async () => {
  await sql`INSERT INTO messages (tenant_id, mailbox, message_id, no, sender, address, priority, payload, question, sent_at, state, open,
      deliveries, due_at)
    SELECT 'north', 'service:s', 'message_' || n, n, 'agent:a', 'service:s', 2, '{}', false, 0, 'waiting', true, 0, 1
    FROM generate_series(1, 500) n`;
  await sql`UPDATE messages SET state = 'taken', take_id = 'take', lease_until = 9, deliveries = 1 WHERE no % 4 = 0`;
  const read = () => sql<{ all: number; hot: number }[]>`SELECT n_tup_upd::int AS all, n_tup_hot_upd::int AS hot
    FROM pg_stat_user_tables WHERE schemaname = ${schema} AND relname = 'messages'`;
  await expect.poll(async () => (await read())[0], { timeout: 10_000 }).toEqual({ all: 125, hot: 125 });
});
