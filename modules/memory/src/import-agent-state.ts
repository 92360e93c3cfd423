// Brings what an older agent system left into memory, and takes it out again. Repeated, it adds nothing: what is made of a
// text has an id that follows from it. Nothing is extracted from old chats: what somebody claimed or asked to forget years ago
// must not end or retract what holds today.

import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import {
  chooseStateFiles,
  readStateFile,
  type FileReading,
  type ReadMemory,
  type ReadTurn,
  type StateFile,
} from './agent-state/agent-state.ts';
import { eraseSubject, type EraseWorld } from './erase-subject.ts';
import type { ReceiptId } from './erasure.ts';
import type { ImportedFile, ImportId, MemoryImport } from './memory-import.ts';
import { scopeKey, type EpisodeId, type MemoryId, type MemoryScope } from './memory.ts';
import type { EpisodeOutcome, MemoryStore, NewEpisode } from './memory-store.ts';
import { hashText } from './text-form.ts';

export interface ImportWorld {
  readonly memory: Pick<MemoryStore, 'execute' | 'findMemory' | 'findImport'>;
  /** In hex, of the UTF-8 bytes. */
  readonly sha256: (text: string) => string;
}

export interface AgentStateImport {
  readonly tenantId: TenantId;
  readonly importId: ImportId;
  readonly scope: MemoryScope;
  readonly requestedBy: string;
  readonly files: readonly StateFile[];
  /** Reads and compares, and writes nothing. */
  readonly dryRun: boolean;
}

export interface ImportReport extends Omit<MemoryImport, 'tenantId' | 'importedAt' | 'rolledBackAt' | 'sessions'> {
  readonly dryRun: boolean;
  /** Of what was added, how many were read again and are as they were read from the files. */
  readonly verified: number;
}

const source = 'agent-state';
const filesMax = 2_000;
const atOnce = 50;
const episodesAtOnce = 100;

export async function importAgentState(world: ImportWorld, request: AgentStateImport): Promise<ImportReport> {
  const { tenantId, importId, scope, requestedBy, dryRun } = request;
  checkFiles(request.files);
  const readings = chooseStateFiles(request.files).map((file) => ({ file, reading: readStateFile(file) }));
  const files = readings.map(({ file, reading }) => describeFile(reading, world.sha256(file.text)));
  const memories = distinct(
    readings.flatMap(({ file, reading }) => (reading.memories ?? []).map((read) => newMemory(read, file, request))),
  );
  const turns = readings.flatMap(({ file, reading }) => newEpisodes(reading.turns ?? [], file, request));
  const sessions = [...new Set([importId as string, ...turns.map(({ sessionId }) => sessionId)])];
  const record = { importId, source, scope, requestedBy, files, sessions };
  const there = await findKnown(world, tenantId, [
    ...memories,
    ...turns.map((turn) => ({ memoryId: memoryIdOf(turn) })),
  ]);
  const isNew = ({ memoryId }: { readonly memoryId: MemoryId }): boolean => !there.has(memoryId);
  const known = there.size;
  const newTurns = turns.filter((turn) => isNew({ memoryId: memoryIdOf(turn) }));
  const all = memories.filter(isNew);
  const { sessions: _sessions, ...said } = record;
  if (dryRun) return { ...said, dryRun, added: all.length + newTurns.length, known, keptOut: 0, verified: 0 };
  const put = (counts: Pick<MemoryImport, 'added' | 'known' | 'keptOut'>) =>
    world.memory.execute({ command: 'put-import', tenantId, record: { ...record, ...counts }, rolledBack: false });
  await put({ added: 0, known, keptOut: 0 });
  const kept = await remember(world, tenantId, all);
  const outcomes = await recordTurns(world, tenantId, newTurns);
  const remembered = outcomes.filter(({ outcome }) => outcome === 'remembered' || outcome === 'quarantined');
  const counts = {
    added: kept.length + remembered.length,
    known: known + all.length - kept.length,
    keptOut: outcomes.length - remembered.length,
  };
  await put(counts);
  const texts = new Map<MemoryId, string>(kept.map(({ memoryId, body }) => [memoryId, body]));
  for (const { memories: made, episodeId } of remembered)
    texts.set(made[0]!, newTurns.find((turn) => turn.episodeId === episodeId)!.text);
  return { ...said, dryRun, ...counts, verified: await verify(world, tenantId, texts) };
}

export interface RollBack {
  readonly tenantId: TenantId;
  readonly importId: ImportId;
  readonly requestedBy: string;
  readonly newReceiptId: () => ReceiptId;
}

/** Takes out all that the import brought and nothing else. Answers how many memories went. */
export async function rollBackImport(
  world: EraseWorld & { readonly memory: Pick<MemoryStore, 'findImport'> },
  { tenantId, importId, requestedBy, newReceiptId }: RollBack,
): Promise<number> {
  const found = await world.memory.findImport(tenantId, importId);
  if (found === undefined) {
    throw refused('import-not-found', `There is no import ${importId}.`, { action: 'List the imports of memory.' });
  }
  if (found.rolledBackAt !== undefined) return 0;
  let gone = 0;
  for (const sessionId of found.sessions) {
    const subject = { scope: found.scope, sessionId };
    const receipt = await eraseSubject(world, { tenantId, receiptId: newReceiptId(), subject, requestedBy });
    gone += receipt.memories;
    if (receipt.held > 0) {
      throw refused('memory-held', `${receipt.held} memories of import ${importId} are under legal hold.`, {
        action: 'Have the holds lifted, then roll back again.',
      });
    }
  }
  const { tenantId: _tenant, importedAt: _at, rolledBackAt: _rolledBack, ...record } = found;
  await world.memory.execute({ command: 'put-import', tenantId, record, rolledBack: true });
  return gone;
}

