// What a batch leaves to be written, with everything that follows from its memories.

import type { MemorySet } from './memory-set.ts';
import type {
  EpisodeRow,
  LegalHoldRow,
  MemoryImportRow,
  MemoryRow,
  MemoryScopeRow,
  MemorySessionRow,
  MemoryTenantRow,
  PostingRow,
  SketchRow,
  SourceRow,
} from './memory-tables.ts';
import type { EraseReceipt } from './erasure.ts';
import type { VectorRow } from './embed-memories.ts';
import { indexTerms } from './index-terms.ts';
import { keyOf, type RowChange, type RowMap } from './row-map.ts';
import { sketchText } from './text-form.ts';

export interface Change<Row> {
  readonly added: readonly Row[];
  readonly changed: readonly Row[];
  readonly gone: readonly Row[];
}

export interface MemoryChanges {
  readonly tenants: Change<MemoryTenantRow>;
  readonly scopes: Change<MemoryScopeRow>;
  readonly sessions: Change<MemorySessionRow>;
  readonly episodes: Change<EpisodeRow>;
  readonly memories: Change<MemoryRow>;
  readonly receipts: Change<EraseReceipt>;
  readonly holds: Change<LegalHoldRow>;
  readonly imports: Change<MemoryImportRow>;
  /** After those of memories that are gone were deleted. */
  readonly vectors: readonly VectorRow[];
  readonly postings: Change<PostingRow>;
  readonly sketches: Change<SketchRow>;
  readonly sources: Change<SourceRow>;
}

export function memoryChanges(set: MemorySet): MemoryChanges {
  const memories = set.memories.changes().filter(({ before, after }) => !isFoundAlike(before, after));
  measureScopes(set, memories);
  return {
    tenants: toChange(set.tenants),
    scopes: toChange(set.scopes),
    sessions: toChange(set.sessions),
    episodes: toChange(set.episodes),
    memories: toChange(set.memories),
    receipts: toChange(set.receipts),
    holds: toChange(set.holds),
    imports: toChange(set.imports),
    vectors: set.vectors.filter((row) => isThere(set, row)),
    postings: derive(
      memories,
      (row) => postingsOf(row, set.now),
      (posting) => `${posting.count} ${posting.ended}`,
    ),
    sketches: derive(memories, sketchesOf, () => ''),
    sources: derive(memories, sourcesOf, () => ''),
  };
}

/** The batch may have deleted what it had a vector put to. */
function isThere(set: MemorySet, { tenantId, session, position }: VectorRow): boolean {
  return !set.memories
    .changes()
    .some(
      ({ before, after }) =>
        after === undefined &&
        before?.tenantId === tenantId &&
        before.session === session &&
        before.position === position,
    );
}

/** Changed in what nobody searches by. */
function isFoundAlike(before: MemoryRow | undefined, after: MemoryRow | undefined): boolean {
  return (
    before?.body === after?.body &&
    before?.state === after?.state &&
    before?.validTo === after?.validTo &&
    before?.retractedAt === after?.retractedAt
  );
}

/** Postings, because retraction and the end of a validity come to be by what the memory says. */
function postingsOf(row: MemoryRow, now: number): readonly PostingRow[] {
  if (row.state !== 'active') return [];
  const { tenantId, scope, session, position, role } = row;
  const { counts, length } = indexTerms(row.body);
  const ended = row.retractedAt !== undefined || (row.validTo !== undefined && row.validTo <= now);
  const place = { tenantId, scope, session, position };
  return [...counts].map(([term, count]) => ({ ...place, term, count, length, role, ended }));
}

function sketchesOf(row: MemoryRow): readonly SketchRow[] {
  const { tenantId, scope, session, position } = row;
  return sketchText(row.body).map((sketch) => ({ tenantId, scope, sketch, session, position }));
}

function sourcesOf({ tenantId, memoryId, provenance }: MemoryRow): readonly SourceRow[] {
  return provenance.map((episodeId) => ({ tenantId, episodeId, memoryId }));
}

/** What hangs on memories: all of a new one's, none of one that is gone, the difference of one that changed. */
function derive<Row extends object>(
  memories: readonly RowChange<MemoryRow>[],
  rowsOf: (memory: MemoryRow) => readonly Row[],
  contentOf: (row: Row) => string,
): Change<Row> {
  const change = { added: [] as Row[], changed: [] as Row[], gone: [] as Row[] };
  for (const { before, after } of memories) {
    if (before === undefined) change.added.push(...distinct(rowsOf(after!)));
    else if (after === undefined) change.gone.push(...distinct(rowsOf(before)));
    else compare(change, distinct(rowsOf(before)), { after: distinct(rowsOf(after)), contentOf });
  }
  return change;
}

function compare<Row extends object>(
  change: { added: Row[]; changed: Row[]; gone: Row[] },
  before: readonly Row[],
  { after, contentOf }: { readonly after: readonly Row[]; readonly contentOf: (row: Row) => string },
): void {
  const old = new Map(before.map((row) => [identityOf(row), row]));
  for (const row of after) {
    const same = old.get(identityOf(row));
    if (same === undefined) change.added.push(row);
    else if (contentOf(same) !== contentOf(row)) change.changed.push(row);
    old.delete(identityOf(row));
  }
  change.gone.push(...old.values());
}

function distinct<Row extends object>(rows: readonly Row[]): readonly Row[] {
  return [...new Map(rows.map((row) => [identityOf(row), row])).values()];
}

/** Everything of a row but what may change in it. */
function identityOf(row: object): string {
  return JSON.stringify(Object.entries(row).filter(([field]) => field !== 'ended' && field !== 'count'));
}

function toChange<Row>(map: RowMap<Row>): Change<Row> {
  const changes = map.changes();
  return {
    added: changes.flatMap(({ before, after }) => (before === undefined && after !== undefined ? [after] : [])),
    changed: changes.flatMap(({ before, after }) => (before !== undefined && after !== undefined ? [after] : [])),
    gone: changes.flatMap(({ before, after }) => (before !== undefined && after === undefined ? [before] : [])),
  };
}

/** Adds to the measures of the scopes what came and takes off what went; a scope without memories is none. */
function measureScopes(set: MemorySet, memories: readonly RowChange<MemoryRow>[]): void {
  for (const { before, after } of memories) {
    if (before?.state === 'active') countMemory(set, before, -1);
    if (after?.state === 'active') countMemory(set, after, 1);
  }
}

function countMemory(set: MemorySet, row: MemoryRow, by: 1 | -1): void {
  const { tenantId, scope } = row;
  const key = keyOf(tenantId, scope);
  const measure = set.scopes.find(key) ?? { tenantId, scope, memories: 0, length: 0, speakers: {} };
  const speakers = { ...measure.speakers };
  if (row.role === 'person') {
    const spoken = (speakers[row.speaker] ?? 0) + by;
    if (spoken > 0) speakers[row.speaker] = spoken;
    else delete speakers[row.speaker];
  }
  const counted = measure.memories + by;
  const length = measure.length + by * indexTerms(row.body).length;
  set.scopes.put(key, counted <= 0 ? undefined : { ...measure, memories: counted, length, speakers });
}
