// Ways out of a project, or to more in one than one has: each is tried as somebody who has less.
import { defaultTenant } from '@chorale/lib-ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../api/api-fixture.ts';
import { Visitor } from './http-visitor.fixture.ts';
import { givePassword } from './local-owner.ts';

let api: TestApi;
let owner: Visitor;
beforeAll(async () => {
  api = await startTestApi();
  const password = (await givePassword(api.services.identity))!;
  owner = new Visitor(api.baseUrl);
  await owner.logIn('owner', password);
  for (const projectId of ['alpha', 'beta']) await api.client.createProject({ projectId });
});
afterAll(() => api.close());

const post = (by: Visitor, path: string, body: object = {}) => by.visit(path, { method: 'POST', body });
const statusOf = async (answer: Promise<Response>): Promise<number> => (await answer).status;
const codeOf = async (answer: Promise<Response>): Promise<string> =>
  ((await (await answer).json()) as { code: string }).code;

async function member(login: string, roles: readonly string[]): Promise<{ visitor: Visitor; userId: string }> {
  const body = { login, roles };
  const made = await owner.json<{ userId: string; invitation: string }>('/v1/members', { method: 'POST', body });
  const visitor = new Visitor(api.baseUrl);
  const chosen = { invitation: made.invitation, password: `a long phrase of ${login}` };
  expect(await statusOf(post(visitor, '/v1/login/invitation', chosen))).toBe(200);
  return { visitor, userId: made.userId };
}

/** Without a body it is read; `ends`: removed. */
async function ask(key: string, path: string, body?: object | 'ends'): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return fetch(`${api.baseUrl}${path}`, {
    headers,
    ...(body === undefined
      ? {}
      : body === 'ends'
        ? { method: 'DELETE', body: '{}' }
        : { method: 'POST', body: JSON.stringify(body) }),
  });
}

const definition = "tasks:\n  ask: { approval: 'Well?' }\n  news: { signal: true }\n";

test('[AC20] who owns a project owns nothing of the tenant', async () => {
  const { visitor: ann } = await member('ann', ['owner@alpha']);
  expect(await statusOf(ann.visit('/v1/projects/alpha'))).toBe(200);
  const reaches = ['/v1/members', '/v1/config', '/v1/audit/entries', '/v1/budgets', '/v1/memories', '/v1/messages'];
  for (const path of [...reaches, '/v1/model-keys', '/v1/tenants/default', '/v1/queue'])
    expect([path, await statusOf(ann.visit(path))]).toEqual([path, 403]);
  expect(await statusOf(post(ann, '/v1/members', { login: 'x', roles: ['viewer'] }))).toBe(403);
  expect(await statusOf(post(ann, '/v1/projects', { projectId: 'gamma' }))).toBe(403);
  expect(await statusOf(post(ann, '/v1/tenants/default/stop-agents'))).toBe(403);
  expect(await statusOf(post(ann, '/v1/secrets/rotate-key'))).toBe(403);
  // Nor widens the limits of their own.
  expect(await statusOf(post(ann, '/v1/projects/alpha', { quotas: { goals: 1_000 } }))).toBe(403);
  expect(await statusOf(post(ann, '/v1/projects/alpha', { displayName: 'The first' }))).toBe(200);
  expect(await codeOf(post(ann, '/v1/projects/beta', { displayName: 'Mine' }))).toBe('project-not-found');
});