function checkFiles(files: readonly StateFile[]): void {
  if (files.length > 0 && files.length <= filesMax) return;
  throw refused('memory-invalid', `${files.length} files came; an import has from 1 to ${filesMax}.`, {
    action: 'Give the folder that has action_selector.json, learning_system.json or others of them in it.',
  });
}

function describeFile(reading: FileReading, sha256: string): ImportedFile {
  const { path, outcome, reason, memories = [], turns = [], skipped = 0 } = reading;
  const counts = { memories: memories.length, turns: turns.length, skipped };
  return { path, sha256, outcome, ...(reason === undefined ? {} : { reason }), ...counts };
}

type Imported = ReturnType<typeof newMemory>;

function newMemory(read: ReadMemory, { modifiedAt }: StateFile, { scope, importId, requestedBy }: AgentStateImport) {
  const { kind, body, at = modifiedAt, confidence, importance } = read;
  return {
    memoryId: idFrom('memory', [scopeKey(scope), kind, body]) as MemoryId,
    scope,
    kind,
    body,
    recordedBy: requestedBy,
    speaker: source,
    sessionId: importId as string,
    validFrom: at,
    ...(confidence === undefined ? {} : { confidence }),
    ...(importance === undefined ? {} : { importance }),
  };
}

/** Turns have no time of their own in the older files; those of a chat keep their order. */
function newEpisodes(
  turns: readonly ReadTurn[],
  { modifiedAt }: StateFile,
  { scope, importId }: AgentStateImport,
): readonly NewEpisode[] {
  return turns.map(({ chat, role, text }, place) => ({
    episodeId: idFrom('episode', [scopeKey(scope), chat, place, text]) as EpisodeId,
    scope,
    sessionId: `${importId}/${chat}`,
    speaker: role === 'person' ? scope.id : 'assistant',
    role,
    text,
    occurredAt: modifiedAt,
  }));
}

function memoryIdOf({ episodeId }: NewEpisode): MemoryId {
  return episodeId.replace(/^episode/, 'memory') as MemoryId;
}

async function findKnown(
  { memory }: ImportWorld,
  tenantId: TenantId,
  wanted: readonly { readonly memoryId: MemoryId }[],
): Promise<ReadonlySet<MemoryId>> {
  const known = new Set<MemoryId>();
  for (let at = 0; at < wanted.length; at += atOnce) {
    const ids = wanted.slice(at, at + atOnce).map(({ memoryId }) => memoryId);
    for (const found of await Promise.all(ids.map((id) => memory.findMemory(tenantId, id))))
      if (found !== undefined) known.add(found.memoryId);
  }
  return known;
}

/** Those that were not known in other words. */
async function remember({ memory }: ImportWorld, tenantId: TenantId, wanted: readonly Imported[]) {
  const kept: Imported[] = [];
  for (let at = 0; at < wanted.length; at += atOnce) {
    const part = wanted.slice(at, at + atOnce);
    const replies = await Promise.all(
      part.map((one) => memory.execute({ command: 'remember', tenantId, memory: one })),
    );
    kept.push(...part.filter((_, index) => !replies[index]!.known));
  }
  return kept;
}

async function recordTurns({ memory }: ImportWorld, tenantId: TenantId, turns: readonly NewEpisode[]) {
  const outcomes: EpisodeOutcome[] = [];
  for (let at = 0; at < turns.length; at += episodesAtOnce) {
    const episodes = turns.slice(at, at + episodesAtOnce);
    outcomes.push(
      ...(await memory.execute({ command: 'record-episodes', tenantId, episodes, wordsOnly: true })).outcomes,
    );
  }
  return outcomes;
}

async function verify({ memory }: ImportWorld, tenantId: TenantId, texts: ReadonlyMap<MemoryId, string>) {
  let verified = 0;
  const all = [...texts];
  for (let at = 0; at < all.length; at += atOnce) {
    const part = all.slice(at, at + atOnce);
    const found = await Promise.all(part.map(([memoryId]) => memory.findMemory(tenantId, memoryId)));
    verified += found.filter((one, index) => one?.body === part[index]![1]).length;
  }
  return verified;
}

function distinct(memories: readonly Imported[]): readonly Imported[] {
  return [...new Map(memories.map((memory) => [memory.memoryId, memory])).values()];
}

/** 100 bits of what it is made of. */
function idFrom(prefix: string, parts: readonly (string | number)[]): string {
  const text = JSON.stringify(parts);
  return `${prefix}_${[0, 1].map((seed) => hashText(text, seed).toString(32).padStart(11, '0')).join('')}`;
}
