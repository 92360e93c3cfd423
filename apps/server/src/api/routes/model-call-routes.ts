import { refused } from '@chorale/lib-errors';
import type { CallPage, ModelCallId } from '@chorale/module-models';
import { z } from 'zod';
import { defineRoute, type Route } from '../route.ts';
import { cursor, limit, pageOf } from '../schemas/fields.ts';
import { modelCallDetailsSchema, modelCallSchema, modelLearningSchema, modelOutcomeSchema } from '../schemas/model.ts';
import { modelLearningView } from '../views/model-learning-view.ts';
import { modelCallDetailsView, modelCallView } from '../views/model-view.ts';

const limitDefault = 100;
const subject = z.string().min(1).max(64);

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/model-calls',
  operation: 'listModelCalls',
  summary: 'List calls to models, newest first',
  tag: 'models',
  permit: 'model.read',
  query: z.strictObject({
    goal: subject.exactOptional().describe('Only calls for this goal.'),
    key: subject.exactOptional().describe('Only calls with this key.'),
    limit,
    after: cursor,
  }),
  responses: { 200: { description: 'Calls that have ended.', schema: pageOf(modelCallSchema) } },
  refusals: ['cursor-invalid'],
  handle: async ({ caller, query }, { services: { models } }) => {
    const wanted = query.limit ?? limitDefault;
    const page: CallPage = {
      // One more tells whether there is a next page.
      limit: wanted + 1,
      ...(query.goal === undefined ? {} : { goalId: query.goal }),
      ...(query.key === undefined ? {} : { keyId: query.key }),
      ...(query.after === undefined ? {} : { before: readCursor(query.after) }),
    };
    const found = await models.spend.listCalls(caller.tenantId, page);
    const items = found.slice(0, wanted);
    const last = items.at(-1);
    const next = found.length > wanted && last !== undefined ? { next: `${last.endedAt}-${last.callId}` } : {};
    return { status: 200, body: { items: items.map(modelCallView), ...next } };
  },
});

function readCursor(text: string): NonNullable<CallPage['before']> {
  const parts = /^(\d{1,15})-(.{1,64})$/.exec(text);
  if (parts === null)
    throw refused('cursor-invalid', '`after` is not one that this list gave', {
      action: 'leave it out to begin again',
    });
  return { endedAt: Number(parts[1]), callId: (parts[2] ?? '') as ModelCallId };
}

const getOne = defineRoute({
  method: 'GET',
  address: '/v1/model-calls/{callId}',
  operation: 'getModelCall',
  summary: 'Get one call: why this model, what was tried, what it cost',
  tag: 'models',
  permit: 'model.read',
  path: z.strictObject({ callId: z.string().min(1).max(64) }),
  responses: { 200: { description: 'The call.', schema: modelCallDetailsSchema } },
  refusals: ['model-call-not-found'],
  handle: async ({ caller, path }, { services: { models } }) => {
    const found = await models.spend.findCall(caller.tenantId, path.callId as ModelCallId);
    if (found !== undefined) return { status: 200, body: modelCallDetailsView(found) };
    throw callNotFound(path.callId);
  },
});

const rateOne = defineRoute({
  method: 'POST',
  address: '/v1/model-calls/{callId}/outcome',
  operation: 'rateModelCall',
  summary: 'Say how the model did at a call; what is said last counts',
  tag: 'models',
  permit: 'model.use',
  record: 'work',
  path: z.strictObject({ callId: z.string().min(1).max(64) }),
  body: z.strictObject({ good: z.boolean() }),
  responses: { 200: { description: 'Kept, and learned from when there is enough.', schema: modelOutcomeSchema } },
  refusals: ['model-call-not-found', 'model-call-unanswered'],
  handle: async ({ path, body, caller }, { services: { models } }) => {
    const found = await models.spend.findCall(caller.tenantId, path.callId as ModelCallId);
    if (found === undefined) throw callNotFound(path.callId);
    if (await models.rate(found, body.good)) return { status: 200, body: { callId: found.callId, good: body.good } };
    throw refused('model-call-unanswered', `no model answered the call ${path.callId}`, {
      action: 'say it of a call that ended well and was not answered from the cache',
    });
  },
});

const getLearning = defineRoute({
  method: 'GET',
  address: '/v1/model-learning',
  operation: 'getModelLearning',
  summary: 'Get what was learned of the models from outcomes of your calls, and where the line lies between them',
  tag: 'models',
  permit: 'model.read',
  responses: { 200: { description: 'Counts, and what was learned from them.', schema: modelLearningSchema } },
  handle: async ({ caller: { tenantId } }, { services: { models } }) => {
    const [outcomes, learned] = await Promise.all([
      models.spend.countOutcomes(tenantId),
      models.spend.findLearned(tenantId, 0),
    ]);
    return { status: 200, body: modelLearningView(outcomes, learned) };
  },
});

function callNotFound(callId: string): Error {
  return refused('model-call-not-found', `there is no call ${callId}`, {
    action: 'see the list of calls; a call is in it once it has ended',
  });
}

export const modelCallRoutes: readonly Route[] = [listAll, getOne, rateOne, getLearning];
