import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TenantTable } from '@chorale/module-access';
import { describeTenantRows } from '@chorale/module-access/tenant-rows-contract';
import { openSqliteStores } from './open-sqlite-stores.ts';

describeTenantRows('SQLite', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'chorale-rows-'));
  const path = join(directory, 'chorale.db');
  const stores = await openSqliteStores({ path, thread: false });
  // A second connection, past everything that the store would refuse.
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  const insert = async (
    { name, columns }: TenantTable,
    given: Readonly<Record<string, unknown>>,
    no = 0,
  ): Promise<void> => {
    const described = database.prepare('SELECT name, type FROM pragma_table_info(?)').all(name);
    const types = new Map(described.map((row) => [row['name'], row['type']]));
    const { word = 'word' } = given;
    const valueOf = (column: string): unknown => {
      const value = given[column];
      if (column in given) return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
      return types.get(column) === 'TEXT' ? word : no;
    };
    const places = columns.map(() => '?').join(', ');
    database
      .prepare(`INSERT INTO ${name} (${columns.join(', ')}) VALUES (${places})`)
      .run(...(columns.map(valueOf) as SQLInputValue[]));
  };
  return {
    rows: stores.tenantRows,
    insert,
    async plant(table, tenantId, words) {
      for (const [no, word] of (table.key.length === 0 ? words.slice(0, 1) : words).entries())
        await insert(table, { tenant_id: tenantId, word }, no);
    },
    async close() {
      database.close();
      await stores.close();
      rmSync(directory, { recursive: true });
    },
  };
});
