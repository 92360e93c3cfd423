import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';
import type { Route } from './route.ts';
import { routes } from './routes/index.ts';

let at: TestApi;
let goalId: string;
beforeAll(async () => {
  at = await startTestApi();
  goalId = (await at.client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'x' } })).goal.goalId;
});
afterAll(() => at.close());

/** Words that open doors: a request made of mere noise gets no further than the first check. */
const words = fc.constantFrom(
  ...(
    'workflow two-steps definition inputs topic reason changes change add skip key first task needs kind agent scout ' +
    'decision approve cron name text path priority normal startAt deadlineAt 2026-03-01T00:00:00Z UTC'
  ).split(' '),
  '* * * * *',
  'tasks:\n  a: { agent: scout }',
  '${{ inputs.topic }}',
);
const leaf = fc.oneof(words, fc.string({ unit: 'binary' }), fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(words, tie('value'), { maxKeys: 5 }),
  ),
}));
const query = fc.dictionary(
  fc.constantFrom('limit', 'after', 'state', 'workflow', 'goal', 'name', 'run', 'until', 'x'),
  fc.string(),
  { maxKeys: 2 },
);
const part = fc.oneof(
  fc.constant('GOAL'),
  fc.constant('0'),
  words,
  fc.string({ minLength: 1 }),
  fc.constant(`sha256:${'a'.repeat(64)}`),
);
const answering = routes.filter(({ address }) => !address.endsWith('/stream'));
const called = fc.record({
  route: fc.constantFrom(...answering),
  parts: fc.array(part, { minLength: 3, maxLength: 3 }),
  query,
  body: value,
});

function addressOf(route: Route, parts: readonly string[], given: object): string {
  let index = 0;
  const path = route.address.replaceAll(/\{\w+\}/g, () => {
    const text = parts[index++] ?? 'x';
    // A lone surrogate has no percent-encoding; it cannot be sent.
    return encodeURIComponent(text === 'GOAL' ? goalId : text.replaceAll(/\p{Surrogate}/gu, '?'));
  });
  return `${at.baseUrl}${path}?${new URLSearchParams(given as Record<string, string>).toString()}`;
}

test('[API17] nothing that can be asked of any route is answered with 5xx', { timeout: 120_000 }, async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(called, async ({ route, parts, query: given, body }) => {
      const answer = await fetch(addressOf(route, parts, given), {
        method: route.method,
        ...(route.method === 'POST'
          ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
          : {}),
      });
      const text = await answer.text();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      expect(answer.status, text).toBeLessThan(500);
    }),
    { numRuns: 1500 },
  );
  // It reached the handlers too, not only the checks before them.
  expect(Array.from(statuses.keys())).toEqual(expect.arrayContaining([200, 400, 404]));
});
