import type { Freshness, GoalReads, LaggingReads } from '@chorale/module-goals';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { lag, sayWritten } from './lagging-reads.ts';
import type { ApiContext } from './route.ts';

const ofCopy = { listGoals: async () => ({ items: [], next: undefined }) } as unknown as GoalReads;

function makeContext(lagging: LaggingReads | undefined): ApiContext {
  return { services: { store: { lagging }, replicaLagMs: 1_000 } } as unknown as ApiContext;
}

/** What the copies were asked for, and whether the read goes to one. */
function ask(headers: Readonly<Record<string, string>>, route: { readonly mayLag?: true } = { mayLag: true }) {
  const asked: Freshness[] = [];
  const context = makeContext({
    reading(freshness) {
      asked.push(freshness);
      return ofCopy;
    },
    writtenUntil: () => 7,
  });
  const found = lag(route, { headers, caller: { tenantId: 'north' } } as unknown as FastifyRequest, context);
  return { asked, isCopy: found.services.store.listGoals === ofCopy.listGoals };
}

test('[API190] a route that may lag goes to a copy, within what the configuration or the request says', () => {
  expect(ask({})).toEqual({ asked: [{ tenantId: 'north', withinMs: 1_000 }], isCopy: true });
  const more = ask({ 'cache-control': 'max-stale=60', 'x-chorale-min-version': '12' });
  expect(more).toEqual({ asked: [{ tenantId: 'north', withinMs: 60_000, since: 12 }], isCopy: true });
  expect(ask({ 'x-chorale-min-version': 'a guess' }).asked).toEqual([{ tenantId: 'north', withinMs: 1_000 }]);
});

test('[API190] other routes, who says no-cache, and an installation without copies go to the primary', () => {
  expect(ask({}, {})).toEqual({ asked: [], isCopy: false });
  expect(ask({ 'cache-control': 'no-cache' })).toEqual({ asked: [], isCopy: false });
  const alone = makeContext(undefined);
  const request = { headers: {}, caller: { tenantId: 'north' } } as unknown as FastifyRequest;
  expect(lag({ mayLag: true }, request, alone)).toBe(alone);
});

test('[API190] what changes something says a version from which on it is seen, where there are copies', () => {
  const said: string[][] = [];
  const reply = { header: (...header: string[]) => said.push(header) } as unknown as FastifyReply;
  sayWritten(reply, makeContext({ reading: () => undefined, writtenUntil: () => 7 }));
  sayWritten(reply, makeContext(undefined));
  expect(said).toEqual([['x-chorale-version', '7']]);
});
