// What others ask of the rows of memory, outside its transactions; search above all.
import type { SQLInputValue } from 'node:sqlite';
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
  type NearPlace,
  type NearWanted,
  type MemoryCounts,
  type MemoryIndex,
  type MemoryPlace,
  type MemoryStore,
  type Posting,
  type PostingsWanted,
  type SpanWanted,
  type ScopeMeasure,
  type SpeakerRole,
  type TermPostings,
} from '@chorale/module-memory';
import { deletable } from './memory-rows.ts';
import { episodeShape, holdShape, importShape, memoryScopeShape, memoryShape, receiptShape } from './memory-shapes.ts';
import { countTraces } from './memory-traces.ts';
import { findNear } from './memory-vectors.ts';
import type { Statements } from './statements.ts';

type MemoryReadMethod = Exclude<keyof MemoryStore, 'execute'>;
type Given<Method extends MemoryReadMethod> = Parameters<MemoryStore[Method]>;

/** A read as it is asked for: by its name, with the arguments its caller gave. */
export interface MemoryReadRequest {
  readonly method: MemoryReadMethod;
  readonly given: readonly unknown[];
}

const places = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

// Two numbers for each posting: five values, one of them text, take this thread three times as long to read.
const half = 1_048_576;
const roles: readonly SpeakerRole[] = ['person', 'assistant', 'tool'];
const roleNumber = "CASE role WHEN 'person' THEN 0 WHEN 'assistant' THEN 1 ELSE 2 END";

function readPosting(place: number, content: number): Posting {
  const counts = Math.floor(content / 4);
  return {
    session: Math.floor(place / half),
    position: place % half,
    count: Math.floor(counts / half),
    length: counts % half,
    role: roles[content % 4]!,
  };
}

export class SqliteMemoryReads implements MemoryIndex {
  readonly #statements: Statements;
  readonly #now: () => number;

  constructor(statements: Statements, now: () => number) {
    this.#statements = statements;
    this.#now = now;
  }

