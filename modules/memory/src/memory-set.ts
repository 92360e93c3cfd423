// The rows a batch of memory commands works on, held in memory between reading and writing.
//
// Owns:       which rows were read, changed, added and dropped, and what follows from that for postings, sketches, sources and
//             the measures of scopes. Does not own locks and transactions (the store's).
// Invariants: MS1 operations check everything before they put anything, so one that is refused leaves no trace.
//             MS2 a memory has postings while it is active; they are marked as ended while it holds no longer.
//             MS3 a scope's measure counts exactly the memories that have postings.

import type { TenantId } from '@chorale/lib-ids';
import type { EpisodeId, MemoryId } from './memory.ts';
import type { EraseReceipt, EraseSubject, ReceiptId } from './erasure.ts';
import type {
  EpisodeRow,
  LegalHoldRow,
  MemoryImportRow,
  MemoryRow,
  MemoryScopeRow,
  MemorySessionRow,
  MemoryTenantRow,
} from './memory-tables.ts';
import type { VectorRow } from './embed-memories.ts';
import { keyOf, RowMap } from './row-map.ts';
import { sketchText } from './text-form.ts';

/** What a store hands in before the batch runs. */
export interface LoadedMemoryRows {
  readonly tenants: readonly MemoryTenantRow[];
  readonly scopes: readonly MemoryScopeRow[];
  readonly sessions: readonly MemorySessionRow[];
  readonly episodes: readonly EpisodeRow[];
  readonly memories: readonly MemoryRow[];
  readonly receipts: readonly EraseReceipt[];
  /** Of the scopes that were read. */
  readonly holds: readonly LegalHoldRow[];
  readonly imports: readonly MemoryImportRow[];
}

export class MemorySet {
  readonly now: number;
  readonly tenants = new RowMap<MemoryTenantRow>();
  readonly scopes = new RowMap<MemoryScopeRow>();
  readonly sessions = new RowMap<MemorySessionRow>();
  readonly episodes = new RowMap<EpisodeRow>();
  readonly memories = new RowMap<MemoryRow>();
  readonly receipts = new RowMap<EraseReceipt>();
  readonly holds = new RowMap<LegalHoldRow>();
  readonly imports = new RowMap<MemoryImportRow>();
  /** To be put; they go with their memories. */
  readonly vectors: VectorRow[] = [];
  /** Keys of memories by what they are looked for. */
  readonly #found = new Map<string, Set<string>>();

  constructor(loaded: LoadedMemoryRows, now: number) {
    this.now = now;
    for (const row of loaded.tenants) this.tenants.note(row.tenantId, row);
    for (const row of loaded.scopes) this.scopes.note(keyOf(row.tenantId, row.scope), row);
    for (const row of loaded.sessions) this.sessions.note(keyOf(row.tenantId, row.scope, row.sessionId), row);
    for (const row of loaded.episodes) this.episodes.note(keyOf(row.tenantId, row.episodeId), row);
    for (const row of loaded.imports) this.imports.note(keyOf(row.tenantId, row.importId), row);
    for (const row of loaded.holds) this.holds.note(holdKey(row), row);
    for (const row of loaded.receipts) this.receipts.note(keyOf(row.tenantId, row.receiptId), row);
    for (const row of loaded.memories) {
      this.memories.note(keyOf(row.tenantId, row.memoryId), row);
      this.#index(row);
    }
  }

  findEpisode(tenantId: TenantId, episodeId: EpisodeId): EpisodeRow | undefined {
    return this.episodes.find(keyOf(tenantId, episodeId));
  }

  findMemory(tenantId: TenantId, memoryId: MemoryId): MemoryRow | undefined {
    return this.memories.find(keyOf(tenantId, memoryId));
  }

  findReceipt(tenantId: TenantId, receiptId: ReceiptId): EraseReceipt | undefined {
    return this.receipts.find(keyOf(tenantId, receiptId));
  }

  /** Those that say the same or may say nearly the same. */
  findAlike(
    tenantId: TenantId,
    scope: string,
    text: { readonly body: string; readonly form: number },
  ): readonly MemoryRow[] {
    const lookups = [
      ['form', text.form] as const,
      ...sketchText(text.body).map((sketch) => ['sketch', sketch] as const),
    ];
    return this.#rows(lookups.map(([by, value]) => keyOf(by, tenantId, scope, value)));
  }

  findByClaim(tenantId: TenantId, scope: string, claimKey: string): readonly MemoryRow[] {
    return this.#rows([keyOf('claim', tenantId, scope, claimKey)]);
  }

  /** Made of this episode. */
  findDerived(tenantId: TenantId, episodeId: EpisodeId): readonly MemoryRow[] {
    return this.#rows([keyOf('source', tenantId, episodeId)]);
  }

