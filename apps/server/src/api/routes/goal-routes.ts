import type { GoalId } from '@chorale/lib-ids';
import { refused } from '@chorale/lib-errors';
import { type Goal, goalStates, type GoalState, takesTasks } from '@chorale/module-goals';
import { z } from 'zod';
import { type Caller, mayDoIn } from '../caller.ts';
import { explainGoal } from '../explain-goal.ts';
import { minVersionOf } from '../lagging-reads.ts';
import { readSessions } from '../read-sessions.ts';
import { type Answer, type ApiContext, defineRoute, type Route } from '../route.ts';
import { cursor, goalId, json, limit, name, pageOf, projectId } from '../schemas/fields.ts';
import { goalChangeSchema, goalExplanationSchema, goalRequestSchema, goalSchema } from '../schemas/goal.ts';
import { submitGoal } from '../submit-goal.ts';
import { goalView } from '../views/goal-view.ts';

export const goalPath = z.strictObject({ goalId });

/** Throws `goal-not-found`. */
export async function getGoal({ services }: ApiContext, { tenantId }: Caller, id: string): Promise<Goal> {
  const goal = await services.store.findGoal(tenantId, id as GoalId);
  if (goal === undefined) {
    throw refused('goal-not-found', `there is no goal ${id}`, { action: 'see the list of goals for what there is' });
  }
  return goal;
}

function etagOf(goal: Goal): string {
  return `"${goal.version}"`;
}

export function answerGoal(goal: Goal, status = 200): Answer {
  return { status, headers: { etag: etagOf(goal) }, body: goalView(goal) };
}

/** RFC 9110, section 13.1: a list of tags or `*`; a weak tag counts as its strong one when only compared for reading. */
function matchesTag(header: string, tag: string): boolean {
  return header.split(',').some((part) => part.trim() === '*' || part.trim().replace(/^W\//, '') === tag);
}

/** RFC 9111, section 5.2.1. */
function asksAnew(cacheControl: string | undefined): boolean {
  return cacheControl !== undefined && /\b(?:no-cache|no-store|max-age=0)\b/i.test(cacheControl);
}

const idempotencyKey = z
  .string()
  .min(1)
  .max(200)
  .exactOptional()
  .describe('The same key with the same body gives the same goal, however often it is sent.');

const submit = defineRoute({
  method: 'POST',
  address: '/v1/goals',
  operation: 'submitGoal',
  summary: 'Submit a goal',
  tag: 'goals',
  permit: 'goal.submit',
  record: 'work',
  inProjects: true,
  headers: z.object({ 'idempotency-key': idempotencyKey }),
  body: goalRequestSchema,
  responses: {
    201: { description: 'It was taken in, and is durable.', schema: goalSchema, headers: { location: 'The goal.' } },
    200: { description: 'It had been taken in before under this idempotency key.', schema: goalSchema },
  },
  refusals: [
    'workflow-invalid',
    'inputs-invalid',
    'catalog-unknown',
    'catalog-untrusted',
    'agent-needs-model',
    'idempotency-key-reused',
    'quota-exceeded',
    'project-not-found',
    'project-archived',
  ],
  handle: async ({ caller, body, headers }, { services }) => {
    const { goal, existing } = await submitGoal(services, caller, {
      ...body,
      idempotencyKey: headers['idempotency-key'],
    });
    const answer = answerGoal(goal, existing ? 200 : 201);
    return { ...answer, headers: { ...answer.headers, location: `/v1/goals/${goal.goalId}` } };
  },
});

const stateList = z
  .string()
  .max(200)
  .transform((text, context) => {
    const states = text.split(',');
    const wrong = states.find((state) => !goalStates.includes(state as GoalState));
    if (wrong === undefined) return states as GoalState[];
    context.addIssue(`has the unknown state ${wrong.slice(0, 40)}; known are ${goalStates.join(', ')}`);
    return z.NEVER;
  })
  .describe(`One or several of ${goalStates.join(', ')}, separated by commas.`);

const archivedSwitch = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .exactOptional()
  .describe('`true`: those that were put into the archive; they are in no other list. Default `false`.');

const restoredSwitch = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .exactOptional()
  .describe(
    '`true`: only those that a restore of the database left open and that nobody has reconciled. Default `false`.',
  );

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/goals',
  operation: 'listGoals',
  mayLag: true,
  summary: 'List goals, newest first',
  tag: 'goals',
  permit: 'goal.read',
  inProjects: true,
  query: z.strictObject({
    state: stateList.exactOptional(),
    workflow: name.exactOptional(),
    projectId: projectId.exactOptional(),
    archived: archivedSwitch,
    restored: restoredSwitch,
    limit,
    after: cursor,
  }),
  responses: { 200: { description: 'A page of goals.', schema: pageOf(goalSchema) } },
  handle: async ({ caller, query: { state, ...filter } }, { services }) => {
    const page = await services.store.listGoals(caller.tenantId, {
      limit: 50,
      ...filter,
      ...(state === undefined ? {} : { states: state }),
    });
    return {
      status: 200,
      body: { items: page.items.map(goalView), ...(page.next === undefined ? {} : { next: page.next }) },
    };
  },
});

