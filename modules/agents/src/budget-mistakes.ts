// Whether the budgets that there are have room for a plan: each of its tasks that thinks asks a model at least once. What it
// will cost in the end nobody knows; a plan that cannot even begin is not begun.

import type { PlanDefinition } from '@chorale/module-goals';
import { windowEnd, type BudgetState } from '@chorale/module-models';
import type { AgentSession } from './agent-session.ts';
import { worksByScript } from './works-by-script.ts';

/** In words that whoever wrote the plan can act on; empty when there is room. The plan's agents are there. */
export function budgetMistakes(
  session: AgentSession,
  definition: PlanDefinition,
  { budgets, free }: BudgetRoom,
): readonly string[] {
  const tasks = thinkingTasks(session, definition);
  return budgets.flatMap((budget) => {
    const needed = countedBy(session, budget, tasks);
    const what = needed === 0 ? undefined : findShortage(budget, needed, free);
    return what === undefined ? [] : [`${say(needed)}, and ${name(budget)} has ${what}`];
  });
}

export interface BudgetRoom {
  /** Of the tenant, as they are now. */
  readonly budgets: readonly BudgetState[];
  /** Whether there are models that cost nothing: they go on when the money is gone. */
  readonly free: boolean;
}

const unlimited: BudgetRoom = { budgets: [], free: true };

/** Not put on record: what follows from it is. Where it cannot be read, each call is held against the budgets all the same. */
export async function readRoom({ parts }: AgentSession): Promise<BudgetRoom> {
  const { request, thinking } = parts;
  try {
    return (await thinking.room?.(request.claimed.task.tenantId)) ?? unlimited;
  } catch {
    return unlimited;
  }
}

/** The agent of each task that asks a model, in workflows that the plan runs too. */
function thinkingTasks(session: AgentSession, { tasks, children }: PlanDefinition): readonly string[] {
  const { crew } = session.parts.ports;
  return tasks.flatMap((task): readonly string[] => {
    if (task.removed === true || task.compensates === true) return [];
    const child = children?.[task.workflow ?? ''];
    if (child !== undefined) return thinkingTasks(session, child);
    if (task.kind !== 'agent' || task.agent === undefined || worksByScript(task, crew)) return [];
    return [task.agent];
  });
}

function countedBy(
  { parts, opening }: AgentSession,
  { scope, subject }: BudgetState,
  agents: readonly string[],
): number {
  const { task, goal } = parts.request.claimed;
  if (scope === 'agent') return agents.filter((agent) => agent === subject).length;
  const own = { tenant: task.tenantId, project: goal.projectId, goal: opening.rootGoalId, key: undefined }[scope];
  return own === subject ? agents.length : 0;
}

function findShortage({ limit, spent, reserved }: BudgetState, needed: number, free: boolean): string | undefined {
  const left = (kind: 'cost' | 'tokens' | 'calls'): number => (limit[kind] ?? Infinity) - spent[kind] - reserved[kind];
  if (left('calls') < needed) return `room for ${Math.max(0, left('calls'))} more calls`;
  if (left('tokens') <= 0) return 'no tokens left';
  return left('cost') <= 0 && !free ? 'no money left' : undefined;
}

const say = (needed: number): string =>
  needed === 1 ? '1 task asks a model at least once' : `${needed} tasks ask a model at least once each`;

function name({ scope, subject, window, windowStartedAt }: BudgetState): string {
  const end = windowEnd({ window, windowStartedAt });
  const until = end === undefined ? '' : ` until ${new Date(end).toISOString()}`;
  return `the budget of ${scope === 'agent' ? `the agent \`${subject}\`` : `the ${scope}`}${until}`;
}
