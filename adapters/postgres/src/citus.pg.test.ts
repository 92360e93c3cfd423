// The optional migration that distributes the schema by tenant, made from the schema itself. Citus is not needed here, and not asked.
import { readFileSync } from 'node:fs';
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPostgresStores } from './open-postgres-stores.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_citus_${process.pid}`;
const sql = postgres(url, { max: 1, onnotice: () => undefined, connection: { search_path: schema } });
const shipped = readFileSync(new URL('../citus.sql', import.meta.url), 'utf8');

beforeAll(async () => {
  await (await openPostgresStores({ url, schema })).close();
});
afterAll(async () => {
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

interface Table {
  readonly name: string;
  readonly hasTenant: boolean;
}

/** In the order in which they can be distributed: what others refer to first. */
async function readTables(): Promise<readonly Table[]> {
  const rows = await sql<Table[]>`SELECT c.relname AS name,
      EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant_id') AS "hasTenant"
    FROM pg_class c WHERE c.relnamespace = ${schema}::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    ORDER BY EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = c.oid AND contype = 'f'), c.relname = 'goals' DESC, c.relname`;
  return rows;
}

/** Unique indexes and foreign keys, with their columns. Those of partitions are their table's. */
async function readKeys(
  on: Sql | TransactionSql,
): Promise<readonly { readonly name: string; readonly columns: readonly string[] }[]> {
  return on<{ name: string; columns: string[] }[]>`
    SELECT i.relname AS name, ARRAY(SELECT attname::text FROM pg_attribute
      WHERE attrelid = x.indrelid AND attnum = ANY (x.indkey[0:x.indnkeyatts - 1]) ORDER BY attnum) AS columns
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND NOT c.relispartition AND (x.indisunique OR x.indisexclusion)
      AND EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant_id')
    UNION ALL SELECT k.conname, ARRAY(SELECT attname::text FROM pg_attribute
      WHERE attrelid = k.conrelid AND attnum = ANY (k.conkey) ORDER BY attnum)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND k.contype = 'f' AND NOT c.relispartition ORDER BY 1`;
}

test('the migration that is shipped is the one the schema asks for: reference tables, then all others beside goals', async () => {
  const tables = await readTables();
  const calls = [
    ...tables.filter(({ hasTenant }) => !hasTenant).map(({ name }) => `SELECT create_reference_table('${name}');`),
    ...tables
      .filter(({ hasTenant }) => hasTenant)
      .map(({ name }) =>
        name === 'goals'
          ? `SELECT create_distributed_table('goals', 'tenant_id');`
          : `SELECT create_distributed_table('${name}', 'tenant_id', colocate_with => 'goals');`,
      ),
  ];
  expect(shipped.split('\n').filter((line) => line.startsWith('SELECT create_'))).toEqual(calls);
  expect(calls.length).toBeGreaterThan(45);
});

test('after what it changes, every unique index and foreign key of a table with tenants has the tenant in it', async () => {
  const without = async () =>
    (await readKeys(sql)).filter(({ columns }) => !columns.includes('tenant_id')).map(({ name }) => name);
  // As keys are now: found by their hash before it is known whose they are.
  expect(await without()).toEqual(['model_keys_by_hash']);
  const changes = shipped.split('\n').filter((line) => /^(?:DROP|CREATE|ALTER) /.test(line));
  await sql.begin(async (transaction) => {
    await transaction.unsafe(changes.join('\n'));
    const left = (await readKeys(transaction)).filter(({ columns }) => !columns.includes('tenant_id'));
    expect(left).toEqual([]);
    await transaction`ROLLBACK AND CHAIN`;
  });
  await sql`CREATE TABLE planted (tenant_id text, no integer UNIQUE)`;
  expect(await without()).toContain('planted_no_key');
  await sql`DROP TABLE planted`;
});
