// Opens a sub-goal and waits for its end, which the journal then holds.

import { canonicalJson, type Json, type PlanDefinition } from '@chorale/module-goals';
import type { AgentSession } from './agent-session.ts';
import { isMapping } from './mapping.ts';

export interface SubGoal {
  /** Of the entry in the journal. */
  readonly name: string;
  readonly title: string;
  /** Valid. */
  readonly definition: PlanDefinition;
  readonly inputs: { readonly [name: string]: Json };
  readonly reason: string;
}

/** As the engine puts it on record. */
export interface SubGoalEnd {
  readonly goal: string;
  readonly state: string;
  readonly outputs?: Json;
  readonly failure?: Json;
  /** The task that failed it. */
  readonly task?: string;
}

const titleLengthMax = 300;

export async function openSubGoal(
  session: AgentSession,
  { name, title, definition: plan, inputs, reason }: SubGoal,
): Promise<SubGoalEnd> {
  const { agent, calls, thinking } = session.parts;
  const { goalStrategy: strategy } = session.opening;
  const inheriting = strategy === undefined ? plan : { strategy, ...plan };
  const definition = markTasks(inheriting, session.read.untrusted);
  const planHash = thinking.digest(canonicalJson(definition));
  const answer = calls.wait({ name, input: { planHash, tasks: definition.tasks.map(({ key }) => key) } }, () => ({
    for: 'sub-goal',
    title: title.slice(0, titleLengthMax),
    definition,
    planHash,
    inputs,
    author: `agent:${agent.name}`,
    reason,
  }));
  session.read.addUntrusted({ origin: 'agent', name, isPublic: false });
  if (!isMapping(answer) || typeof answer['state'] !== 'string') return { goal: '', state: 'unknown' };
  return answer as unknown as SubGoalEnd;
}

/** Whoever works at them has read it too, through the agent that wrote them. */
function markTasks(plan: PlanDefinition, untrusted: readonly string[]): PlanDefinition {
  return untrusted.length === 0 ? plan : { ...plan, tasks: plan.tasks.map((task) => ({ ...task, untrusted })) };
}
