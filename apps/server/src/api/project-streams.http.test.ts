import { createClient } from '@chorale/lib-client';
import type { TenantId } from '@chorale/lib-ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';

let at: TestApi;
beforeAll(async () => {
  at = await startTestApi({ streams: { readmitMs: 50, hintMs: 5, pollMs: 100 } });
  for (const projectId of ['alpha', 'beta']) await at.client.createProject({ projectId });
});
afterAll(() => at.close());

const definition = 'tasks:\n  news: { signal: true }\n';
const as = (key: string) => createClient({ baseUrl: at.baseUrl, key });
const submit = async (projectId: string): Promise<string> =>
  (await at.client.submitGoal({ definition, projectId })).goal.goalId;

test('[API157] who follows what changes in one project is told of its goals alone, for as long as they are in it', async () => {
  const stop = new AbortController();
  const heard: string[] = [];
  const listening = (async () => {
    for await (const hint of as('viewer@default/alpha').followChanges({ signal: stop.signal }))
      if ('goals' in hint) heard.push(...hint.goals.map(({ goalId }) => goalId));
  })();
  const submitted: { readonly projectId: string; readonly goalId: string }[] = [];
  // Longer than it takes to be asked again whether they are let in.
  for (let round = 0; round < 40 && heard.length < 3; round++) {
    for (const projectId of ['beta', 'alpha']) submitted.push({ projectId, goalId: await submit(projectId) });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  stop.abort();
  await listening;
  const inAlpha = new Set(submitted.flatMap(({ projectId, goalId }) => (projectId === 'alpha' ? [goalId] : [])));
  expect(heard.length).toBeGreaterThanOrEqual(3);
  expect(heard.filter((goalId) => !inAlpha.has(goalId))).toEqual([]);
});

test('[API157] who follows some projects is told as well when there was too much to name', async () => {
  const slow = await startTestApi({ streams: { hintMs: 3_000 } });
  try {
    for (const projectId of ['alpha', 'beta']) await slow.client.createProject({ projectId });
    const stop = new AbortController();
    const heard: string[] = [];
    const viewer = createClient({ baseUrl: slow.baseUrl, key: 'viewer@default/alpha' });
    const listening = (async () => {
      for await (const hint of viewer.followChanges({ signal: stop.signal }))
        heard.push('goals' in hint ? 'goals' : 'resync');
    })();
    // The client says so itself where it begins.
    await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(1);
    await slow.client.submitGoal({ definition, projectId: 'alpha' });
    await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(2);
    // While what is heard is gathered: more than fit, of which a few are theirs.
    for (let round = 0; round < 3; round++)
      await slow.client.submitGoals(Array.from({ length: 400 }, () => ({ definition, projectId: 'beta' })));
    await slow.client.submitGoal({ definition, projectId: 'alpha' });
    await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(3);
    stop.abort();
    await listening;
    expect(heard).toEqual(['resync', 'goals', 'resync']);
  } finally {
    await slow.close();
  }
}, 30_000);

test('[API157] a stream of a goal ends when its reader is in its project no longer, and not before', async () => {
  const goalId = await submit('alpha');
  const { users, keys } = at.services.identity;
  const by = { kind: 'system', id: 'test' };
  const tenantId = 'default' as TenantId;
  const roles = ['viewer@alpha'];
  const added = { tenantId, login: 'vic', displayName: 'vic', kind: 'service', roles, source: 'local', by } as const;
  const { id: userId } = await users.add(added);
  const scopes = ['goal.read'] as const;
  const { token } = await keys.make({ tenantId, userId, label: 'k', scopes, lifeMs: 1e9, by });
  const response = await fetch(`${at.baseUrl}/v1/goals/${goalId}/events/stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(200);
  let ended = false;
  const reading = response.text().then(() => (ended = true));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(ended).toBe(false);
  await users.change({ tenantId, userId, change: { roles: ['viewer@beta'] }, by });
  await reading;
  expect(ended).toBe(true);
});
