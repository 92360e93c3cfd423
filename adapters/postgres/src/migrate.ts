// Brings a database to the newest schema, and refuses one that is newer than this program.
import { refused } from '@chorale/lib-errors';
import type { Sql, TransactionSql } from 'postgres';
import { sql as goals } from './migrations/0001-goals.ts';
import { sql as spend } from './migrations/0002-spend.ts';
import { sql as messages } from './migrations/0003-messages.ts';
import { sql as audit } from './migrations/0004-audit.ts';
import { sql as memory } from './migrations/0005-memory.ts';
import { sql as secrets } from './migrations/0006-secrets.ts';
import { sql as identity } from './migrations/0007-identity.ts';
import { sql as mailboxes } from './migrations/0008-mailboxes.ts';
import { sql as processes } from './migrations/0009-processes.ts';
import { sql as answers } from './migrations/0010-answers.ts';
import { sql as projects } from './migrations/0011-projects.ts';
import { sql as archive } from './migrations/0012-archive.ts';
import { sql as partitions } from './migrations/0013-partitions.ts';
import { sql as incarnations } from './migrations/0014-incarnations.ts';
import { sql as storage } from './migrations/0015-storage.ts';
import { sql as projectBudgets } from './migrations/0016-project-budgets.ts';
import { protectTables } from './tenant-roles.ts';

/** In order; the position is the version. Frozen once released. */
const migrations: readonly string[] = [
  goals,
  spend,
  messages,
  audit,
  memory,
  secrets,
  identity,
  mailboxes,
  processes,
  answers,
  projects,
  archive,
  partitions,
  incarnations,
  storage,
  projectBudgets,
];

/**
 * Programs that know the schema from this version on work beside this one, so that processes are replaced one by one
 * (docs/operating/upgrade.md). A migration that takes something away, or changes what something means, raises it to the version
 * that stopped using it.
 */
const programMin = 9;

/** `schema_version` is made by no migration. */
function tablesOf(texts: readonly string[]): readonly string[] {
  const made = texts.flatMap((text) => [...text.matchAll(/^CREATE TABLE (\w+)/gm)].map(([, name]) => name!));
  return ['schema_version', ...made];
}

/** Server versions are numbers such as 150020 for 15.20. */
const serverVersionMin = 150_000;

export async function migrate(sql: Sql): Promise<void> {
  const [server] = await sql<{ version: number }[]>`SELECT current_setting('server_version_num')::int AS version`;
  if ((server?.version ?? 0) < serverVersionMin) {
    throw refused(
      'database-too-old',
      `The PostgreSQL server is version ${Math.floor((server?.version ?? 0) / 10_000)}; 15 or newer is needed.`,
    );
  }
  await sql.begin(async (transaction) => {
    // Two processes that start at once: the second waits here and then finds the work done.
    await transaction`SELECT pg_advisory_xact_lock(hashtext('chorale migrations'))`;
    const found = await readVersion(transaction);
    for (const [index, text] of migrations.entries()) {
      if (index < found) continue;
      await transaction.unsafe(text);
      await transaction`INSERT INTO schema_version (version, program_min) VALUES (${index + 1}, ${programMin})`;
    }
    if (found < migrations.length) await protectTables(transaction, tablesOf(migrations));
  });
}

/** @throws `schema-too-new` where the newest program that was here says that this one is too old. */
async function readVersion(sql: TransactionSql): Promise<number> {
  await sql`CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)`;
  const [known] =
    await sql`SELECT FROM pg_attribute WHERE attrelid = 'schema_version'::regclass AND attname = 'program_min'`;
  if (known === undefined) await sql`ALTER TABLE schema_version ADD COLUMN program_min integer`;
  const [row] = await sql<{ version: number; programMin: number | null }[]>`
    SELECT version, program_min AS "programMin" FROM schema_version ORDER BY version DESC LIMIT 1`;
  const found = row?.version ?? 0;
  if (found <= migrations.length || (row?.programMin ?? found) <= migrations.length) return found;
  throw refused(
    'schema-too-new',
    `The database has schema version ${found}, for programs that know ${row?.programMin ?? found} or newer; this program knows versions up to ${migrations.length}.`,
    { action: 'Start it with the newer program that wrote it, or restore a backup made before the upgrade.' },
  );
}
