// The tenant leads every primary key, so that the same schema can be distributed over servers by tenant.
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPostgresGoalStore } from './open-postgres-goal-store.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_keys_${process.pid}`;
const sql = postgres(url, { max: 1, onnotice: () => undefined });

beforeAll(async () => {
  const store = await openPostgresGoalStore({ url, schema });
  await store.close();
});
afterAll(async () => {
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

/** The columns of each table's primary key, in order. */
async function readKeys(): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await sql<{ name: string; columns: string[] }[]>`
    SELECT c.relname AS name, array_agg(a.attname::text ORDER BY k.place) AS columns
    FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(no, place)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.no
    WHERE c.relnamespace = ${schema}::regnamespace GROUP BY c.relname`;
  return new Map(rows.map(({ name, columns }) => [name, columns]));
}

async function readTenantTables(): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`SELECT table_name AS name FROM information_schema.columns
    WHERE table_schema = ${schema} AND column_name = 'tenant_id' ORDER BY 1`;
  return rows.map(({ name }) => name);
}

test('every table of tenants has a primary key that begins with the tenant', async () => {
  const tables = await readTenantTables();
  expect(tables).toEqual(expect.arrayContaining(['goals', 'messages', 'tasks']));
  const keys = await readKeys();
  expect(tables.filter((table) => keys.get(table)?.[0] !== 'tenant_id')).toEqual([]);
});

test('a table whose key begins with something else is found', async () => {
  await sql.unsafe(`CREATE TABLE ${schema}.planted (no integer, tenant_id text, PRIMARY KEY (no, tenant_id))`);
  expect((await readKeys()).get('planted')).toEqual(['no', 'tenant_id']);
});
