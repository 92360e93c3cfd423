// Gives tasks to other agents: one sub-goal, whose tasks run side by side, and whose end is the answer.
//
// Invariants: DL1 only agents that there are get tasks, and only with skills of their own.
//             DL2 how deep, how many at once and how many in all are bounded.
//             DL3 what comes of it is data, and large outputs pass by reference.

import type { Json, PlanDefinition, TaskDefinition } from '@chorale/module-goals';
import { validatePlan } from '@chorale/module-goals';
import type { AgentSession } from './agent-session.ts';
import { budgetMistakes, readRoom, type BudgetRoom } from './budget-mistakes.ts';
import { frameData } from './frame-data.ts';
import { literal } from './literal.ts';
import { ownToolNames } from './own-tools.ts';
import { findRefusal, type OwnToolCall, type OwnToolResult } from './own-tool-call.ts';
import { staffMistakes } from './staff-plan.ts';
import { openSubGoal } from './open-sub-goal.ts';

/** Goals inside goals, counted from what a person asked for. */
const delegationDepthMax = 3;
/** Tasks that one session gives away. */
const delegatedMax = 32;
const shownLengthMax = 20_000;

interface DelegatedTask {
  readonly key: string;
  readonly agent: string;
  readonly skill?: string;
  readonly task: string;
  readonly input?: Json;
  readonly output?: { readonly [keyword: string]: Json };
}

export async function delegate(session: AgentSession, call: OwnToolCall): Promise<OwnToolResult> {
  const { tasks } = call.arguments as unknown as { readonly tasks: readonly DelegatedTask[] };
  const { agent, request } = session.parts;
  const definition = planOf(tasks);
  const room = await readRoom(session);
  const find = () => findObstacle(session, tasks.length) ?? findMistakes(session, definition, room);
  const why = await findRefusal(session, call, find);
  if (why !== undefined) return { text: why, isError: true };
  session.delegations += tasks.length;
  const end = await openSubGoal(session, {
    name: ownToolNames.delegate,
    title: `${request.claimed.goal.title} / ${tasks.map(({ key }) => key).join(', ')}`,
    definition,
    inputs: {},
    reason: `delegated by ${agent.name}`,
  });
  return {
    text: frameData(JSON.stringify(end), { from: ownToolNames.delegate, lengthMax: shownLengthMax }),
    isError: end.state !== 'succeeded',
    output: end.outputs ?? null,
  };
}

function planOf(tasks: readonly DelegatedTask[]): PlanDefinition {
  return {
    workflow: 'delegated',
    inputs: {},
    tasks: tasks.map(({ key, agent, skill, task, input, output }): TaskDefinition => ({
      key,
      kind: 'agent',
      agent,
      ...(skill === undefined ? {} : { skill }),
      title: task.slice(0, 200),
      needs: [],
      // Texts that a model wrote are not templates: an expression in them would be evaluated.
      with: literal({ task, ...(input === undefined ? {} : { input }) }),
      ...(output === undefined ? {} : { output }),
      onFailure: 'continue',
    })),
    outputs: Object.fromEntries(
      tasks.map(({ key }) => [
        key,
        `\${{ { 'state': tasks.${key}.state, 'output': tasks.${key}.output, 'failure': has(tasks.${key}.failure) ? tasks.${key}.failure.message : null } }}`,
      ]),
    ),
  };
}

function findObstacle(session: AgentSession, count: number): string | undefined {
  const { depth } = session.parts.request.claimed.goal;
  if (depth >= delegationDepthMax)
    return `You were given this task by an agent that was given its own; at most ${delegationDepthMax} levels are allowed. Do it yourself.`;
  if (session.delegations + count > delegatedMax)
    return `You have given away ${session.delegations} tasks; at most ${delegatedMax} in all. Do the rest yourself.`;
  return undefined;
}

function findMistakes(session: AgentSession, definition: PlanDefinition, room: BudgetRoom): string | undefined {
  const unfit = [...validatePlan(definition).map(({ message }) => message), ...staffMistakes(session, definition)];
  const mistakes = unfit.length > 0 ? unfit : budgetMistakes(session, definition, room);
  return mistakes.length === 0
    ? undefined
    : `The tasks cannot be given:\n${mistakes.map((one) => `- ${one}`).join('\n')}`;
}
