// Requests that say how long whoever asks will wait for the answer (`X-Request-Timeout`, in milliseconds), and those who hang up:
// what is read for them is ended with that. What changes something is not ended, only its answer is lost.
import { temporary } from '@chorale/lib-errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readingUntil } from '../process/asked-for.ts';
import { timeOf } from './admit-load.ts';

export interface Timed {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** It changes nothing, and nothing of it outlives its answer. */
  readonly endsWithIt: boolean;
}

/** Counted from when the request was there. @throws temporary `time-over`. */
export async function keepTime<T>({ request, reply, endsWithIt }: Timed, work: () => Promise<T>): Promise<T> {
  const given = timeOf(request);
  const elapsedMs = reply.elapsedTime;
  // What nobody waits for any more is not begun.
  if (given !== undefined && given <= elapsedMs) throw timeOver(given);
  if (!endsWithIt) return given === undefined ? work() : within(given, elapsedMs, work);
  const ending = new AbortController();
  const end = (): void => ending.abort();
  reply.raw.once('close', end);
  const begin = (): Promise<T> => readingUntil(ending.signal, work);
  try {
    return await (given === undefined ? begin() : within(given, elapsedMs, begin));
  } catch (error) {
    end();
    throw error;
  } finally {
    reply.raw.off('close', end);
  }
}

async function within<T>(givenMs: number, elapsedMs: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(timeOver(givenMs)), givenMs - elapsedMs);
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
