// Brings a database to the newest schema, and refuses one that is newer than this program.
import type { DatabaseSync } from 'node:sqlite';
import { refused } from '@chorale/lib-errors';
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

export function migrate(database: DatabaseSync, path: string): void {
  const found = (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
  if (found > migrations.length) {
    throw refused(
      'schema-too-new',
      `The database ${path} has schema version ${found}; this program knows versions up to ${migrations.length}.`,
      {
        action: 'Start it with the newer program that wrote it, or restore a backup made before the upgrade.',
      },
    );
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < found) continue;
    database.exec('BEGIN IMMEDIATE');
    database.exec(sql);
    database.exec(`PRAGMA user_version = ${index + 1}`);
    database.exec('COMMIT');
  }
}
