// Looks for texts in every row of memory that a tenant has: what was deleted must be in none.
import type { TenantId } from '@chorale/lib-ids';
import { wordTables } from '@chorale/module-memory';
import type { Statements } from './statements.ts';

const counts = wordTables.map(({ table, columns }) => {
  const row = columns.map(({ column }) => `ifnull(${column}, '')`).join(" || ' ' || ");
  return `SELECT count(*) FROM ${table} WHERE tenant_id = ?
    AND EXISTS (SELECT 1 FROM json_each(?) AS t WHERE instr(lower(${row}), t.value) > 0)`;
});

export function countTraces(statements: Statements, tenantId: TenantId, texts: readonly string[]): number {
  const wanted = JSON.stringify(texts.map((text) => text.toLowerCase()));
  return counts.reduce((sum, sql) => sum + (statements.value(sql, tenantId, wanted) as number), 0);
}