test('[AC20] who manages a project gives roles in it alone, and none that permits more than they may there', async () => {
  const { visitor: mia, userId } = await member('mia', ['admin@alpha', 'viewer@beta']);
  const { userId: nobody } = await member('nobody', []);
  const give = (projectId: string, roles: readonly string[], who = nobody) =>
    post(mia, `/v1/projects/${projectId}/members`, { member: who, roles });
  expect(await statusOf(give('alpha', ['developer']))).toBe(200);
  expect((await api.services.identity.users.find(defaultTenant, nobody))?.body.roles).toEqual(['developer@alpha']);
  expect(await statusOf(give('beta', ['developer']))).toBe(403);
  // A role of the tenant, or of another project, has no form in which it could be asked for.
  for (const role of ['admin@beta', 'owner@', '@beta', 'developer@alpha@beta'])
    expect([role, await statusOf(give('alpha', [role]))]).toEqual([role, 400]);
  expect(await statusOf(give('beta', ['admin'], userId))).toBe(403);
  expect(await statusOf(post(mia, `/v1/members/${userId}`, { roles: ['admin'] }))).toBe(403);
  const { visitor: dev } = await member('dev', ['developer@alpha']);
  expect(await statusOf(post(dev, '/v1/projects/alpha/members', { member: 'dev', roles: ['owner'] }))).toBe(403);
  // Out again: what they had in the project counts no longer at the next request.
  expect(await statusOf(dev.visit('/v1/goals'))).toBe(200);
  expect(await statusOf(post(mia, '/v1/projects/alpha/members', { member: 'dev', roles: [] }))).toBe(200);
  expect(await statusOf(dev.visit('/v1/goals'))).toBe(403);
});

test('[AC21] a key for one project leads to nothing else: to no other key, no token, no session', async () => {
  const { visitor: kim } = await member('kim', ['admin']);
  const make = async (body: object): Promise<{ key: string; keyId: string; projectId?: string }> =>
    kim.json('/v1/account/keys', { method: 'POST', body });
  const [bound, free] = [await make({ label: 'bound', projectId: 'alpha' }), await make({ label: 'free' })];
  expect(bound.projectId).toBe('alpha');
  expect(await statusOf(ask(bound.key, '/v1/members'))).toBe(403);
  expect(await statusOf(ask(free.key, '/v1/members'))).toBe(200);
  // Made with it: for the same project, asked for or not.
  const again = (await (await ask(bound.key, '/v1/account/keys', { label: 'next' })).json()) as typeof bound;
  expect(again.projectId).toBe('alpha');
  expect(await statusOf(ask(again.key, '/v1/members'))).toBe(403);
  expect(await statusOf(ask(bound.key, '/v1/account/keys', { label: 'x', projectId: 'beta' }))).toBe(403);
  // Others of the same user are not there: taking the place of one would be a way out.
  expect(await statusOf(ask(bound.key, `/v1/account/keys/${free.keyId}/rotate`, {}))).toBe(404);
  expect(await statusOf(ask(bound.key, `/v1/account/keys/${free.keyId}`, 'ends'))).toBe(404);
  const listed = (await (await ask(bound.key, '/v1/account/keys')).json()) as {
    items: readonly { projectId: string }[];
  };
  expect(listed.items.map(({ projectId }) => projectId)).toEqual(['alpha', 'alpha']);
  const rotated = (await (await ask(bound.key, `/v1/account/keys/${bound.keyId}/rotate`, {})).json()) as typeof bound;
  expect(rotated.projectId).toBe('alpha');
  const { token } = (await (await ask(bound.key, '/v1/tokens', {})).json()) as { token: string };
  expect(await statusOf(ask(token, '/v1/members'))).toBe(403);
  expect(await statusOf(ask(token, '/v1/projects/beta'))).toBe(404);
  expect(await statusOf(ask(token, '/v1/projects/alpha'))).toBe(200);
  expect(await statusOf(ask(bound.key, '/v1/account/tickets', {}))).toBe(403);
  // Where its user may do nothing, a key for a project is none.
  const { visitor: dev } = await member('dot', ['developer@alpha']);
  expect(await codeOf(post(dev, '/v1/account/keys', { label: 'x', projectId: 'beta' }))).toBe('project-not-found');
});

