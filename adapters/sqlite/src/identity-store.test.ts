import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeIdentityStore } from '@chorale/module-access/identity-store-contract';
import { openSqliteStores } from './open-sqlite-stores.ts';

describeIdentityStore('SQLite in memory', async () => {
  const { identity, close } = await openSqliteStores({ path: ':memory:' });
  return { stores: [identity], close };
});

describeIdentityStore('a SQLite file with its threads', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'chorale-identity-'));
  const { identity, close } = await openSqliteStores({ path: join(directory, 'chorale.db') });
  return {
    stores: [identity],
    close: async () => {
      await close();
      rmSync(directory, { recursive: true });
    },
  };
});
