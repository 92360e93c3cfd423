import { temporary } from '@chorale/lib-errors';
import { takesTasks } from '@chorale/module-goals';
import { z } from 'zod';
import { describeLoad } from '../describe-load.ts';
import { defineRoute, type Route } from '../route.ts';
import { jsonObject, pageOf } from '../schemas/fields.ts';
import { doctorCheckSchema, processSchema, queueStatsSchema, workerSchema } from '../schemas/record.ts';
import { processView, workerView } from '../views/record-view.ts';

const listWorkers = defineRoute({
  method: 'GET',
  address: '/v1/workers',
  operation: 'listWorkers',
  summary: 'List the processes that run tasks',
  tag: 'installation',
  permit: 'installation.read',
  responses: { 200: { description: 'Workers; one whose lease ran out is not alive.', schema: pageOf(workerSchema) } },
  handle: async (_input, { services }) => {
    const workers = (await services.store.listWorkers()).filter(takesTasks);
    return { status: 200, body: { items: workers.map((worker) => workerView(worker, services.now())) } };
  },
});

const listProcesses = defineRoute({
  method: 'GET',
  address: '/v1/processes',
  operation: 'listProcesses',
  summary: 'List the processes of this installation, with what they do',
  tag: 'installation',
  permit: 'installation.read',
  responses: { 200: { description: 'One whose lease ran out is not alive.', schema: pageOf(processSchema) } },
  handle: async (_input, { services }) => {
    const all = await services.store.listWorkers();
    return { status: 200, body: { items: all.map((one) => processView(one, services.now())) } };
  },
});

const queueStats = defineRoute({
  method: 'GET',
  address: '/v1/queue',
  operation: 'queueStats',
  summary: 'Count what is ready, running, sleeping and blocked',
  tag: 'installation',
  permit: 'goal.read',
  responses: { 200: { description: 'Counts, and the age of the oldest ready task.', schema: queueStatsSchema } },
  handle: async ({ caller }, { services }) => ({ status: 200, body: await services.store.queueStats(caller.tenantId) }),
});

const config = defineRoute({
  method: 'GET',
  address: '/v1/config',
  operation: 'getConfig',
  summary: 'Get the effective configuration',
  description: 'Secrets appear only as the references they were given as.',
  tag: 'installation',
  permit: 'installation.read',
  responses: { 200: { description: 'The configuration.', schema: jsonObject } },
  handle: async (_input, { services }) => ({ status: 200, body: services.config() }),
});

const doctor = defineRoute({
  method: 'GET',
  address: '/v1/doctor',
  operation: 'runDoctor',
  summary: "Say what the server's machine has and lacks",
  tag: 'installation',
  permit: 'installation.read',
  responses: {
    200: { description: 'Checks, each with the command that mends it.', schema: pageOf(doctorCheckSchema) },
  },
  handle: async (_input, context) => ({
    status: 200,
    body: { items: [...(await context.services.runDoctor()), ...describeLoad(context)] },
  }),
});

const health = defineRoute({
  method: 'GET',
  address: '/healthz',
  operation: 'checkHealth',
  summary: 'Answer as long as the process lives',
  tag: 'installation',
  permit: 'public',
  responses: {
    200: { description: 'It lives.', schema: z.strictObject({ status: z.literal('ok'), version: z.string() }) },
  },
  handle: async (_input, { services }) => ({ status: 200, body: { status: 'ok', version: services.version } }),
});

const ready = defineRoute({
  method: 'GET',
  address: '/readyz',
  operation: 'checkReadiness',
  summary: 'Answer 200 when the process can do its work, 503 with the reasons when it cannot',
  tag: 'installation',
  permit: 'public',
  responses: { 200: { description: 'It is ready.', schema: z.strictObject({ status: z.literal('ready') }) } },
  refusals: ['not-ready'],
  handle: async (_input, { services }) => {
    const obstacles = await services.findObstacles();
    if (obstacles.length > 0) throw temporary('not-ready', obstacles.join('; '), { retryAfterMs: 2000 });
    return { status: 200, body: { status: 'ready' } };
  },
});

export const installationRoutes: readonly Route[] = [
  listProcesses,
  listWorkers,
  queueStats,
  config,
  doctor,
  health,
  ready,
];
