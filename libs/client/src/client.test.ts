import { expect, test } from 'vitest';
import { createClient } from './client.ts';

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: unknown;
}

function clientOf(answer: () => Response | Promise<Response>) {
  const asked: Asked[] = [];
  const client = createClient({
    baseUrl: 'http://server/',
    fetch: async (url, init) => {
      const body = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined;
      asked.push({ url, method: init.method ?? 'GET', headers: new Headers(init.headers), body });
      return answer();
    },
  });
  return { client, asked };
}

const json = (value: unknown, status = 200, type = 'application/json'): Response =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': type } });

test('[CL6] ids and names are escaped in addresses', async () => {
  const { client, asked } = clientOf(() => json({}));
  await client.retryTask('goal/../x', 'items[3]?');
  expect(asked[0]?.url).toBe('http://server/v1/goals/goal%2F..%2Fx/tasks/items%5B3%5D%3F/retry');
});

test('[CL6] what is not given is left out of the query, and lists are joined by commas', async () => {
  const { client, asked } = clientOf(() => json({ items: [] }));
  await client.listGoals({ states: ['running', 'paused'], limit: 5 });
  await client.listGoals();
  expect(asked.map(({ url }) => url)).toEqual([
    'http://server/v1/goals?limit=5&state=running%2Cpaused',
    'http://server/v1/goals',
  ]);
});

test('[CL6] null is a payload', async () => {
  const { client, asked } = clientOf(() => json({}, 202));
  await client.sendSignal('g', 'news', null);
  expect(asked[0]?.body).toBeNull();
});

test('[CL6] 200 says that the goal was there before, 201 that it is new', async () => {
  for (const [status, existing] of [
    [200, true],
    [201, false],
  ] as const) {
    const { client, asked } = clientOf(() => json({ goalId: 'g' }, status));
    expect(await client.submitGoal({ workflow: 'w' }, { idempotencyKey: 'k' })).toMatchObject({ existing });
    expect(asked[0]?.headers.get('idempotency-key')).toBe('k');
  }
});

test('[CL6] lists are read to their last page', async () => {
  const pages = [{ items: [{ no: 0 }], next: '0' }, { items: [{ no: 1 }] }];
  const { client, asked } = clientOf(() => json(pages.shift()));
  expect((await client.listTasks('g')).map(({ no }) => no)).toEqual([0, 1]);
  expect(asked[1]?.url).toContain('after=0');
});

test('[CL7] a problem becomes a ClientError that carries it', async () => {
  const problem = { code: 'goal-ended', status: 409, family: 'refused', retryable: false, detail: 'it has ended' };
  const { client } = clientOf(() => json(problem, 409, 'application/problem+json; charset=utf-8'));
  await expect(client.cancelGoal('g')).rejects.toMatchObject({
    kind: 'problem',
    code: 'goal-ended',
    status: 409,
    retryable: false,
    message: 'it has ended',
  });
});

test('[CL7] an answer that is not of Chorale is told from a refusal', async () => {
  const { client } = clientOf(() => new Response('<html>', { status: 502, headers: { 'content-type': 'text/html' } }));
  await expect(client.getGoal('g')).rejects.toMatchObject({ kind: 'foreign-answer', problem: undefined });
  const { client: other } = clientOf(() => new Response('<html>', { status: 200 }));
  await expect(other.getGoal('g')).rejects.toMatchObject({ kind: 'foreign-answer' });
});

test('[CL7] no answer at all says why', async () => {
  const { client } = clientOf(() => {
    throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') });
  });
  await expect(client.getGoal('g')).rejects.toMatchObject({
    kind: 'unreachable',
    retryable: true,
    message: 'no answer from http://server: connect ECONNREFUSED 127.0.0.1:1',
  });
});