  addEpisode(row: EpisodeRow): void {
    this.episodes.put(keyOf(row.tenantId, row.episodeId), row);
  }

  putMemory(row: MemoryRow): void {
    this.memories.put(keyOf(row.tenantId, row.memoryId), row);
    this.#index(row);
  }

  dropMemory({ tenantId, memoryId }: MemoryRow): void {
    this.memories.put(keyOf(tenantId, memoryId), undefined);
  }

  dropEpisode({ tenantId, episodeId }: EpisodeRow): void {
    this.episodes.put(keyOf(tenantId, episodeId), undefined);
  }

  putReceipt(receipt: EraseReceipt): void {
    this.receipts.put(keyOf(receipt.tenantId, receipt.receiptId), receipt);
  }

  putHold(row: LegalHoldRow): void {
    this.holds.put(holdKey(row), row);
  }

  /** Whether it was there. */
  dropHold(key: HoldKey): boolean {
    const there = this.findHoldById(key) !== undefined;
    if (there) this.holds.put(holdKey(key), undefined);
    return there;
  }

  findHoldById(key: HoldKey): LegalHoldRow | undefined {
    return this.holds.find(holdKey(key));
  }

  findHold(tenantId: TenantId, scope: string): LegalHoldRow | undefined {
    return this.holds.values().find((hold) => hold.tenantId === tenantId && hold.scope === scope);
  }

  /** By itself, or with all of its scope. */
  isHeld({ legalHold, tenantId, scope }: MemoryRow): boolean {
    return legalHold || this.findHold(tenantId, scope) !== undefined;
  }

  /** A number that no session of the tenant has. */
  takeSessionNumber(tenantId: TenantId): number {
    const { nextSession } = this.tenants.find(tenantId) ?? { nextSession: 1 };
    this.tenants.put(tenantId, { tenantId, nextSession: nextSession + 1 });
    return nextSession;
  }

  /** The session; one that is not there is begun when it is put. */
  session(tenantId: TenantId, scope: string, sessionId: string): MemorySessionRow {
    const found = this.sessions.find(keyOf(tenantId, scope, sessionId));
    return found ?? { tenantId, scope, sessionId, session: 0, nextPosition: 0, kept: 0 };
  }

  putSession(row: MemorySessionRow): void {
    const key = keyOf(row.tenantId, row.scope, row.sessionId);
    this.sessions.put(key, row.kept === 0 ? undefined : row);
  }

  /** Rows in the store that match, as this batch has them. */
  matching(
    tenantId: TenantId,
    subject: EraseSubject,
    scope: string,
  ): { memories: MemoryRow[]; episodes: EpisodeRow[] } {
    const isIn = (row: MemoryRow | EpisodeRow): boolean =>
      row.tenantId === tenantId &&
      row.scope === scope &&
      (subject.sessionId === undefined || row.sessionId === subject.sessionId) &&
      (subject.speaker === undefined || row.speaker === subject.speaker);
    const wanted = subject.memoryIds === undefined ? undefined : new Set(subject.memoryIds);
    const memories = this.memories.values().filter((row) => isIn(row) && (wanted?.has(row.memoryId) ?? true));
    const sources = new Set(memories.flatMap(({ provenance }) => provenance));
    const episodes = this.episodes
      .values()
      .filter((row) => isIn(row) && (wanted === undefined || sources.has(row.episodeId)));
    return { memories: [...memories], episodes: [...episodes] };
  }

  #index(row: MemoryRow): void {
    const { tenantId, scope } = row;
    const lookups = [
      keyOf('form', tenantId, scope, row.form),
      ...sketchText(row.body).map((sketch) => keyOf('sketch', tenantId, scope, sketch)),
      ...(row.claimKey === undefined ? [] : [keyOf('claim', tenantId, scope, row.claimKey)]),
      ...row.provenance.map((episodeId) => keyOf('source', tenantId, episodeId)),
    ];
    for (const lookup of lookups) {
      const found = this.#found.get(lookup);
      if (found === undefined) this.#found.set(lookup, new Set([keyOf(tenantId, row.memoryId)]));
      else found.add(keyOf(tenantId, row.memoryId));
    }
  }

  #rows(lookups: readonly string[]): readonly MemoryRow[] {
    const keys = new Set(lookups.flatMap((lookup) => [...(this.#found.get(lookup) ?? [])]));
    return [...keys].flatMap((key) => this.memories.find(key) ?? []);
  }
}

type HoldKey = Pick<LegalHoldRow, 'tenantId' | 'scope' | 'holdId'>;

function holdKey({ tenantId, scope, holdId }: HoldKey): string {
  return keyOf(tenantId, scope, holdId);
}
