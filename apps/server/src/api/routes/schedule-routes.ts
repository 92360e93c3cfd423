import { refused } from '@chorale/lib-errors';
import { makeId, type ScheduleId } from '@chorale/lib-ids';
import type { Schedule } from '@chorale/module-goals';
import { z } from 'zod';
import type { Caller } from '../caller.ts';
import { chooseProject } from '../choose-project.ts';
import { type ApiContext, defineRoute, type Route } from '../route.ts';
import { pageOf, projectId } from '../schemas/fields.ts';
import { scheduleRequestSchema, scheduleSchema } from '../schemas/record.ts';
import { preparePlan } from '../submit-goal.ts';
import { priorityClass } from '../views/goal-view.ts';
import { scheduleView } from '../views/record-view.ts';

/** Throws `schedule-not-found`. */
async function getSchedule({ services }: ApiContext, { tenantId }: Caller, id: string): Promise<Schedule> {
  const schedules = await services.store.listSchedules(tenantId);
  const found = schedules.find((schedule) => schedule.scheduleId === id);
  if (found !== undefined) return found;
  throw refused('schedule-not-found', `there is no schedule ${id}`, {
    action: 'see the list of schedules for what there is',
  });
}

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/schedules',
  operation: 'listSchedules',
  summary: 'List schedules',
  tag: 'schedules',
  permit: 'goal.read',
  inProjects: true,
  query: z.strictObject({ projectId: projectId.exactOptional() }),
  responses: { 200: { description: 'Schedules.', schema: pageOf(scheduleSchema) } },
  handle: async ({ caller, query }, { services }) => {
    const all = await services.store.listSchedules(caller.tenantId);
    const schedules = all.filter((one) => (query.projectId ?? one.projectId) === one.projectId);
    return { status: 200, body: { items: schedules.map(scheduleView) } };
  },
});

const add = defineRoute({
  method: 'POST',
  address: '/v1/schedules',
  operation: 'addSchedule',
  summary: 'Submit a goal again and again',
  description: 'The workflow is compiled now: later changes to its file do not change the schedule.',
  tag: 'schedules',
  permit: 'goal.submit',
  audit: ({ body }) => ({ on: { kind: 'schedule', id: body.name }, detail: { did: 'add', cron: body.cron } }),
  inProjects: true,
  body: scheduleRequestSchema,
  responses: { 201: { description: 'The schedule.', schema: scheduleSchema, headers: { location: 'The schedule.' } } },
  refusals: [
    'workflow-invalid',
    'inputs-invalid',
    'catalog-unknown',
    'cron-invalid',
    'time-zone-unknown',
    'project-not-found',
    'project-archived',
  ],
  handle: async ({ caller, body }, context) => {
    const { services } = context;
    const operation = 'goal.submit';
    const projectId = await chooseProject(services.access, caller, { operation, asked: body.projectId });
    const plan = preparePlan(services, { workflow: body.workflow, inputs: body.inputs ?? {} });
    const scheduleId: ScheduleId = makeId('schedule', services.now(), services.random);
    await services.store.execute({
      command: 'put-schedule',
      tenantId: caller.tenantId,
      projectId,
      scheduleId,
      name: body.name,
      cron: body.cron,
      timeZone: body.timeZone ?? 'UTC',
      catchUp: body.catchUp ?? 'last',
      paused: body.paused ?? false,
      ...plan,
      priority: priorityClass(body.priority ?? 'normal'),
      createdBy: caller.subject,
    });
    const schedule = await getSchedule(context, caller, scheduleId);
    return { status: 201, headers: { location: `/v1/schedules/${scheduleId}` }, body: scheduleView(schedule) };
  },
});

const schedulePath = z.strictObject({ scheduleId: z.string().min(1).max(64) });

const getOne = defineRoute({
  method: 'GET',
  address: '/v1/schedules/{scheduleId}',
  operation: 'getSchedule',
  summary: 'Get one schedule',
  tag: 'schedules',
  permit: 'goal.read',
  inProjects: true,
  path: schedulePath,
  responses: { 200: { description: 'The schedule.', schema: scheduleSchema } },
  refusals: ['schedule-not-found'],
  handle: async ({ caller, path }, context) => ({
    status: 200,
    body: scheduleView(await getSchedule(context, caller, path.scheduleId)),
  }),
});

const remove = defineRoute({
  method: 'DELETE',
  address: '/v1/schedules/{scheduleId}',
  operation: 'removeSchedule',
  summary: 'Remove a schedule; the goals it has submitted stay',
  tag: 'schedules',
  permit: 'goal.submit',
  audit: ({ path }) => ({ on: { kind: 'schedule', id: path.scheduleId }, detail: { did: 'remove' } }),
  inProjects: true,
  path: schedulePath,
  responses: { 204: { description: 'It is gone.' } },
  refusals: ['schedule-not-found'],
  handle: async ({ caller, path }, context) => {
    const { scheduleId } = await getSchedule(context, caller, path.scheduleId);
    await context.services.store.execute({ command: 'drop-schedule', tenantId: caller.tenantId, scheduleId });
    return { status: 204 };
  },
});

export const scheduleRoutes: readonly Route[] = [listAll, add, getOne, remove];
