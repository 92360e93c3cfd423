import { describeMessageStore } from '@chorale/module-messaging/message-store-contract';
import postgres from 'postgres';
import { afterAll, beforeAll } from 'vitest';
import { openPostgresMessages } from './open-postgres-messages.ts';
import { openPostgresStores, type PostgresStores } from './open-postgres-stores.ts';
import { checkStatements } from './statements.fixture.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_messages_${process.pid}`;
/** As many processes would share one database. */
const others = 3;

// Making the tables takes longer than most of the tests: they are made once, and emptied after each.
const sql = postgres(url, { max: 1, onnotice: () => undefined });
let clock = { now: 0 };
const options = { url, schema, now: () => clock.now };
let first: PostgresStores;
let more: readonly ReturnType<typeof openPostgresMessages>[] = [];

beforeAll(async () => {
  first = await openPostgresStores(options);
  more = Array.from({ length: others }, () => openPostgresMessages(options));
  await sql`SET search_path TO ${sql(schema)}`;
});

afterAll(async () => {
  await Promise.all([first.close(), ...more.map(({ end }) => end())]);
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

describeMessageStore('PostgreSQL', async (clockOfTest) => {
  clock = clockOfTest;
  return {
    stores: [first.messages, ...more.map(({ messages }) => messages)],
    close: async () => {
      await sql`TRUNCATE messages, mailboxes, subscriptions, topics`;
    },
  };
});

checkStatements();
