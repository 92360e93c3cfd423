// Chorale on SQLite: the embedded default, in one process, in a file.

import { join } from 'node:path';
import { openSqliteGoalStore } from '@chorale/adapter-sqlite';
import { serveContestant } from '../contestant.ts';
import { openChorale } from './open-chorale.ts';

serveContestant(async ({ folder }) => {
  const store = await openSqliteGoalStore({ path: join(folder, 'chorale.db') });
  return await openChorale(store, { sqlite: process.versions.sqlite ?? 'unknown' });
});
