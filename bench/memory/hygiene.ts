// M5: what is played again, said again or says nothing does not grow the memory.

import { defaultTenant } from '@chorale/lib-ids';
import type { EpisodeId, MemoryId, MemoryStore, NewEpisode } from '@chorale/module-memory';
import type { BenchContext, Measurement } from '../harness/index.ts';
import { readConversations, type Conversation } from './locomo.ts';
import { makeJunk } from './made-junk.ts';
import type { BenchPart } from './part.ts';
import { seededRandom } from './seeded-random.ts';
import { openStore, recordAll } from './stores.ts';

const replays = 10;
const rounds = 50;
const junkTexts = 2_000;
const scope = { kind: 'user', id: 'listener' } as const;

export const hygiene: BenchPart = {
  goals: [
    goal('M5-replay', `a transcript played ${replays} times more, under new ids: new active rows`, {
      unit: 'rows',
      bar: 0,
    }),
    goal('M5-loop', `what was recalled said again in ${rounds} rounds: new active rows`, { unit: 'rows', bar: 0 }),
    goal('M5-junk', 'refusals and boilerplate of assistants that were accepted', { unit: '%', bar: 1 }),
  ],
  async *run(context) {
    if (!context.wants('M5-replay', 'M5-loop', 'M5-junk')) return;
    const store = await openStore('sqlite', context, 'hygiene');
    yield* measure(context, store.memory);
    await store.close();
  },
};

function goal(id: string, title: string, { unit, bar }: { readonly unit: string; readonly bar: number }) {
  const notMeasured = 'what is wrong and well said; junk of other kinds than those made here';
  return { id, title, unit, bar, better: 'lower', notMeasured } as const;
}

async function* measure(context: BenchContext, memory: MemoryStore): AsyncIterable<Measurement> {
  const conversation = readConversations(context.data)[0]!;
  await play(memory, conversation, 0);
  const once = await countActive(memory);
  for (let time = 1; time <= replays; time++) await play(memory, conversation, time);
  yield { id: 'M5-replay', measured: (await countActive(memory)) - once };
  yield { id: 'M5-loop', measured: await loop(memory, conversation) };
  const junk = makeJunk(junkTexts, seededRandom(9));
  const episodes = junk.map((text, index) => said(`junk ${index}`, text));
  const outcomes = await recordAll(memory, defaultTenant, episodes);
  const accepted = outcomes.flatMap(({ outcome }, index) => (outcome === 'remembered' ? [junk[index]!] : []));
  for (const text of [...new Set(accepted)].slice(0, 5)) context.note(`accepted: ${text}`);
  const rejected = outcomes.filter(({ outcome }) => outcome === 'duplicate').length;
  context.note(`${junk.length} texts of junk: ${accepted.length} accepted, ${rejected} kept out as repeats only`);
  yield { id: 'M5-junk', measured: (100 * (accepted.length + rejected)) / junk.length };
}

async function countActive(memory: MemoryStore): Promise<number> {
  return (await memory.countMemories(defaultTenant)).active;
}

async function play(memory: MemoryStore, { turns }: Conversation, time: number): Promise<void> {
  const episodes = turns.map(({ id, session, speaker, text, occurredAt }) => ({
    episodeId: `${time} ${id}` as EpisodeId,
    scope,
    sessionId: `${time} ${session}`,
    speaker,
    role: 'person' as const,
    text,
    occurredAt: occurredAt + time,
  }));
  await recordAll(memory, defaultTenant, episodes);
}

/** An assistant answers from what was recalled, and its answer is recorded; the next round recalls again. */
async function loop(memory: MemoryStore, { questions }: Conversation): Promise<number> {
  const before = await countActive(memory);
  const openings = ['As I recall,', 'You told me that', 'From what I remember:', 'Earlier it was said:', 'Indeed,'];
  for (let round = 0; round < rounds; round++) {
    const text = questions[round % questions.length]!.text;
    const found = await memory.search({ tenantId: defaultTenant, scopes: [scope], text, limit: 3 });
    const recalled: readonly MemoryId[] = found.map(({ memory: { memoryId } }) => memoryId);
    const answer = found.map(({ memory: { body } }) => body).join(' ');
    const echo = { ...said(`loop ${round}`, `${openings[round % openings.length]} ${answer}`), recalled };
    await memory.execute({ command: 'record-episodes', tenantId: defaultTenant, episodes: [echo] });
  }
  return (await countActive(memory)) - before;
}

function said(id: string, text: string): NewEpisode {
  const occurredAt = Date.UTC(2026, 0, 1);
  return {
    episodeId: id as EpisodeId,
    scope,
    sessionId: 'talk',
    speaker: 'assistant',
    role: 'assistant',
    text,
    occurredAt,
  };
}
