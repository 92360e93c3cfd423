// Records what a version leaves behind, as SQL: `node --conditions=chorale-source tests/upgrade/record.ts FOLDER`, in a tree of
// that version with this folder copied into it. PostgreSQL is the one of the tests; pg_dump must be on PATH.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openPostgresGoalStore } from '@chorale/adapter-postgres';
import { openSqliteGoalStore } from '@chorale/adapter-sqlite';
import postgres from 'postgres';
import { leaveInFlight } from './in-flight.ts';

const [, , target = '.'] = process.argv;
const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = 'chorale_recorded';
const folder = mkdtempSync(join(tmpdir(), 'chorale-record-'));
const pad = (version: number): string => String(version).padStart(4, '0');

const embedded = join(folder, 'chorale.db');
const inFile = await openSqliteGoalStore({ path: embedded, thread: false });
await leaveInFlight(inFile);
await inFile.close();
const database = new DatabaseSync(embedded, { readOnly: true });
const version = (database.prepare('PRAGMA user_version').get() as { readonly user_version: number }).user_version;
writeFileSync(join(target, `sqlite-${pad(version)}.sql`), dumpSqlite(database, version));

const inServer = await openPostgresGoalStore({ url, schema });
await leaveInFlight(inServer);
await inServer.close();
const dumped = execFileSync('pg_dump', [url, `--schema=${schema}`, '--no-owner', '--no-acl', '--inserts'], {
  encoding: 'utf8',
});
const kept = dumped.split('\n').filter((line) => line !== '' && !/^(?:--|SET |SELECT pg_catalog|\\)/.test(line));
writeFileSync(join(target, `postgres-${pad(version)}.sql`), `${kept.join('\n')}\n`);
const sql = postgres(url, { max: 1, onnotice: () => undefined });
await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
await sql.end();
rmSync(folder, { recursive: true });

function dumpSqlite(from: DatabaseSync, userVersion: number): string {
  const lines = [`PRAGMA user_version = ${userVersion};`];
  const made = from
    .prepare(
      "SELECT name, sql, type FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
    )
    .all() as { readonly name: string; readonly sql: string; readonly type: string }[];
  // What a virtual table keeps its content in comes with it.
  const virtual = made.filter((one) => one.sql.startsWith('CREATE VIRTUAL')).map(({ name }) => `${name}_`);
  const own = made.filter(({ name }) => !virtual.some((prefix) => name.startsWith(prefix)));
  for (const one of own.filter(({ type }) => type === 'table')) {
    lines.push(`${one.sql};`);
    if (one.sql.startsWith('CREATE VIRTUAL')) continue;
    const columns = from.prepare(`SELECT name FROM pragma_table_info('${one.name}')`).all() as {
      readonly name: string;
    }[];
    const quoted = columns.map(({ name }) => `quote("${name}")`).join(" || ', ' || ");
    for (const row of from.prepare(`SELECT ${quoted} AS row FROM "${one.name}"`).all() as { readonly row: string }[])
      lines.push(`INSERT INTO "${one.name}" VALUES (${row.row});`);
  }
  for (const one of own.filter(({ type }) => type !== 'table')) lines.push(`${one.sql};`);
  return `${lines.join('\n')}\n`;
}
