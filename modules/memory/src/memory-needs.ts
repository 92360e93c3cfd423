// Which rows a batch of memory commands reads, known before it runs, so that a store can lock and load them at once.

import type { TenantId } from '@chorale/lib-ids';
import { scopeKey, type EpisodeId, type MemoryId, type MemoryScope } from './memory.ts';
import type { EraseSubject, ReceiptId } from './erasure.ts';
import type { ImportId } from './memory-import.ts';
import type { MemoryCommand, NewEpisode, NewMemory } from './memory-store.ts';
import { claimKey, extractMemories } from './extract-memories.ts';
import { formOf } from './memory-tables.ts';
import { sketchText } from './text-form.ts';

export interface InScope<Value> {
  readonly tenantId: TenantId;
  readonly scope: string;
  readonly value: Value;
}

export interface OfTenant<Value> {
  readonly tenantId: TenantId;
  readonly value: Value;
}

export interface MemoryNeeds {
  /** Locked first, in their order: one writer for each tenant. */
  readonly tenants: readonly TenantId[];
  readonly scopes: readonly InScope<undefined>[];
  /** By `sessionId`. */
  readonly sessions: readonly InScope<string>[];
  readonly episodes: readonly OfTenant<EpisodeId>[];
  readonly memories: readonly OfTenant<MemoryId>[];
  /** Memories made of these episodes. */
  readonly derived: readonly OfTenant<EpisodeId>[];
  readonly forms: readonly InScope<number>[];
  readonly sketches: readonly InScope<number>[];
  readonly claims: readonly InScope<string>[];
  readonly receipts: readonly OfTenant<ReceiptId>[];
  readonly imports: readonly OfTenant<ImportId>[];
  /** `memoriesAtOnce` memories and as many episodes of each. */
  readonly erasures: readonly OfTenant<EraseSubject>[];
  /** The expired of each tenant, `sweepAtOnce` at most. */
  readonly sweeps: readonly TenantId[];
  /** Then also the episodes of the memories that were read, and what else was made of those. */
  readonly withSources: boolean;
}

/** Deleted by one command; more take more commands. */
export const memoriesAtOnce = 500;

const dropping = new Set<MemoryCommand['command']>(['erase', 'sweep', 'review-memory', 'retract']);

type Writable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Value)[] ? Value[] : T[Key] };

export function memoryNeeds(commands: readonly MemoryCommand[]): MemoryNeeds {
  const needs: Writable<MemoryNeeds> = {
    tenants: [...new Set(commands.map(({ tenantId }) => tenantId))].toSorted(),
    scopes: [],
    sessions: [],
    episodes: [],
    memories: [],
    derived: [],
    forms: [],
    sketches: [],
    claims: [],
    receipts: [],
    imports: [],
    erasures: [],
    sweeps: [],
    withSources: commands.some(({ command }) => dropping.has(command)),
  };
  for (const command of commands) addNeeds(needs, command);
  return needs;
}

function addNeeds(needs: Writable<MemoryNeeds>, command: MemoryCommand): void {
  const { tenantId } = command;
  switch (command.command) {
    case 'record-episodes':
      for (const episode of command.episodes) needEpisode(needs, tenantId, episode);
      return;
    case 'remember':
      needNew(needs, tenantId, command.memory);
      if (command.supersedes !== undefined) needMemory(needs, tenantId, command.supersedes);
      return;
    case 'retract':
    case 'mark-memory':
    case 'review-memory':
      return needMemory(needs, tenantId, command.memoryId);
    case 'note-use':
      for (const memoryId of command.memoryIds) needMemory(needs, tenantId, memoryId);
      return;
    case 'end-session':
      return needErasure(needs, tenantId, { scope: command.scope, sessionId: command.sessionId });
    case 'erase':
      needs.receipts.push({ tenantId, value: command.receiptId });
      return needErasure(needs, tenantId, command.subject);
    case 'close-receipt':
      needs.receipts.push({ tenantId, value: command.receiptId });
      return;
    case 'put-vectors':
      for (const { memoryId } of command.vectors) needMemory(needs, tenantId, memoryId);
      return;
    case 'put-import':
      needs.imports.push({ tenantId, value: command.record.importId });
      return;
    case 'place-hold':
    case 'lift-hold': {
      const { scope } = command.command === 'place-hold' ? command.hold : command;
      needs.scopes.push({ tenantId, scope: scopeKey(scope), value: undefined });
      return;
    }
    case 'sweep':
      needs.sweeps.push(tenantId);
      return;
    case 'import-rows':
      for (const row of command.rows) {
        if (row.row === 'episode') needs.episodes.push({ tenantId, value: row.episodeId });
        else needMemory(needs, tenantId, row.memoryId);
        needSession(needs, tenantId, row);
      }
  }
}

function needEpisode(needs: Writable<MemoryNeeds>, tenantId: TenantId, episode: NewEpisode): void {
  const scope = scopeKey(episode.scope);
  needs.episodes.push({ tenantId, value: episode.episodeId });
  needs.derived.push({ tenantId, value: episode.episodeId });
  needSession(needs, tenantId, episode);
  needText(needs, { tenantId, scope, value: episode.text });
  for (const memoryId of episode.recalled ?? []) needMemory(needs, tenantId, memoryId);
  const { memories, forget } = extractMemories(episode);
  for (const { body, claim } of memories) {
    needText(needs, { tenantId, scope, value: body });
    if (claim !== undefined) needs.claims.push({ tenantId, scope, value: claimKey(claim) });
  }
  for (const form of forget) needs.forms.push({ tenantId, scope, value: formOf(form) });
  if (forget.length > 0) needs.withSources = true;
}

function needNew(needs: Writable<MemoryNeeds>, tenantId: TenantId, memory: NewMemory): void {
  const scope = scopeKey(memory.scope);
  needMemory(needs, tenantId, memory.memoryId);
  needs.scopes.push({ tenantId, scope, value: undefined });
  needText(needs, { tenantId, scope, value: memory.body });
  if (memory.claim !== undefined) needs.claims.push({ tenantId, scope, value: claimKey(memory.claim) });
}

function needText(needs: Writable<MemoryNeeds>, { value: text, ...place }: InScope<string>): void {
  needs.forms.push({ ...place, value: formOf(text) });
  for (const value of sketchText(text)) needs.sketches.push({ ...place, value });
}

function needMemory(needs: Writable<MemoryNeeds>, tenantId: TenantId, value: MemoryId): void {
  needs.memories.push({ tenantId, value });
}

function needSession(
  needs: Writable<MemoryNeeds>,
  tenantId: TenantId,
  { scope, sessionId }: { readonly scope: MemoryScope; readonly sessionId: string },
): void {
  needs.scopes.push({ tenantId, scope: scopeKey(scope), value: undefined });
  needs.sessions.push({ tenantId, scope: scopeKey(scope), value: sessionId });
}

function needErasure(needs: Writable<MemoryNeeds>, tenantId: TenantId, subject: EraseSubject): void {
  needs.scopes.push({ tenantId, scope: scopeKey(subject.scope), value: undefined });
  needs.erasures.push({ tenantId, value: subject });
}
