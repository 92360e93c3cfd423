// What every store of all rows of a tenant must do. Every column of every table gets a canary, so that a table or a column that
// is added later is covered by being there.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TenantId } from '@chorale/lib-ids';
import { describeEndedGoals } from './ended-goals.contract.ts';
import type { TenantRows, TenantTable } from './tenant-data/tenant-rows.ts';

export interface OpenedTenantRows {
  readonly rows: TenantRows;
  /** Writes rows past all rules: one for each number, its texts made of the word. */
  plant(table: TenantTable, tenantId: TenantId, words: readonly string[]): Promise<void>;
  /** Writes a row past all rules; columns that are not given have something of their kind, `word` where it is text. Objects are JSON. */
  insert(table: TenantTable, given: Readonly<Record<string, unknown>>, no?: number): Promise<void>;
  close(): Promise<void>;
}

const north = 'north' as TenantId;
const south = 'south' as TenantId;

/** Rows of no tenant: where workers are, how far fair shares went, what providers' models are like. */
const ofNobody = ['deployment_facts', 'lanes', 'rates', 'workers', 'schema_version', 'incarnations'];

export function describeTenantRows(name: string, open: () => Promise<OpenedTenantRows>): void {
  describeEndedGoals(name, open);
  describe(`tenant rows on ${name}`, () => {
    let opened: OpenedTenantRows;
    let tables: readonly TenantTable[];

    beforeEach(async () => {
      opened = await open();
      tables = (await opened.rows.listTables()).ofTenants;
    });
    afterEach(() => opened.close());

    const countAll = async (tenantId: TenantId): Promise<Readonly<Record<string, number>>> => {
      const counts = await Promise.all(
        tables.map(async (table) => [table.name, await opened.rows.countRows(tenantId, table)] as const),
      );
      return Object.fromEntries(counts.filter(([, count]) => count > 0));
    };

    test("[TD1] every table has a tenant, but those whose rows are nobody's", async () => {
      const { others } = await opened.rows.listTables();
      expect(others.filter((table) => !ofNobody.includes(table))).toEqual([]);
      expect(tables.length).toBeGreaterThan(35);
      expect(tables.map((table) => table.name)).toContain('goals');
    });

    test('[TD1] every row of a tenant is read once, page by page, and none of another', async () => {
      const words = Array.from({ length: 5 }, (_, no) => `canary${no}`);
      for (const table of tables) {
        await opened.plant(table, north, words);
        await opened.plant(table, south, ['stranger']);
      }
      for (const table of tables) {
        const seen: (readonly unknown[])[] = [];
        const places = table.key.map((column) => table.columns.indexOf(column));
        for (let after: readonly unknown[] | undefined; ;) {
          const page = await opened.rows.readRows(north, table, {
            limit: 2,
            ...(after === undefined ? {} : { after }),
          });
          seen.push(...page);
          if (page.length < 2 || places.length === 0) break;
          after = places.map((place) => page.at(-1)![place]);
        }
        expect(seen.length, table.name).toBe(table.key.length === 0 ? 1 : words.length);
        expect(JSON.stringify(seen), table.name).not.toContain('stranger');
      }
    });

    test('[TD2] erasing takes every row of one tenant, from every table, and no other', async () => {
      for (const table of tables) {
        await opened.plant(table, north, ['canary1', 'canary2']);
        await opened.plant(table, south, ['stranger']);
      }
      expect(Object.keys(await countAll(north)).toSorted()).toEqual(tables.map((table) => table.name).toSorted());
      const before = await countAll(south);
      for (const table of tables.toReversed()) {
        const gone = await opened.rows.eraseRows(north, table);
        expect(gone, table.name).toBeGreaterThan(0);
        expect(await opened.rows.eraseRows(north, table), table.name).toBe(0);
      }
      expect(await countAll(north)).toEqual({});
      expect(await countAll(south)).toEqual(before);
    });

    test('[TD5] what is older than a moment is counted', async () => {
      const calls = tables.find((table) => table.name === 'model_calls')!;
      // Their times are 0, 1 and 2.
      await opened.plant(calls, north, ['first', 'second', 'third']);
      await opened.plant(calls, south, ['stranger']);
      const older = { column: 'ended_at', before: 2 };
      expect(await opened.rows.countRows(north, calls, older)).toBe(2);
      expect(await opened.rows.countRows(north, calls)).toBe(3);
      expect(await opened.rows.countRows(south, calls)).toBe(1);
    });
  });
}
