import { describeGoalStore } from '@chorale/module-goals/goal-store-contract';
import postgres from 'postgres';
import { afterAll, beforeAll } from 'vitest';
import { openPostgresGoalStore } from './open-postgres-goal-store.ts';
import { checkStatements } from './statements.fixture.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_contract_${process.pid}`;

// Making the tables takes longer than most of the tests: they are made once, and emptied after each.
const sql = postgres(url, { max: 1, onnotice: () => undefined, connection: { search_path: schema } });
let emptying = '';

beforeAll(async () => {
  await (await openPostgresGoalStore({ url, schema })).close();
  const tables = await sql<{ name: string }[]>`SELECT relname AS name FROM pg_class
    WHERE relnamespace = ${schema}::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND relname <> 'schema_version' ORDER BY oid DESC`;
  emptying = tables.map(({ name }) => `DELETE FROM ${name}`).join('; ');
});

afterAll(async () => {
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

describeGoalStore('PostgreSQL', async (clock, random) => {
  const store = await openPostgresGoalStore({ url, schema, now: () => clock.now, random });
  return {
    ...store,
    close: async () => {
      await store.close();
      await sql.unsafe(emptying);
    },
  };
});

checkStatements();
