// Deletes what was kept long enough: what would go is said first.
//
// Only what nothing else needs: what happened to a goal belongs to the goal, and memory and the audit log have rules of their own.
import type { TenantId } from '@chorale/lib-ids';
import type { OlderThan, TenantRows, TenantTable } from './tenant-rows.ts';

/** By what is kept: where, and the column that says since when. */
const rules = [
  { name: 'model-calls', table: 'model_calls', column: 'ended_at' },
  { name: 'model-outcomes', table: 'model_outcomes', column: 'at' },
] as const;

export interface RetentionCounts {
  /** What would go, or went, by what it is. */
  readonly counts: Readonly<Record<string, number>>;
}

export function planRetention(rows: TenantRows, tenantId: TenantId, before: number): Promise<RetentionCounts> {
  return forEachRule(rows, before, (table, older) => rows.countRows(tenantId, table, older));
}

export function applyRetention(rows: TenantRows, tenantId: TenantId, before: number): Promise<RetentionCounts> {
  return forEachRule(rows, before, async (table, older) => {
    for (let all = 0; ;) {
      const gone = await rows.eraseRows(tenantId, table, older);
      if (gone === 0) return all;
      all += gone;
    }
  });
}

async function forEachRule(
  rows: TenantRows,
  before: number,
  count: (table: TenantTable, older: OlderThan) => Promise<number>,
): Promise<RetentionCounts> {
  const { ofTenants } = await rows.listTables();
  const counts: Record<string, number> = {};
  for (const { name, table: wanted, column } of rules) {
    const table = ofTenants.find((one) => one.name === wanted);
    if (table === undefined) throw new Error(`the store has no table ${wanted}`);
    counts[name] = await count(table, { column, before });
  }
  return { counts };
}
