// Legal holds: nothing of a scope is deleted while there is one.
import { refused } from '@chorale/lib-errors';
import { makeId } from '@chorale/lib-ids';
import { scopeKey, type HoldId, type LegalHold } from '@chorale/module-memory';
import { z } from 'zod';
import { defineRoute, type Route } from '../route.ts';
import { pageOf } from '../schemas/fields.ts';
import { holdRequestSchema, holdSchema } from '../schemas/memory-import.ts';

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/memories/holds',
  operation: 'listMemoryHolds',
  summary: 'List legal holds on memory',
  tag: 'memory',
  permit: 'memory.erase',
  responses: { 200: { description: 'Holds, oldest first.', schema: pageOf(holdSchema) } },
  handle: async ({ caller }, { services }) => ({
    status: 200,
    body: { items: (await services.memory.listHolds(caller.tenantId)).map(holdView) },
  }),
});

const place = defineRoute({
  method: 'POST',
  address: '/v1/memories/holds',
  operation: 'placeMemoryHold',
  summary: 'Keep everything of a scope from being deleted',
  description:
    'What comes into the scope later is held as well. Forgetting it is refused, and the sweeper passes it over.',
  tag: 'memory',
  permit: 'memory.erase',
  body: holdRequestSchema,
  responses: { 201: { description: 'The hold.', schema: holdSchema } },
  audit: ({ body }) => ({ on: { kind: 'memory', id: scopeKey(body.scope) }, detail: { hold: 'placed' } }),
  handle: async ({ body, caller }, { services }) => {
    const { tenantId, subject: placedBy } = caller;
    const holdId: HoldId = makeId('hold', services.now(), services.random);
    const hold = { ...body, holdId, placedBy };
    const placed = await services.memory.execute({ command: 'place-hold', tenantId, hold });
    return { status: 201, body: holdView(placed.hold) };
  },
});

const lift = defineRoute({
  method: 'DELETE',
  address: '/v1/memories/holds/{holdId}',
  operation: 'liftMemoryHold',
  summary: 'Lift a legal hold',
  tag: 'memory',
  permit: 'memory.erase',
  path: z.strictObject({ holdId: z.string().min(1).max(200) }),
  responses: { 204: { description: 'It is lifted; other holds on the scope stay.' } },
  refusals: ['hold-not-found'],
  audit: ({ path }) => ({ on: { kind: 'memory-hold', id: path.holdId }, detail: { hold: 'lifted' } }),
  handle: async ({ path, caller }, { services }) => {
    const { tenantId } = caller;
    const found = (await services.memory.listHolds(tenantId)).find(({ holdId }) => holdId === path.holdId);
    if (found === undefined) {
      throw refused('hold-not-found', `there is no hold ${path.holdId}`, { action: 'see the list of holds' });
    }
    const { scope, holdId } = found;
    await services.memory.execute({ command: 'lift-hold', tenantId, scope, holdId });
    return { status: 204 };
  },
});

function holdView({ tenantId: _tenant, scope, ...rest }: LegalHold) {
  return { ...rest, scope: scopeKey(scope) };
}

export const memoryHoldRoutes: readonly Route[] = [listAll, place, lift];
