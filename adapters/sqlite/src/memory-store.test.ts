import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describeMemoryStore } from '@chorale/module-memory/memory-store-contract';
import { openSqliteStores } from './open-sqlite-stores.ts';

const tables =
  'memory_tenants memory_scopes memory_sessions episodes memories memory_terms memory_sketches memory_sources memory_holds memory_imports memory_vectors erase_receipts';

function dumpFile(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = tables.split(' ').map((table) => database.prepare(`SELECT * FROM ${table}`).all());
  database.close();
  return JSON.stringify(rows);
}

describeMemoryStore('a SQLite file', async (clock) => {
  const directory = mkdtempSync(join(tmpdir(), 'chorale-memory-'));
  const path = join(directory, 'chorale.db');
  const { memory, close } = await openSqliteStores({ path, now: () => clock.now, thread: false });
  return {
    stores: [memory],
    dump: async () => dumpFile(path),
    close: async () => {
      await close();
      rmSync(directory, { recursive: true });
    },
  };
});
