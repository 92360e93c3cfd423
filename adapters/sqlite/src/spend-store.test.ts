import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  describeConcurrentSpend,
  describeSpendStore,
  type OpenedSpend,
} from '@chorale/module-models/spend-store-contract';
import { openSqliteStores, type SqliteOptions } from './open-sqlite-stores.ts';

async function open(options: SqliteOptions): Promise<OpenedSpend> {
  const { spend, close } = await openSqliteStores(options);
  return { stores: [spend], close };
}

async function openFile(options: Omit<SqliteOptions, 'path'>): Promise<OpenedSpend> {
  const directory = mkdtempSync(join(tmpdir(), 'chorale-spend-'));
  const { stores, close } = await open({ ...options, path: join(directory, 'chorale.db') });
  return {
    stores,
    close: async () => {
      await close();
      rmSync(directory, { recursive: true });
    },
  };
}

describeSpendStore('SQLite in memory', (clock) => open({ path: ':memory:', now: () => clock.now }));

describeSpendStore('a SQLite file', (clock) => openFile({ now: () => clock.now, thread: false }));

// Threads have the system's clock.
describeConcurrentSpend('a SQLite file in threads', () => openFile({}));