  search(...[query]: Given<'search'>) {
    return searchMemories(this, query, this.#now());
  }

  measure(tenantId: TenantId, scopes: readonly string[]): ScopeMeasure {
    const rows = scopes.flatMap((scope) =>
      this.#statements.all(memoryScopeShape, 'WHERE tenant_id = ? AND scope = ?', tenantId, scope),
    );
    return {
      memories: rows.reduce((sum, { memories }) => sum + memories, 0),
      length: rows.reduce((sum, { length }) => sum + length, 0),
      speakers: [...new Set(rows.flatMap(({ speakers }) => Object.keys(speakers)))],
    };
  }

  findPostings({ tenantId, scopes, terms, withEnded, limit }: PostingsWanted): readonly TermPostings[] {
    const where = `tenant_id = ? AND scope = ? AND term = ?${withEnded ? '' : ' AND ended = 0'}`;
    const newest = `SELECT session * ${half} + position, (count * ${half} + length) * 4 + ${roleNumber} FROM memory_terms WHERE ${where}
      ORDER BY session DESC, position DESC LIMIT ?`;
    return terms.map((term) => {
      const postings: Posting[] = [];
      let total = 0;
      for (const scope of scopes) {
        const rows = this.#statements.values(newest, tenantId, scope, term, limit);
        for (const [place, content] of rows) postings.push(readPosting(place as number, content as number));
        const all = `SELECT count(*) FROM memory_terms WHERE ${where}`;
        total += rows.length < limit ? rows.length : (this.#statements.value(all, tenantId, scope, term) as number);
      }
      return { term, total, postings };
    });
  }

  findBetween({ tenantId, scopes, from, to, limit }: SpanWanted): readonly MemoryPlace[] {
    const within = `SELECT session, position FROM memories INDEXED BY memories_by_time
      WHERE tenant_id = ? AND scope = ? AND valid_from >= ? AND valid_from < ? AND position >= 0
      ORDER BY valid_from DESC LIMIT ?`;
    return scopes
      .flatMap((scope) => this.#statements.values(within, tenantId, scope, from, to, limit))
      .map(([session, position]) => ({ session: session as number, position: position as number }));
  }

  findNear(wanted: NearWanted): readonly NearPlace[] {
    return findNear(this.#statements, wanted);
  }

  readPlaces(tenantId: TenantId, wanted: readonly MemoryPlace[]): readonly Memory[] {
    return wanted.flatMap(({ session, position }) =>
      this.#statements
        .all(memoryShape, 'WHERE tenant_id = ? AND session = ? AND position = ?', tenantId, session, position)
        .map(fromMemoryRow),
    );
  }

  findClaim(...[tenantId, scope, about]: Given<'findClaim'>): Memory | undefined {
    const rest = 'INDEXED BY memories_by_claim WHERE tenant_id = ? AND scope = ? AND claim_key = ?';
    const line = this.#statements.all(memoryShape, rest, tenantId, scopeKey(scope), claimKey(about));
    const now = this.#now();
    return line
      .map(fromMemoryRow)
      .filter((memory) => memory.state === 'active' && isValidAt(memory, about, now))
      .toSorted((a, b) => b.validFrom - a.validFrom || b.recordedAt - a.recordedAt)[0];
  }

  findMemory(...[tenantId, memoryId]: Given<'findMemory'>): Memory | undefined {
    const row = this.#statements.get(memoryShape, 'WHERE tenant_id = ? AND memory_id = ?', tenantId, memoryId);
    return row === undefined ? undefined : fromMemoryRow(row);
  }

  findEpisode(...[tenantId, episodeId]: Given<'findEpisode'>) {
    const row = this.#statements.get(episodeShape, 'WHERE tenant_id = ? AND episode_id = ?', tenantId, episodeId);
    return row === undefined ? undefined : fromEpisodeRow(row);
  }

  listMemories(...[tenantId, page]: Given<'listMemories'>): readonly Memory[] {
    const where = ['tenant_id = ?', `scope IN (${places(page.scopes.length)})`];
    const values: SQLInputValue[] = [tenantId, ...page.scopes.map(scopeKey)];
    const add = (condition: string, value: string | undefined): void => {
      if (value === undefined) return;
      where.push(condition);
      values.push(value);
    };
    add('memory_id < ?', page.before);
    add('state = ?', page.state);
    add('kind = ?', page.kind);
    add('session_id = ?', page.sessionId);
    const [from, below] = page.subject === undefined ? [] : claimKeysOf(page.subject);
    add('claim_key >= ?', from);
    add('claim_key < ?', below);
    const rest = `WHERE ${where.join(' AND ')} ORDER BY memory_id DESC LIMIT ?`;
    return this.#statements.all(memoryShape, rest, ...values, page.limit).map(fromMemoryRow);
  }

  exportRows(...[tenantId, { after, limit }]: Given<'exportRows'>) {
    const [kind, id] = splitCursor(after);
    const rest = (column: string): string => `WHERE tenant_id = ? AND ${column} > ? ORDER BY ${column} LIMIT ?`;
    const episodes =
      kind === 'memory' ? [] : this.#statements.all(episodeShape, rest('episode_id'), tenantId, id, limit);
    const left = limit - episodes.length;
    const from = kind === 'memory' ? id : '';
    const memories = left === 0 ? [] : this.#statements.all(memoryShape, rest('memory_id'), tenantId, from, left);
    return [
      ...episodes.map((row) => exportEpisode(fromEpisodeRow(row))),
      ...memories.map((row) => exportMemory(fromMemoryRow(row))),
    ];
  }

  countMemories(...[tenantId]: Given<'countMemories'>): MemoryCounts {
    const count = (condition: string): number =>
      this.#statements.value(`SELECT count(*) FROM memories WHERE tenant_id = ? AND ${condition}`, tenantId) as number;
    return {
      active: count(`state = 'active' AND retracted_at IS NULL`),
      quarantined: count(`state = 'quarantined' AND retracted_at IS NULL`),
      retracted: count('retracted_at IS NOT NULL'),
      episodes: this.#statements.value('SELECT count(*) FROM episodes WHERE tenant_id = ?', tenantId) as number,
    };
  }

  listScopes(...[tenantId, limit]: Given<'listScopes'>) {
    // The sessions too: a scope of which everything is in quarantine has no measure.
    const text = `SELECT scope, max(memories) FROM (SELECT scope, memories FROM memory_scopes WHERE tenant_id = ?
      UNION ALL SELECT DISTINCT scope, 0 FROM memory_sessions WHERE tenant_id = ?) GROUP BY scope ORDER BY 2 DESC, 1 LIMIT ?`;
    return this.#statements
      .values(text, tenantId, tenantId, limit)
      .map(([scope, memories]) => ({ scope: readScopeKey(scope as string), memories: memories as number }));
  }

  listReceipts(...[tenantId]: Given<'listReceipts'>) {
    return this.#statements.all(receiptShape, 'WHERE tenant_id = ? ORDER BY erased_at, receipt_id', tenantId);
  }

  listUnembedded(...[tenantId, { model, limit }]: Given<'listUnembedded'>) {
    const rest = `WHERE tenant_id = ? AND state = 'active' AND retracted_at IS NULL AND sensitivity <> 'secret'
      AND NOT EXISTS (SELECT 1 FROM memory_vectors v WHERE v.tenant_id = memories.tenant_id
        AND v.session = memories.session AND v.position = memories.position AND v.model = ?)
      ORDER BY session DESC, position DESC LIMIT ?`;
    return this.#statements
      .all(memoryShape, rest, tenantId, model, limit)
      .map(({ memoryId, body }) => ({ memoryId, body }));
  }

  findImport(...[tenantId, importId]: Given<'findImport'>) {
    const row = this.#statements.get(importShape, 'WHERE tenant_id = ? AND import_id = ?', tenantId, importId);
    return row === undefined ? undefined : fromImportRow(row);
  }

  listImports(...[tenantId]: Given<'listImports'>) {
    const rest = 'WHERE tenant_id = ? ORDER BY imported_at DESC, import_id DESC';
    return this.#statements.all(importShape, rest, tenantId).map(fromImportRow);
  }

  listHolds(...[tenantId]: Given<'listHolds'>) {
    const rest = 'WHERE tenant_id = ? ORDER BY placed_at, hold_id';
    return this.#statements.all(holdShape, rest, tenantId).map(fromHoldRow);
  }

  listTenantsToSweep(): readonly TenantId[] {
    const due = `SELECT tenant_id FROM memory_tenants t WHERE EXISTS (SELECT 1 FROM memories
      WHERE memories.tenant_id = t.tenant_id AND expires_at <= ? AND ${deletable})`;
    return this.#statements.values(due, this.#now()).map(([tenantId]) => tenantId as TenantId);
  }

  countTraces(...[tenantId, texts]: Given<'countTraces'>): number {
    return countTraces(this.#statements, tenantId, texts);
  }
}

/** `episode:ID` or `memory:ID`: the row that was exported last. */
function splitCursor(after: string | undefined): readonly [kind: string, id: string] {
  if (after === undefined) return ['episode', ''];
  const at = after.indexOf(':');
  return [after.slice(0, at), after.slice(at + 1)];
}

export function runMemoryRead(reads: SqliteMemoryReads, { method, given }: MemoryReadRequest): unknown {
  return (reads[method] as (...args: unknown[]) => unknown).apply(reads, [...given]);
}

export function makeMemoryReads(ask: (request: MemoryReadRequest) => Promise<unknown>): Omit<MemoryStore, 'execute'> {
  const read =
    (method: MemoryReadMethod) =>
    (...given: readonly unknown[]) =>
      ask({ method, given }) as Promise<never>;
  return {
    search: read('search'),
    findClaim: read('findClaim'),
    findMemory: read('findMemory'),
    findEpisode: read('findEpisode'),
    listMemories: read('listMemories'),
    exportRows: read('exportRows'),
    countMemories: read('countMemories'),
    listScopes: read('listScopes'),
    listReceipts: read('listReceipts'),
    listUnembedded: read('listUnembedded'),
    findImport: read('findImport'),
    listImports: read('listImports'),
    listHolds: read('listHolds'),
    listTenantsToSweep: read('listTenantsToSweep'),
    countTraces: read('countTraces'),
  };
}
