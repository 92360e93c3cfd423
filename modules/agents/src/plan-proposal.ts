// A plan as a model or a person writes it, and the definition it stands for.

import type { Json, PlanDefinition, TaskDefinition } from '@chorale/module-goals';
import { validatePlan } from '@chorale/module-goals';
import type { AgentSession } from './agent-session.ts';
import { literal } from './literal.ts';
import { staffMistakes } from './staff-plan.ts';
import type { WorkflowChoice } from './thinking-ports.ts';

export interface PlanProposal {
  readonly reason: string;
  readonly tasks: readonly ProposedTask[];
  readonly outputs: { readonly [name: string]: Json };
}

interface ProposedTask {
  readonly key: string;
  readonly title?: string;
  readonly agent?: string;
  readonly skill?: string;
  readonly workflow?: string;
  readonly question?: string;
  readonly task?: string;
  readonly input?: Json;
  readonly needs?: readonly string[];
  readonly output?: { readonly [keyword: string]: Json };
  readonly optional?: boolean;
}

export interface ReadPlan {
  readonly definition: PlanDefinition;
  /** Empty when it may run. */
  readonly mistakes: readonly string[];
}

/** Fits the schema of `run-plan`; whether it may run is said here, every mistake at once. */
export function readProposal(session: AgentSession, { tasks, outputs }: PlanProposal): ReadPlan {
  const workflows = new Map((session.parts.ports.team?.listWorkflows() ?? []).map((choice) => [choice.name, choice]));
  const own = tasks.flatMap((task) => kindMistakes(task, workflows));
  const used = [...new Set(tasks.flatMap(({ workflow }) => workflow ?? []))];
  const definition: PlanDefinition = {
    workflow: 'planned',
    inputs: {},
    tasks: tasks.map(taskOf),
    outputs,
    children: Object.fromEntries(used.flatMap((name) => childOf(workflows.get(name)))),
  };
  const mistakes = [...own, ...(own.length > 0 ? [] : validatePlan(definition).map(({ message }) => message))];
  return { definition, mistakes: [...mistakes, ...staffMistakes(session, definition)] };
}

function kindMistakes(
  { key, agent, workflow, question, task }: ProposedTask,
  workflows: ReadonlyMap<string, WorkflowChoice>,
): readonly string[] {
  const kinds = [agent, workflow, question].filter((given) => given !== undefined).length;
  if (kinds !== 1)
    return [`the task \`${key}\` must have exactly one of agent, workflow and question; it has ${kinds}`];
  if (agent !== undefined && task === undefined)
    return [`the task \`${key}\` does not say what ${agent} is to do: give it \`task\``];
  if (workflow !== undefined && !workflows.has(workflow))
    return [
      `the task \`${key}\` runs the workflow \`${workflow}\`, which there is not; there are: ${[...workflows.keys()].join(', ') || 'none'}`,
    ];
  return [];
}

function childOf(choice: WorkflowChoice | undefined): readonly (readonly [string, PlanDefinition])[] {
  return choice === undefined ? [] : [[choice.name, choice.definition]];
}

function taskOf({
  key,
  title,
  agent,
  skill,
  workflow,
  question,
  task,
  input,
  needs,
  output,
  optional,
}: ProposedTask): TaskDefinition {
  const common = {
    key,
    needs: needs ?? [],
    ...(title === undefined ? {} : { title }),
    ...(optional === true ? { onFailure: 'continue' as const } : {}),
  };
  if (question !== undefined)
    return { ...common, kind: 'approval', question, ...(input === undefined ? {} : { with: input }) };
  if (workflow !== undefined)
    return { ...common, kind: 'workflow', workflow, ...(input === undefined ? {} : { with: input }) };
  return {
    ...common,
    kind: 'agent',
    agent: agent ?? '',
    ...(skill === undefined ? {} : { skill }),
    // The words of the task are not a template; its input is one, and reads what other tasks gave.
    with: { task: literal(task ?? ''), ...(input === undefined ? {} : { input }) },
    ...(output === undefined ? {} : { output }),
  };
}
