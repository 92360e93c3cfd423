// M2: recall on BEAM, where a person talks with an assistant whose answers are twenty times as long. Role is a weight in the
// score; no query filters by it.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStores } from '@chorale/adapter-sqlite';
import { defaultTenant } from '@chorale/lib-ids';
import type { EpisodeId, NewEpisode } from '@chorale/module-memory';
import type { BenchContext, Measurement } from '../harness/index.ts';
import type { BenchPart } from './part.ts';
import { shareOf, sourcesOf } from './recall.ts';
import { recordAll } from './stores.ts';

const recallAt = 10;
const resultsMax = 30;
const depthMax = 5;
const minuteMs = 60_000;
const scope = { kind: 'user', id: 'listener' } as const;

export const beam: BenchPart = {
  goals: [
    {
      id: 'M2',
      title: 'BEAM evidence recall at 10, questions with evidence, roles not filtered in the query, on SQLite',
      unit: '%',
      bar: 62,
      better: 'higher',
      notMeasured: 'answers by a model; evidence lies mostly in what the person said',
    },
  ],
  async *run(context) {
    if (!context.wants('M2')) return;
    const folder = context.data;
    if (folder === undefined || !existsSync(folder) || !statSync(folder).isDirectory()) {
      context.note(
        'M2 reads a folder of BEAM chats: --data FOLDER, with chat.json and probing_questions.json in each chat',
      );
      return;
    }
    yield await measure(context, folder);
  },
};

interface Message {
  readonly role: string;
  readonly id: number;
  readonly content: string;
  readonly time_anchor?: string;
}

interface ProbingQuestion {
  readonly question: string;
  readonly source_chat_ids?: unknown;
}

async function measure(context: BenchContext, folder: string): Promise<Measurement> {
  const byKind = new Map<string, number[]>();
  const chats = findChats(folder, 0);
  for (const chat of chats) {
    for (const [kind, share] of await recallOf(chat)) byKind.set(kind, [...(byKind.get(kind) ?? []), share]);
  }
  for (const [kind, shares] of byKind) context.note(`${kind}: ${percent(shares).toFixed(1)} of ${shares.length}`);
  const all = [...byKind.values()].flat();
  context.note(`${chats.length} chats, ${all.length} questions with evidence`);
  return { id: 'M2', measured: percent(all) };
}

function percent(shares: readonly number[]): number {
  return (100 * shares.reduce((sum, share) => sum + share, 0)) / Math.max(1, shares.length);
}

interface ChatFiles {
  readonly chat: string;
  readonly questions: string;
}

function findChats(folder: string, depth: number): readonly ChatFiles[] {
  const chat = join(folder, 'chat.json');
  const questions = ['probing_questions/probing_questions.json', 'probing_questions.json'].map((name) =>
    join(folder, name),
  );
  const found = questions.find((path) => existsSync(path));
  if (existsSync(chat) && found !== undefined) return [{ chat, questions: found }];
  if (depth === depthMax) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => findChats(join(folder, entry.name), depth + 1));
}

async function recallOf(files: ChatFiles): Promise<readonly (readonly [kind: string, share: number])[]> {
  const episodes = readEpisodes(files.chat);
  const now = Math.max(...episodes.map(({ occurredAt }) => occurredAt)) + minuteMs;
  const { memory, close } = await openSqliteStores({ path: ':memory:', now: () => now });
  await recordAll(memory, defaultTenant, episodes);
  const known = new Set(episodes.map(({ episodeId }) => episodeId as string));
  const kinds = JSON.parse(readFileSync(files.questions, 'utf8')) as Record<string, readonly ProbingQuestion[]>;
  const shares: (readonly [string, number])[] = [];
  for (const [kind, asked] of Object.entries(kinds)) {
    for (const { question, source_chat_ids: sources } of asked) {
      const evidence = [...new Set(readIds(sources))].filter((id) => known.has(id));
      if (evidence.length === 0) continue;
      const found = await memory.search({
        tenantId: defaultTenant,
        scopes: [scope],
        text: question,
        limit: resultsMax,
      });
      shares.push([kind, shareOf(evidence, sourcesOf(found).slice(0, recallAt))]);
    }
  }
  await close();
  return shares;
}

function readEpisodes(path: string): readonly NewEpisode[] {
  const batches = JSON.parse(readFileSync(path, 'utf8')) as readonly {
    readonly batch_number: number;
    readonly turns: readonly (readonly Message[])[];
  }[];
  let occurredAt = 0;
  return batches.flatMap(({ batch_number: batch, turns }) =>
    turns.flat().map(({ role, id, content, time_anchor: anchor }) => {
      const named = anchor === undefined ? Number.NaN : Date.parse(`${anchor.replaceAll('-', ' ')} UTC`);
      occurredAt = Number.isNaN(named) ? occurredAt + minuteMs : named;
      const isPerson = role === 'user';
      return {
        episodeId: String(id) as EpisodeId,
        scope,
        sessionId: `batch ${batch}`,
        speaker: isPerson ? 'user' : 'assistant',
        role: isPerson ? ('person' as const) : ('assistant' as const),
        text: content,
        occurredAt,
      };
    }),
  );
}

/** Lists of numbers, or lists by name. */
function readIds(sources: unknown): readonly string[] {
  if (typeof sources === 'number') return [String(sources)];
  if (Array.isArray(sources)) return sources.flatMap(readIds);
  return typeof sources === 'object' && sources !== null ? Object.values(sources).flatMap(readIds) : [];
}
