// What others ask of the rows of memory, outside its transactions.
import type { TenantId } from '@chorale/lib-ids';
import {
  claimKey,
  claimKeysOf,
  exportEpisode,
  exportMemory,
  fromEpisodeRow,
  fromHoldRow,
  fromImportRow,
  fromMemoryRow,
  isValidAt,
  readScopeKey,
  scopeKey,
  searchMemories,
  type Memory,
  type MemoryStore,
} from '@chorale/module-memory';
import type { Sql } from 'postgres';
import { Connection } from './connection.ts';
import { PostgresMemoryIndex } from './memory-index.ts';
import { deletable } from './memory-load.ts';
import { episodeShape, holdShape, importShape, memoryShape, receiptShape } from './memory-shapes.ts';
import { countTraces } from './memory-traces.ts';
import { hasVectorExtension } from './memory-vectors.ts';

const clock = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint';
const counts = `SELECT count(*) FILTER (WHERE state = 'active' AND retracted_at IS NULL),
  count(*) FILTER (WHERE state = 'quarantined' AND retracted_at IS NULL), count(*) FILTER (WHERE retracted_at IS NOT NULL),
  (SELECT count(*) FROM episodes WHERE tenant_id = $1) FROM memories WHERE tenant_id = $1`;

// The sessions too: a scope of which everything is in quarantine has no measure.
const scopeCounts = `SELECT scope, max(memories) FROM (SELECT scope, memories FROM memory_scopes WHERE tenant_id = $1
  UNION ALL SELECT DISTINCT scope, 0 FROM memory_sessions WHERE tenant_id = $1) AS kept
  GROUP BY scope ORDER BY 2 DESC, 1 LIMIT $2`;

const tenantsToSweep = `SELECT tenant_id FROM memory_tenants t WHERE EXISTS (SELECT 1 FROM memories
  WHERE memories.tenant_id = t.tenant_id AND expires_at <= $1 AND ${deletable})`;

export function makeMemoryReads(
  { readers, scheduler }: { readonly readers: Sql; readonly scheduler: Sql },
  now?: () => number,
): Omit<MemoryStore, 'execute'> {
  const connection = new Connection(readers);
  const ofAll = new Connection(scheduler);
  let found: boolean | undefined;
  const hasVectors = async (): Promise<boolean> => (found ??= await hasVectorExtension(readers));
  const time = async (): Promise<number> => now?.() ?? ((await connection.values(clock))[0]?.[0] as number);
  return {
    search: async (query) =>
      await searchMemories(new PostgresMemoryIndex(connection.of(query.tenantId), hasVectors), query, time()),
    async findClaim(tenantId, scope, about) {
      const rest = 'WHERE tenant_id = $1 AND scope = $2 AND claim_key = $3';
      const line = await connection.of(tenantId).all(memoryShape, rest, tenantId, scopeKey(scope), claimKey(about));
      const at = await time();
      return line
        .map(fromMemoryRow)
        .filter((memory) => memory.state === 'active' && isValidAt(memory, about, at))
        .toSorted((a, b) => b.validFrom - a.validFrom || b.recordedAt - a.recordedAt)[0];
    },
    async findMemory(tenantId, memoryId) {
      const rows = await connection
        .of(tenantId)
        .all(memoryShape, 'WHERE tenant_id = $1 AND memory_id = $2', tenantId, memoryId);
      return rows[0] === undefined ? undefined : fromMemoryRow(rows[0]);
    },
    async findEpisode(tenantId, episodeId) {
      const rows = await connection
        .of(tenantId)
        .all(episodeShape, 'WHERE tenant_id = $1 AND episode_id = $2', tenantId, episodeId);
      return rows[0] === undefined ? undefined : fromEpisodeRow(rows[0]);
    },
    listMemories: (tenantId, filter) => listMemories(connection.of(tenantId), tenantId, filter),
    exportRows: (tenantId, page) => exportPage(connection.of(tenantId), tenantId, page),
    async countMemories(tenantId) {
      const [row] = await connection.of(tenantId).values(counts, tenantId);
      const [active, quarantined, retracted, episodes] = row as readonly number[];
      return { active: active!, quarantined: quarantined!, retracted: retracted!, episodes: episodes! };
    },
    async listScopes(tenantId, limit) {
      const rows = await connection.of(tenantId).values(scopeCounts, tenantId, limit);
      return rows.map(([scope, memories]) => ({ scope: readScopeKey(scope as string), memories: memories as number }));
    },
    listReceipts: (tenantId) =>
      connection.of(tenantId).all(receiptShape, 'WHERE tenant_id = $1 ORDER BY erased_at, receipt_id', tenantId),
    listUnembedded: (tenantId, wanted) => listUnembedded(connection.of(tenantId), tenantId, wanted),
    async findImport(tenantId, importId) {
      const rows = await connection
        .of(tenantId)
        .all(importShape, 'WHERE tenant_id = $1 AND import_id = $2', tenantId, importId);
      return rows[0] === undefined ? undefined : fromImportRow(rows[0]);
    },
    async listImports(tenantId) {
      const rest = 'WHERE tenant_id = $1 ORDER BY imported_at DESC, import_id DESC';
      return (await connection.of(tenantId).all(importShape, rest, tenantId)).map(fromImportRow);
    },
    async listHolds(tenantId) {
      const rest = 'WHERE tenant_id = $1 ORDER BY placed_at, hold_id';
      return (await connection.of(tenantId).all(holdShape, rest, tenantId)).map(fromHoldRow);
    },
    async listTenantsToSweep() {
      const due = await ofAll.values(tenantsToSweep, await time());
      return due.map(([tenantId]) => tenantId as TenantId);
    },
    countTraces: (tenantId, texts) => countTraces(connection.of(tenantId), tenantId, texts),
  };
}

