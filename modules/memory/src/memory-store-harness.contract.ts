// Short words for the contract of memory stores: what was said in a line, a search in a call.
import { makeId, type TenantId } from '@chorale/lib-ids';
import type { EpisodeId, Memory, MemoryId, MemoryScope } from './memory.ts';
import type { ReceiptId } from './erasure.ts';
import type { EpisodeOutcome, MemoryQuery, MemoryStore, NewEpisode, NewMemory } from './memory-store.ts';

export interface MemoryClock {
  now: number;
}

export interface OpenedMemory {
  /** One or several on the same rows: what concurrent processes would have. */
  readonly stores: readonly MemoryStore[];
  /** Everything that is kept of memory, as text. */
  dump(): Promise<string>;
  close(): Promise<void>;
}

/** Opens an empty store that reads its time from the clock. */
export type OpenMemory = (clock: MemoryClock) => Promise<OpenedMemory>;

export const north = 'north' as TenantId;
export const south = 'south' as TenantId;
export const ann: MemoryScope = { kind: 'user', id: 'ann' };
export const bo: MemoryScope = { kind: 'user', id: 'bo' };
export const dayMs = 86_400_000;

/** A small generator (mulberry32), so that every run makes the same ids. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Said = Partial<Omit<NewEpisode, 'text'>> & { readonly tenantId?: TenantId };

export class MemoryHarness {
  readonly clock: MemoryClock;
  readonly opened: OpenedMemory;
  readonly #random = seededRandom(11);

  private constructor(opened: OpenedMemory, clock: MemoryClock) {
    this.opened = opened;
    this.clock = clock;
  }

  static async open(open: OpenMemory): Promise<MemoryHarness> {
    // A Friday at noon, UTC.
    const clock = { now: Date.UTC(2027, 0, 15, 12) };
    return new MemoryHarness(await open(clock), clock);
  }

  get store(): MemoryStore {
    return this.opened.stores[0]!;
  }

  newId<Kind extends string>(prefix: string): ReturnType<typeof makeId<Kind>> {
    return makeId<Kind>(prefix, this.clock.now, this.#random);
  }

  episode(text: string, { tenantId: _tenant, ...more }: Said = {}): NewEpisode {
    const episodeId: EpisodeId = this.newId<'episode'>('episode');
    const speaker = more.role === undefined || more.role === 'person' ? 'ann' : more.role;
    return {
      episodeId,
      scope: ann,
      sessionId: 'a',
      speaker,
      role: 'person',
      text,
      occurredAt: this.clock.now,
      ...more,
    };
  }

  async record(episodes: readonly NewEpisode[], tenantId = north): Promise<readonly EpisodeOutcome[]> {
    return (await this.store.execute({ command: 'record-episodes', tenantId, episodes })).outcomes;
  }

  /** What became of one thing said. */
  async say(text: string, more: Said = {}): Promise<EpisodeOutcome> {
    return (await this.record([this.episode(text, more)], more.tenantId))[0]!;
  }

  memory(body: string, more: Partial<NewMemory> = {}): NewMemory {
    const memoryId: MemoryId = this.newId<'memory'>('memory');
    return { memoryId, scope: ann, kind: 'semantic', body, recordedBy: 'ann', ...more };
  }

  remember(
    body: string,
    more: Partial<NewMemory> & { readonly tenantId?: TenantId; readonly replaces?: MemoryId } = {},
  ) {
    const { tenantId = north, replaces, ...memory } = more;
    const supersedes = replaces === undefined ? {} : { supersedes: replaces };
    return this.store.execute({ command: 'remember', tenantId, memory: this.memory(body, memory), ...supersedes });
  }

  /** That something is so from a day of January on. */
  claim(value: string, day: number, more: Partial<NewMemory> = {}) {
    const claim = { subject: 'harbour', attribute: 'opens at', value };
    return this.remember(`the harbour opens at ${value}`, { claim, validFrom: Date.UTC(2027, 0, day), ...more });
  }

  async claimed(validDay?: number, knownAt?: number): Promise<string | undefined> {
    const asOf = {
      ...(validDay === undefined ? {} : { validAt: Date.UTC(2027, 0, validDay) }),
      ...(knownAt === undefined ? {} : { knownAt }),
    };
    const about = { subject: 'Harbour', attribute: 'opens at', ...asOf };
    return (await this.store.findClaim(north, ann, about))?.claim?.value;
  }

  async bodies(text: string, more: Partial<MemoryQuery> = {}): Promise<readonly string[]> {
    const found = await this.store.search({ tenantId: north, scopes: [ann], text, limit: 10, ...more });
    return found.map(({ memory }) => memory.body);
  }

  erase(
    subject: { scope: MemoryScope; sessionId?: string; speaker?: string; memoryIds?: readonly MemoryId[] },
    more = {},
  ) {
    const receiptId: ReceiptId = this.newId<'receipt'>('receipt');
    return this.store.execute({ command: 'erase', tenantId: north, receiptId, subject, requestedBy: 'dpo', ...more });
  }

  async get(memoryId: MemoryId, tenantId = north): Promise<Memory> {
    const found = await this.store.findMemory(tenantId, memoryId);
    if (found === undefined) throw new Error(`no memory ${memoryId}`);
    return found;
  }

  async exported(tenantId = north): Promise<string> {
    const lines: string[] = [];
    let after: string | undefined;
    for (;;) {
      const rows = await this.store.exportRows(tenantId, { ...(after === undefined ? {} : { after }), limit: 3 });
      const last = rows.at(-1);
      if (last === undefined) return lines.join('\n');
      lines.push(...rows.map((row) => JSON.stringify(row)));
      after = last.row === 'episode' ? `episode:${last.episodeId}` : `memory:${last.memoryId}`;
    }
  }
}
