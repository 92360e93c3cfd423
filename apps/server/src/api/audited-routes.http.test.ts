import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';
import { routes } from './routes/index.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

test('[AUD14] every route that is no reading says who writes down that it was used', () => {
  const silent = routes.filter(
    ({ method, audit, record }) => method !== 'GET' && (audit === undefined) === (record === undefined),
  );
  expect(silent.map(({ operation }) => operation)).toEqual([]);
  expect(routes.filter(({ method, record }) => method === 'GET' && record !== undefined)).toEqual([]);
  // A way in, whatever is known of it, is never without an entry.
  const open = routes.filter(
    ({ method, permit, record }) => method !== 'GET' && permit === 'public' && record !== 'itself',
  );
  expect(open.map(({ operation }) => operation)).toEqual(['beginPasskeyLogin']);
});

const entriesOn = async (on: string): Promise<readonly string[]> => {
  const { items } = await api.client.listAuditEntries({ on });
  return items.map(({ what, decision, detail }) => `${what} ${String(detail['did'])}: ${decision}`).toReversed();
};

test('[AUD14] steering, cancelling and schedules are in the log, before and after', async () => {
  const { client } = api;
  const { goalId } = (await client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'steering' } })).goal;
  await client.pauseGoal(goalId);
  await client.resumeGoal(goalId);
  await client.cancelGoal(goalId);
  await expect(client.cancelGoal(goalId)).rejects.toMatchObject({ code: 'goal-ended' });
  expect(await entriesOn(goalId)).toEqual([
    'goal.steer pause: allowed',
    'goal.steer pause: done',
    'goal.steer resume: allowed',
    'goal.steer resume: done',
    'goal.cancel cancel: allowed',
    'goal.cancel cancel: done',
    'goal.cancel cancel: allowed',
    'goal.cancel cancel: failed',
  ]);
  const schedule = {
    name: 'nightly',
    cron: '0 3 * * *',
    timeZone: 'UTC',
    workflow: 'two-steps',
    inputs: { topic: 'x' },
  };
  const { scheduleId } = await client.addSchedule(schedule);
  await client.removeSchedule(scheduleId);
  expect(await entriesOn('nightly')).toEqual(['goal.submit add: allowed', 'goal.submit add: done']);
  expect(await entriesOn(scheduleId)).toEqual(['goal.submit remove: allowed', 'goal.submit remove: done']);
});
