// One connection to Redis or Valkey. Nothing that counts is there: whoever asks has another way, and is told at once when
// there is no Redis now.
//
// Invariants: RD1 nothing waits for Redis longer than `answerMsMax`, connected or not.
//             RD2 the connection comes back by itself, with a growing pause.
//             RD3 a server that is connected and does not answer is asked once a second, and nobody else waits for it.

import type { SecureContext } from 'node:tls';
import { temporary } from '@chorale/lib-errors';
import { createCircuitBreaker } from '@chorale/module-access';
import { createClient } from '@redis/client';

export interface RedisConnection {
  readonly isUp: boolean;
  /** Runs a script (https://redis.io/docs/latest/develop/programmability/eval-intro/). Rejects with `cache-unavailable`. */
  run(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  /** `redis://user:password@host:port/database`, or `rediss://`. */
  readonly url: string;
  /** For `rediss://`: whom it trusts and what it shows. */
  readonly tls?: { readonly secureContext: SecureContext };
  readonly onError: (error: unknown) => void;
}

const answerMsMax = 500;
const connectMsMax = 2_000;
const reconnectMsMax = 5_000;
/** Answers in a row that did not come, until it is left alone for a moment. */
const failuresMax = 3;
const leftAloneMs = 1_000;
/** Keeps a connection alive that nobody uses, and finds out when it is gone. */
const pingMs = 5_000;

/** Resolves whether or not there is a server: it may come later. */
export async function connectRedis({ url, tls, onError }: ConnectionOptions): Promise<RedisConnection> {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    pingInterval: pingMs,
    socket: {
      ...(tls === undefined ? {} : { tls: true, ...tls }),
      connectTimeout: connectMsMax,
      reconnectStrategy: (tries) => Math.min(reconnectMsMax, 100 * 2 ** Math.min(tries, 10)) + Math.random() * 100,
    },
  });
  client.on('error', onError);
  const first = new Promise<void>((resolve) => {
    client.once('ready', () => resolve());
    client.once('error', () => resolve());
  });
  // It goes on trying until it is closed, and says so to `onError`.
  client.connect().catch(() => undefined);
  await first;
  const breaker = createCircuitBreaker({ failuresMax, openMs: leftAloneMs, now: () => performance.now() });
  return {
    get isUp() {
      return client.isReady;
    },
    async run(script, keys, values) {
      if (!client.isReady || !breaker.allows()) throw unavailable();
      const asked = client.eval(script, { keys: [...keys], arguments: [...values] });
      try {
        const answer = await within(asked, answerMsMax);
        breaker.succeeded();
        return answer;
      } catch (cause) {
        breaker.failed();
        throw unavailable(cause);
      }
    },
    async close() {
      client.destroy();
    },
  };
}

function unavailable(cause?: unknown): Error {
  return temporary('cache-unavailable', 'Redis is not there now.', {
    retryAfterMs: 1_000,
    ...(cause === undefined ? {} : { cause }),
  });
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  // Whoever loses the race is not left unhandled.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
