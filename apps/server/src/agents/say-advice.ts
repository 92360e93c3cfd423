// How tasks like the one at hand went before, in a few lines for a planner or an agent. Of what was tried once or twice little
// follows, and the counts say so.

import type { weighOutcomes } from '@chorale/module-memory';

type Weighed = ReturnType<typeof weighOutcomes>;
type SuccessCount = Weighed['agents'][number];

export interface AdviceParts {
  /** Of the task at hand. */
  readonly kind: string;
  /** What the agent itself did at tasks of this kind. */
  readonly own: Weighed;
  /** What those did who may be given tasks, at whatever task. */
  readonly team: Weighed;
}

const toolsNamedMax = 6;
const agentsNamedMax = 20;

export function sayAdvice({ kind, own, team }: AdviceParts): readonly string[] {
  return [
    ...own.strategies.map((count) => `Working ${count.name} at ${kind}: ${sayCount(count)}.`),
    ...(own.tools.length === 0 ? [] : [`Tools at ${kind}: ${sayAll(own.tools.slice(0, toolsNamedMax))}.`]),
    ...(team.agents.length === 0 ? [] : [`Agents at their tasks: ${sayAll(team.agents.slice(0, agentsNamedMax))}.`]),
  ];
}

function sayAll(counts: readonly SuccessCount[]): string {
  return counts.map((count) => `${count.name} ${sayCount(count)}`).join(', ');
}

function sayCount({ tries, succeeded, share }: SuccessCount): string {
  return `${succeeded} of ${tries} succeeded (${Math.round(share * 100)} % where the latest count most)`;
}