test('[AC22] nothing is begun in another project, and what is there is not there', async () => {
  const { visitor: dev } = await member('dee', ['developer@alpha']);
  const submit = (body: object) => post(dev, '/v1/goals', { definition, ...body });
  expect(await codeOf(submit({ projectId: 'beta' }))).toBe('project-not-found');
  expect(await codeOf(submit({ projectId: 'default' }))).toBe('project-not-found');
  // Without a project it is the only one they may submit in.
  expect(await (await submit({})).json()).toMatchObject({ projectId: 'alpha' });
  const schedule = { name: 'n', workflow: 'two-steps', cron: '0 3 * * *', inputs: { topic: 'x' } };
  expect(await codeOf(post(dev, '/v1/schedules', { ...schedule, projectId: 'beta' }))).toBe('project-not-found');
  const batch = { goals: [{ definition, projectId: 'beta' }, { definition }] };
  const { items } = (await (await post(dev, '/v1/goals/batch', batch)).json()) as {
    items: readonly { status: number }[];
  };
  expect(items.map(({ status }) => status)).toEqual([404, 201]);
  const secret = { name: 'TOKEN', value: 'something', projectId: 'beta' };
  expect(await statusOf(post(dev, '/v1/secrets', secret))).toBe(403);
  // What somebody else began in another project.
  const { goal } = await api.client.submitGoal({ definition, projectId: 'beta' });
  const of = `/v1/goals/${goal.goalId}`;
  for (const path of [of, `${of}/tasks`, `${of}/events`, `${of}/explain`, `${of}/plan`, `${of}/artifacts`])
    expect([path, await codeOf(dev.visit(path))]).toEqual([path, 'goal-not-found']);
  for (const [path, body] of [
    [`${of}/cancel`, {}],
    [`${of}/signals/news`, {}],
    [`${of}/tasks/ask/messages`, { text: 'go on' }],
    [`${of}/tasks/ask/retry`, {}],
  ] as const)
    expect([path, await codeOf(post(dev, path, body))]).toEqual([path, 'goal-not-found']);
  expect((await api.client.getGoal(goal.goalId)).version).toBe(goal.version);
});

test('[AC22] a key of idempotency gives nobody the goal of another project', async () => {
  const { visitor: dev } = await member('ida', ['developer@alpha']);
  const theirs = await api.client.submitGoal({ definition, projectId: 'beta' }, { idempotencyKey: 'shared' });
  const headers = { 'idempotency-key': 'shared' };
  const answer = await dev.visit('/v1/goals', { method: 'POST', body: { definition }, headers });
  expect(answer.status).toBe(201);
  const mine = (await answer.json()) as { goalId: string; projectId: string };
  expect(mine.goalId).not.toBe(theirs.goal.goalId);
  expect(mine.projectId).toBe('alpha');
});

test('[AC22] approvals are answered in the project where somebody may, and four eyes hold there', async () => {
  const { visitor: rev } = await member('rev', ['reviewer@alpha', 'developer@alpha']);
  const eyes = "tasks:\n  ask: { approval: 'Well?', four_eyes: true }\n";
  const own = (await (await post(rev, '/v1/goals', { definition: eyes })).json()) as { goalId: string };
  const { goal: alpha } = await api.client.submitGoal({ definition: eyes, projectId: 'alpha' });
  const { goal: beta } = await api.client.submitGoal({ definition: eyes, projectId: 'beta' });
  const decide = async (goalId: string): Promise<Response> => {
    const [approval] = await api.client.listApprovals({ goalId });
    return post(rev, `/v1/approvals/${approval!.approvalId}/decision`, { decision: 'approve' });
  };
  expect(await codeOf(decide(beta.goalId))).toBe('approval-not-found');
  expect(await codeOf(decide(own.goalId))).toBe('four-eyes');
  expect(await statusOf(decide(alpha.goalId))).toBe(200);
  const seen = (await (await rev.visit('/v1/approvals')).json()) as { items: readonly { projectId: string }[] };
  expect(new Set(seen.items.map(({ projectId }) => projectId))).toEqual(new Set(['alpha']));
});

test('[AC22] bytes that the tenant keeps once are given where a goal of a project of theirs has them', async () => {
  const { visitor: dev } = await member('ben', ['developer@alpha']);
  const { hash } = await api.putArtifact('what beta found');
  expect(await statusOf(dev.visit(`/v1/artifacts/${hash}`))).toBe(404);
  const { goal } = await api.client.submitGoal({ definition, projectId: 'beta' });
  expect(await statusOf(dev.visit(`/v1/artifacts/${hash}?goal=${goal.goalId}`))).toBe(404);
});

