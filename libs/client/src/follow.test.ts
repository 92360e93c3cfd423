import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createClient } from './client.ts';
import { ClientError } from './problem.ts';
import type { GoalEvent } from './record.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const eventText = (seq: number): string =>
  `id: ${seq}\nevent: task-started\ndata: ${JSON.stringify({ goalId: 'g', seq, type: 'task-started', at: seq, data: {} })}\n\n`;
const endText = 'event: end\ndata: {}\n\n';

/** Each connection gives these pieces, then ends; the piece `hang` keeps it open and `reset` breaks it. */
type Connection = readonly string[] | { readonly status: number; readonly problem?: object };

function serverOf(connections: readonly Connection[]) {
  const asked: (string | null)[] = [];
  const fetchIt = async (_url: string, init: RequestInit): Promise<Response> => {
    const connection = connections[asked.length];
    asked.push(new Headers(init.headers).get('last-event-id'));
    if (connection === undefined) throw new TypeError('fetch failed');
    if ('status' in connection) {
      const headers = { 'content-type': 'application/problem+json' };
      return new Response(connection.problem === undefined ? null : JSON.stringify(connection.problem), {
        status: connection.status,
        headers,
      });
    }
    const pieces = [...connection];
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void | Promise<void> => {
      const piece = pieces.shift();
      if (piece === undefined) return controller.close();
      if (piece === 'reset') return controller.error(new TypeError('terminated'));
      if (piece !== 'hang') return controller.enqueue(new TextEncoder().encode(piece));
      return new Promise((_resolve, reject) => {
        const stop = (): void => reject(new DOMException('aborted', 'AbortError'));
        if (init.signal?.aborted === true) stop();
        init.signal?.addEventListener('abort', stop);
      });
    };
    const body = new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
    return new Response(body, { status: 200 });
  };
  return { client: createClient({ baseUrl: 'http://server', fetch: fetchIt }), asked };
}

async function collect(events: AsyncIterable<GoalEvent>): Promise<number[]> {
  const seqs: number[] = [];
  const all = (async () => {
    for await (const event of events) seqs.push(event.seq);
  })();
  let done = false;
  void all.finally(() => (done = true)).catch(() => undefined);
  for (let round = 0; round < 200 && !done; round++) await vi.advanceTimersByTimeAsync(1000);
  if (!done) throw new Error(`still going after 200 s, with events ${seqs.join(', ')}`);
  await all;
  return seqs;
}

test('[CL1] events come once and in order across a lost connection, which is continued by Last-Event-ID', async () => {
  const { client, asked } = serverOf([
    [eventText(1), eventText(2), 'reset'],
    [eventText(3), endText],
  ]);
  expect(await collect(client.followEvents('g', { until: 'finished' }))).toEqual([1, 2, 3]);
  expect(asked).toEqual(['0', '2']);
});

test('[CL1] what a server repeats is dropped', async () => {
  const { client } = serverOf([
    [eventText(1), eventText(2)],
    [eventText(1), eventText(2), eventText(3), endText],
  ]);
  expect(await collect(client.followEvents('g', { until: 'finished' }))).toEqual([1, 2, 3]);
});

test('[CL1] a gap is not passed on: the stream is read again from the last event that was given', async () => {
  const { client, asked } = serverOf([
    [eventText(1), eventText(3)],
    [eventText(2), eventText(3), endText],
  ]);
  expect(await collect(client.followEvents('g', { until: 'finished' }))).toEqual([1, 2, 3]);
  expect(asked).toEqual(['0', '1']);
});

test('[CL1] a gap that stays is an error', async () => {
  const { client } = serverOf([[eventText(1), eventText(3)], [eventText(3)]]);
  await expect(collect(client.followEvents('g'))).rejects.toThrow('leaves out event 2');
});

test('[CL2] a server that is away is tried again until it is back', async () => {
  const away = {
    status: 503,
    problem: { code: 'not-ready', family: 'temporary', retryable: true, status: 503, detail: 'starting' },
  };
  const { client, asked } = serverOf([away, away, [eventText(1), endText]]);
  expect(await collect(client.followEvents('g', { until: 'finished' }))).toEqual([1]);
  expect(asked.length).toBe(3);
});

test('[CL2] a refusal ends it', async () => {
  const missing = {
    status: 404,
    problem: { code: 'goal-not-found', family: 'refused', retryable: false, status: 404, detail: 'no' },
  };
  const { client } = serverOf([missing]);
  await expect(collect(client.followEvents('g'))).rejects.toThrow(expect.objectContaining({ code: 'goal-not-found' }));
});

test('[CL2] a number of tries may be set, after which the last error is thrown', async () => {
  const { client, asked } = serverOf([]);
  const caught = await collect(client.followEvents('g', { triesMax: 3 })).catch((error: unknown) => error);
  expect(caught).toBeInstanceOf(ClientError);
  expect(asked.length).toBe(3);
});

test('[CL2] a connection that stays silent, without even a heartbeat, is given up', async () => {
  const { client, asked } = serverOf([
    [eventText(1), 'hang'],
    [eventText(2), endText],
  ]);
  expect(await collect(client.followEvents('g', { until: 'finished' }))).toEqual([1, 2]);
  expect(asked).toEqual(['0', '1']);
});

test('[CL4] an abort ends the iteration without an error', async () => {
  const { client } = serverOf([[eventText(1), 'hang']]);
  const stop = new AbortController();
  const seqs: number[] = [];
  for await (const event of client.followEvents('g', { signal: stop.signal })) {
    seqs.push(event.seq);
    stop.abort();
  }
  expect(seqs).toEqual([1]);
});

test('[CL5] hints begin with a resync, and again after every reconnect', async () => {
  const hint = 'event: goals-changed\ndata: {"goals":[{"goalId":"g","eventSeq":4}]}\n\n';
  const { client } = serverOf([[hint], [hint, 'hang']]);
  const stop = new AbortController();
  const kinds: string[] = [];
  const reading = (async () => {
    for await (const change of client.followChanges({ signal: stop.signal })) {
      kinds.push(change.kind);
      if (kinds.length === 4) stop.abort();
    }
  })();
  await vi.advanceTimersByTimeAsync(5000);
  await reading;
  expect(kinds).toEqual(['resync', 'goals-changed', 'resync', 'goals-changed']);
});
