import { randomBytes, secretCipher } from '@chorale/adapter-crypto';
import { openPostgresStores, type PostgresStores } from '@chorale/adapter-postgres';
import { describeSecretStore } from '@chorale/module-access/secret-store-contract';
import postgres from 'postgres';
import { afterAll, beforeAll } from 'vitest';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_secrets_${process.pid}`;
/** As many processes would share one database. */
const processes = 2;

const sql = postgres(url, { max: 1, onnotice: () => undefined });
const opened: PostgresStores[] = [];

beforeAll(async () => {
  for (let no = 0; no < processes; no++) opened.push(await openPostgresStores({ url, schema }));
  await sql`SET search_path TO ${sql(schema)}`;
});

afterAll(async () => {
  await Promise.all(opened.map((stores) => stores.close()));
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

describeSecretStore('PostgreSQL', async () => ({
  stores: opened.map(({ secrets }) => secrets),
  cipher: secretCipher,
  randomBytes,
  close: async () => {
    await sql`TRUNCATE secrets, data_keys`;
  },
}));
