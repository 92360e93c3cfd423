// Looks for texts in every row of memory that a tenant has: what was deleted must be in none.
import type { TenantId } from '@chorale/lib-ids';
import {
  episodeTable,
  holdTable,
  memoryScopeTable,
  memorySessionTable,
  memoryTable,
  postingTable,
  sketchTable,
  sourceTable,
} from '@chorale/module-memory';
import { together, type Connection } from './connection.ts';

// Receipts are left out: they name what somebody asked to be deleted.
const tables = [
  episodeTable,
  memoryTable,
  memoryScopeTable,
  memorySessionTable,
  postingTable,
  sketchTable,
  sourceTable,
  holdTable,
];

const counts = tables.map(
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
