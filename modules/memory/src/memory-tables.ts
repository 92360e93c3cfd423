// The rows of memory and which columns they have in a database: one list for every store.

import type { TenantId } from '@chorale/lib-ids';
import { defineTable } from '@chorale/module-goals';
import { scopeKey, type Episode, type Memory, type MemoryScope, type SpeakerRole } from './memory.ts';
import { claimKey } from './extract-memories.ts';
import type { MemoryImport } from './memory-import.ts';
import { hashText, normalForm } from './text-form.ts';
import type { EraseReceipt, LegalHold } from './erasure.ts';

export interface EpisodeRow extends Omit<Episode, 'scope'> {
  readonly scope: string;
}

export interface MemoryRow extends Omit<Memory, 'scope' | 'place'> {
  readonly session: number;
  readonly position: number;
  readonly scope: string;
  readonly claimKey: string | undefined;
  /** Of texts that say the same, the same. */
  readonly form: number;
}

/** What a tenant's writers wait for; sessions are numbered in it. */
export interface MemoryTenantRow {
  readonly tenantId: TenantId;
  readonly nextSession: number;
}

export interface MemorySessionRow {
  readonly tenantId: TenantId;
  readonly scope: string;
  readonly sessionId: string;
  readonly session: number;
  readonly nextPosition: number;
  /** Its memories, whatever their state. */
  readonly kept: number;
}

/** The measure of a scope. */
export interface MemoryScopeRow {
  readonly tenantId: TenantId;
  readonly scope: string;
  readonly memories: number;
  /** The terms of all of them. */
  readonly length: number;
  /** How many memories each has. */
  readonly speakers: Readonly<Record<string, number>>;
}

/** A term in a memory, by which it is found. */
export interface PostingRow {
  readonly tenantId: TenantId;
  readonly scope: string;
  readonly term: string;
  readonly session: number;
  readonly position: number;
  readonly count: number;
  readonly length: number;
  readonly role: SpeakerRole;
  readonly ended: boolean;
}

/** Memories that are nearly alike share one. */
export interface SketchRow {
  readonly tenantId: TenantId;
  readonly scope: string;
  readonly sketch: number;
  readonly session: number;
  readonly position: number;
}

/** What was made of an episode. */
export interface SourceRow {
  readonly tenantId: TenantId;
  readonly episodeId: string;
  readonly memoryId: string;
}

export interface LegalHoldRow extends Omit<LegalHold, 'scope'> {
  readonly scope: string;
}

export interface MemoryImportRow extends Omit<MemoryImport, 'scope'> {
  readonly scope: string;
}

export const episodeTable = defineTable<EpisodeRow>('episodes', 2, {
  text: 'tenantId episodeId scope sessionId speaker role text',
  long: 'occurredAt recordedAt',
});

export const memoryTable = defineTable<MemoryRow>(
  'memories',
  3,
  { text: 'tenantId', int: 'session position' },
  { text: 'memoryId scope kind state stateReason body claimKey sessionId speaker role recordedBy supersedes' },
  { text: 'sensitivity retention', json: 'claim ends provenance', real: 'confidence importance' },
  { long: 'form validFrom validTo recordedAt retractedAt expiresAt lastUsedAt', int: 'uses', flag: 'pinned legalHold' },
);

export const memoryTenantTable = defineTable<MemoryTenantRow>('memory_tenants', 1, {
  text: 'tenantId',
  int: 'nextSession',
});

export const memorySessionTable = defineTable<MemorySessionRow>('memory_sessions', 3, {
  text: 'tenantId scope sessionId',
  int: 'session nextPosition kept',
});

export const memoryScopeTable = defineTable<MemoryScopeRow>('memory_scopes', 2, {
  text: 'tenantId scope',
  int: 'memories',
  long: 'length',
  json: 'speakers',
});

export const postingTable = defineTable<PostingRow>(
  'memory_terms',
  5,
  { text: 'tenantId scope term', int: 'session position' },
  { int: 'count length', text: 'role', flag: 'ended' },
);

export const sketchTable = defineTable<SketchRow>(
  'memory_sketches',
  5,
  { text: 'tenantId scope', long: 'sketch' },
  { int: 'session position' },
);

export const sourceTable = defineTable<SourceRow>('memory_sources', 3, { text: 'tenantId episodeId memoryId' });

export const holdTable = defineTable<LegalHoldRow>('memory_holds', 3, {
  text: 'tenantId scope holdId reason placedBy',
  long: 'placedAt',
});

export const importTable = defineTable<MemoryImportRow>('memory_imports', 2, {
  text: 'tenantId importId source scope requestedBy',
  long: 'importedAt rolledBackAt',
  json: 'files sessions',
  int: 'added known keptOut',
});

export const receiptTable = defineTable<EraseReceipt>('erase_receipts', 2, {
  text: 'tenantId receiptId requestedBy note',
  json: 'subject',
  long: 'erasedAt',
  int: 'memories episodes held canaries traces',
});

export function toMemoryRow({ scope, place, ...memory }: Memory): MemoryRow {
  return {
    ...memory,
    ...place,
    scope: scopeKey(scope),
    claimKey: memory.claim === undefined ? undefined : claimKey(memory.claim),
    form: formOf(memory.body),
  };
}

/** Field by field: leaving fields out of a copy of the rest takes ten times as long, and a search reads many. */
export function fromMemoryRow(row: MemoryRow): Memory {
  return {
    tenantId: row.tenantId,
    memoryId: row.memoryId,
    scope: readScopeKey(row.scope),
    kind: row.kind,
    state: row.state,
    stateReason: row.stateReason,
    body: row.body,
    claim: row.claim,
    sessionId: row.sessionId,
    place: { session: row.session, position: row.position },
    speaker: row.speaker,
    role: row.role,
    validFrom: row.validFrom,
    validTo: row.validTo,
    ends: row.ends,
    recordedAt: row.recordedAt,
    retractedAt: row.retractedAt,
    provenance: row.provenance,
    recordedBy: row.recordedBy,
    supersedes: row.supersedes,
    confidence: row.confidence,
    importance: row.importance,
    sensitivity: row.sensitivity,
    retention: row.retention,
    expiresAt: row.expiresAt,
    pinned: row.pinned,
    legalHold: row.legalHold,
    lastUsedAt: row.lastUsedAt,
    uses: row.uses,
  };
}

export function toEpisodeRow(episode: Episode): EpisodeRow {
  return { ...episode, scope: scopeKey(episode.scope) };
}

export function fromEpisodeRow(row: EpisodeRow): Episode {
  return { ...row, scope: readScopeKey(row.scope) };
}

export function toHoldRow(hold: LegalHold): LegalHoldRow {
  return { ...hold, scope: scopeKey(hold.scope) };
}

export function fromHoldRow(row: LegalHoldRow): LegalHold {
  return { ...row, scope: readScopeKey(row.scope) };
}

export function fromImportRow(row: MemoryImportRow): MemoryImport {
  return { ...row, scope: readScopeKey(row.scope) };
}

export function formOf(body: string): number {
  return hashText(normalForm(body));
}

export function readScopeKey(key: string): MemoryScope {
  const at = key.indexOf('/');
  return { kind: key.slice(0, at) as MemoryScope['kind'], id: key.slice(at + 1) };
}

/** Every table that may hold words of what was remembered. Receipts do not count: they name what was to be deleted. */
export const wordTables = [
  episodeTable,
  memoryTable,
  memoryScopeTable,
  memorySessionTable,
  postingTable,
  sketchTable,
  sourceTable,
  holdTable,
];
