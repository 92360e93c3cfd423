import { refused } from '@chorale/lib-errors';
import type { ApprovalId, GoalId } from '@chorale/lib-ids';
import type { Approval } from '@chorale/module-goals';
import { z } from 'zod';
import { recordAsked } from '../../audit/approval-watch.ts';
import type { Caller } from '../caller.ts';
import { type ApiContext, defineRoute, type Route } from '../route.ts';
import { goalId, limit, pageOf, projectId } from '../schemas/fields.ts';
import { approvalSchema, approvalStateSchema, decisionSchema } from '../schemas/record.ts';
import { approvalView } from '../views/record-view.ts';

const approvalPath = z.strictObject({ approvalId: z.string().min(1).max(64) });
const limitDefault = 1000;

/** Throws `approval-not-found`. */
async function getApproval({ services }: ApiContext, { tenantId }: Caller, id: string): Promise<Approval> {
  const approval = await services.store.findApproval(tenantId, id as ApprovalId);
  if (approval !== undefined) return approval;
  throw refused('approval-not-found', `there is no approval ${id}`, {
    action: 'see the list of approvals for what there is',
  });
}

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/approvals',
  operation: 'listApprovals',
  summary: 'List questions to people',
  tag: 'approvals',
  permit: 'approval.read',
  inProjects: true,
  query: z.strictObject({
    state: approvalStateSchema.exactOptional(),
    goalId: goalId.exactOptional(),
    projectId: projectId.exactOptional(),
    limit,
    after: z.string().min(1).max(64).exactOptional(),
  }),
  responses: { 200: { description: 'Approvals.', schema: pageOf(approvalSchema) } },
  handle: async ({ caller, query }, { services }) => {
    const { goalId: goal, projectId: project, after, state, limit: asked = limitDefault } = query;
    const approvals = await services.store.listApprovals(caller.tenantId, {
      // One more than asked for shows whether there is another page.
      limit: asked + 1,
      ...(state === undefined ? {} : { state }),
      ...(goal === undefined ? {} : { goalId: goal as GoalId }),
      ...(project === undefined ? {} : { projectId: project }),
      ...(after === undefined ? {} : { after: after as ApprovalId }),
    });
    const items = approvals.slice(0, asked);
    const next = approvals.length > asked ? { next: items.at(-1)?.approvalId } : {};
    return { status: 200, body: { items: items.map(approvalView), ...next } };
  },
});

const getOne = defineRoute({
  method: 'GET',
  address: '/v1/approvals/{approvalId}',
  operation: 'getApproval',
  summary: 'Get one question and what is needed to decide',
  tag: 'approvals',
  permit: 'approval.read',
  inProjects: true,
  path: approvalPath,
  responses: { 200: { description: 'The approval.', schema: approvalSchema } },
  refusals: ['approval-not-found'],
  handle: async ({ caller, path }, context) => ({
    status: 200,
    body: approvalView(await getApproval(context, caller, path.approvalId)),
  }),
});

/** @throws refused `four-eyes`. */
async function refuseOwnAnswer(context: ApiContext, caller: Caller, { goalId, taskNo }: Approval): Promise<void> {
  const { store, access } = context.services;
  const goal = await store.findGoal(caller.tenantId, goalId);
  if (goal === undefined) return;
  const task = (await store.listTasks(caller.tenantId, goalId)).find(({ no }) => no === taskNo);
  const plan = await context.definitions.get(goal);
  const marked = task !== undefined && plan.tasks[task.definitionNo]?.fourEyes === true;
  const { tenantId, projectId, requestedBy } = goal;
  const resource = { tenantId, projectId, requestedBy, fourEyes: marked || access.fourEyesAlways };
  if (access.permissions.decide({ principal: caller, operation: 'approval.answer', resource }).allowed) return;
  throw refused('four-eyes', `${goal.requestedBy} has asked for this, and somebody else must answer it`, {
    action: 'ask another member who may answer approvals',
  });
}

const decide = defineRoute({
  method: 'POST',
  address: '/v1/approvals/{approvalId}/decision',
  operation: 'decideApproval',
  summary: 'Approve or reject',
  tag: 'approvals',
  permit: 'approval.answer',
  inProjects: true,
  path: approvalPath,
  body: decisionSchema,
  responses: { 200: { description: 'The approval as decided.', schema: approvalSchema } },
  refusals: ['approval-not-found', 'approval-decided', 'approval-expired', 'four-eyes'],
  audit: ({ path, body: { decision, comment } }) => ({
    on: { kind: 'approval', id: path.approvalId },
    detail: { decision },
    ...(comment === undefined ? {} : { personal: { comment: { value: comment } } }),
  }),
  handle: async ({ caller, path, body }, context) => {
    const approval = await getApproval(context, caller, path.approvalId);
    await recordAsked(context.services.audit, approval);
    await refuseOwnAnswer(context, caller, approval);
    await context.services.store.execute({
      command: 'decide-approval',
      tenantId: caller.tenantId,
      goalId: approval.goalId,
      approvalId: approval.approvalId,
      decidedBy: caller.subject,
      ...body,
    });
    return { status: 200, body: approvalView(await getApproval(context, caller, path.approvalId)) };
  },
});

export const approvalRoutes: readonly Route[] = [listAll, getOne, decide];
