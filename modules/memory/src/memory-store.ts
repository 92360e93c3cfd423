// The port to what keeps memories, with search at its heart; and the commands that change what is kept.

import type { TenantId } from '@chorale/lib-ids';
import type { CloseReceipt, Erase, EraseReceipt, LegalHold, LiftHold, PlaceHold, Sweep } from './erasure.ts';
import type { PutVectors, TextVector } from './embed-memories.ts';
import type { ImportId, MemoryImport, PutImport } from './memory-import.ts';
import type {
  Claim,
  Episode,
  EpisodeId,
  Memory,
  MemoryId,
  MemoryKind,
  MemoryScope,
  RetentionClass,
  Sensitivity,
} from './memory.ts';

export type NewEpisode = Omit<Episode, 'recordedAt' | 'tenantId'> & {
  /** Of the memories that are made of it; `normal` and `forever` when nothing is said. */
  readonly sensitivity?: Sensitivity;
  readonly retention?: RetentionClass;
  /** Who sent it, whoever is said to have spoken; `extraction` when nothing is said. */
  readonly recordedBy?: string;
  /** Memories that were put before who speaks: what repeats them is no new evidence. */
  readonly recalled?: readonly MemoryId[];
};

/** Keeps what was said, and makes memories of what passes the gate. At most 100 episodes. */
export interface RecordEpisodes {
  readonly command: 'record-episodes';
  readonly tenantId: TenantId;
  /** Of a session in their order. An episode whose id is known happens once. */
  readonly episodes: readonly NewEpisode[];
  /** Nothing is extracted from them, and nothing is forgotten because they say so: for what was said long ago. */
  readonly wordsOnly?: boolean;
}

/**
 * What became of an episode. Kept nowhere: `duplicate`, `echo` (it repeats what was recalled), `noise`, and `capped` (its
 * session has too many).
 */
export interface EpisodeOutcome {
  readonly episodeId: EpisodeId;
  readonly outcome: 'remembered' | 'quarantined' | 'duplicate' | 'echo' | 'noise' | 'capped';
  readonly reason: string | undefined;
  /** The first is the episode's own; others were extracted from it. */
  readonly memories: readonly MemoryId[];
}

/** What somebody wants kept in these words. */
export type NewMemory = Pick<Memory, 'memoryId' | 'scope' | 'kind' | 'body' | 'recordedBy'> &
  Partial<
    Pick<
      Memory,
      | 'claim'
      | 'sessionId'
      | 'speaker'
      | 'role'
      | 'validFrom'
      | 'validTo'
      | 'provenance'
      | 'confidence'
      | 'importance'
      | 'sensitivity'
      | 'retention'
      | 'expiresAt'
      | 'pinned'
    >
  >;

/** A memory with a claim ends the one that held until then; the same claim again is kept once. */
export interface Remember {
  readonly command: 'remember';
  readonly tenantId: TenantId;
  readonly memory: NewMemory;
  /** Replaces this memory, whatever it claims. */
  readonly supersedes?: MemoryId;
}

/** The store no longer holds it for true. It stays as history; `erase` deletes. */
export interface Retract {
  readonly command: 'retract';
  readonly tenantId: TenantId;
  readonly memoryId: MemoryId;
}

export interface MarkMemory {
  readonly command: 'mark-memory';
  readonly tenantId: TenantId;
  readonly memoryId: MemoryId;
  readonly marks: Partial<Pick<Memory, 'pinned' | 'legalHold' | 'importance' | 'sensitivity' | 'expiresAt'>>;
}

/** They were put before a model, or shown. */
export interface NoteUse {
  readonly command: 'note-use';
  readonly tenantId: TenantId;
  readonly memoryIds: readonly MemoryId[];
}

export interface ReviewMemory {
  readonly command: 'review-memory';
  readonly tenantId: TenantId;
  readonly memoryId: MemoryId;
  readonly decision: 'admit' | 'reject';
}

/** Working memory of the session goes; the rest of it stays. */
export interface EndSession {
  readonly command: 'end-session';
  readonly tenantId: TenantId;
  readonly scope: MemoryScope;
  readonly sessionId: string;
}

/** Rows as they were exported; those that are there already stay as they are. At most 500. */
export interface ImportRows {
  readonly command: 'import-rows';
  readonly tenantId: TenantId;
  readonly rows: readonly ExportedRow[];
}

export type ExportedRow =
  | ({ readonly row: 'episode' } & Omit<Episode, 'tenantId'>)
  | ({ readonly row: 'memory' } & Omit<Memory, 'tenantId' | 'place'> & { readonly position: number });

export type MemoryCommand =
  | RecordEpisodes
  | Remember
  | Retract
  | MarkMemory
  | NoteUse
  | ReviewMemory
  | EndSession
  | Erase
  | CloseReceipt
  | PlaceHold
  | LiftHold
  | Sweep
  | ImportRows
  | PutImport
  | PutVectors;

