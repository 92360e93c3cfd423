// Requests that say how long whoever asks will wait for the answer (`X-Request-Timeout`, in milliseconds).
import { temporary } from '@chorale/lib-errors';
import type { FastifyRequest } from 'fastify';
import { timeOf } from './admit-load.ts';

/** Counted from when the request was there. @throws temporary `time-over`. */
export async function keepTime<T>(request: FastifyRequest, elapsedMs: number, work: () => Promise<T>): Promise<T> {
  const given = timeOf(request);
  if (given === undefined) return work();
  // What nobody waits for any more is not begun.
  if (given <= elapsedMs) throw timeOver(given);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(timeOver(given)), given - elapsedMs);
  });
  const working = work();
  // What comes after that is for nobody.
  working.catch(() => undefined);
  try {
    return await Promise.race([working, over]);
  } finally {
    clearTimeout(timer);
  }
}

function timeOver(givenMs: number): Error {
  return temporary('time-over', `the answer did not come within ${givenMs} ms, as X-Request-Timeout asked`, {
    action:
      'what was to be changed may have been changed: ask with the same Idempotency-Key, or look, before asking again',
    retryAfterMs: 1_000,
  });
}
