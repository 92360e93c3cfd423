import { ClientError, createClient, type ChoraleClient } from '@chorale/lib-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';

let at: TestApi;
beforeAll(async () => {
  at = await startTestApi();
  await at.client.createTenant({ tenantId: 'north', displayName: 'North Ltd', owner: 'nora', quotas: { goals: 2 } });
  await at.client.createTenant({ tenantId: 'south', owner: 'sam' });
});
afterAll(() => at.close());

const as = (who: string): ChoraleClient => createClient({ baseUrl: at.baseUrl, key: who });
const codeOf = async (call: Promise<unknown>): Promise<string | undefined> => {
  const error = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return error instanceof ClientError ? error.problem?.code : undefined;
};
const goal = { workflow: 'two-steps', inputs: { topic: 'x' } };

test('[TN1] the home tenant creates, lists and changes tenants, and nobody else does', async () => {
  const tenants = await at.client.listTenants();
  expect(tenants.map(({ tenantId }) => tenantId)).toEqual(['default', 'north', 'south']);
  expect(await codeOf(at.client.createTenant({ tenantId: 'north', owner: 'x' }))).toBe('tenant-exists');
  expect(await codeOf(at.client.createTenant({ tenantId: 'default', owner: 'x' }))).toBe('tenant-exists');
  expect(await codeOf(at.client.createTenant({ tenantId: '../north', owner: 'x' }))).toBe('tenant-invalid');
  expect(await codeOf(at.client.createTenant({ tenantId: 'west', owner: 'a b\u0001' }))).toBe('login-invalid');
  expect(await codeOf(at.client.getTenant('west'))).toBe('tenant-not-found');
  for (const role of ['owner', 'admin', 'viewer']) {
    const foreign = as(`${role}@north`);
    expect(await codeOf(foreign.listTenants())).toBe('not-permitted');
    expect(await codeOf(foreign.createTenant({ tenantId: 'west', owner: 'x' }))).toBe('not-permitted');
    expect(await codeOf(foreign.changeTenant('north', { quotas: {} }))).toBe('not-permitted');
    expect(await codeOf(foreign.getTenant('south'))).toBe('tenant-not-found');
    expect(await codeOf(foreign.getConfig())).toBe('not-permitted');
    expect((await foreign.getTenant('north')).displayName).toBe('North Ltd');
  }
  expect(await codeOf(at.client.changeTenant('default', { state: 'suspended' }))).toBe('home-tenant');
});

test('[TN2] goals beyond the quota are refused, however many are submitted at once', async () => {
  const north = as('owner@north');
  const codes = await Promise.all(Array.from({ length: 6 }, () => codeOf(north.submitGoal(goal))));
  expect(codes.filter((code) => code === undefined)).toHaveLength(2);
  expect(codes.filter((code) => code === 'quota-exceeded')).toHaveLength(4);
  expect((await north.getTenant('north')).used).toMatchObject({ goals: 2 });
  // Another tenant has room.
  expect(await codeOf(as('owner@south').submitGoal(goal))).toBeUndefined();
  await at.client.changeTenant('north', { quotas: { modelKeys: 1 } });
  expect(await codeOf(north.submitGoal(goal))).toBeUndefined();
  await north.createModelKey({ name: 'one' });
  expect(await codeOf(north.createModelKey({ name: 'two' }))).toBe('quota-exceeded');
});

test('[TN2] a quota of money is a budget of the tenant', async () => {
  await at.client.changeTenant('south', { quotas: { spendUsdPerMonth: 12.5 } });
  expect(await as('owner@south').listBudgets()).toMatchObject([
    { scope: 'tenant', subject: 'south', window: 'month', limit: { usd: 12.5 } },
  ]);
});

test('[TN3] of a suspended tenant nobody is let in until it may', async () => {
  const south = as('owner@south');
  const { key } = await south.createModelKey({ name: 'program' });
  await at.client.changeTenant('south', { state: 'suspended' });
  expect(await codeOf(south.listGoals())).toBe('tenant-suspended');
  const models = await fetch(`${at.baseUrl}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  expect(models.status).toBe(403);
  expect(at.services.tenants.stopped()).toEqual(['south']);
  await at.client.changeTenant('south', { state: 'active' });
  expect(await codeOf(south.listGoals())).toBeUndefined();
});

test('[TN3] who may stop agents stops those of their own tenant, and who runs the installation any', async () => {
  expect(await codeOf(as('viewer@north').stopAgents('north'))).toBe('not-permitted');
  expect(await codeOf(as('reviewer@north').stopAgents('south'))).toBe('tenant-not-found');
  expect(await as('reviewer@north').stopAgents('north')).toMatchObject({ agents: 'stopped' });
  await at.client.stopAgents('south');
  expect(at.services.tenants.stopped()).toEqual(['north', 'south']);
  for (const role of ['operator', 'developer', 'reviewer'])
    expect(await codeOf(as(`${role}@north`).resumeAgents('north'))).toBe('not-permitted');
  expect(await as('admin@north').resumeAgents('north')).toMatchObject({ agents: 'running' });
  // What the home tenant stopped, it alone lets go on, whoever stops it once more.
  await as('owner@south').stopAgents('south');
  expect(await codeOf(as('owner@south').resumeAgents('south'))).toBe('agents-stopped-by-home');
  expect(at.services.tenants.stopped()).toEqual(['south']);
  await at.client.resumeAgents('south');
  await as('reviewer@south').stopAgents('south');
  await as('owner@south').resumeAgents('south');
  expect(at.services.tenants.stopped()).toEqual([]);
});

test('[PE5] who may see policies is told whether somebody may do something, and why', async () => {
  const because = await as('auditor@north').explainAccess({ operation: 'audit.export' });
  expect(because).toMatchObject({ allowed: true, decidedBy: ['role-auditor'], roles: ['auditor'] });
  const nora = await as('owner@north').explainAccess({ subject: 'nora', operation: 'installation.read' });
  expect(nora).toMatchObject({ allowed: false, decidedBy: ['home-tenant'], roles: ['owner'] });
  expect(nora.because).toContain('home-tenant forbids it');
  expect(await codeOf(as('owner@north').explainAccess({ subject: 'sam', operation: 'goal.read' }))).toBe(
    'user-not-found',
  );
  expect(await codeOf(as('viewer@north').explainAccess({ operation: 'goal.read' }))).toBe('not-permitted');
});

test('[PE2] an approval that asks for four eyes is answered by somebody else than who asked for the goal', async () => {
  const owner = as('owner@north');
  await at.client.changeTenant('north', { quotas: {} });
  const definition = (marked: boolean): string => `tasks:\n  ask: { approval: Go on?, four_eyes: ${marked} }\n`;
  const ask = async (marked: boolean): Promise<string> => {
    const { goal: asked } = await owner.submitGoal({ definition: definition(marked) });
    return (await owner.listApprovals({ goalId: asked.goalId }))[0]?.approvalId ?? '';
  };
  const approvalId = await ask(true);
  expect(await codeOf(owner.decideApproval(approvalId, { decision: 'approve' }))).toBe('four-eyes');
  expect(await codeOf(as('viewer@north').decideApproval(approvalId, { decision: 'approve' }))).toBe('not-permitted');
  const decided = await as('reviewer@north').decideApproval(approvalId, { decision: 'approve' });
  expect(decided).toMatchObject({ state: 'approved', decidedBy: 'reviewer-of-north' });
  expect(await owner.decideApproval(await ask(false), { decision: 'approve' })).toMatchObject({ state: 'approved' });
});
