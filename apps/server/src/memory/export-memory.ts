// A tenant's memory as JSON lines, read page by page while they are sent. The last line is the manifest: how many lines of each
// kind there are before it, and the SHA-256 of them. It has no time and no name, so that what was imported elsewhere exports
// the same bytes.

import { createHash } from 'node:crypto';
import type { TenantId } from '@chorale/lib-ids';
import { cursorOf, type MemoryStore } from '@chorale/module-memory';

const pageSize = 500;
const format = 'chorale-memory-1';

export async function* exportMemory(
  store: Pick<MemoryStore, 'exportRows'>,
  tenantId: TenantId,
): AsyncGenerator<string, void> {
  const hash = createHash('sha256');
  const counts = { episode: 0, memory: 0 };
  let after: string | undefined;
  for (;;) {
    const rows = await store.exportRows(tenantId, { ...(after === undefined ? {} : { after }), limit: pageSize });
    const last = rows.at(-1);
    if (last === undefined) break;
    for (const { row } of rows) counts[row] += 1;
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    hash.update(text);
    yield text;
    after = cursorOf(last);
  }
  const { episode: episodes, memory: memories } = counts;
  yield `${JSON.stringify({ row: 'manifest', format, episodes, memories, sha256: hash.digest('hex') })}\n`;
}
