// From what a caller asks for to a durable goal.
import { createHash } from 'node:crypto';
import type { GoalRequest, Json } from '@chorale/lib-client';
import { defaultTenant, type GoalId, makeId } from '@chorale/lib-ids';
import { canonicalJson, type PlanDefinition, type Replies, type SubmitGoal } from '@chorale/module-goals';
import { resolveInputs } from '@chorale/module-catalog';
import { readWorkflow } from './read-workflow.ts';
import type { ApiServices } from './services.ts';
import { priorityClass } from './views/goal-view.ts';

/** Whoever reaches this API is the owner of the installation, until there are people to tell apart. */
export const localOwner = 'owner';

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
  return { definition, planHash: services.hashDefinition(definition), inputs };
}

export async function submitGoal(
  services: Pick<ApiServices, 'store' | 'catalog' | 'hashDefinition' | 'now' | 'random'>,
  request: CheckedGoalRequest,
  idempotencyKey?: string,
): Promise<Replies['submit-goal']> {
  const plan = preparePlan(services, request);
  const goalId: GoalId = makeId('goal', services.now(), services.random);
  const command: SubmitGoal = {
    command: 'submit-goal',
    tenantId: defaultTenant,
    goalId,
    title: request.title ?? plan.definition.workflow,
    ...plan,
    priority: priorityClass(request.priority ?? 'normal'),
    requestedBy: localOwner,
    ...(request.startAt === undefined ? {} : { startAt: request.startAt }),
    ...(request.deadlineAt === undefined ? {} : { deadlineAt: request.deadlineAt }),
    // Of what was asked, not of what it was compiled to: a retry must find its goal although the file has changed.
    ...(idempotencyKey === undefined ? {} : { idempotencyKey, requestHash: hashRequest(request) }),
  };
  return services.store.execute(command);
}

function hashRequest(request: CheckedGoalRequest): string {
  return createHash('sha256').update(canonicalJson(request)).digest('hex');
}
