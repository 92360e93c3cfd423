// Takes a goal in: the row, its tasks, and the first of them ready.
import { refused } from '@chorale/lib-errors';
import { defaultProject, type GoalId, type ProjectId, type TenantId } from '@chorale/lib-ids';
import type { Replies, SubmitGoal } from './command.ts';
import type { Goal } from './goal.ts';
import type { Json } from './json.ts';
import { plannedTask } from './planned-task.ts';
import type { PlanDefinition, PriorityClass, TaskDefinition } from './plan.ts';
import { makeWait, type Move } from './task-life.ts';
import { firstItemNo } from './task.ts';
import type { Draft } from './changes.ts';
import type { WorkingSet } from './working-set.ts';

/** Sub-goals inside sub-goals; deeper is a plan that calls itself. */
export const subGoalDepthMax = 8;

export function submitGoal(set: WorkingSet, command: SubmitGoal): Replies['submit-goal'] {
  const { tenantId, projectId = defaultProject, idempotencyKey } = command;
  const earlier = idempotencyKey === undefined ? undefined : set.findGoalByKey({ tenantId, projectId, idempotencyKey });
  if (earlier !== undefined) {
    const goal = set.getGoal(tenantId, earlier);
    if (goal.requestHash === command.requestHash) return { goal, existing: true };
    throw refused('idempotency-key-reused', `The key ${idempotencyKey} was used for another goal, ${earlier}.`, {
      action: 'Use a new key, or send the same request again.',
    });
  }
  const goal = addGoal(set, {
    tenantId,
    goalId: command.goalId,
    projectId,
    title: command.title,
    definition: command.definition,
    planHash: command.planHash,
    inputs: command.inputs,
    priority: command.priority,
    requestedBy: command.requestedBy,
    startAt: command.startAt !== undefined && command.startAt > set.now ? command.startAt : undefined,
    deadlineAt: command.deadlineAt,
    idempotencyKey,
    requestHash: command.requestHash,
    depth: 0,
  });
  return { goal, existing: false };
}

interface NewGoal {
  readonly tenantId: TenantId;
  readonly goalId: GoalId;
  readonly projectId: ProjectId;
  readonly title: string;
  readonly definition: PlanDefinition;
  readonly planHash: string;
  readonly inputs: { readonly [name: string]: Json };
  readonly priority: PriorityClass;
  readonly requestedBy: string;
  readonly startAt?: number | undefined;
  readonly deadlineAt?: number | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly requestHash?: string | undefined;
  readonly parentGoalId?: GoalId;
  readonly parentTaskNo?: number;
  readonly depth: number;
  /** Where it may have run before, in what a restore of the database took back. */
  readonly restoredIn?: number | undefined;
  /** Of the plan's first version; default: who asked for the goal, and `submitted`. */
  readonly planAuthor?: string;
  readonly planReason?: string;
}

export function addGoal(set: WorkingSet, given: NewGoal): Draft<Goal> {
  const { definition, planAuthor, planReason, ...fields } = given;
  const counted = definition.tasks.filter((task) => task.compensates !== true && task.removed !== true).length;
  const goal = set.addGoal({
    ...fields,
    startAt: given.startAt,
    deadlineAt: given.deadlineAt,
    idempotencyKey: given.idempotencyKey,
    requestHash: given.requestHash,
    parentGoalId: given.parentGoalId,
    parentTaskNo: given.parentTaskNo,
    workflow: definition.workflow,
    state: given.startAt === undefined ? 'running' : 'scheduled',
    version: 1,
    planVersion: 1,
    outputs: undefined,
    eventSeq: 0,
    tasksOpen: counted,
    tasksRunning: 0,
    tasksTotal: definition.tasks.length,
    nextItemNo: firstItemNo,
    tasksFailed: 0,
    createdAt: set.now,
    finishedAt: undefined,
    failure: undefined,
  });
  set.addDefinition(goal.tenantId, goal.planHash, definition);
  set.addPlanVersion({
    tenantId: goal.tenantId,
    goalId: goal.goalId,
    version: 1,
    planHash: goal.planHash,
    author: planAuthor ?? goal.requestedBy,
    reason: planReason ?? 'submitted',
    changes: [],
    at: set.now,
  });
  set.emit(goal, {
    type: 'goal-submitted',
    data: {
      title: goal.title,
      workflow: goal.workflow,
      tasks: definition.tasks.length,
    },
  });
  addTasks(set, goal, definition);
  return goal;
}

function addTasks(set: WorkingSet, goal: Draft<Goal>, definition: PlanDefinition): void {
  for (const no of definition.tasks.keys()) {
    const planned = plannedTask(goal, definition, no);
    if (planned === undefined) continue;
    const { state, needsLeft } = set.addTask(planned);
    if (state === 'waiting' && needsLeft === 0 && goal.state === 'running')
      set.consequences.push({ about: 'unlock', tenantId: goal.tenantId, goalId: goal.goalId, no });
  }
  if (definition.tasks.length === 0) {
    set.consequences.push({ about: 'goal-settled', tenantId: goal.tenantId, goalId: goal.goalId });
  }
}

/** Starts the goal of a task of kind workflow; the task is blocked until that goal has ended. */
export function startSubGoal({ set, goal, task }: Move, definition: TaskDefinition, inputs: Json): void {
  const { children, strategy } = set.getDefinition(goal);
  const child = children?.[definition.workflow ?? ''];
  if (child === undefined) {
    throw refused(
      'workflow-not-found',
      `Task ${task.key} runs workflow ${definition.workflow}, which its plan does not hold.`,
    );
  }
  if (goal.depth >= subGoalDepthMax) {
    throw refused(
      'sub-goals-too-deep',
      `Task ${task.key} would start a sub-goal ${goal.depth + 1} levels deep; at most ${subGoalDepthMax} are allowed.`,
    );
  }
  if (inputs === null || typeof inputs !== 'object' || Array.isArray(inputs)) {
    throw refused(
      'inputs-invalid',
      `Task ${task.key} gives its sub-workflow ${JSON.stringify(inputs)}; inputs are a map of names to values.`,
    );
  }
  const goalId = set.newGoalId();
  addGoal(set, {
    tenantId: goal.tenantId,
    goalId,
    projectId: goal.projectId,
    title: `${goal.title} / ${task.key}`,
    definition: strategy === undefined ? child : { strategy, ...child },
    // Names the part of the parent's plan it is: equal parents share it as they share their own.
    planHash: `${goal.planHash}/${definition.workflow}`,
    inputs: withDefaults(child, inputs as { readonly [name: string]: Json }),
    priority: goal.priority,
    requestedBy: goal.requestedBy,
    deadlineAt: goal.deadlineAt,
    parentGoalId: goal.goalId,
    parentTaskNo: task.no,
    depth: goal.depth + 1,
    restoredIn: goal.restoredIn,
  });
  makeWait({ set, goal, task }, { state: 'blocked', reason: 'sub-goal', waitsFor: goalId });
}

function withDefaults(
  definition: PlanDefinition,
  inputs: { readonly [name: string]: Json },
): { readonly [name: string]: Json } {
  const complete: Record<string, Json> = {};
  for (const [name, input] of Object.entries(definition.inputs)) {
    const value = inputs[name] ?? input.default;
    if (value === undefined && input.required === true) {
      throw refused('inputs-invalid', `Workflow ${definition.workflow} needs the input "${name}".`);
    }
    // Null and not absent, so that an expression may ask whether an optional input was given.
    complete[name] = value ?? null;
  }
  return complete;
}
