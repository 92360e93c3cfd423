// What grows for ever is cut into partitions by tenant, whose rows nobody sees but through their table.
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, connectScheduler } from './connect.ts';
import { sql as goals } from './migrations/0001-goals.ts';
import { sql as spend } from './migrations/0002-spend.ts';
import { sql as audit } from './migrations/0004-audit.ts';
import { sql as archive } from './migrations/0012-archive.ts';
import { sql as partitions } from './migrations/0013-partitions.ts';
import { openPostgresStores } from './open-postgres-stores.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_partitions_${process.pid}`;
const earlier = `chorale_whole_${process.pid}`;
const owner = postgres(url, { max: 1, onnotice: () => undefined });
const cut = [
  'archived_goals',
  'archived_rows',
  'audit_entries',
  'audit_nodes',
  'audit_values',
  'event_pages',
  'model_calls',
  'steps',
];

beforeAll(async () => {
  await (await openPostgresStores({ url, schema })).close();
});
afterAll(async () => {
  for (const name of [schema, earlier]) await owner`DROP SCHEMA IF EXISTS ${owner(name)} CASCADE`;
  await owner.end();
});

async function readPartitions(of: string) {
  return owner<
    { whole: string; name: string; enabled: boolean; forced: boolean; granted: boolean; policies: number }[]
  >`
    SELECT p.relname AS whole, c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
      has_table_privilege('chorale_tenant', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
        OR has_table_privilege('chorale_scheduler', c.oid, 'SELECT, INSERT, UPDATE, DELETE') AS granted,
      (SELECT count(*)::int FROM pg_policy WHERE polrelid = c.oid) AS policies
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
    WHERE p.relnamespace = ${of}::regnamespace AND p.relkind = 'p' ORDER BY 1, 2`;
}

test('[TN4] partitions have no policy and no grant, and are closed to their owner, too', async () => {
  const found = await readPartitions(schema);
  expect([...new Set(found.map(({ whole }) => whole))]).toEqual(cut);
  expect(found).toHaveLength(cut.length * 8);
  for (const one of found) expect(one).toMatchObject({ enabled: true, forced: true, granted: false, policies: 0 });
});

test('[TN4] neither role reads or writes a partition, whoever it names', async () => {
  const roles: readonly Sql[] = [connect({ url, schema }, 1, {}), connectScheduler({ url, schema }, {})];
  try {
    for (const sql of roles)
      for (const { name } of await readPartitions(schema)) {
        await expect(sql.unsafe(`SELECT tenant_id FROM ${name}`), name).rejects.toMatchObject({ code: '42501' });
        await expect(sql.unsafe(`DELETE FROM ${name}`), name).rejects.toMatchObject({ code: '42501' });
      }
  } finally {
    await Promise.all(roles.map((sql) => sql.end()));
  }
});

test('rows that were there before are in the partitions of their tenants, with all indexes of their table', async () => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined, connection: { search_path: earlier } });
  try {
    await sql`CREATE SCHEMA ${sql(earlier)}`;
    // What 0013 needs of the schema before it; `goals` has a project since 0011.
    for (const text of [goals, spend, audit, archive]) await sql.unsafe(text);
    await sql`INSERT INTO event_pages SELECT 'tenant ' || n % 40, 'goal ' || n, 1, to_json(n) FROM generate_series(1, 1000) n`;
    const indexes = () => sql<{ name: string; text: string }[]>`
      SELECT indexname AS name, replace(replace(indexdef, ' ON ONLY ', ' ON '), schemaname || '.', '') AS text FROM pg_indexes
      WHERE schemaname = ${earlier} AND tablename = ANY (${cut}) ORDER BY 1`;
    const before = await indexes();
    await sql.unsafe(partitions);
    expect([...(await indexes())]).toEqual([...before]);
    const [count] = await sql`SELECT count(*)::int AS rows, count(DISTINCT tableoid)::int AS parts,
      count(DISTINCT (tenant_id, tableoid))::int AS places, sum((events)::text::int)::int AS sum FROM event_pages`;
    expect(count).toEqual({ rows: 1_000, parts: 8, places: 40, sum: 500_500 });
  } finally {
    await sql.end();
  }
});

test('an installation may have another number of partitions', async () => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined, connection: { search_path: earlier } });
  try {
    await sql`DROP SCHEMA IF EXISTS ${sql(earlier)} CASCADE`;
    await sql`CREATE SCHEMA ${sql(earlier)}`;
    for (const text of [goals, spend, audit, archive]) await sql.unsafe(text);
    await sql`SET chorale.partitions = 3`;
    await sql.unsafe(partitions);
    expect(await readPartitions(earlier)).toHaveLength(cut.length * 3);
  } finally {
    await sql.end();
  }
});
