import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import type { ProjectId } from '@chorale/lib-ids';
import { openProjects, refuseAboveTenant, type Projects } from '@chorale/module-access';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { admin, north, openIdentityTrial, place, secretPhrase, south } from './identity-trial.ts';

let stores: SqliteStores;
let projects: Projects;
beforeEach(async () => {
  stores = await openSqliteStores({ path: ':memory:' });
  projects = openProjects({ store: stores.identity, now: () => 1_000 });
});
afterEach(() => stores.close());

const make = (projectId: string, displayName = projectId, tenantId = north) =>
  projects.create(tenantId, { projectId, displayName, quotas: {} });
const refusal = (code: string) => expect.objectContaining({ family: 'refused', code });

test('[PJ1] every tenant has a default project, which is named and limited like others and cannot be archived', async () => {
  expect(await projects.list(north)).toMatchObject([{ projectId: 'default', state: 'active' }]);
  expect(await projects.find(south, 'default')).toMatchObject({ displayName: 'Default' });
  expect(await projects.find(south, 'other')).toBeUndefined();
  expect(await projects.change(north, 'default', { displayName: 'Everything' })).toMatchObject({
    projectId: 'default',
  });
  expect(await projects.list(north)).toMatchObject([{ projectId: 'default', displayName: 'Everything' }]);
  await expect(projects.change(north, 'default', { state: 'archived' })).rejects.toEqual(refusal('default-project'));
  await expect(make('default')).rejects.toEqual(refusal('project-exists'));
});

test('[PJ2] ids and names are given once in a tenant; a project is archived and taken back', async () => {
  await make('alpha', 'Alpha');
  await make('alpha', 'Alpha', south);
  await expect(make('alpha', 'Other')).rejects.toEqual(refusal('project-exists'));
  await expect(make('beta', 'ALPHA')).rejects.toEqual(refusal('project-exists'));
  await expect(make('beta', 'Default')).rejects.toEqual(refusal('project-exists'));
  await make('beta', 'Beta');
  await expect(projects.change(north, 'beta', { displayName: 'alpha' })).rejects.toEqual(refusal('project-exists'));
  expect(await projects.change(north, 'beta', { displayName: 'BETA' })).toMatchObject({ displayName: 'BETA' });
  expect(await projects.change(north, 'beta', { state: 'archived' })).toMatchObject({ state: 'archived' });
  expect(await projects.change(north, 'beta', { state: 'active' })).toMatchObject({ state: 'active' });
  expect((await projects.list(north)).map(({ projectId }) => projectId)).toEqual(['default', 'alpha', 'beta']);
  for (const wrong of ['', 'Big', '-a', 'a_b', 'a/b', 'a@b', '..', 'x'.repeat(64)])
    await expect(make(wrong, `named ${wrong}`), wrong).rejects.toEqual(refusal('project-invalid'));
  await expect(projects.change(north, 'gamma', {})).rejects.toEqual(refusal('project-not-found'));
});

test('[PJ3] a project is allowed what its tenant is, and no more', () => {
  expect(refuseAboveTenant({ goals: 5, tasks: 9 }, { goals: 5 })).toBeUndefined();
  expect(() => refuseAboveTenant({ goals: 6 }, { goals: 5 })).toThrow(
    expect.objectContaining({ code: 'quota-above-tenant', data: { quota: 'goals', asked: 6, allowed: 5 } }),
  );
});

test('[ID4] [ID10] roles in projects come and go without a new login, given to somebody or to their groups; roles in the tenant do not', async () => {
  const trial = await openIdentityTrial({ Payroll: ['reviewer@payroll'] });
  await trial.addPerson('root', ['owner']);
  const ann = await trial.addPerson('ann', ['viewer']);
  const { token } = await trial.login.byPassword({ tenantId: north, login: 'ann', password: secretPhrase, ...place });
  const change = (roles: readonly string[]) =>
    trial.users.change({ tenantId: north, userId: ann.id, change: { roles }, by: admin });
  const after = await change(['viewer', 'developer@payroll']);
  expect(await trial.sessions.find(token)).toMatchObject({ userId: ann.id });
  const group = await trial.groups.add({ tenantId: north, displayName: 'Payroll', by: admin });
  await trial.groups.setMembers(north, { groupId: group.id, join: [ann.id], leave: [], by: admin });
  expect(await trial.groups.rolesOf(north, ann.id, after.body)).toEqual([
    'viewer',
    'developer@payroll',
    'reviewer@payroll',
  ]);
  await change(['developer', 'developer@payroll']);
  expect(await trial.sessions.find(token)).toBeUndefined();
  await trial.close();
});

test('[PE8] a key that is rotated is for the project that it was for', async () => {
  const trial = await openIdentityTrial();
  const ann = await trial.addPerson('ann', ['owner']);
  const given = { tenantId: north, userId: ann.id, label: 'k', scopes: ['goal.read'], lifeMs: 1e9, by: admin } as const;
  const { record } = await trial.keys.make({ ...given, projectId: 'payroll' as ProjectId });
  const rotated = await trial.keys.rotate(north, record.id, { overlapMs: 0, by: admin });
  expect((await trial.keys.find(rotated.token))?.body.projectId).toBe('payroll');
  expect((await trial.keys.make(given)).record.body.projectId).toBeUndefined();
  expect(trial.acts.filter(({ what }) => what.startsWith('key.')).map(({ detail }) => detail?.['project'])).toEqual([
    'payroll',
    'payroll',
    undefined,
  ]);
  await trial.close();
});
