import { applyPlanChanges, type Goal } from '@chorale/module-goals';
import { actBy } from '../../audit/act-by.ts';
import { requirePermission } from '../caller.ts';
import { findPassedApprovals, type PlanStep } from '../passed-approvals.ts';
import { refuseUntrusted } from '../read-workflow.ts';
import { type ApiContext, defineRoute, type Input, type Route } from '../route.ts';
import { goalSchema } from '../schemas/goal.ts';
import { planChangeRequestSchema, planSchema } from '../schemas/plan.ts';
import { definitionView, planVersionView, readChange } from '../views/plan-view.ts';
import { answerGoal, getGoal, goalPath } from './goal-routes.ts';

const getPlan = defineRoute({
  method: 'GET',
  address: '/v1/goals/{goalId}/plan',
  operation: 'getPlan',
  summary: 'Get the plan of a goal, and how it came to be',
  tag: 'plans',
  permit: 'goal.read',
  inProjects: true,
  path: goalPath,
  responses: { 200: { description: 'The definition and all versions.', schema: planSchema } },
  refusals: ['goal-not-found'],
  handle: async ({ caller, path }, context) => {
    const goal = await getGoal(context, caller, path.goalId);
    const versions = await context.services.store.listPlanVersions(caller.tenantId, goal.goalId);
    const definition = definitionView(await context.definitions.get(goal));
    const { goalId, planVersion, planHash } = goal;
    return {
      status: 200,
      body: { goalId, version: planVersion, planHash, definition, versions: versions.map(planVersionView) },
    };
  },
});

interface Asking extends Pick<Input<unknown, unknown, unknown, unknown>, 'caller' | 'request'> {
  readonly goal: Goal;
}

/** Getting past an approval is answering it. @throws refused `not-permitted`. */
async function requireAnswers({ services }: ApiContext, asking: Asking, step: PlanStep): Promise<void> {
  const { access, audit, store } = services;
  const { caller, goal } = asking;
  const tasks = await store.listTasks(caller.tenantId, goal.goalId);
  for (const no of findPassedApprovals(step, tasks)) {
    const { key, fourEyes = false } = step.before.tasks[no]!;
    const { tenantId, projectId, requestedBy } = goal;
    const resource = { tenantId, projectId, requestedBy, fourEyes: fourEyes || access.fourEyesAlways };
    const operation = 'approval.answer';
    requirePermission(access, { caller, operation, resource });
    const on = { kind: 'task', id: `${goal.goalId}/${key}` };
    await audit.record({ ...actBy(asking), what: operation, on, decision: 'allowed', detail: { decision: 'passed' } });
  }
}

const changePlan = defineRoute({
  method: 'POST',
  address: '/v1/goals/{goalId}/plan-changes',
  operation: 'changePlan',
  summary: 'Change the plan of a running goal',
  description:
    'All changes happen or none; they make one new version of the plan. Whoever takes an approval out of the way must be one who may answer it.',
  tag: 'plans',
  permit: 'goal.steer',
  audit: ({ path }) => ({ on: { kind: 'goal', id: path.goalId }, detail: { did: 'change-plan' } }),
  inProjects: true,
  path: goalPath,
  body: planChangeRequestSchema,
  responses: { 200: { description: 'The goal with its new plan version.', schema: goalSchema } },
  refusals: ['goal-not-found', 'goal-ended', 'task-not-found', 'plan-invalid', 'plan-changed-meanwhile'],
  handle: async ({ caller, path, body, request }, context) => {
    const { store, hashDefinition, catalog } = context.services;
    const goal = await getGoal(context, caller, path.goalId);
    const changes = body.changes.map(readChange);
    const before = await context.definitions.get(goal);
    const changed = applyPlanChanges(before, changes);
    const added = changes.flatMap((change) => ('task' in change ? [change.task] : []));
    refuseUntrusted({ tasks: added }, catalog());
    await requireAnswers(context, { caller, request, goal }, { before, after: changed, changes });
    const reply = await store.execute({
      command: 'edit-plan',
      tenantId: caller.tenantId,
      goalId: goal.goalId,
      by: caller.subject,
      reason: body.reason,
      changes,
      expectedPlanVersion: body.expectedPlanVersion ?? goal.planVersion,
      planHash: hashDefinition(changed),
    });
    return answerGoal(reply.goal);
  },
});

export const planRoutes: readonly Route[] = [getPlan, changePlan];
