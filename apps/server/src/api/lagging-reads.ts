// Reads that may go to a copy of the database: which request puts up with how much.
//
// A route says whether it may lag (`mayLag`), the configuration by how much, and a request may say less or more: with
// `Cache-Control: no-cache` (RFC 9111, section 5.2.1) it is answered by the primary; with `max-stale=SECONDS` it puts up with more.
// What changes something answers with `x-chorale-version`; a request that gives the newest one it has seen as
// `x-chorale-min-version` is shown all that was acknowledged until then, whichever process it asks.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiContext, Route } from './route.ts';

const staleSecondsMax = 3_600;

export function lag(route: Pick<Route, 'mayLag'>, request: FastifyRequest, context: ApiContext): ApiContext {
  const { store } = context.services;
  const { tenantId } = request.caller;
  if (route.mayLag !== true || store.lagging === undefined) return context;
  const said = request.headers['cache-control'] ?? '';
  if (/\b(?:no-cache|no-store|max-age=0)\b/i.test(said)) return context;
  const stale = /\bmax-stale=(\d{1,6})\b/i.exec(said)?.[1];
  const withinMs =
    stale === undefined ? context.services.replicaLagMs : Math.min(Number(stale), staleSecondsMax) * 1_000;
  const since = minVersionOf(request);
  const reads = store.lagging.reading({
    tenantId,
    withinMs: withinMs ?? 0,
    ...(since === undefined ? {} : { since }),
  });
  return reads === undefined
    ? context
    : { ...context, services: { ...context.services, store: { ...store, ...reads } } };
}

/** Undefined where none is given, or what is given is none. */
export function minVersionOf({ headers }: Pick<FastifyRequest, 'headers'>): number | undefined {
  const version = /^\d{1,15}$/.exec(String(headers['x-chorale-min-version'] ?? ''))?.[0];
  return version === undefined ? undefined : Number(version);
}

export function sayWritten(reply: FastifyReply, { services }: ApiContext): void {
  const until = services.store.lagging?.writtenUntil();
  if (until !== undefined) reply.header('x-chorale-version', String(until));
}
