import { refused } from '@chorale/lib-errors';
import { makeId } from '@chorale/lib-ids';
import type { Goal, Task } from '@chorale/module-goals';
import { z } from 'zod';
import { requireActiveProject } from '../choose-project.ts';
import { pageByNumber } from '../page-by-number.ts';
import { type ApiContext, defineRoute, type Route } from '../route.ts';
import { cursor, limit, name, pageOf, queryNumber, taskNo } from '../schemas/fields.ts';
import { goalSchema } from '../schemas/goal.ts';
import { attemptSchema, messageRequestSchema, retryRequestSchema, stepSchema, taskSchema } from '../schemas/task.ts';
import { attemptView, stepView, taskView } from '../views/task-view.ts';
import { answerGoal, getGoal, goalPath } from './goal-routes.ts';

const taskPath = goalPath.extend({ taskNo });
const keyPath = goalPath.extend({ key: name });
const page = z.strictObject({ limit, after: cursor });

/** Throws `task-not-found`. */
async function getTask({ services }: ApiContext, { tenantId, goalId }: Goal, no: number): Promise<Task> {
  const tasks = await services.store.listTasks(tenantId, goalId);
  const task = tasks.find((candidate) => candidate.no === no);
  if (task !== undefined) return task;
  throw refused('task-not-found', `goal ${goalId} has no task number ${no}`, { action: "see the goal's tasks" });
}

const listTasks = defineRoute({
  method: 'GET',
  address: '/v1/goals/{goalId}/tasks',
  operation: 'listTasks',
  summary: 'List the tasks of a goal',
  tag: 'tasks',
  permit: 'goal.read',
  inProjects: true,
  path: goalPath,
  query: page,
  responses: { 200: { description: 'A page of tasks, by number.', schema: pageOf(taskSchema) } },
  refusals: ['goal-not-found'],
  handle: async ({ caller, path, query }, context) => {
    const goal = await getGoal(context, caller, path.goalId);
    const tasks = await context.services.store.listTasks(caller.tenantId, goal.goalId);
    const plan = await context.definitions.get(goal);
    const { items, ...rest } = pageByNumber(tasks, (task) => task.no, query);
    return { status: 200, body: { items: items.map((task) => taskView(task, plan)), ...rest } };
  },
});

const getOne = defineRoute({
  method: 'GET',
  address: '/v1/goals/{goalId}/tasks/{taskNo}',
  operation: 'getTask',
  summary: 'Get one task',
  tag: 'tasks',
  permit: 'goal.read',
  inProjects: true,
  path: taskPath,
  responses: { 200: { description: 'The task.', schema: taskSchema } },
  refusals: ['goal-not-found', 'task-not-found'],
  handle: async ({ caller, path }, context) => {
    const goal = await getGoal(context, caller, path.goalId);
    const task = await getTask(context, goal, path.taskNo);
    return { status: 200, body: taskView(task, await context.definitions.get(goal)) };
  },
});

const listAttempts = defineRoute({
  method: 'GET',
  address: '/v1/goals/{goalId}/tasks/{taskNo}/attempts',
  operation: 'listAttempts',
  mayLag: true,
  summary: 'List the ended tries at a task',
  tag: 'tasks',
  permit: 'goal.read',
  inProjects: true,
  path: taskPath,
  query: page,
  responses: { 200: { description: 'A page of attempts, oldest first.', schema: pageOf(attemptSchema) } },
  refusals: ['goal-not-found', 'task-not-found'],
  handle: async ({ caller, path, query }, context) => {
    const goal = await getGoal(context, caller, path.goalId);
    const task = await getTask(context, goal, path.taskNo);
    const attempts = await context.services.store.listAttempts(caller.tenantId, goal.goalId, task.no);
    const { items, ...rest } = pageByNumber(attempts, (attempt) => attempt.attempt, query);
    return { status: 200, body: { items: items.map(attemptView), ...rest } };
  },
});

