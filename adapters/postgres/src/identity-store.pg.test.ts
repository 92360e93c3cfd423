import { describeIdentityStore } from '@chorale/module-access/identity-store-contract';
import postgres from 'postgres';
import { afterAll, beforeAll } from 'vitest';
import { openPostgresIdentity } from './open-postgres-identity.ts';
import { openPostgresStores, type PostgresStores } from './open-postgres-stores.ts';
import { checkStatements } from './statements.fixture.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_identity_${process.pid}`;

const sql = postgres(url, { max: 1, onnotice: () => undefined });
let first: PostgresStores;
let other: ReturnType<typeof openPostgresIdentity>;

beforeAll(async () => {
  first = await openPostgresStores({ url, schema });
  other = openPostgresIdentity({ url, schema });
  await sql`SET search_path TO ${sql(schema)}`;
});

afterAll(async () => {
  await Promise.all([first.close(), other.end()]);
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

describeIdentityStore('PostgreSQL', async () => ({
  stores: [first.identity, other.identity],
  close: async () => {
    await sql`TRUNCATE identity_records`;
  },
}));

checkStatements();
