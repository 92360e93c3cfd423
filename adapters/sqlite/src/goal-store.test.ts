import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeGoalStore } from '@chorale/module-goals/goal-store-contract';
import { openSqliteGoalStore } from './open-sqlite-stores.ts';

describeGoalStore('SQLite in memory', (clock, random) =>
  openSqliteGoalStore({ path: ':memory:', now: () => clock.now, random }),
);

describeGoalStore('a SQLite file', async (clock, random) => {
  const directory = mkdtempSync(join(tmpdir(), 'chorale-sqlite-'));
  const store = await openSqliteGoalStore({
    path: join(directory, 'chorale.sqlite'),
    now: () => clock.now,
    random,
    thread: false,
  });
  return {
    ...store,
    close: async () => {
      await store.close();
      rmSync(directory, { recursive: true });
    },
  };
});
