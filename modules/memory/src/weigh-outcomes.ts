// What worked for which kind of task: outcomes of tasks as procedural memories, and what they say together. Each outcome is a memory
// of its own, kept once, so that no count is lost or doubled whoever writes at the same time; counting is done when it is asked for.

import type { EpisodeId, Memory, MemoryId, MemoryScope } from './memory.ts';
import type { NewMemory } from './memory-store.ts';

/** Session under which the outcomes of an agent stand. */
export const outcomesSession = 'outcomes';
const dayMs = 86_400_000;
/** After so long an outcome counts half. */
const halfLifeMs = 30 * dayMs;

export interface Outcome {
  /** As in `review-repository/secrets`. */
  readonly taskKind: string;
  readonly agent: string;
  readonly succeeded: boolean;
  readonly strategy: string;
  /** Names of the tools that gave something, and of those that failed. */
  readonly tools: readonly string[];
  readonly failedTools: readonly string[];
  /** Who can have written what the agent had read: `people`, `public` or `private`. */
  readonly trust: string;
  readonly durationMs: number;
  /** Nano-dollars. */
  readonly cost: number;
}

export interface OutcomeOf {
  readonly memoryId: MemoryId;
  readonly scope: MemoryScope;
  /** The task, in one name. */
  readonly task: string;
  readonly provenance: readonly EpisodeId[];
}

export function rememberOutcome(outcome: Outcome, { memoryId, scope, task, provenance }: OutcomeOf): NewMemory {
  const { taskKind, agent, succeeded, strategy, tools, failedTools } = outcome;
  const withTools = tools.length === 0 ? '' : ` with ${tools.join(', ')}`;
  const failing = failedTools.length === 0 ? '' : `; ${failedTools.join(', ')} failed`;
  return {
    memoryId,
    scope,
    kind: 'procedural',
    body: `${agent} ${succeeded ? 'succeeded' : 'failed'} at ${taskKind} working ${strategy}${withTools}${failing} (${task})`,
    claim: { subject: taskKind, attribute: `outcome of ${task}`, value: JSON.stringify(outcome) },
    sessionId: outcomesSession,
    speaker: agent,
    role: 'tool',
    recordedBy: outcomesSession,
    retention: 'year',
    provenance,
  };
}

/** Undefined where the memory is no outcome. */
export function readOutcome({ recordedBy, claim }: Memory): Outcome | undefined {
  if (recordedBy !== outcomesSession || claim === undefined) return undefined;
  try {
    return JSON.parse(claim.value) as Outcome;
  } catch {
    return undefined;
  }
}

/** Of a strategy, a tool or an agent. */
export interface SuccessCount {
  readonly name: string;
  readonly tries: number;
  readonly succeeded: number;
  /** From 0 to 1; what is long ago counts less. */
  readonly share: number;
}

interface Try {
  readonly name: string;
  readonly succeeded: boolean;
  readonly at: number;
}

export interface Weighed {
  readonly strategies: readonly SuccessCount[];
  readonly tools: readonly SuccessCount[];
  readonly agents: readonly SuccessCount[];
}

/** The best first. */
export function weighOutcomes(memories: readonly Memory[], now: number): Weighed {
  const found = memories.flatMap((memory) => {
    const outcome = memory.retractedAt === undefined ? readOutcome(memory) : undefined;
    return outcome === undefined ? [] : [{ outcome, at: memory.recordedAt }];
  });
  const each = (names: (outcome: Outcome) => readonly (readonly [name: string, succeeded: boolean])[]): Try[] =>
    found.flatMap(({ outcome, at }) => names(outcome).map(([name, succeeded]) => ({ name, succeeded, at })));
  return {
    strategies: count(
      each(({ strategy, succeeded }) => [[strategy, succeeded]]),
      now,
    ),
    tools: count(
      each(({ tools, failedTools, succeeded }) => [
        ...tools.map((name) => [name, succeeded] as const),
        ...failedTools.filter((name) => !tools.includes(name)).map((name) => [name, false] as const),
      ]),
      now,
    ),
    agents: count(
      each(({ agent, succeeded }) => [[agent, succeeded]]),
      now,
    ),
  };
}

function count(tries: readonly Try[], now: number): readonly SuccessCount[] {
  const names = [...new Set(tries.map(({ name }) => name))];
  const records = names.map((name) => {
    const all = tries.filter((one) => one.name === name);
    const weigh = (some: readonly Try[]) =>
      some.reduce((sum, { at }) => sum + 0.5 ** (Math.max(0, now - at) / halfLifeMs), 0);
    const succeeded = all.filter((one) => one.succeeded);
    return { name, tries: all.length, succeeded: succeeded.length, share: weigh(succeeded) / weigh(all) };
  });
  return records.toSorted((a, b) => b.share - a.share || b.tries - a.tries || (a.name < b.name ? -1 : 1));
}
