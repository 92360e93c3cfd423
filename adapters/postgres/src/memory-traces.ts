// Looks for texts in every row of memory that a tenant has: what was deleted must be in none.
import type { TenantId } from '@chorale/lib-ids';
import { wordTables } from '@chorale/module-memory';
import { together, type Connection } from './connection.ts';

const counts = wordTables.map(
  ({ table }) => `SELECT count(*) FROM ${table} WHERE tenant_id = $1 AND EXISTS
    (SELECT 1 FROM json_array_elements_text($2::text::json) AS t(text) WHERE strpos(lower(${table}::text), t.text) > 0)`,
);

export async function countTraces(
  connection: Connection,
  tenantId: TenantId,
  texts: readonly string[],
): Promise<number> {
  const wanted = JSON.stringify(texts.map((text) => text.toLowerCase()));
  const found = await together(counts.map((sql) => connection.values(sql, tenantId, wanted)));
  return found.reduce((sum, [row]) => sum + (row?.[0] as number), 0);
}