const listSteps = defineRoute({
  method: 'GET',
  address: '/v1/goals/{goalId}/tasks/{taskNo}/steps',
  operation: 'listSteps',
  mayLag: true,
  summary: "List the journal of a task's run",
  tag: 'tasks',
  permit: 'step.read',
  inProjects: true,
  path: taskPath,
  query: page.extend({
    run: queryNumber({ min: 0, max: 1_000_000 }).exactOptional().describe('Default: the latest run.'),
  }),
  responses: { 200: { description: 'A page of steps, in order.', schema: pageOf(stepSchema) } },
  refusals: ['goal-not-found', 'task-not-found'],
  handle: async ({ caller, path, query }, context) => {
    const goal = await getGoal(context, caller, path.goalId);
    const task = await getTask(context, goal, path.taskNo);
    const run = query.run ?? task.run;
    const steps = await context.services.store.listSteps(caller.tenantId, goal.goalId, { taskNo: task.no, run });
    const { items, ...rest } = pageByNumber(steps, (step) => step.stepNo, query);
    return { status: 200, body: { items: items.map(stepView), ...rest } };
  },
});

const retry = defineRoute({
  method: 'POST',
  address: '/v1/goals/{goalId}/tasks/{key}/retry',
  operation: 'retryTask',
  summary: 'Try a task that failed again, with another input if one is given',
  tag: 'tasks',
  permit: 'goal.steer',
  audit: ({ path }) => ({ on: { kind: 'goal', id: path.goalId }, detail: { did: 'retry', task: path.key } }),
  inProjects: true,
  path: keyPath,
  body: retryRequestSchema,
  bodyOptional: true,
  responses: { 200: { description: 'The goal as it is now.', schema: goalSchema } },
  refusals: ['goal-not-found', 'task-not-found', 'project-archived'],
  handle: async ({ caller, path, body }, context) => {
    const goal = await getGoal(context, caller, path.goalId);
    await requireActiveProject(context.services.access, goal);
    const reply = await context.services.store.execute({
      command: 'retry-task',
      tenantId: caller.tenantId,
      goalId: goal.goalId,
      taskKey: path.key,
      by: caller.subject,
      ...body,
    });
    return answerGoal(reply.goal);
  },
});

const rerun = defineRoute({
  method: 'POST',
  address: '/v1/goals/{goalId}/tasks/{key}/rerun',
  operation: 'rerunFromTask',
  summary: 'Run a task and everything that needs it again',
  tag: 'tasks',
  permit: 'goal.steer',
  audit: ({ path }) => ({ on: { kind: 'goal', id: path.goalId }, detail: { did: 'rerun', task: path.key } }),
  inProjects: true,
  path: keyPath,
  body: z.strictObject({}),
  bodyOptional: true,
  responses: { 200: { description: 'The goal as it is now.', schema: goalSchema } },
  refusals: ['goal-not-found', 'task-not-found', 'project-archived'],
  handle: async ({ caller, path }, context) => {
    const goal = await getGoal(context, caller, path.goalId);
    await requireActiveProject(context.services.access, goal);
    const reply = await context.services.store.execute({
      command: 'rerun-from',
      tenantId: caller.tenantId,
      goalId: goal.goalId,
      taskKey: path.key,
      by: caller.subject,
    });
    return answerGoal(reply.goal);
  },
});

const say = defineRoute({
  method: 'POST',
  address: '/v1/goals/{goalId}/tasks/{key}/messages',
  operation: 'sendMessage',
  summary: 'Say something to the agent that works on a task',
  description: 'The agent sees it before its next answer. A message of the same id is kept once.',
  tag: 'tasks',
  permit: 'goal.steer',
  audit: ({ path }) => ({ on: { kind: 'goal', id: path.goalId }, detail: { did: 'message', task: path.key } }),
  inProjects: true,
  path: keyPath,
  body: messageRequestSchema,
  responses: { 202: { description: 'It was received.', schema: goalSchema } },
  refusals: ['goal-not-found', 'task-not-found', 'message-not-possible', 'message-too-late', 'message-invalid'],
  handle: async ({ caller, path, body }, context) => {
    const { store, now, random } = context.services;
    const { goalId } = await getGoal(context, caller, path.goalId);
    const { goal } = await store.execute({
      command: 'send-message',
      tenantId: caller.tenantId,
      goalId,
      taskKey: path.key,
      messageId: body.messageId ?? makeId('msg', now(), random),
      text: body.text,
      by: caller.subject,
    });
    return answerGoal(goal, 202);
  },
});

export const taskRoutes: readonly Route[] = [listTasks, getOne, listAttempts, listSteps, retry, rerun, say];
