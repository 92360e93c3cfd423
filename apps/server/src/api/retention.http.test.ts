import type { TenantId } from '@chorale/lib-ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';

const dayMs = 24 * 3_600_000;
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

/** Runs both tasks of it, the second with an artifact. */
async function runGoal(topic: string): Promise<string> {
  const { goalId } = (await api.client.submitGoal({ workflow: 'two-steps', inputs: { topic } })).goal;
  const kept = { ...(await api.putArtifact(`report on ${topic}`)), name: 'report.md', mediaType: 'text/markdown' };
  for (const artifacts of [[], [kept]]) {
    const [claimed] = await api.claim();
    await api.succeed(claimed!, { found: topic }, { artifacts });
  }
  return goalId;
}

test('[API141] goals that ended long ago go when that is asked for, and not while they are held or at work', async () => {
  const { client } = api;
  const old = await runGoal('the old');
  api.clock.now += 60 * dayMs;
  const { goal: atWork } = await client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'at work' } });
  const request = { olderThanDays: 30 };
  const planned = await client.applyRetention(request);
  expect(planned).toMatchObject({ dryRun: true, counts: { goals: 1, 'goals held': 0, 'model-calls': 0 } });
  expect(planned.counts['artifact bytes']).toBe('report on the old'.length);
  expect((await client.getGoal(old)).state).toBe('succeeded');

  const { holdId } = await client.placeMemoryHold({ scope: 'tenant/default', reason: 'a court asks' });
  expect((await client.applyRetention({ ...request, apply: true })).counts).toMatchObject({
    goals: 0,
    'goals held': 1,
  });
  await client.liftMemoryHold(holdId);

  expect((await client.applyRetention({ ...request, kinds: ['model-calls'], apply: true })).counts).toEqual({
    'model-calls': 0,
  });
  expect((await client.applyRetention({ ...request, apply: true })).counts).toMatchObject({ goals: 1 });
  await expect(client.getGoal(old)).rejects.toMatchObject({ code: 'goal-not-found' });
  api.clock.now += 400 * dayMs;
  expect((await client.getGoal(atWork.goalId)).goalId).toBe(atWork.goalId);
  expect((await client.applyRetention(request)).counts).toMatchObject({ goals: 0 });
  const { items } = await client.listAuditEntries({ what: 'tenant.erase' });
  const seen = items.map(({ on, decision }) => `${on.kind} ${on.id}: ${decision}`);
  expect(seen).toContain('retention goals model-calls: done');
  expect(seen).toContain('retention model-calls: allowed');
});

test('[API197] each tenant says for how long its things are kept', async () => {
  const { client, services } = api;
  expect(await client.getRetentionPolicy()).toEqual({});
  expect(await client.setRetentionPolicy({ goals: 90, 'model-calls': 30 })).toEqual({ goals: 90, 'model-calls': 30 });
  expect(await client.getRetentionPolicy()).toEqual({ goals: 90, 'model-calls': 30 });
  expect((await services.tenants.find('default' as TenantId))?.retention).toEqual({ goals: 90, 'model-calls': 30 });
  expect(await client.setRetentionPolicy({ goals: 60 })).toEqual({ goals: 60 });
  await expect(client.setRetentionPolicy({ goals: 0 })).rejects.toMatchObject({ code: 'request-invalid' });
});
