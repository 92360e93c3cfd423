// Connections to providers: one pool for each origin, opened on first use and kept.

import type { CancelSignal } from '@chorale/lib-time';
import { UpstreamFailure } from '@chorale/module-models';
import { Pool } from 'undici';
import { Exchange, type ExchangeContext, type ExchangeLimits, type Received } from './exchange.ts';
import { failureOfNetwork } from './read-fault.ts';

export interface TransportRequest extends ExchangeLimits, ExchangeContext {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

export interface Transport {
  /** Resolves with the first byte of the answer's body, or its end. @throws UpstreamFailure and nothing else. */
  send(request: TransportRequest, signal: CancelSignal): Promise<Received>;
  /** Ends all connections, those in use too. */
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Connections for each origin; more requests wait for one to be free. */
  readonly connectionsMax?: number;
}

const connectMsMax = 10_000;
/** Load balancers commonly give up at 60 s; ours ends first, so that no request meets a closing connection. */
const idleMs = 30_000;

export function openTransport({ connectionsMax = 256 }: TransportOptions = {}): Transport {
  const pools = new Map<string, Pool>();
  const poolOf = (origin: string): Pool => {
    const open = pools.get(origin);
    if (open !== undefined) return open;
    const pool = new Pool(origin, {
      connections: connectionsMax,
      pipelining: 1,
      keepAliveTimeout: idleMs,
      connect: { timeout: connectMsMax },
      // The exchange keeps both limits itself: to the first byte of the body, and by the caller's clock.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    pools.set(origin, pool);
    return pool;
  };
  return {
    send(request, signal) {
      const exchange = new Exchange(request, signal, request);
      if (exchange.over) return exchange.answer;
      try {
        const { origin, pathname, search } = new URL(request.url);
        poolOf(origin).dispatch(
          { path: pathname + search, method: request.method, headers: request.headers, body: request.body ?? null },
          exchange,
        );
      } catch (error) {
        exchange.onResponseError(undefined, toFailure(error, request));
      }
      return exchange.answer;
    },
    async close() {
      const open = [...pools.values()];
      pools.clear();
      await Promise.all(open.map((pool) => pool.destroy()));
    },
  };
}

function toFailure(error: unknown, request: TransportRequest): UpstreamFailure {
  if (error instanceof TypeError) {
    return new UpstreamFailure('invalid-request', `${request.who}: ${request.url} is no address that can be asked`);
  }
  return failureOfNetwork(error, { ...request, nowMs: request.clock.now() });
}
