// Reads the rows that memory commands need and writes what they changed; inside a transaction.
import type { SQLInputValue } from 'node:sqlite';
import {
  memoriesAtOnce,
  sweepAtOnce,
  memoryNeeds,
  type Change,
  type EpisodeRow,
  type LoadedMemoryRows,
  type MemoryChanges,
  type MemoryCommand,
  type MemoryNeeds,
  type MemoryRow,
} from '@chorale/module-memory';
import {
  episodeShape,
  holdShape,
  importShape,
  memoryScopeShape,
  memorySessionShape,
  memoryShape,
  memoryTenantShape,
  postingShape,
  receiptShape,
  sketchShape,
  sourceShape,
} from './memory-shapes.ts';
import { dropVectors, putVectors } from './memory-vectors.ts';
import type { RowShape } from './row-shape.ts';
import type { Statements } from './statements.ts';

const byId = 'WHERE tenant_id = ? AND memory_id = ?';
// Named, because without statistics the planner takes the first column of the primary key for enough.
const byForm = 'INDEXED BY memories_by_form WHERE tenant_id = ? AND scope = ? AND form = ?';
const byClaim = 'INDEXED BY memories_by_claim WHERE tenant_id = ? AND scope = ? AND claim_key = ?';
const bySketch = `JOIN memory_sketches s USING (tenant_id, session, position)
  WHERE s.tenant_id = ? AND s.scope = ? AND s.sketch = ?`;
const bySource = `JOIN memory_sources s USING (tenant_id, memory_id) WHERE s.tenant_id = ? AND s.episode_id = ?`;
/** By the sweeper. */
export const deletable = `pinned = 0 AND legal_hold = 0 AND NOT EXISTS
  (SELECT 1 FROM memory_holds h WHERE h.tenant_id = memories.tenant_id AND h.scope = memories.scope)`;
const expired = `WHERE tenant_id = ? AND expires_at <= ? AND ${deletable} LIMIT ${sweepAtOnce}`;
/** A text that many have said is compared with the newest of them. */
const alikeMax = 20;
/** An episode of which a memory is held stays. */
const unheld = `NOT EXISTS (SELECT 1 FROM memory_sources s JOIN memories m USING (tenant_id, memory_id)
  WHERE s.tenant_id = episodes.tenant_id AND s.episode_id = episodes.episode_id AND m.legal_hold = 1)`;

