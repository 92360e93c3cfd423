// Deletes memories for good: by id, or what a scope has, of a session, a speaker or a subject. A dry run only looks.

import { makeId, type Random, type TenantId } from '@chorale/lib-ids';
import {
  scopeKey,
  type EraseReceipt,
  type EraseSubject,
  type Memory,
  type MemoryId,
  type MemoryScope,
  type MemoryStore,
  type ReceiptId,
} from '@chorale/module-memory';

export interface ForgetWhat {
  readonly memories?: readonly Memory[];
  readonly scope?: MemoryScope;
  readonly session?: string | undefined;
  readonly speaker?: string | undefined;
  readonly subject?: string | undefined;
}

export interface Forgetting {
  readonly store: Pick<MemoryStore, 'execute' | 'listMemories'>;
  readonly tenantId: TenantId;
  readonly requestedBy: string;
  readonly now: () => number;
  readonly random: Random;
}

export interface ForgetOutcome {
  readonly memories: number;
  readonly episodes: number;
  readonly held: number;
  readonly receiptIds: readonly ReceiptId[];
}

const pageSize = 500;
/** Of one command. */
const idsMax = 100;
/** For one receipt; each deletes thousands. */
const commandsMax = 10_000;
const sampleMax = 20;

export async function forgetMemories(forgetting: Forgetting, what: ForgetWhat): Promise<ForgetOutcome> {
  const outcome = { memories: 0, episodes: 0, held: 0, receiptIds: [] as ReceiptId[] };
  const add = ({ memories, episodes, held, receiptId }: EraseReceipt): void => {
    outcome.memories += memories;
    outcome.episodes += episodes;
    outcome.held += held;
    outcome.receiptIds.push(receiptId);
  };
  if (what.scope !== undefined && what.subject === undefined) {
    const { scope, session, speaker } = what;
    add(
      await erase(forgetting, {
        scope,
        ...(session === undefined ? {} : { sessionId: session }),
        ...(speaker === undefined ? {} : { speaker }),
      }),
    );
    return outcome;
  }
  const ids = new Map<string, { readonly scope: MemoryScope; readonly ids: MemoryId[] }>();
  for await (const { scope, memoryId } of findMemories(forgetting, what)) {
    const key = scopeKey(scope);
    const entry = ids.get(key) ?? { scope, ids: [] };
    entry.ids.push(memoryId);
    ids.set(key, entry);
  }
  for (const { scope, ids: all } of ids.values())
    for (let at = 0; at < all.length; at += idsMax)
      add(await erase(forgetting, { scope, memoryIds: all.slice(at, at + idsMax) }));
  return outcome;
}

/** What would go; held memories are counted apart. */
export async function previewForgetting(
  forgetting: Forgetting,
  what: ForgetWhat,
): Promise<Omit<ForgetOutcome, 'receiptIds'> & { readonly sample: readonly Memory[] }> {
  const sample: Memory[] = [];
  const episodes = new Set<string>();
  let memories = 0;
  let held = 0;
  for await (const memory of findMemories(forgetting, what)) {
    if (memory.legalHold) {
      held += 1;
      continue;
    }
    memories += 1;
    for (const episodeId of memory.provenance) episodes.add(episodeId);
    if (sample.length < sampleMax) sample.push(memory);
  }
  return { memories, episodes: episodes.size, held, sample };
}

async function* findMemories({ store, tenantId }: Forgetting, what: ForgetWhat): AsyncIterable<Memory> {
  const { memories, scope, session, speaker, subject } = what;
  if (memories !== undefined) yield* memories;
  if (scope === undefined) return;
  let before: MemoryId | undefined;
  for (;;) {
    const page = await store.listMemories(tenantId, {
      scopes: [scope],
      limit: pageSize,
      ...(before === undefined ? {} : { before }),
      ...(session === undefined ? {} : { sessionId: session }),
      ...(subject === undefined ? {} : { subject }),
    });
    for (const memory of page) if (speaker === undefined || memory.speaker === speaker) yield memory;
    before = page.at(-1)?.memoryId;
    if (page.length < pageSize) return;
  }
}

async function erase({ store, tenantId, requestedBy, now, random }: Forgetting, subject: EraseSubject) {
  const receiptId: ReceiptId = makeId('receipt', now(), random);
  for (let count = 0; ; count++) {
    const reply = await store.execute({ command: 'erase', tenantId, receiptId, subject, requestedBy });
    if (!reply.more || count >= commandsMax) return reply.receipt;
  }
}
