// Deletes memories, the episodes they come from and everything that was made of those. What was deleted is nowhere after it:
// rows, postings, sketches, sources and measures go in one transaction.

import { refused } from '@chorale/lib-errors';
import { scopeKey } from './memory.ts';
import type { Erase, EraseReceipt, EraseSubject, MemoryReplies, EndSession, Sweep } from './memory-store.ts';
import { memoriesAtOnce } from './memory-needs.ts';
import type { MemorySet } from './memory-set.ts';
import type { EpisodeRow, MemoryRow } from './memory-tables.ts';
import { notePosition } from './memory.ts';

export function eraseMemories(
  set: MemorySet,
  { tenantId, receiptId, subject, requestedBy }: Erase,
): MemoryReplies['erase'] {
  checkSubject(subject);
  const before = set.findReceipt(tenantId, receiptId);
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
  };
  set.putReceipt(receipt);
  const deleted = gone.length + goneEpisodes.length;
  const isFull = memories.length >= memoriesAtOnce || episodes.length >= memoriesAtOnce;
  return { receipt, more: isFull && deleted > 0 };
}

/** Working memory goes; what was said stays. */
export function endSession(set: MemorySet, { tenantId, scope, sessionId }: EndSession): number {
  const { memories } = set.matching(tenantId, { scope, sessionId }, scopeKey(scope));
  const working = memories.filter(({ kind, legalHold, pinned }) => kind === 'working' && !legalHold && !pinned);
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
        !row.legalHold,
    )
    .slice(0, memoriesAtOnce);
  if (!dryRun) for (const row of expired) dropWithSources(set, row);
  return { memoryIds: expired.map(({ memoryId }) => memoryId), more: expired.length === memoriesAtOnce };
}

/** Episodes of which nothing is left go with their last memory. */
export function dropWithSources(set: MemorySet, row: MemoryRow): void {
  dropMemory(set, row);
  for (const episodeId of row.provenance) {
    const episode: EpisodeRow | undefined = set.findEpisode(row.tenantId, episodeId);
    if (episode !== undefined && set.findDerived(row.tenantId, episodeId).length === 0) set.dropEpisode(episode);
  }
}

function dropMemory(set: MemorySet, row: MemoryRow): void {
  set.dropMemory(row);
  if (row.position === notePosition) return;
  const session = set.session(row.tenantId, row.scope, row.sessionId);
  if (session.session !== 0) set.putSession({ ...session, kept: session.kept - 1 });
}

function checkSubject({ memoryIds }: EraseSubject): void {
  if (memoryIds === undefined || memoryIds.length <= memoriesAtOnce) return;
  throw refused('batch-too-large', `${memoryIds.length} memories came at once; ${memoriesAtOnce} are taken.`, {
    action: 'Send them in several commands.',
  });
}