const getOne = defineRoute({
  method: 'GET',
  address: '/v1/goals/{goalId}',
  operation: 'getGoal',
  summary: 'Get one goal',
  tag: 'goals',
  permit: 'goal.read',
  inProjects: true,
  path: goalPath,
  description: 'As it was at most a second ago; with `Cache-Control: no-cache`, and without If-None-Match, as it is.',
  headers: z.object({
    'if-none-match': z.string().max(500).exactOptional(),
    'cache-control': z.string().max(500).exactOptional(),
  }),
  responses: {
    200: { description: 'The goal.', schema: goalSchema, headers: { etag: 'Its version.' } },
    304: { description: 'It still has the version named in If-None-Match.' },
  },
  refusals: ['goal-not-found'],
  handle: async ({ caller, path, headers, request }, context) => {
    const { goalReads, services } = context;
    const known = headers['if-none-match'];
    // Programs that compare tags are made to say `no-cache` by fetch itself (https://fetch.spec.whatwg.org), and mean nothing by it.
    const kept =
      known === undefined && asksAnew(headers['cache-control'])
        ? undefined
        : await goalReads.find(
            services.store,
            { tenantId: caller.tenantId, goalId: path.goalId as GoalId },
            minVersionOf(request),
          );
    const goal = kept ?? (await getGoal(context, caller, path.goalId));
    if (known !== undefined && matchesTag(known, etagOf(goal))) return { status: 304, headers: { etag: etagOf(goal) } };
    return { status: 200, headers: { etag: etagOf(goal) }, ...goalReads.write(goal) };
  },
});

function changeRoute(verb: 'pause' | 'resume' | 'cancel', summary: string, refusals: readonly string[]): Route {
  return defineRoute({
    method: 'POST',
    address: `/v1/goals/{goalId}/${verb}`,
    operation: `${verb}Goal`,
    summary,
    tag: 'goals',
    permit: verb === 'cancel' ? 'goal.cancel' : 'goal.steer',
    audit: ({ path }) => ({ on: { kind: 'goal', id: path.goalId }, detail: { did: verb } }),
    inProjects: true,
    path: goalPath,
    headers: z.object({ 'if-match': z.string().max(500).exactOptional() }),
    body: goalChangeSchema,
    bodyOptional: true,
    responses: { 200: { description: 'The goal as it is now.', schema: goalSchema } },
    refusals: ['goal-not-found', 'version-changed', ...refusals],
    handle: async ({ caller, path, headers, body }, context) => {
      const goal = await getGoal(context, caller, path.goalId);
      const expected = headers['if-match'];
      const matches = expected === undefined || matchesTag(expected, etagOf(goal));
      const changed = await context.services.store.execute({
        command: `${verb}-goal`,
        tenantId: caller.tenantId,
        goalId: goal.goalId,
        by: caller.subject,
        reason: body.reason ?? '',
        // Compared again where nothing can come between: what does not match now is refused there as well.
        ...(expected === undefined || expected.trim() === '*' ? {} : { expectedVersion: matches ? goal.version : -1 }),
      });
      return answerGoal(changed.goal);
    },
  });
}

