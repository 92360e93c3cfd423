import { describeSpendStore, type SpendClock } from '@chorale/module-models/spend-store-contract';
import postgres from 'postgres';
import { afterAll, beforeAll } from 'vitest';
import { openPostgresSpend } from './open-postgres-spend.ts';
import { openPostgresStores, type PostgresStores } from './open-postgres-stores.ts';
import { checkStatements } from './statements.fixture.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_spend_${process.pid}`;
/** As many processes would share one database. */
const others = 3;

// Making the tables takes longer than most of the tests: they are made once, and emptied after each.
const sql = postgres(url, { max: 1, onnotice: () => undefined });
let clock: SpendClock = { now: 0 };
const options = { url, schema, now: () => clock.now };
let first: PostgresStores;
let spenders: readonly ReturnType<typeof openPostgresSpend>[] = [];

beforeAll(async () => {
  first = await openPostgresStores(options);
  spenders = Array.from({ length: others }, () => openPostgresSpend(options));
  await sql`SET search_path TO ${sql(schema)}`;
});

afterAll(async () => {
  await Promise.all([first.close(), ...spenders.map(({ end }) => end())]);
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

describeSpendStore('PostgreSQL', async (clockOfTest) => {
  clock = clockOfTest;
  return {
    stores: [first.spend, ...spenders.map(({ spend }) => spend)],
    close: async () => {
      await sql`TRUNCATE budgets, reservations, model_keys, model_calls, deployment_facts, model_outcomes, learned_quality, model_answers, outcome_counts`;
    },
  };
});

checkStatements();
