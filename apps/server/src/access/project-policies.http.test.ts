import { compilePolicies } from '@chorale/adapter-cedar';
import { createClient } from '@chorale/lib-client';
import { rolePolicies } from '@chorale/module-access';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../api/api-fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  for (const projectId of ['vault', 'alpha']) await api.client.createProject({ projectId });
});
afterAll(() => api.close());

const definition = "tasks:\n  ask: { approval: 'Well?' }\n";
const as = (key: string) => createClient({ baseUrl: api.baseUrl, key });

test('[AC26] a policy of one’s own keeps whole tenants’ roles out of a project, in lists and one by one, and lets others in', async () => {
  const [secret, open] = [
    (await api.client.submitGoal({ definition, projectId: 'vault' })).goal,
    (await api.client.submitGoal({ definition, projectId: 'alpha' })).goal,
  ];
  const shut = `forbid (principal, action, resource in Project::"default/vault") unless { principal in Role::"reviewer" };`;
  const lend = `permit (principal in Role::"auditor", action == Action::"goal.submit", resource in Project::"default/alpha");`;
  api.services.access.permissions.use(compilePolicies('2', { ...rolePolicies, 'own-shut': shut, 'own-lend': lend }));
  for (const role of ['owner', 'developer', 'viewer']) {
    const client = as(`${role}@default`);
    expect((await client.listGoals()).items.map(({ goalId }) => goalId)).toEqual([open.goalId]);
    expect((await client.listApprovals()).map(({ goalId }) => goalId)).toEqual([open.goalId]);
    expect((await client.listProjects()).map(({ projectId }) => projectId)).toEqual(['default', 'alpha']);
    await expect(client.getGoal(secret.goalId)).rejects.toMatchObject({ problem: { code: 'goal-not-found' } });
  }
  await expect(as('owner@default').submitGoal({ definition, projectId: 'vault' })).rejects.toMatchObject({
    problem: { code: 'project-not-found' },
  });
  expect(await as('reviewer@default').getGoal(secret.goalId)).toMatchObject({ projectId: 'vault' });
  // What a policy permits in one project is permitted there, whatever the role is worth elsewhere.
  const lent = await as('auditor@default').submitGoal({ definition, projectId: 'alpha' });
  expect(lent.goal.projectId).toBe('alpha');
  await expect(as('auditor@default').submitGoal({ definition })).resolves.toMatchObject({
    goal: { projectId: 'alpha' },
  });
  await expect(as('auditor@default').submitGoal({ definition, projectId: 'default' })).rejects.toMatchObject({
    problem: { code: 'not-permitted' },
  });
});