export class SqliteMemoryRows {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  load(commands: readonly MemoryCommand[], now: number): LoadedMemoryRows {
    const statements = this.#statements;
    const needs = memoryNeeds(commands);
    const memories = [...this.#memories(needs, now)];
    const episodes = needs.episodes.flatMap(({ tenantId, value }) => this.#episode(tenantId, value));
    for (const { tenantId, value: subject } of needs.erasures) {
      const where = ['tenant_id = ?', 'scope = ?'];
      const values: SQLInputValue[] = [tenantId, `${subject.scope.kind}/${subject.scope.id}`];
      const add = (column: string, value: string | undefined): void => {
        if (value === undefined) return;
        where.push(`${column} = ?`);
        values.push(value);
      };
      add('session_id', subject.sessionId);
      add('speaker', subject.speaker);
      if (subject.memoryIds !== undefined) {
        for (const memoryId of subject.memoryIds)
          memories.push(...statements.all(memoryShape, byId, tenantId, memoryId));
        continue;
      }
      const condition = where.join(' AND ');
      const rest = `WHERE ${condition} ORDER BY legal_hold LIMIT ${memoriesAtOnce}`;
      memories.push(...statements.all(memoryShape, rest, ...values));
      episodes.push(
        ...statements.all(episodeShape, `WHERE ${condition} AND ${unheld} LIMIT ${memoriesAtOnce}`, ...values),
      );
    }
    if (needs.withSources) this.#addSources(memories, episodes);
    const perScope = distinct(needs.scopes.map(({ tenantId, scope }) => [tenantId, scope]));
    const touched = distinct([...perScope, ...memories.map(({ tenantId, scope }) => [tenantId, scope])]);
    const sessions = distinct([
      ...needs.sessions.map(({ tenantId, scope, value }) => [tenantId, scope, value]),
      ...memories.map(({ tenantId, scope, sessionId }) => [tenantId, scope, sessionId]),
    ]);
    return {
      tenants: needs.tenants.flatMap((tenantId) => statements.all(memoryTenantShape, 'WHERE tenant_id = ?', tenantId)),
      scopes: touched.flatMap((key) => statements.all(memoryScopeShape, 'WHERE tenant_id = ? AND scope = ?', ...key)),
      holds: touched.flatMap((key) => statements.all(holdShape, 'WHERE tenant_id = ? AND scope = ?', ...key)),
      sessions: sessions.flatMap((key) =>
        statements.all(memorySessionShape, 'WHERE tenant_id = ? AND scope = ? AND session_id = ?', ...key),
      ),
      episodes,
      memories,
      imports: needs.imports.flatMap(({ tenantId, value }) =>
        statements.all(importShape, 'WHERE tenant_id = ? AND import_id = ?', tenantId, value),
      ),
      receipts: needs.receipts.flatMap(({ tenantId, value }) =>
        statements.all(receiptShape, 'WHERE tenant_id = ? AND receipt_id = ?', tenantId, value),
      ),
    };
  }

  #memories(needs: MemoryNeeds, now: number): readonly MemoryRow[] {
    const statements = this.#statements;
    const inScope = (rest: string, keys: MemoryNeeds['forms' | 'claims'], limit: string): readonly MemoryRow[] =>
      distinct(keys.map(({ tenantId, scope, value }) => [tenantId, scope, value])).flatMap((key) =>
        statements.all(memoryShape, `${rest} ${limit}`, ...key),
      );
    const newest = `ORDER BY +memories.session DESC, +memories.position DESC LIMIT ${alikeMax}`;
    return [
      ...needs.memories.flatMap(({ tenantId, value }) => statements.all(memoryShape, byId, tenantId, value)),
      ...inScope(byForm, needs.forms, newest),
      ...inScope(bySketch, needs.sketches, newest),
      ...inScope(byClaim, needs.claims, ''),
      ...needs.derived.flatMap(({ tenantId, value }) => statements.all(memoryShape, bySource, tenantId, value)),
      ...needs.sweeps.flatMap((tenantId) => statements.all(memoryShape, expired, tenantId, now)),
    ];
  }

  #episode(tenantId: string, episodeId: string): readonly EpisodeRow[] {
    return this.#statements.all(episodeShape, 'WHERE tenant_id = ? AND episode_id = ?', tenantId, episodeId);
  }

  #addSources(memories: MemoryRow[], episodes: EpisodeRow[]): void {
    const sources = memories.flatMap(({ tenantId, provenance }) => provenance.map((id) => [tenantId, id] as const));
    for (const [tenantId, episodeId] of distinct(sources)) episodes.push(...this.#episode(tenantId, episodeId));
    const all = distinct(episodes.map(({ tenantId, episodeId }) => [tenantId, episodeId]));
    for (const key of all) memories.push(...this.#statements.all(memoryShape, bySource, ...key));
  }

  write(changes: MemoryChanges): void {
    this.#write(memoryTenantShape, changes.tenants);
    this.#write(memoryScopeShape, changes.scopes);
    this.#write(memorySessionShape, changes.sessions);
    this.#write(episodeShape, changes.episodes);
    this.#write(memoryShape, changes.memories);
    this.#write(postingShape, changes.postings);
    this.#write(sketchShape, changes.sketches);
    this.#write(sourceShape, changes.sources);
    this.#write(holdShape, changes.holds);
    this.#write(importShape, changes.imports);
    dropVectors(this.#statements, changes.memories.gone);
    putVectors(this.#statements, changes.vectors);
    this.#write(receiptShape, changes.receipts);
  }

  #write<Row extends object>(shape: RowShape<Row>, { added, changed, gone }: Change<Row>): void {
    for (const row of gone) this.#statements.run(shape.drop, ...shape.toKey(row));
    for (const row of changed) this.#statements.run(shape.put, ...shape.toValues(row));
    for (const row of added) this.#statements.run(shape.insert, ...shape.toValues(row));
  }
}

function distinct<Key extends readonly (string | number)[]>(keys: readonly Key[]): readonly Key[] {
  return [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
}