async function listUnembedded(
  connection: Connection,
  tenantId: TenantId,
  { model, limit }: Parameters<MemoryStore['listUnembedded']>[1],
): Promise<readonly Pick<Memory, 'memoryId' | 'body'>[]> {
  const rest = `WHERE tenant_id = $1 AND state = 'active' AND retracted_at IS NULL AND sensitivity <> 'secret'
    AND NOT EXISTS (SELECT 1 FROM memory_vectors v WHERE v.tenant_id = memories.tenant_id
      AND v.session = memories.session AND v.position = memories.position AND v.model = $2)
    ORDER BY session DESC, position DESC LIMIT $3`;
  const rows = await connection.all(memoryShape, rest, tenantId, model, limit);
  return rows.map(({ memoryId, body }) => ({ memoryId, body }));
}

async function listMemories(
  connection: Connection,
  tenantId: TenantId,
  { scopes, before, limit, state, kind, sessionId, subject }: Parameters<MemoryStore['listMemories']>[1],
): Promise<readonly Memory[]> {
  const values: (string | number)[] = [tenantId, JSON.stringify(scopes.map(scopeKey))];
  const where = ['tenant_id = $1', 'scope IN (SELECT json_array_elements_text($2::text::json) COLLATE "C")'];
  const add = (condition: string, value: string | undefined): void => {
    if (value !== undefined) where.push(`${condition} $${values.push(value)}`);
  };
  add('memory_id <', before);
  add('state =', state);
  add('kind =', kind);
  add('session_id =', sessionId);
  const [from, below] = subject === undefined ? [] : claimKeysOf(subject);
  add('claim_key >=', from);
  add('claim_key <', below);
  const rest = `WHERE ${where.join(' AND ')} ORDER BY memory_id DESC LIMIT $${values.push(limit)}`;
  return (await connection.all(memoryShape, rest, ...values)).map(fromMemoryRow);
}

async function exportPage(
  connection: Connection,
  tenantId: TenantId,
  { after, limit }: { readonly after?: string; readonly limit: number },
) {
  const [kind, id] = splitCursor(after);
  const rest = (column: string): string => `WHERE tenant_id = $1 AND ${column} > $2 ORDER BY ${column} LIMIT $3`;
  const episodes = kind === 'memory' ? [] : await connection.all(episodeShape, rest('episode_id'), tenantId, id, limit);
  const left = limit - episodes.length;
  const from = kind === 'memory' ? id : '';
  const memories = left === 0 ? [] : await connection.all(memoryShape, rest('memory_id'), tenantId, from, left);
  return [
    ...episodes.map((row) => exportEpisode(fromEpisodeRow(row))),
    ...memories.map((row) => exportMemory(fromMemoryRow(row))),
  ];
}

/** `episode:ID` or `memory:ID`: the row that was exported last. */
function splitCursor(after: string | undefined): readonly [kind: string, id: string] {
  if (after === undefined) return ['episode', ''];
  const at = after.indexOf(':');
  return [after.slice(0, at), after.slice(at + 1)];
}
