// Rows as they were exported, and back. An export of what was imported is the same, byte for byte.

import { refused } from '@chorale/lib-errors';
import { notePosition, scopeKey, type Episode, type Memory } from './memory.ts';
import type { MemorySet } from './memory-set.ts';
import type { ExportedRow, ImportRows, MemoryReplies } from './memory-store.ts';
import { toEpisodeRow, toMemoryRow } from './memory-tables.ts';

const rowsMax = 500;

export function importRows(set: MemorySet, { tenantId, rows }: ImportRows): MemoryReplies['import-rows'] {
  if (rows.length > rowsMax) {
    throw refused('batch-too-large', `${rows.length} rows came at once; ${rowsMax} are taken.`, {
      action: 'Send them in several commands.',
    });
  }
  let added = 0;
  for (const row of rows) if (importRow(set, tenantId, row)) added++;
  return { added, known: rows.length - added };
}

function importRow(set: MemorySet, tenantId: Memory['tenantId'], row: ExportedRow): boolean {
  if (row.row === 'episode') {
    if (set.findEpisode(tenantId, row.episodeId) !== undefined) return false;
    const { row: _row, ...episode } = row;
    set.addEpisode(toEpisodeRow({ ...episode, tenantId }));
    return true;
  }
  if (set.findMemory(tenantId, row.memoryId) !== undefined) return false;
  const { row: _row, position, ...memory } = row;
  const place = { session: placeSession(set, tenantId, row), position };
  set.putMemory(toMemoryRow({ ...memory, tenantId, place }));
  return true;
}

type MemoryLine = Extract<ExportedRow, { row: 'memory' }>;

function placeSession(set: MemorySet, tenantId: Memory['tenantId'], line: MemoryLine): number {
  if (line.position === notePosition) return set.takeSessionNumber(tenantId);
  const found = set.session(tenantId, scopeKey(line.scope), line.sessionId);
  const session = found.session === 0 ? set.takeSessionNumber(tenantId) : found.session;
  const nextPosition = Math.max(found.nextPosition, line.position + 1);
  set.putSession({ ...found, session, nextPosition, kept: found.kept + 1 });
  return session;
}

/** Fields in one order, those without a value left out. */
export function exportEpisode({ tenantId: _tenant, ...episode }: Episode): ExportedRow {
  const { episodeId, scope, sessionId, speaker, role, text, occurredAt, recordedAt } = episode;
  return { row: 'episode', episodeId, scope, sessionId, speaker, role, text, occurredAt, recordedAt };
}

export function exportMemory({ tenantId: _tenant, place, ...memory }: Memory): ExportedRow {
  const sorted = Object.entries(memory)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { row: 'memory', ...Object.fromEntries(sorted), position: place.position } as unknown as ExportedRow;
}

/** What an export goes on after: `episode:ID` or `memory:ID`. */
export function cursorOf(row: ExportedRow): string {
  return row.row === 'episode' ? `episode:${row.episodeId}` : `memory:${row.memoryId}`;
}
