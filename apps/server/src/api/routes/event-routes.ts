import { z } from 'zod';
import { defineRoute, type Route } from '../route.ts';
import { limit, pageOf, queryNumber } from '../schemas/fields.ts';
import { eventSchema } from '../schemas/record.ts';
import { eventView } from '../views/record-view.ts';
import { getGoal, goalPath } from './goal-routes.ts';

const seq = queryNumber({ min: 0, max: Number.MAX_SAFE_INTEGER })
  .exactOptional()
  .describe('Sequence number of the last event already known.');
const eventsDefault = 200;

const listEvents = defineRoute({
  method: 'GET',
  address: '/v1/goals/{goalId}/events',
  operation: 'listEvents',
  summary: 'List what happened to a goal',
  tag: 'events',
  permit: 'goal.read',
  inProjects: true,
  path: goalPath,
  query: z.strictObject({ after: seq, limit }),
  responses: { 200: { description: 'Events in order, without gaps.', schema: pageOf(eventSchema) } },
  refusals: ['goal-not-found'],
  handle: async ({ caller, path, query }, context) => {
    const goal = await getGoal(context, caller, path.goalId);
    const most = query.limit ?? eventsDefault;
    const events = await context.services.store.listEvents(caller.tenantId, goal.goalId, {
      afterSeq: query.after ?? 0,
      limit: most,
    });
    const last = events.at(-1);
    const next = last !== undefined && events.length === most ? { next: String(last.seq) } : {};
    return { status: 200, body: { items: events.map(eventView), ...next } };
  },
});

const eventStream = { description: 'Server-sent events.', mediaType: 'text/event-stream', schema: z.string() };

const followGoal = defineRoute({
  method: 'GET',
  address: '/v1/goals/{goalId}/events/stream',
  operation: 'followGoal',
  summary: 'Follow what happens to a goal',
  description:
    'Each event has its sequence number as `id`, its type as `event`, and a GoalEvent as `data`. A connection that ' +
    'was lost is continued by sending Last-Event-ID. With `until=finished` an event `end` without id follows the last one.',
  tag: 'events',
  permit: 'goal.read',
  inProjects: true,
  path: goalPath,
  query: z.strictObject({ after: seq, until: z.literal('finished').exactOptional() }),
  headers: z.object({ 'last-event-id': queryNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }).exactOptional() }),
  responses: {
    200: eventStream,
    204: { description: 'With `until=finished`: everything had been delivered. An EventSource stops here.' },
  },
  refusals: ['goal-not-found', 'cursor-invalid', 'too-many-streams'],
  handle: async ({ caller, path, query, headers, request, reply }, context) => {
    const goal = await getGoal(context, caller, path.goalId);
    const after = headers['last-event-id'] ?? query.after ?? 0;
    const untilFinished = query.until === 'finished';
    if (untilFinished && after > 0 && (await context.streams.isOver(goal, after))) return { status: 204 };
    if (request.method === 'HEAD') return { status: 200, headers: { 'content-type': 'text/event-stream' } };
    context.streams.followGoal(reply, goal, { after, untilFinished });
    return 'taken-over';
  },
});

const followText = defineRoute({
  method: 'GET',
  address: '/v1/goals/{goalId}/text/stream',
  operation: 'followText',
  summary: 'Follow what models say to the agents of a goal while they say it',
  description:
    'Each `text` is a LiveText: a piece of what a model says at a task of the goal or of its sub-goals, of the calls that ' +
    'begin from now on. Nothing is repeated: `from` counts the characters of the call before the piece, so that a gap ' +
    'shows, and the whole answer is in the steps of the task.',
  tag: 'events',
  permit: 'step.read',
  inProjects: true,
  path: goalPath,
  responses: { 200: eventStream },
  refusals: ['goal-not-found', 'too-many-streams'],
  handle: async ({ caller, path, request, reply }, context) => {
    const goal = await getGoal(context, caller, path.goalId);
    if (request.method === 'HEAD') return { status: 200, headers: { 'content-type': 'text/event-stream' } };
    context.streams.followText(reply, goal);
    return 'taken-over';
  },
});

const followChanges = defineRoute({
  method: 'GET',
  address: '/v1/events/stream',
  operation: 'followChanges',
  summary: 'Follow which goals change',
  description:
    'Hints for live lists: `goals-changed` names goals and their last event; `resync` says that some may have been missed.',
  tag: 'events',
  permit: 'goal.read',
  inProjects: true,
  responses: { 200: eventStream },
  refusals: ['too-many-streams'],
  handle: async ({ caller, request, reply }, context) => {
    if (request.method === 'HEAD') return { status: 200, headers: { 'content-type': 'text/event-stream' } };
    context.streams.followChanges(reply, caller.tenantId);
    return 'taken-over';
  },
});

export const eventRoutes: readonly Route[] = [listEvents, followGoal, followText, followChanges];
