// From what a caller asks for to a durable goal.
import { createHash } from 'node:crypto';
import type { GoalRequest, Json } from '@chorale/lib-client';
import { type GoalId, makeId } from '@chorale/lib-ids';
import { canonicalJson, type PlanDefinition, type Replies, type SubmitGoal } from '@chorale/module-goals';
import { resolveInputs } from '@chorale/module-catalog';
import type { BudgetId } from '@chorale/module-models';
import { limitOf } from '../models/configured-budgets.ts';
import type { Caller } from './caller.ts';
import { chooseProject } from './choose-project.ts';
import { readWorkflow } from './read-workflow.ts';
import { refuseWithoutModel } from './refuse-without-model.ts';
import type { ApiServices } from './services.ts';
import { priorityClass } from './views/goal-view.ts';

/** A request whose times have been read. */
export type CheckedGoalRequest = Omit<GoalRequest, 'startAt' | 'deadlineAt'> & {
  readonly startAt?: number;
  readonly deadlineAt?: number;
};

interface PreparedPlan {
  readonly definition: PlanDefinition;
  readonly planHash: string;
  readonly inputs: { readonly [name: string]: Json };
}

/** Throws `workflow-invalid`, `inputs-invalid`, `catalog-unknown`, `catalog-untrusted`. */
export function preparePlan(
  services: Pick<ApiServices, 'catalog' | 'hashDefinition'>,
  request: Pick<GoalRequest, 'workflow' | 'definition' | 'definitionFile' | 'inputs'>,
): PreparedPlan {
  const definition = readWorkflow(services.catalog(), request);
  const inputs = resolveInputs(definition, request.inputs ?? {});
  return { definition, planHash: hashOf(services, definition), inputs };
}

/** Kept with the plan: what the caller says of this goal comes before what the workflow says of all of its own. */
function withStrategy(
  { hashDefinition }: Pick<ApiServices, 'hashDefinition'>,
  plan: PreparedPlan,
  strategy: GoalRequest['strategy'],
): PreparedPlan {
  if (strategy === undefined || strategy === plan.definition.strategy) return plan;
  const definition = { ...plan.definition, strategy };
  return { ...plan, definition, planHash: hashDefinition(definition) };
}

/** Definitions are never changed, and those that are submitted again and again are the same object. */
const hashes = new WeakMap<PlanDefinition, string>();

function hashOf({ hashDefinition }: Pick<ApiServices, 'hashDefinition'>, definition: PlanDefinition): string {
  const planHash = hashes.get(definition) ?? hashDefinition(definition);
  hashes.set(definition, planHash);
  return planHash;
}

export async function submitGoal(
  services: Pick<
    ApiServices,
    'access' | 'store' | 'catalog' | 'hashDefinition' | 'now' | 'random' | 'models' | 'tenants'
  >,
  caller: Caller,
  { idempotencyKey, ...request }: CheckedGoalRequest & { readonly idempotencyKey?: string | undefined },
): Promise<Replies['submit-goal']> {
  const operation = 'goal.submit';
  const projectId = await chooseProject(services.access, caller, { operation, asked: request.projectId });
  const plan = withStrategy(services, preparePlan(services, request), request.strategy);
  await refuseWithoutModel(services, plan.definition);
  const goalId: GoalId = makeId('goal', services.now(), services.random);
  const command: SubmitGoal = {
    command: 'submit-goal',
    tenantId: caller.tenantId,
    goalId,
    projectId,
    title: request.title ?? plan.definition.workflow,
    ...plan,
    priority: priorityClass(request.priority ?? 'normal'),
    requestedBy: caller.subject,
    ...(request.startAt === undefined ? {} : { startAt: request.startAt }),
    ...(request.deadlineAt === undefined ? {} : { deadlineAt: request.deadlineAt }),
    // Of what was asked, not of what it was compiled to: a retry must find its goal although the file has changed.
    ...(idempotencyKey === undefined ? {} : { idempotencyKey, requestHash: hashRequest(request) }),
  };
  const { budgetUsd } = request;
  const room = { goals: 1, tasks: plan.definition.tasks.length };
  return services.tenants.withRoom({ tenantId: caller.tenantId, projectId }, room, () =>
    budgetUsd === undefined ? services.store.execute(command) : submitWithBudget(services, command, budgetUsd),
  );
}

/** The budget is there before the first call can be made. One of a goal that did not come to be is taken back. */
async function submitWithBudget(
  { store, models: { spend }, now, random }: Pick<ApiServices, 'store' | 'models' | 'now' | 'random'>,
  command: SubmitGoal,
  usd: number,
): Promise<Replies['submit-goal']> {
  const { tenantId, goalId } = command;
  const budgetId: BudgetId = makeId<'budget'>('budget', now(), random);
  const budget = {
    tenantId,
    budgetId,
    scope: 'goal',
    subject: goalId,
    window: 'total',
    limit: limitOf({ usd }),
  } as const;
  await spend.execute({ command: 'put-budget', tenantId, budget });
  let goal: Replies['submit-goal'] | undefined;
  try {
    goal = await store.execute(command);
    return goal;
  } finally {
    if (goal?.goal.goalId !== goalId) await spend.execute({ command: 'drop-budget', tenantId, budgetId });
  }
}

function hashRequest(request: CheckedGoalRequest): string {
  return createHash('sha256').update(canonicalJson(request)).digest('hex');
}