export interface MemoryReplies {
  readonly 'record-episodes': { readonly outcomes: readonly EpisodeOutcome[] };
  readonly remember: {
    readonly memory: Memory;
    /** Whether it was known already; `memory` is then the one that was there. */
    readonly known: boolean;
    readonly superseded: readonly MemoryId[];
  };
  readonly retract: { readonly memory: Memory };
  readonly 'mark-memory': { readonly memory: Memory };
  readonly 'note-use': Record<never, never>;
  readonly 'review-memory': { readonly memory: Memory };
  readonly 'end-session': { readonly memories: number };
  /** `more`: send it again with the same receipt, there was more than is deleted at once. */
  readonly erase: {
    readonly receipt: EraseReceipt;
    readonly more: boolean;
    /** Ids of the memories and episodes that are gone now. */
    readonly gone: readonly string[];
  };
  readonly 'close-receipt': { readonly receipt: EraseReceipt };
  readonly 'place-hold': { readonly hold: LegalHold };
  readonly 'lift-hold': { readonly lifted: boolean };
  readonly sweep: { readonly memoryIds: readonly MemoryId[]; readonly more: boolean };
  readonly 'put-vectors': { readonly kept: number };
  readonly 'put-import': { readonly record: MemoryImport };
  readonly 'import-rows': { readonly added: number; readonly known: number };
}

/** A moment on each axis of time; undefined: now. */
export interface AsOf {
  readonly validAt?: number;
  readonly knownAt?: number;
}

export interface MemoryQuery extends AsOf {
  readonly tenantId: TenantId;
  /** Those who ask may see; what is in none of them is not found. */
  readonly scopes: readonly MemoryScope[];
  readonly text: string;
  readonly limit: number;
  /** What the text is to an embedder: memories near it are found as well, also without a word of it. */
  readonly vector?: TextVector;
  readonly kinds?: readonly MemoryKind[];
  /** Only what is claimed about it, or what it said. */
  readonly subject?: string;
  /** The highest that may be found; `personal` when it is not said. */
  readonly sensitivity?: Sensitivity;
}

/** Why it was found. Lexical: words, not meaning. `words` and `date` are added, the sum is multiplied by the rest. */
export interface ScoreParts {
  /** Words of the question in the memory and, weighted down, in its neighbours. */
  readonly words: number;
  readonly date: number;
  /** Above 1 where the one who spoke is the one the question names. */
  readonly speaker: number;
  /** Below 1 for the words of assistants and tools. */
  readonly role: number;
  /** Below 1 for a short turn that only asks, or speaks of the other alone. */
  readonly telling: number;
  /** Below 1 for what is old and was not used since. */
  readonly decay: number;
  readonly importance: number;
  /** How near it is to the question's vector, from 0 to 1; 0 where there is none. It counts by its rank, beside that of the rest. */
  readonly meaning: number;
}

export interface FoundMemory {
  readonly memory: Memory;
  readonly score: number;
  readonly parts: ScoreParts;
  /** A standing instruction that bears on the question: found for that, wherever its score would put it. */
  readonly lifted: boolean;
  /** The terms of the question, and of the kinds it names, that it has itself. */
  readonly matched: readonly string[];
}

export interface MemoryPage {
  readonly scopes: readonly MemoryScope[];
  /** Give the last one's id to go on; undefined: from the newest. */
  readonly before?: MemoryId;
  readonly limit: number;
  readonly state?: Memory['state'];
  readonly kind?: MemoryKind;
  readonly sessionId?: string;
  /** Only what is claimed about it. */
  readonly subject?: string;
}

export interface ScopeCount {
  readonly scope: MemoryScope;
  /** What can be found in it. */
  readonly memories: number;
}

export interface MemoryCounts {
  readonly active: number;
  readonly quarantined: number;
  readonly retracted: number;
  readonly episodes: number;
}

/** Durable like a goal store: `execute` resolves only when the effect is on disk. */
export interface MemoryStore {
  /**
   * A command that is repeated because its answer was lost happens once.
   *
   * @throws refused `memory-not-found`, `memory-invalid`, `memory-held`, `receipt-not-found`, `batch-too-large`.
   */
  execute<C extends MemoryCommand>(command: C): Promise<MemoryReplies[C['command']]>;
  /** The best first. */
  search(query: MemoryQuery): Promise<readonly FoundMemory[]>;
  /** What holds about a subject as of a moment. */
  findClaim(tenantId: TenantId, scope: MemoryScope, about: Omit<Claim, 'value'> & AsOf): Promise<Memory | undefined>;
  findMemory(tenantId: TenantId, memoryId: MemoryId): Promise<Memory | undefined>;
  findEpisode(tenantId: TenantId, episodeId: EpisodeId): Promise<Episode | undefined>;
  /** Newest first. */
  listMemories(tenantId: TenantId, page: MemoryPage): Promise<readonly Memory[]>;
  /** In the order of their ids, episodes before memories; give the last row's `cursorOf` to go on. */
  exportRows(
    tenantId: TenantId,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly ExportedRow[]>;
  countMemories(tenantId: TenantId): Promise<MemoryCounts>;
  /** Scopes that memories were kept in, the fullest first. */
  listScopes(tenantId: TenantId, limit: number): Promise<readonly ScopeCount[]>;
  listReceipts(tenantId: TenantId): Promise<readonly EraseReceipt[]>;
  /** What may be found and has no vector of the model, the newest first; nothing that is secret. */
  listUnembedded(
    tenantId: TenantId,
    wanted: { readonly model: string; readonly limit: number },
  ): Promise<readonly Pick<Memory, 'memoryId' | 'body'>[]>;
  findImport(tenantId: TenantId, importId: ImportId): Promise<MemoryImport | undefined>;
  /** Newest first. */
  listImports(tenantId: TenantId): Promise<readonly MemoryImport[]>;
  listHolds(tenantId: TenantId): Promise<readonly LegalHold[]>;
  /** Of which something has expired that may be deleted. */
  listTenantsToSweep(): Promise<readonly TenantId[]>;
  /** In how many rows of the tenant, of whatever kind, one of these texts stands. Reads them all. */
  countTraces(tenantId: TenantId, texts: readonly string[]): Promise<number>;
}
