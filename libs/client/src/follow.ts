// Follows streams of the server across lost connections.
//
// Owns:       where in the stream the reader is.
// Invariants: F1 every event of a goal after the starting point is given exactly once and in order: a repeat is
//                dropped, a gap makes it connect again from the last event that was given.
//             F2 a connection that stays silent for `silenceMsMax`, though the server sends heartbeats, is dropped.
//             F3 a refusal ends it with a ClientError; anything else is tried again, ever more slowly.
//             F4 an abort of the caller's signal ends the iteration without an error.
import { ClientError } from './problem.ts';
import type { ChangeHint, GoalEvent, LiveText } from './record.ts';
import type { Send } from './request.ts';
import type { ServerSentEvent } from './server-sent-events.ts';
import { readServerSentEvents } from './server-sent-events.ts';

export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** Told when the connection is there and when it is lost; for a "reconnecting" mark. */
  readonly onConnection?: (state: 'open' | 'lost') => void;
  /** Gives up with the last error after so many tries in a row found nobody. Default: never. */
  readonly triesMax?: number;
}

export interface FollowEventsOptions extends FollowOptions {
  /** Sequence number of the last event already known; 0 for all. */
  readonly after?: number;
  /** `finished`: ends after the goal's last event once the goal has ended. Default: goes on until aborted. */
  readonly until?: 'finished';
}

const silenceMsMax = 45_000;
const delayMsMin = 250;
const delayMsMax = 10_000;

export async function* followEvents(
  send: Send,
  goalId: string,
  options: FollowEventsOptions = {},
): AsyncGenerator<GoalEvent> {
  let last = options.after ?? 0;
  const open = (signal: AbortSignal) =>
    send(`/v1/goals/${encodeURIComponent(goalId)}/events/stream`, {
      query: { until: options.until },
      headers: { accept: 'text/event-stream', 'last-event-id': String(last) },
      signal,
    });
  let gapAfter = -1;
  for (;;) {
    let gap = false;
    for await (const message of followMessages(open, options)) {
      if (message === 'connected' || message.data === undefined) continue;
      if (message.event === 'end') return;
      const event = JSON.parse(message.data) as GoalEvent;
      gap = event.seq > last + 1;
      if (gap) break;
      if (event.seq <= last) continue;
      last = event.seq;
      yield event;
    }
    if (!gap) return;
    if (gapAfter === last)
      throw new ClientError('foreign-answer', `the server leaves out event ${last + 1} of ${goalId}`);
    gapAfter = last;
  }
}

/** Nothing is made up for: what is said while the connection is away is lost. */
export async function* followText(send: Send, goalId: string, options: FollowOptions = {}): AsyncGenerator<LiveText> {
  const open = (signal: AbortSignal) =>
    send(`/v1/goals/${encodeURIComponent(goalId)}/text/stream`, { headers: { accept: 'text/event-stream' }, signal });
  for await (const message of followMessages(open, options))
    if (message !== 'connected' && message.data !== undefined) yield JSON.parse(message.data) as LiveText;
}

export async function* followChanges(send: Send, options: FollowOptions = {}): AsyncGenerator<ChangeHint> {
  const open = (signal: AbortSignal) => send('/v1/events/stream', { headers: { accept: 'text/event-stream' }, signal });
  for await (const message of followMessages(open, options)) {
    if (message === 'connected') yield { kind: 'resync' };
    else if (message.event === 'resync') yield { kind: 'resync' };
    else if (message.event === 'goals-changed' && message.data !== undefined) {
      yield {
        kind: 'goals-changed',
        ...(JSON.parse(message.data) as Pick<ChangeHint & { kind: 'goals-changed' }, 'goals'>),
      };
    }
  }
}

/** Messages of one connection after another; each begins with `connected`. Ends when the server answers 204. */
async function* followMessages(
  open: (signal: AbortSignal) => Promise<Response>,
  options: FollowOptions,
): AsyncGenerator<ServerSentEvent | 'connected'> {
  const caller = options.signal ?? new AbortController().signal;
  let failures = 0;
  while (!caller.aborted) {
    const connection = new AbortController();
    const stop = () => connection.abort(caller.reason);
    caller.addEventListener('abort', stop, { once: true });
    let retryAfterMs = 0;
    try {
      const response = await withinSilence(open(connection.signal), connection);
      if (response.status === 204 || response.body === null) return;
      failures = 0;
      options.onConnection?.('open');
      yield 'connected';
      const messages = readServerSentEvents(response.body);
      for (;;) {
        const next = await withinSilence(messages.next(), connection);
        if (next.done === true) break;
        yield next.value;
      }
    } catch (error) {
      if (caller.aborted) return;
      if (error instanceof ClientError && !error.retryable) throw error;
      if (error instanceof ClientError) retryAfterMs = error.problem?.retryAfterMs ?? 0;
      if (failures + 1 >= (options.triesMax ?? Infinity)) throw error;
    } finally {
      caller.removeEventListener('abort', stop);
      connection.abort();
    }
    if (failures === 0) options.onConnection?.('lost');
    failures++;
    await pause(Math.max(retryAfterMs, delayBefore(failures)), caller);
  }
}

function delayBefore(failures: number): number {
  const delay = Math.min(delayMsMax, delayMsMin * 2 ** Math.min(failures - 1, 10));
  // Spread, so that the pages of a restarted server do not come back all at once.
  const [spread = 0] = crypto.getRandomValues(new Uint32Array(1));
  return delay * (0.5 + spread / 2 ** 33);
}

/** Rejects, and drops the connection, when nothing comes for `silenceMsMax`. */
async function withinSilence<T>(promise: Promise<T>, connection: AbortController): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new ClientError('unreachable', `the server has been silent for ${silenceMsMax / 1000} s`));
      connection.abort();
    }, silenceMsMax);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal.addEventListener('abort', done, { once: true });
  });
}
