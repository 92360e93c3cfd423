// M1 and M8: of the turns that answer a question, how many are found, and how many fit into a pack for a prompt.

import type { EpisodeId, FoundMemory, MemoryStore } from '@chorale/module-memory';
import { packMemories } from '@chorale/module-memory';
import { estimateTextTokens } from '@chorale/module-models';
import { defaultTenant } from '@chorale/lib-ids';
import { openSqliteStores } from '@chorale/adapter-sqlite';
import type { BenchContext, Measurement } from '../harness/index.ts';
import { readConversations, type Conversation, type Question } from './locomo.ts';
import type { BenchPart } from './part.ts';
import { recordAll } from './stores.ts';

const resultsMax = 50;
const packTokens = 720;
const dayMs = 86_400_000;
const multi = 1;
const notOthers =
  'answers by a model; conversations unlike these; the table of kinds was written with three of them in view';

export const recall: BenchPart = {
  goals: [
    goal('M1', 'LoCoMo evidence recall at 10, all questions with evidence, no model, on SQLite', 78),
    goal('M1-r5', 'LoCoMo evidence recall at 5', 69),
    goal('M1-multi', 'LoCoMo evidence recall at 10, questions whose evidence lies in several turns', 48),
    goal('M8', `LoCoMo evidence recall in a pack of ${packTokens} tokens`, 60),
  ],
  async *run(context) {
    if (context.wants('M1', 'M1-r5', 'M1-multi', 'M8')) yield* measure(context);
  },
};

function goal(id: string, title: string, bar: number) {
  return { id, title, unit: '%', bar, better: 'higher', notMeasured: notOthers } as const;
}

interface Recalled {
  readonly question: Question;
  /** Found at 5, at 10 and in the pack, as shares of the evidence. */
  readonly at5: number;
  readonly at10: number;
  readonly packed: number;
}

async function* measure(context: BenchContext): AsyncIterable<Measurement> {
  const all: Recalled[] = [];
  for (const conversation of readConversations(context.data)) {
    const recalled = await recallOf(conversation);
    all.push(...recalled);
    context.note(`${conversation.name}: ${conversation.turns.length} turns, ${summarise(recalled)}`);
  }
  context.note(`all: ${summarise(all)}`);
  const several = all.filter(({ question }) => question.category === multi);
  yield { id: 'M1', measured: mean(all, 'at10') };
  yield { id: 'M1-r5', measured: mean(all, 'at5') };
  yield { id: 'M1-multi', measured: mean(several, 'at10') };
  yield { id: 'M8', measured: mean(all, 'packed') };
}

function summarise(recalled: readonly Recalled[]): string {
  const byCategory = ['multi', 'time', 'open', 'single', 'adversarial'].map((name, index) => {
    const of = recalled.filter(({ question }) => question.category === index + 1);
    return `${name} ${mean(of, 'at10').toFixed(1)} of ${of.length}`;
  });
  const [at5, at10, packed] = (['at5', 'at10', 'packed'] as const).map((at) => mean(recalled, at).toFixed(1));
  return `R@5 ${at5}, R@10 ${at10}, pack ${packed}; R@10 by kind: ${byCategory.join(', ')}`;
}

function mean(recalled: readonly Recalled[], at: 'at5' | 'at10' | 'packed'): number {
  return (100 * recalled.reduce((sum, one) => sum + one[at], 0)) / Math.max(1, recalled.length);
}

/** A conversation is all that its store knows; asked the day after it ended. */
async function recallOf({ turns, questions }: Conversation): Promise<readonly Recalled[]> {
  const now = Math.max(...turns.map(({ occurredAt }) => occurredAt)) + dayMs;
  const { memory, close } = await openSqliteStores({ path: ':memory:', now: () => now });
  const scope = { kind: 'user', id: 'listener' } as const;
  const episodes = turns.map(({ id, session, speaker, text, occurredAt }) => ({
    episodeId: id as EpisodeId,
    scope,
    sessionId: `session ${session}`,
    speaker,
    role: 'person' as const,
    text,
    occurredAt,
  }));
  await recordAll(memory, defaultTenant, episodes);
  const recalled: Recalled[] = [];
  for (const question of questions) recalled.push(await ask(memory, question));
  await close();
  return recalled;
}

async function ask(memory: MemoryStore, question: Question): Promise<Recalled> {
  const scopes = [{ kind: 'user', id: 'listener' }] as const;
  const found = await memory.search({ tenantId: defaultTenant, scopes, text: question.text, limit: resultsMax });
  const ids = sourcesOf(found);
  const pack = packMemories(found, {
    tokensMax: packTokens,
    estimateTokens: (text) => estimateTextTokens(text).expected,
  });
  const packed = pack.citations.flatMap(({ provenance }) => provenance as readonly string[]);
  return {
    question,
    at5: shareOf(question.evidence, ids.slice(0, 5)),
    at10: shareOf(question.evidence, ids.slice(0, 10)),
    packed: shareOf(question.evidence, packed),
  };
}

/** The episodes behind what was found, each once: what was extracted from a turn stands for the turn. */
export function sourcesOf(found: readonly FoundMemory[]): readonly string[] {
  return [...new Set(found.flatMap(({ memory }) => memory.provenance))];
}

export function shareOf(evidence: readonly string[], found: readonly string[]): number {
  return evidence.filter((id) => found.includes(id)).length / evidence.length;
}
