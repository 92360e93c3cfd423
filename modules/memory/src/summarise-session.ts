// Sums a session up: in its own sentences without a model, in a model's words where one writes them. A summary names the episodes
// it was made of, and goes with the first of them that goes (`erase-memories.ts`).

import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { EpisodeId, Memory, MemoryId, MemoryScope } from './memory.ts';
import type { MemoryStore } from './memory-store.ts';
import { formatDay } from './moment-terms.ts';
import { splitTerms } from './split-terms.ts';
import { isSummary, summarising } from './summary.ts';
import { hashText } from './text-form.ts';

export interface SummaryWorld {
  readonly memory: Pick<MemoryStore, 'execute' | 'listMemories'>;
  readonly estimateTokens: (text: string) => number;
  /** A model's words for the session, of so many tokens at most; undefined where no model answers. */
  readonly write?: (session: string, tokensMax: number) => Promise<string | undefined>;
}

export interface SummaryRequest {
  readonly tenantId: TenantId;
  readonly scope: MemoryScope;
  readonly sessionId: string;
  readonly tokensMax: number;
}

export interface Summarised {
  readonly memory: Memory;
  /** `extract`: sentences of the session itself. */
  readonly by: 'extract' | 'model';
  readonly turns: number;
}

/** The newest of a session; what came before them has been summed up by then. */
const turnsMax = 500;
const turnsMin = 3;
const bodyMax = 20_000;

export async function summariseSession(world: SummaryWorld, request: SummaryRequest): Promise<Summarised> {
  const { memory, write } = world;
  const { tenantId, scope, sessionId, tokensMax } = request;
  const page = { scopes: [scope], sessionId, limit: turnsMax, state: 'active' } as const;
  const all = (await memory.listMemories(tenantId, page)).filter(({ retractedAt }) => retractedAt === undefined);
  const before = all.find((one) => isSummary(one) && one.validTo === undefined);
  const turns = all
    .filter(
      ({ kind, provenance, recordedBy }) => kind === 'episodic' && provenance.length > 0 && recordedBy !== summarising,
    )
    .toSorted((a, b) => a.place.position - b.place.position);
  if (turns.length < turnsMin) {
    throw refused('memory-invalid', `Session ${sessionId} has ${turns.length} turns; ${turnsMin} are summed up.`, {
      action: 'Name a session with more turns, in the scope that it is in.',
    });
  }
  const written = await write?.(turns.map(sayTurn).join('\n'), tokensMax);
  const text = written?.trim() ?? '';
  const body = (text === '' ? extract(turns, world, tokensMax) : text).slice(0, bodyMax);
  const provenance = [...new Set(turns.flatMap((turn) => turn.provenance))] as readonly EpisodeId[];
  const memoryId = idOf(request, body);
  const { memory: kept } = await memory.execute({
    command: 'remember',
    tenantId,
    memory: {
      memoryId,
      scope,
      sessionId,
      body,
      provenance,
      kind: 'episodic',
      recordedBy: summarising,
      speaker: summarising,
      role: 'assistant',
      validFrom: turns.at(-1)!.validFrom,
      sensitivity: gravest(turns),
    },
    ...(before === undefined || before.memoryId === memoryId ? {} : { supersedes: before.memoryId }),
  });
  return { memory: kept, by: text === '' ? 'extract' : 'model', turns: turns.length };
}

/**
 * The sentences that are nearest to the centroid of the session's words, in the order in which they were said; each word counts
 * once, so that the next sentence says something else.
 */
function extract(turns: readonly Memory[], { estimateTokens }: SummaryWorld, tokensMax: number): string {
  const sentences = turns.flatMap((turn, place) =>
    (turn.body.match(/[^.!?\n]+[.!?]*/g) ?? []).map((text) => ({ turn, place, text: text.trim() })),
  );
  const candidates = sentences
    .map((sentence, order) => ({ ...sentence, order, terms: new Set(splitTerms(sentence.text)) }))
    .filter(({ terms, text }) => terms.size > 1 && !text.endsWith('?'));
  const weights = weigh(turns);
  const chosen: typeof candidates = [];
  const left = new Set(candidates);
  let tokens = 0;
  while (left.size > 0) {
    const best = [...left].reduce((a, b) => (scoreOf(b.terms, weights) > scoreOf(a.terms, weights) ? b : a));
    if (scoreOf(best.terms, weights) === 0) break;
    left.delete(best);
    const cost = estimateTokens(`${sayTurn({ ...best.turn, body: best.text })}\n`);
    if (tokens + cost > tokensMax) continue;
    tokens += cost;
    chosen.push(best);
    for (const term of best.terms) weights.set(term, 0);
    if (chosen.length === sentencesMax) break;
  }
  return chosen
    .toSorted((a, b) => a.order - b.order)
    .map(({ turn, text }) => sayTurn({ ...turn, body: text }))
    .join('\n');
}

const sentencesMax = 100;

/** Of each word: in how many turns it comes back, as far as more of it says more. What comes up once is hardly what it is about. */
function weigh(turns: readonly Memory[]): Map<string, number> {
  const having = new Map<string, number>();
  for (const { body } of turns)
    for (const term of new Set(splitTerms(body))) having.set(term, (having.get(term) ?? 0) + 1);
  return new Map([...having].map(([term, count]) => [term, count === 1 ? onceWeight : Math.log2(1 + count)]));
}

const onceWeight = 0.3;

function scoreOf(terms: ReadonlySet<string>, weights: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const term of terms) sum += weights.get(term) ?? 0;
  return sum / Math.sqrt(terms.size);
}

function sayTurn({ speaker, body, validFrom }: Pick<Memory, 'speaker' | 'body' | 'validFrom'>): string {
  return `${formatDay(validFrom)} ${speaker}: ${body.replaceAll(/\s+/g, ' ').trim()}`;
}

/** A summary is as sensitive as what it sums up. */
function gravest(turns: readonly Memory[]): Memory['sensitivity'] {
  const found = new Set(turns.map(({ sensitivity }) => sensitivity));
  return found.has('secret') ? 'secret' : found.has('personal') ? 'personal' : 'normal';
}

function idOf({ scope, sessionId }: SummaryRequest, body: string): MemoryId {
  const text = JSON.stringify([scope, sessionId, body]);
  return `memory_${[0, 1].map((seed) => hashText(text, seed).toString(32).padStart(11, '0')).join('')}` as MemoryId;
}
