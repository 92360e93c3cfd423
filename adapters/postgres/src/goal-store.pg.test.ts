import { describeGoalStore } from '@chorale/module-goals/goal-store-contract';
import postgres from 'postgres';
import { openPostgresGoalStore } from './open-postgres-goal-store.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
let schemas = 0;

describeGoalStore('PostgreSQL', async (clock, random) => {
  schemas += 1;
  const schema = `chorale_contract_${process.pid}_${schemas}`;
  const store = await openPostgresGoalStore({ url, schema, now: () => clock.now, random });
  return {
    ...store,
    close: async () => {
      await store.close();
      const sql = postgres(url, { onnotice: () => undefined });
      await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
      await sql.end();
    },
  };
});
