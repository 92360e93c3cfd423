// M3 and M4: search among a hundred thousand memories of ten tenants, and how fast they came in.

import type { TenantId } from '@chorale/lib-ids';
import type { EpisodeId, MemoryStore, NewEpisode } from '@chorale/module-memory';
import { p50, p99, percentile, type BenchContext, type Measurement } from '../harness/index.ts';
import { readConversations, type Conversation } from './locomo.ts';
import { makeTexts } from './made-texts.ts';
import type { BenchPart } from './part.ts';
import { seededRandom } from './seeded-random.ts';
import { openStore, recordAll, storeNames, type StoreName } from './stores.ts';

const tenants = 10;
const memoriesPerTenant = 10_000;
const turnsPerSession = 20;
const warmUp = 50;
const searches = 500;
const minuteMs = 60_000;
const people = ['Ann', 'Bo', 'Cleo', 'Dan'];
const scope = { kind: 'project', id: 'harbour' } as const;

export const speed: BenchPart = {
  goals: storeNames.flatMap((name) => [
    {
      id: `M3-${name}`,
      title: `search p95, ${tenants * memoriesPerTenant} memories in ${tenants} tenants, one at a time, on ${name}`,
      unit: 'ms',
      bar: 20,
      better: 'lower' as const,
      notMeasured: 'embeddings, of which there are none; many searches at once',
    },
    {
      id: `M4-${name}`,
      title: `ingest of turns, through the gate, indexed and durable, on ${name}`,
      unit: 'items/s',
      bar: 500,
      better: 'higher' as const,
      notMeasured: 'calls to models, of which there are none',
    },
  ]),
  async *run(context) {
    for (const name of storeNames) if (context.wants(`M3-${name}`, `M4-${name}`)) yield* measure(context, name);
  },
};

async function* measure(context: BenchContext, name: StoreName): AsyncIterable<Measurement> {
  const conversations = readConversations(context.data);
  const store = await openStore(name, context, 'speed');
  const makeText = makeTexts(conversations, seededRandom(3));
  const began = performance.now();
  let kept = 0;
  for (let tenant = 0; tenant < tenants; tenant++) {
    const outcomes = await recordAll(store.memory, tenantOf(tenant), makeEpisodes(tenant, makeText));
    kept += outcomes.filter(({ outcome }) => outcome === 'remembered').length;
  }
  const seconds = (performance.now() - began) / 1_000;
  context.note(`${name}: ${kept} of ${tenants * memoriesPerTenant} turns kept in ${seconds.toFixed(1)} s`);
  yield { id: `M4-${name}`, measured: (tenants * memoriesPerTenant) / seconds };
  if (context.wants(`M3-${name}`)) {
    await store.settle();
    const times = await timeSearches(store.memory, conversations);
    const [middle, last] = [p50(times), p99(times)].map((ms) => ms.toFixed(1));
    context.note(`${name}: search p50 ${middle} ms, p99 ${last} ms`);
    yield { id: `M3-${name}`, measured: percentile(times, 0.95) };
  }
  await store.close();
}

function tenantOf(tenant: number): TenantId {
  return `tenant-${tenant}` as TenantId;
}

function makeEpisodes(tenant: number, makeText: () => string): readonly NewEpisode[] {
  return Array.from({ length: memoriesPerTenant }, (_, index) => ({
    episodeId: `episode_${tenant}_${index}` as EpisodeId,
    scope,
    sessionId: `session ${Math.floor(index / turnsPerSession)}`,
    speaker: people[index % people.length]!,
    role: 'person' as const,
    text: makeText(),
    occurredAt: Date.UTC(2026, 0, 1) + index * minuteMs,
  }));
}

async function timeSearches(memory: MemoryStore, conversations: readonly Conversation[]): Promise<readonly number[]> {
  const random = seededRandom(5);
  const questions = conversations.flatMap(({ questions: asked }) => asked.map(({ text }) => text));
  const times: number[] = [];
  for (let index = 0; index < warmUp + searches; index++) {
    const text = questions[Math.floor(random() * questions.length)]!;
    const tenantId = tenantOf(Math.floor(random() * tenants));
    const began = performance.now();
    await memory.search({ tenantId, scopes: [scope], text, limit: 10 });
    if (index >= warmUp) times.push(performance.now() - began);
  }
  return times;
}
