// How often one address and one caller may ask. Whoever asks from this machine is not limited unless the configuration says so.
import { temporary } from '@chorale/lib-errors';
import { openMemoryRateLimiter, type RateLimiter, type RateRule, type RateVerdict } from '@chorale/module-access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { networkOf } from '../access/login-place.ts';
import { nobody } from './caller.ts';

export interface RequestLimits {
  /** Shared by the processes of a cluster where there is one. */
  readonly limiter: RateLimiter;
  readonly address: RateRule;
  readonly caller: RateRule;
  /** Whether addresses of this machine are limited too. */
  readonly onLoopback: boolean;
}

export const requestLimitsDefault = {
  address: { burst: 1_000, perSecond: 100 },
  caller: { burst: 2_000, perSecond: 200 },
  onLoopback: false,
} as const;

export type LimitRequest = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** `byAddress` before anything is read, `byCaller` when it is known who asks. Both throw temporary `too-many-requests`. */
export function createRequestLimits(
  now: () => number,
  given: Partial<RequestLimits> = {},
): { readonly byAddress: LimitRequest; readonly byCaller: LimitRequest } {
  const limits = { limiter: openMemoryRateLimiter(), ...requestLimitsDefault, ...given };
  const take = async (reply: FastifyReply, kind: 'address' | 'caller', name: string): Promise<void> => {
    const rule = limits[kind];
    // Whoever cannot be asked limits nobody: a service that is away must not take this one along.
    const verdict = await limits.limiter.take(`${kind} ${name}`, rule, now()).catch(() => undefined);
    if (verdict === undefined) return;
    reply.headers(headersOf(kind, rule, verdict));
    if (verdict.allowed) return;
    throw temporary('too-many-requests', `this ${kind} asks more often than ${rule.perSecond} times a second`, {
      action: 'ask again when Retry-After has passed, and less often',
      retryAfterMs: verdict.retryAfterMs,
    });
  };
  const isFree = (request: FastifyRequest): boolean => !limits.onLoopback && isLoopback(request.ip);
  return {
    byAddress: async (request, reply) => {
      if (!isFree(request)) await take(reply, 'address', networkOf(request.ip));
    },
    byCaller: async (request, reply) => {
      const { caller } = request;
      if (caller === undefined || caller === nobody || isFree(request)) return;
      await take(reply, 'caller', `${caller.tenantId} ${caller.keyId ?? caller.sessionId ?? caller.subject}`);
    },
  };
}

/** draft-ietf-httpapi-ratelimit-headers; of the last that was asked, which is the caller's where there is one. */
function headersOf(kind: string, { burst, perSecond }: RateRule, { remaining, fullAfterMs }: RateVerdict) {
  return {
    'ratelimit-policy': `"${kind}";q=${burst};w=${Math.ceil(burst / perSecond)}`,
    ratelimit: `"${kind}";r=${remaining};t=${Math.ceil(fullAfterMs / 1_000)}`,
  };
}

function isLoopback(ip: string): boolean {
  return ip === '::1' || /^(?:::ffff:)?127\./.test(ip);
}
