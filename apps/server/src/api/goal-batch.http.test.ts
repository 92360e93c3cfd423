import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';

describe('many goals in one request', () => {
  let at: TestApi;
  const good = { workflow: 'two-steps', inputs: { topic: 'bees' } };
  beforeEach(async () => {
    at = await startTestApi();
  });
  afterEach(() => at.close());

  test('[API170] each is taken in or refused by itself, in the order in which they were given', async () => {
    const items = await at.client.submitGoals([good, { workflow: 'nowhere' }, { workflow: 'broken' }, good]);
    expect(items.map(({ status }) => status)).toEqual([201, 404, 422, 201]);
    expect(items.map(({ problem }) => problem?.code)).toEqual([
      undefined,
      'catalog-unknown',
      'workflow-invalid',
      undefined,
    ]);
    const found = await Promise.all(
      items.flatMap(({ goal }) => (goal === undefined ? [] : at.client.getGoal(goal.goalId))),
    );
    expect(found.map(({ workflow }) => workflow)).toEqual(['two-steps', 'two-steps']);
    expect((await at.client.listGoals()).items).toHaveLength(2);
  });

  test('[API170] sent again under their idempotency keys they are the same goals; another goal under such a key is refused', async () => {
    const keyed = [1, 2, 3].map((no) => ({ ...good, idempotencyKey: `key ${no}` }));
    const first = await at.client.submitGoals(keyed);
    const again = await at.client.submitGoals([...keyed, { ...good, title: 'Another', idempotencyKey: 'key 1' }]);
    expect(again.map(({ status }) => status)).toEqual([200, 200, 200, 409]);
    expect(again.slice(0, 3).map(({ goal }) => goal?.goalId)).toEqual(first.map(({ goal }) => goal?.goalId));
    expect((await at.client.listGoals()).items).toHaveLength(3);
  });

  test('[API170] what does not fit the schema refuses the whole request, naming the goal', async () => {
    const wrong = { ...good, title: 5 } as unknown as typeof good;
    await expect(at.client.submitGoals([good, wrong])).rejects.toMatchObject({
      problem: { code: 'request-invalid', issues: [{ at: 'body.goals[1].title' }] },
    });
    await expect(at.client.submitGoals([])).rejects.toMatchObject({ problem: { code: 'request-invalid' } });
    expect((await at.client.listGoals()).items).toHaveLength(0);
  });
});

describe('a goal that is asked for again and again', () => {
  let at: TestApi;
  let reads: number;
  beforeEach(async () => {
    at = await startTestApi();
    reads = 0;
    const { findGoal } = at.store;
    Object.assign(at.store, {
      findGoal: (...asked: Parameters<typeof findGoal>) => {
        reads += 1;
        return findGoal(...asked);
      },
    });
  });
  afterEach(() => at.close());

  test('[API171] is read once, and again when it has changed: the answer to a change is never older than the change', async () => {
    const { goal } = await at.client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'bees' } });
    await Promise.all(Array.from({ length: 20 }, () => at.client.getGoal(goal.goalId)));
    expect(reads).toBe(1);
    await at.client.pauseGoal(goal.goalId);
    const before = reads;
    expect((await at.client.getGoal(goal.goalId)).state).toBe('paused');
    expect(reads).toBe(before + 1);
    const [claimed] = await at.claim(0);
    expect(claimed).toBeUndefined();
    await at.client.cancelGoal(goal.goalId);
    expect((await at.client.getGoal(goal.goalId)).state).toBe('cancelled');
  });

  test('[API171] is read anew, once, for who has seen a later version of the database', async () => {
    const { goal } = await at.client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'bees' } });
    const ask = (since: string) =>
      fetch(`${at.baseUrl}/v1/goals/${goal.goalId}`, { headers: { 'x-chorale-min-version': since } });
    await at.client.getGoal(goal.goalId);
    const before = reads;
    for (const since of ['41', '42', '42', '17']) expect((await ask(since)).status).toBe(200);
    expect(reads).toBe(before + 2);
    await ask('43');
    expect(reads).toBe(before + 3);
  });

  test('[API171] is read anew for who asks for that', async () => {
    const { goal } = await at.client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'bees' } });
    const ask = (headers: Record<string, string>) => fetch(`${at.baseUrl}/v1/goals/${goal.goalId}`, { headers });
    await ask({});
    await ask({});
    expect(reads).toBe(1);
    await ask({ 'cache-control': 'no-cache' });
    expect(reads).toBe(2);
    const etag = (await ask({})).headers.get('etag') ?? '';
    expect((await ask({ 'if-none-match': etag })).status).toBe(304);
    expect(reads).toBe(2);
  });
});