test('[AC23] who sees and may not do is told so; nothing new begins in an archived project', async () => {
  const { visitor: vic } = await member('vic', ['viewer@alpha', 'developer@beta']);
  const { goal } = await api.client.submitGoal({ definition, projectId: 'alpha' });
  expect(await codeOf(post(vic, `/v1/goals/${goal.goalId}/cancel`))).toBe('not-permitted');
  await api.client.createProject({ projectId: 'old' });
  const { goal: last } = await api.client.submitGoal({ definition, projectId: 'old' });
  await expect(api.client.changeProject('old', { state: 'archived' })).rejects.toMatchObject({
    problem: { code: 'project-in-use' },
  });
  await api.client.cancelGoal(last.goalId);
  expect(await api.client.changeProject('old', { state: 'archived' })).toMatchObject({ state: 'archived' });
  await expect(api.client.submitGoal({ definition, projectId: 'old' })).rejects.toMatchObject({
    problem: { code: 'project-archived' },
  });
  expect((await api.client.getGoal(last.goalId)).projectId).toBe('old');
  for (const again of ['rerun', 'retry'])
    expect([again, await codeOf(post(owner, `/v1/goals/${last.goalId}/tasks/ask/${again}`))]).toEqual([
      again,
      'project-archived',
    ]);
  await expect(api.client.changeProject('default', { state: 'archived' })).rejects.toMatchObject({
    problem: { code: 'default-project' },
  });
});

test('[AC24] a project has its quota, beneath that of its tenant', async () => {
  await api.client.changeTenant('default', { quotas: { goals: 1_000 } });
  await expect(api.client.createProject({ projectId: 'big', quotas: { goals: 1_001 } })).rejects.toMatchObject({
    problem: { code: 'quota-above-tenant' },
  });
  await api.client.createProject({ projectId: 'small', quotas: { goals: 1, runningTasks: 2, spendUsdPerMonth: 3 } });
  expect(api.services.tenants.projectsRunningMax()).toEqual({ 'default:small': 2 });
  expect(await api.client.listBudgets()).toMatchObject([
    { scope: 'project', subject: 'small', window: 'month', limit: { usd: 3 } },
  ]);
  await expect(
    api.client.putBudget({ scope: 'project', subject: 'smal', window: 'month', limit: { usd: 3 } }),
  ).rejects.toMatchObject({ problem: { code: 'project-not-found' } });
  const { goal } = await api.client.submitGoal({ definition, projectId: 'small' });
  await expect(api.client.submitGoal({ definition, projectId: 'small' })).rejects.toMatchObject({
    problem: { code: 'quota-exceeded', data: { quota: 'goals', used: 1, allowed: 1 } },
  });
  expect((await api.client.getProject('small')).used).toEqual({ goals: 1, tasks: 2 });
  await api.client.cancelGoal(goal.goalId);
  expect((await api.client.submitGoal({ definition, projectId: 'small' })).goal.projectId).toBe('small');
  await api.client.changeTenant('default', { quotas: {} });
});

test('[AC25] why somebody may do something in a project, and not in another, is explained', async () => {
  const { userId } = await member('eve', ['developer@alpha']);
  const explain = (projectId?: string) =>
    api.client.explainAccess({
      subject: userId,
      operation: 'goal.submit',
      ...(projectId === undefined ? {} : { projectId }),
    });
  expect(await explain('alpha')).toMatchObject({ allowed: true, decidedBy: ['role-developer'], projectId: 'alpha' });
  const elsewhere = await explain('beta');
  expect(elsewhere).toMatchObject({ allowed: false });
  expect(elsewhere.because).toContain('may not do goal.submit in the project beta');
  expect(await explain()).toMatchObject({ allowed: false });
  await expect(explain('nowhere')).rejects.toMatchObject({ problem: { code: 'project-not-found' } });
});
