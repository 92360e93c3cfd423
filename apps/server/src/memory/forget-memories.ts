// Deletes memories for good: by id, or what a scope has, of a session, a speaker or a subject. A dry run only looks.

import { makeId, type Random, type TenantId } from '@chorale/lib-ids';
import {
  eraseSubject,
  scopeKey,
  type EraseReceipt,
  type EraseSubject,
  type EraseWorld,
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
  /** Words that must be nowhere in the tenant afterwards. */
  readonly canaries?: readonly string[] | undefined;
}

export interface Forgetting {
  readonly store: Pick<MemoryStore, 'listMemories'>;
  readonly world: EraseWorld;
  readonly tenantId: TenantId;
  readonly requestedBy: string;
  readonly now: () => number;
  readonly random: Random;
}

export interface ForgetOutcome {
  readonly memories: number;
  readonly episodes: number;
  readonly held: number;
  readonly receipts: readonly EraseReceipt[];
}

const pageSize = 500;
/** Of one command. */
const idsMax = 100;
const sampleMax = 20;

export async function forgetMemories(forgetting: Forgetting, what: ForgetWhat): Promise<ForgetOutcome> {
  const receipts: EraseReceipt[] = [];
  if (what.scope !== undefined && what.subject === undefined) {
    const { scope, session, speaker } = what;
    const of = {
      scope,
      ...(session === undefined ? {} : { sessionId: session }),
      ...(speaker === undefined ? {} : { speaker }),
    };
    return sumOf([await erase(forgetting, of, what)]);
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
      receipts.push(await erase(forgetting, { scope, memoryIds: all.slice(at, at + idsMax) }, what));
  return sumOf(receipts);
}

function sumOf(receipts: readonly EraseReceipt[]): ForgetOutcome {
  const sum = (count: (receipt: EraseReceipt) => number) => receipts.reduce((total, one) => total + count(one), 0);
  return {
    memories: sum(({ memories }) => memories),
    episodes: sum(({ episodes }) => episodes),
    held: sum(({ held }) => held),
    receipts,
  };
}

/** What would go; held memories are counted apart. */
export async function previewForgetting(
  forgetting: Forgetting,
  what: ForgetWhat,
): Promise<Omit<ForgetOutcome, 'receipts'> & { readonly sample: readonly Memory[] }> {
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

function erase({ world, tenantId, requestedBy, now, random }: Forgetting, subject: EraseSubject, what: ForgetWhat) {
  const receiptId: ReceiptId = makeId('receipt', now(), random);
  const { canaries } = what;
  return eraseSubject(world, {
    tenantId,
    receiptId,
    subject,
    requestedBy,
    ...(canaries === undefined ? {} : { canaries }),
  });
}
