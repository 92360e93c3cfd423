import { describeAuditStore } from '@chorale/module-access/audit-store-contract';
import postgres from 'postgres';
import { afterAll, beforeAll } from 'vitest';
import { openPostgresAudit } from './open-postgres-audit.ts';
import { openPostgresStores, type PostgresStores } from './open-postgres-stores.ts';
import { sha256 } from './sha256.ts';
import { checkStatements } from './statements.fixture.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_audit_${process.pid}`;
/** As many processes would share one database. */
const others = 3;

// Making the tables takes longer than most of the tests: they are made once, and emptied after each.
const sql = postgres(url, { max: 1, onnotice: () => undefined });
const options = { url, schema };
let first: PostgresStores;
let logs: readonly ReturnType<typeof openPostgresAudit>[] = [];

beforeAll(async () => {
  first = await openPostgresStores(options);
  logs = Array.from({ length: others }, () => openPostgresAudit(options));
  await sql`SET search_path TO ${sql(schema)}`;
});

afterAll(async () => {
  await Promise.all([first.close(), ...logs.map(({ end }) => end())]);
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

describeAuditStore('PostgreSQL', async () => ({
  stores: [first.audit, ...logs.map(({ audit }) => audit)],
  sha256,
  close: async () => {
    await sql`TRUNCATE audit_logs, audit_entries, audit_nodes, audit_values, audit_checkpoints`;
  },
}));

checkStatements();
