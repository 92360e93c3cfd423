import { expect, test } from 'vitest';
import { withRetries } from './retrying.ts';

type Answer = number | Error;

function makeServer(...answers: readonly Answer[]) {
  const asked: string[] = [];
  const fetchIt = async (_url: string, { method = 'GET' }: RequestInit): Promise<Response> => {
    const answer = answers[asked.length] ?? 200;
    asked.push(method);
    if (answer instanceof Error) throw answer;
    return new Response('{}', { status: answer });
  };
  return { asked, fetchIt };
}

const gone = new TypeError('fetch failed');

test('what reads is asked again while the server is replaced, and answered by the next one', async () => {
  const { asked, fetchIt } = makeServer(gone, 503, 200);
  expect((await withRetries(fetchIt, 10_000)('http://x/', {})).status).toBe(200);
  expect(asked).toHaveLength(3);
});

test('what makes something is sent again only under a key by which the server knows it', async () => {
  const once = makeServer(gone, 200);
  await expect(withRetries(once.fetchIt, 10_000)('http://x/', { method: 'POST' })).rejects.toBe(gone);
  expect(once.asked).toHaveLength(1);
  const keyed = makeServer(gone, 201);
  const init = { method: 'POST', headers: { 'idempotency-key': 'k' } };
  expect((await withRetries(keyed.fetchIt, 10_000)('http://x/', init)).status).toBe(201);
});

test('what is refused is not sent again, and after the time the last answer is handed on', async () => {
  const refused = makeServer(404, 200);
  expect((await withRetries(refused.fetchIt, 10_000)('http://x/', {})).status).toBe(404);
  const busy = makeServer(503, 503, 503, 503, 503, 503, 503);
  expect((await withRetries(busy.fetchIt, 120)('http://x/', {})).status).toBe(503);
  expect(busy.asked.length).toBeLessThan(4);
});

test('a client sends again what its budget allows, however much is refused at once', async () => {
  let asked = 0;
  const busy = withRetries(async () => {
    asked += 1;
    return new Response('{}', { status: 503 });
  }, 2_000);
  const answers = await Promise.all(Array.from({ length: 500 }, () => busy('http://x/', {})));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
  // 500 first tries, 200 at once, and ten for each of the two seconds.
  expect(asked).toBeGreaterThan(600);
  expect(asked).toBeLessThanOrEqual(500 + 200 + 25);
});
