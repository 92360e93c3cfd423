// Runs one memory command on a set of rows: the whole engine, the same under every store.
//
// A command that is refused throws a ChoraleError and leaves no trace in the set.

import { refused, unreachable } from '@chorale/lib-errors';
import {
  closeReceipt,
  dropWithSources,
  endSession,
  eraseMemories,
  retractMemory,
  sweepMemories,
} from './erase-memories.ts';
import { putVectors } from './embed-memories.ts';
import { liftHold, placeHold } from './hold-scope.ts';
import { importRows } from './import-rows.ts';
import type { TenantId } from '@chorale/lib-ids';
import type { MemoryImport, PutImport } from './memory-import.ts';
import { scopeKey, type Memory, type MemoryId } from './memory.ts';
import type { MarkMemory, MemoryCommand, MemoryReplies, NoteUse, ReviewMemory } from './memory-store.ts';
import type { MemorySet } from './memory-set.ts';
import { fromImportRow, fromMemoryRow, type MemoryRow } from './memory-tables.ts';
import { keyOf } from './row-map.ts';
import { recordEpisodes } from './record-episodes.ts';
import { memoryNotFound, rememberMemory } from './remember-memory.ts';

export function executeMemory(set: MemorySet, command: MemoryCommand): MemoryReplies[MemoryCommand['command']] {
  switch (command.command) {
    case 'record-episodes':
      return { outcomes: recordEpisodes(set, command) };
    case 'remember':
      return rememberMemory(set, command);
    case 'retract':
      return { memory: fromMemoryRow(retractMemory(set, getMemory(set, command.tenantId, command.memoryId))) };
    case 'mark-memory':
      return { memory: markMemory(set, command) };
    case 'note-use':
      return noteUse(set, command);
    case 'review-memory':
      return { memory: reviewMemory(set, command) };
    case 'end-session':
      return { memories: endSession(set, command) };
    case 'erase':
      return eraseMemories(set, command);
    case 'close-receipt':
      return { receipt: closeReceipt(set, command) };
    case 'put-vectors':
      return { kept: putVectors(set, command) };
    case 'put-import':
      return { record: putImport(set, command) };
    case 'place-hold':
      return { hold: placeHold(set, command) };
    case 'lift-hold':
      return { lifted: liftHold(set, command) };
    case 'sweep':
      return sweepMemories(set, command);
    case 'import-rows':
      return importRows(set, command);
    default:
      return unreachable(command);
  }
}

/** The first time says when it was. */
function putImport(set: MemorySet, { tenantId, record, rolledBack }: PutImport): MemoryImport {
  const key = keyOf(tenantId, record.importId);
  const before = set.imports.find(key);
  const row = {
    ...record,
    scope: scopeKey(record.scope),
    tenantId,
    importedAt: before?.importedAt ?? set.now,
    rolledBackAt: rolledBack ? (before?.rolledBackAt ?? set.now) : undefined,
  };
  set.imports.put(key, row);
  return fromImportRow(row);
}

function getMemory(set: MemorySet, tenantId: TenantId, memoryId: MemoryId): MemoryRow {
  const row = set.findMemory(tenantId, memoryId);
  if (row === undefined) throw memoryNotFound(memoryId);
  return row;
}

function put(set: MemorySet, row: MemoryRow): Memory {
  set.putMemory(row);
  return fromMemoryRow(row);
}

function markMemory(set: MemorySet, { tenantId, memoryId, marks }: MarkMemory): Memory {
  const row = getMemory(set, tenantId, memoryId);
  const importance = marks.importance ?? row.importance;
  if (!(importance >= 0 && importance <= 1)) {
    throw refused('memory-invalid', `The importance is ${importance}, not a number from 0 to 1.`, {
      action: 'Correct it and send it again.',
    });
  }
  return put(set, { ...row, ...marks });
}

/** Those that are gone by now are passed over. */
function noteUse(set: MemorySet, { tenantId, memoryIds }: NoteUse): Record<never, never> {
  for (const memoryId of new Set(memoryIds)) {
    const row = set.findMemory(tenantId, memoryId);
    if (row !== undefined) set.putMemory({ ...row, uses: row.uses + 1, lastUsedAt: set.now });
  }
  return {};
}

/** What is rejected is deleted, and what it came from. Reviewed again after it was admitted, it stays. */
function reviewMemory(set: MemorySet, { tenantId, memoryId, decision }: ReviewMemory): Memory {
  const row = getMemory(set, tenantId, memoryId);
  if (row.state !== 'quarantined') return fromMemoryRow(row);
  if (decision === 'admit') return put(set, { ...row, state: 'active', stateReason: undefined });
  if (set.isHeld(row)) {
    throw refused('memory-held', `The memory ${memoryId} is under legal hold and cannot be deleted.`, {
      action: 'Leave it in quarantine, where nobody finds it, or have the hold lifted.',
    });
  }
  dropWithSources(set, row);
  return fromMemoryRow(row);
}
