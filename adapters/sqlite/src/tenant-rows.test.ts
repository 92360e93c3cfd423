import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeTenantRows } from '@chorale/module-access/tenant-rows-contract';
import { openSqliteStores } from './open-sqlite-stores.ts';

describeTenantRows('SQLite', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'chorale-rows-'));
  const path = join(directory, 'chorale.db');
  const stores = await openSqliteStores({ path, thread: false });
  // A second connection, past everything that the store would refuse.
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  return {
    rows: stores.tenantRows,
    async plant({ name, columns, key }, tenantId, words) {
      const types = new Map(
        database
          .prepare('SELECT name, type FROM pragma_table_info(?)')
          .all(name)
          .map((row) => [row['name'], row['type']]),
      );
      const insert = database.prepare(
        `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      );
      for (const [no, word] of (key.length === 0 ? words.slice(0, 1) : words).entries())
        insert.run(
          ...columns.map((column) => (column === 'tenant_id' ? tenantId : types.get(column) === 'TEXT' ? word : no)),
        );
    },
    async close() {
      database.close();
      await stores.close();
      rmSync(directory, { recursive: true });
    },
  };
});