const explain = defineRoute({
  method: 'GET',
  address: '/v1/goals/{goalId}/explain',
  operation: 'explainGoal',
  mayLag: true,
  summary: 'Say why a goal is where it is, task by task, and what each agent did, step by step',
  tag: 'goals',
  permit: 'goal.read',
  inProjects: true,
  path: goalPath,
  query: z.strictObject({
    sessions: z
      .enum(['all', 'none'])
      .exactOptional()
      .describe('`none` leaves out what the agents did. Default `all`, for whoever may read steps.'),
  }),
  responses: { 200: { description: 'Sentences for people and the facts behind them.', schema: goalExplanationSchema } },
  refusals: ['goal-not-found'],
  handle: async ({ caller, path, query }, context) => {
    const { store, now, models, access } = context.services;
    const goal = await getGoal(context, caller, path.goalId);
    const [definition, tasks, approvals, workers] = await Promise.all([
      context.definitions.get(goal),
      store.listTasks(caller.tenantId, goal.goalId),
      store.listApprovals(caller.tenantId, { goalId: goal.goalId, state: 'pending', limit: 1000 }),
      store.listWorkers(),
    ]);
    const situation = { goal, definition, tasks, approvals, workers: workers.filter(takesTasks), now: now() };
    if (query.sessions === 'none' || !mayDoIn(access, caller, { ...goal, operation: 'step.read' }))
      return { status: 200, body: explainGoal(situation) };
    const sessions = await readSessions({ store, spend: models.spend }, tasks, definition);
    return { status: 200, body: explainGoal({ ...situation, sessions }) };
  },
});

const signal = defineRoute({
  method: 'POST',
  address: '/v1/goals/{goalId}/signals/{name}',
  operation: 'sendSignal',
  summary: 'Send a signal to the task of that name',
  description: 'The body is the payload, any JSON; it becomes the output of the signal task.',
  tag: 'goals',
  permit: 'goal.steer',
  audit: ({ path }) => ({ on: { kind: 'goal', id: path.goalId }, detail: { did: 'signal', signal: path.name } }),
  inProjects: true,
  path: goalPath.extend({ name }),
  body: json,
  responses: { 202: { description: 'It was received.', schema: goalSchema } },
  refusals: ['goal-not-found', 'signal-unknown', 'signal-received-already', 'goal-ended'],
  handle: async ({ caller, path, body }, context) => {
    const { goalId } = await getGoal(context, caller, path.goalId);
    const { goal } = await context.services.store.execute({
      command: 'send-signal',
      tenantId: caller.tenantId,
      goalId,
      name: path.name,
      payload: body,
    });
    return answerGoal(goal, 202);
  },
});

const reconcile = defineRoute({
  method: 'POST',
  address: '/v1/goals/{goalId}/reconcile',
  operation: 'reconcileGoal',
  summary: 'Say that nothing is unknown any more of what was done before the database was restored',
  description:
    'Until then every call that cannot be repeated and that the journal does not tell of is asked about before it is made.',
  tag: 'goals',
  permit: 'goal.steer',
  audit: ({ path }) => ({ on: { kind: 'goal', id: path.goalId }, detail: { did: 'reconcile' } }),
  inProjects: true,
  path: goalPath,
  responses: { 200: { description: 'The goal as it is now.', schema: goalSchema } },
  refusals: ['goal-not-found'],
  handle: async ({ caller, path }, context) => {
    const { goalId } = await getGoal(context, caller, path.goalId);
    const { tenantId, subject: by } = caller;
    const { goal } = await context.services.store.execute({ command: 'reconcile-goal', tenantId, goalId, by });
    return answerGoal(goal);
  },
});

export const goalRoutes: readonly Route[] = [
  submit,
  listAll,
  getOne,
  changeRoute('pause', 'Start no further tasks; running ones go on', ['goal-not-running']),
  changeRoute('resume', 'Go on after a pause', ['goal-not-paused', 'parent-goal-paused']),
  changeRoute('cancel', 'Stop running tasks and end the goal', ['goal-ended']),
  reconcile,
  explain,
  signal,
];
