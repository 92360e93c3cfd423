import { describeMemoryStore, type MemoryClock } from '@chorale/module-memory/memory-store-contract';
import postgres from 'postgres';
import { afterAll, beforeAll } from 'vitest';
import { openPostgresMemory } from './open-postgres-memory.ts';
import { openPostgresStores, type PostgresStores } from './open-postgres-stores.ts';
import { checkStatements } from './statements.fixture.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_memory_${process.pid}`;
/** As many processes would share one database. */
const others = 2;
const tables =
  'memory_tenants memory_scopes memory_sessions episodes memories memory_terms memory_sketches memory_sources memory_holds memory_imports memory_vectors erase_receipts';

// Making the tables takes longer than most of the tests: they are made once, and emptied after each.
const sql = postgres(url, { max: 1, onnotice: () => undefined });
let clock: MemoryClock = { now: 0 };
const options = { url, schema, now: () => clock.now };
let first: PostgresStores;
let more: readonly ReturnType<typeof openPostgresMemory>[] = [];

beforeAll(async () => {
  first = await openPostgresStores(options);
  more = Array.from({ length: others }, () => openPostgresMemory(options));
  await sql`SET search_path TO ${sql(schema)}`;
});

afterAll(async () => {
  await Promise.all([first.close(), ...more.map(({ end }) => end())]);
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

describeMemoryStore('PostgreSQL', async (clockOfTest) => {
  clock = clockOfTest;
  return {
    stores: [first.memory, ...more.map(({ memory }) => memory)],
    dump: async () =>
      JSON.stringify(await Promise.all(tables.split(' ').map((table) => sql`SELECT * FROM ${sql(table)}`))),
    close: async () => {
      await sql.unsafe(`TRUNCATE ${tables.split(' ').join(', ')}`);
    },
  };
});

checkStatements();
