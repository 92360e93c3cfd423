// Keeps a memory that somebody wrote or that was extracted, and ends what it replaces.
//
// Claims with one key make a line in time: each holds from its `validFrom` until the next one's. One that comes late, about an
// earlier time, takes its place in the line and ends where the next begins. How the ends came to be is kept, so that what was known at
// any moment can be told.

import { refused } from '@chorale/lib-errors';
import { claimKey } from './extract-memories.ts';
import { notePosition, scopeKey, type MemoryId, type RetentionClass } from './memory.ts';
import type { MemorySet } from './memory-set.ts';
import type { MemoryReplies, NewMemory, Remember } from './memory-store.ts';
import { formOf, fromMemoryRow, type MemoryRow } from './memory-tables.ts';
import { normalForm } from './text-form.ts';

const bodyMax = 20_000;
const dayMs = 86_400_000;
const retentionMs = { session: dayMs, 'days-30': 30 * dayMs, year: 365 * dayMs } as const;

export function rememberMemory(set: MemorySet, { tenantId, memory, supersedes }: Remember): MemoryReplies['remember'] {
  checkMemory(memory);
  const there = set.findMemory(tenantId, memory.memoryId);
  if (there !== undefined) return { memory: fromMemoryRow(there), known: true, superseded: [] };
  const replaced = supersedes === undefined ? undefined : set.findMemory(tenantId, supersedes);
  if (supersedes !== undefined && replaced === undefined) throw memoryNotFound(supersedes);
  const row = { ...newRow(set, memory), tenantId, supersedes };
  if (replaced !== undefined) set.putMemory(endAt(replaced, row.validFrom, set.now));
  const { row: kept, known, superseded } = rememberRow(set, row);
  return {
    memory: fromMemoryRow(kept),
    known,
    superseded: replaced === undefined ? superseded : [replaced.memoryId, ...superseded],
  };
}

export interface Remembered {
  readonly row: MemoryRow;
  readonly known: boolean;
  readonly superseded: readonly MemoryId[];
}

/** Places the row, which has none yet. */
export function rememberRow(set: MemorySet, row: MemoryRow): Remembered {
  if (row.claimKey === undefined) {
    const same = set
      .findAlike(row.tenantId, row.scope, row)
      .find((one) => one.form === row.form && one.kind === row.kind && isHeld(one) && one.validTo === undefined);
    if (same !== undefined) return { row: same, known: true, superseded: [] };
    return { row: place(set, row), known: false, superseded: [] };
  }
  const line = set
    .findByClaim(row.tenantId, row.scope, row.claimKey)
    .filter(isHeld)
    .toSorted((a, b) => a.validFrom - b.validFrom || a.recordedAt - b.recordedAt);
  const before = line.findLast(({ validFrom }) => validFrom <= row.validFrom);
  const after = line.find(({ validFrom }) => validFrom > row.validFrom);
  if (before !== undefined && saysTheSame(before, row) && holdsAt(before, row.validFrom))
    return { row: before, known: true, superseded: [] };
  const validTo = earliest(row.validTo, after?.validFrom);
  const placed = place(set, { ...row, validTo, supersedes: row.supersedes ?? before?.memoryId });
  if (before === undefined || !holdsAt(before, row.validFrom)) return { row: placed, known: false, superseded: [] };
  set.putMemory(endAt(before, row.validFrom, set.now));
  return { row: placed, known: false, superseded: [before.memoryId] };
}

/** When the sweeper may delete it. */
export function expiryOf(retention: RetentionClass, recordedAt: number): number | undefined {
  return retention === 'forever' ? undefined : recordedAt + retentionMs[retention];
}

/** From then on it holds no longer; what was held before about its end stays known. */
function endAt(row: MemoryRow, validTo: number, now: number): MemoryRow {
  const first = row.ends.length === 0 ? [{ recordedAt: row.recordedAt, validTo: row.validTo }] : row.ends;
  return { ...row, validTo, ends: [...first, { recordedAt: now, validTo }] };
}

function place(set: MemorySet, row: MemoryRow): MemoryRow {
  const placed = { ...row, session: set.takeSessionNumber(row.tenantId), position: notePosition };
  set.putMemory(placed);
  return placed;
}

function isHeld({ retractedAt, state }: MemoryRow): boolean {
  return retractedAt === undefined && state === 'active';
}

function holdsAt({ validTo }: MemoryRow, at: number): boolean {
  return validTo === undefined || validTo > at;
}

function saysTheSame(a: MemoryRow, b: MemoryRow): boolean {
  return normalForm(a.claim?.value ?? '') === normalForm(b.claim?.value ?? '');
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function newRow(set: MemorySet, memory: NewMemory): Omit<MemoryRow, 'tenantId'> {
  const retention = memory.retention ?? (memory.kind === 'working' ? 'session' : 'forever');
  return {
    session: 0,
    position: notePosition,
    memoryId: memory.memoryId,
    scope: scopeKey(memory.scope),
    kind: memory.kind,
    state: 'active',
    stateReason: undefined,
    body: memory.body,
    claim: memory.claim,
    claimKey: memory.claim === undefined ? undefined : claimKey(memory.claim),
    form: formOf(memory.body),
    sessionId: memory.sessionId ?? '',
    speaker: memory.speaker ?? memory.recordedBy,
    role: memory.role ?? 'person',
    validFrom: memory.validFrom ?? set.now,
    validTo: memory.validTo,
    ends: [],
    recordedAt: set.now,
    retractedAt: undefined,
    provenance: memory.provenance ?? [],
    recordedBy: memory.recordedBy,
    supersedes: undefined,
    confidence: memory.confidence ?? 1,
    importance: memory.importance ?? 0.5,
    sensitivity: memory.sensitivity ?? 'normal',
    retention,
    expiresAt: memory.expiresAt ?? expiryOf(retention, set.now),
    pinned: memory.pinned ?? false,
    legalHold: false,
    lastUsedAt: undefined,
    uses: 0,
  };
}

function checkMemory({ body, confidence = 1, importance = 0.5, validFrom, validTo }: NewMemory): void {
  const action = 'Correct the memory and send it again.';
  if (normalForm(body) === '' || body.length > bodyMax) {
    const found = body.length > bodyMax ? `${body.length} characters` : 'no words';
    throw refused('memory-invalid', `The memory has ${found}; from one word to ${bodyMax} characters are kept.`, {
      action,
    });
  }
  for (const [name, value] of [
    ['confidence', confidence],
    ['importance', importance],
  ] as const) {
    if (value >= 0 && value <= 1) continue;
    throw refused('memory-invalid', `The ${name} is ${value}, not a number from 0 to 1.`, { action });
  }
  if (validTo !== undefined && validFrom !== undefined && validTo <= validFrom) {
    throw refused('memory-invalid', `The memory holds until ${validTo}, which is not after ${validFrom}.`, { action });
  }
}

export function memoryNotFound(memoryId: string): Error {
  return refused('memory-not-found', `There is no memory ${memoryId}.`, {
    action: 'Search for it, or list the memories of its scope.',
  });
}
