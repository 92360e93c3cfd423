import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMessageStore } from '@chorale/module-messaging/message-store-contract';
import { openSqliteStores } from './open-sqlite-stores.ts';

describeMessageStore('SQLite in memory', async (clock) => {
  const { messages, close } = await openSqliteStores({ path: ':memory:', now: () => clock.now });
  return { stores: [messages], close };
});

describeMessageStore('a SQLite file', async (clock) => {
  const directory = mkdtempSync(join(tmpdir(), 'chorale-messages-'));
  const path = join(directory, 'chorale.db');
  const { messages, close } = await openSqliteStores({ path, now: () => clock.now, thread: false });
  return {
    stores: [messages],
    close: async () => {
      await close();
      rmSync(directory, { recursive: true });
    },
  };
});
