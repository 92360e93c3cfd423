// Deletes memories, the episodes they come from and everything that was made of those. What was deleted is nowhere after it:
// rows, postings, sketches, sources and measures go in one transaction.

import { refused } from '@chorale/lib-errors';
import type { CloseReceipt, Erase, EraseReceipt, EraseSubject, LegalHold, Sweep } from './erasure.ts';
import { sweepAtOnce } from './erasure.ts';
import { notePosition, scopeKey } from './memory.ts';
import type { EndSession, MemoryReplies } from './memory-store.ts';
import { memoriesAtOnce } from './memory-needs.ts';
import type { MemorySet } from './memory-set.ts';
import { fromHoldRow, type MemoryRow } from './memory-tables.ts';
import { isSummary } from './summary.ts';

export function eraseMemories(
  set: MemorySet,
  { tenantId, receiptId, subject, requestedBy }: Erase,
): MemoryReplies['erase'] {
  checkSubject(set, tenantId, subject);
  const before = set.findReceipt(tenantId, receiptId);
  if (before?.note !== undefined) return { receipt: before, more: false, gone: [] };
  const { memories, episodes } = set.matching(tenantId, subject, scopeKey(subject.scope));
  const derived = episodes.flatMap(({ episodeId }) => set.findDerived(tenantId, episodeId));
  const all = [...new Map([...memories, ...derived].map((row) => [row.memoryId, row])).values()];
  const held = all.filter(({ legalHold }) => legalHold);
  const heldSources = new Set(held.flatMap(({ provenance }) => provenance));
  const gone = all.filter(({ legalHold }) => !legalHold);
  const goneEpisodes = episodes.filter(({ episodeId }) => !heldSources.has(episodeId));
  for (const row of gone) dropMemory(set, row);
  for (const row of goneEpisodes) set.dropEpisode(row);
  const receipt: EraseReceipt = {
    tenantId,
    receiptId,
    subject,
    requestedBy,
    erasedAt: set.now,
    memories: (before?.memories ?? 0) + gone.length,
    episodes: (before?.episodes ?? 0) + goneEpisodes.length,
    held: held.length,
    canaries: undefined,
    traces: undefined,
    note: undefined,
  };
  set.putReceipt(receipt);
  const isFull = memories.length >= memoriesAtOnce || episodes.length >= memoriesAtOnce;
  const ids = [...gone.map(({ memoryId }) => memoryId), ...goneEpisodes.map(({ episodeId }) => episodeId)];
  return { receipt, more: isFull && ids.length > 0, gone: ids };
}

export function closeReceipt(set: MemorySet, { tenantId, receiptId, ...check }: CloseReceipt): EraseReceipt {
  const receipt = set.findReceipt(tenantId, receiptId);
  if (receipt === undefined) {
    throw refused('receipt-not-found', `There is no receipt ${receiptId}.`, {
      action: 'List the receipts of the tenant.',
    });
  }
  if (receipt.note !== undefined) return receipt;
  const { canaries, traces, note } = check;
  const closed = { ...receipt, canaries, traces, note };
  set.putReceipt(closed);
  return closed;
}

/** Working memory goes; what was said stays. */
export function endSession(set: MemorySet, { tenantId, scope, sessionId }: EndSession): number {
  const { memories } = set.matching(tenantId, { scope, sessionId }, scopeKey(scope));
  const working = memories.filter((row) => row.kind === 'working' && !row.pinned && !set.isHeld(row));
  for (const row of working) dropMemory(set, row);
  return working.length;
}

/** Pinned memories and those under legal hold stay. */
export function sweepMemories(set: MemorySet, { tenantId, dryRun }: Sweep): MemoryReplies['sweep'] {
  const expired = set.memories
    .values()
    .filter(
      (row) =>
        row.tenantId === tenantId &&
        row.expiresAt !== undefined &&
        row.expiresAt <= set.now &&
        !row.pinned &&
        !set.isHeld(row),
    )
    .slice(0, sweepAtOnce);
  if (!dryRun) for (const row of expired) dropWithSources(set, row);
  return { memoryIds: expired.map(({ memoryId }) => memoryId), more: expired.length === sweepAtOnce };
}

/** Summaries that were made of it go with it, and episodes of which nothing is left with their last memory. */
export function dropWithSources(set: MemorySet, row: MemoryRow): void {
  dropMemory(set, row);
  for (const episodeId of row.provenance) {
    const left = set.findDerived(row.tenantId, episodeId);
    const summaries = left.filter((other) => isSummary(other) && !set.isHeld(other));
    for (const summary of summaries) dropMemory(set, summary);
    const episode = set.findEpisode(row.tenantId, episodeId);
    if (episode !== undefined && left.length === summaries.length) set.dropEpisode(episode);
  }
}

/** The store no longer holds it for true, nor what sums it up. Retracted again, it stays retracted since when it was. */
export function retractMemory(set: MemorySet, row: MemoryRow): MemoryRow {
  if (row.retractedAt !== undefined) return row;
  const retracted = { ...row, retractedAt: set.now };
  set.putMemory(retracted);
  const derived = row.provenance.flatMap((episodeId) => set.findDerived(row.tenantId, episodeId));
  for (const other of derived) {
    if (other.memoryId !== row.memoryId && isSummary(other) && other.retractedAt === undefined)
      set.putMemory({ ...other, retractedAt: set.now });
  }
  return retracted;
}

function dropMemory(set: MemorySet, row: MemoryRow): void {
  set.dropMemory(row);
  if (row.position === notePosition) return;
  const session = set.session(row.tenantId, row.scope, row.sessionId);
  if (session.session !== 0) set.putSession({ ...session, kept: session.kept - 1 });
}

function checkSubject(set: MemorySet, tenantId: Erase['tenantId'], { scope, memoryIds }: EraseSubject): void {
  const hold = set.findHold(tenantId, scopeKey(scope));
  if (hold !== undefined) throw held(fromHoldRow(hold));
  if (memoryIds === undefined || memoryIds.length <= memoriesAtOnce) return;
  throw refused('batch-too-large', `${memoryIds.length} memories came at once; ${memoriesAtOnce} are taken.`, {
    action: 'Send them in several commands.',
  });
}

export function held({ scope, holdId, reason, placedBy }: LegalHold): Error {
  return refused('memory-held', `${scopeKey(scope)} is under legal hold ${holdId}, placed by ${placedBy}: ${reason}`, {
    action: 'Have the hold lifted by whoever may, then erase again.',
    data: { holdId },
  });
}
