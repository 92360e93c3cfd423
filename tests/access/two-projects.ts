// A server with a tenant that has two projects: its people and programs have roles in the one, and its things are in the other.
//
// Owns: the server process.
import { createClient, type ChoraleClient } from '@chorale/lib-client';
import type { Probed } from './cross-tenant.ts';
import { askingRoles, makeOwner, openServer, plantedDefinition, readDescription } from './two-tenants.ts';

const content = 'what-only-theirs-knows';
const theirs = { projectId: 'theirs' };

export interface TwoProjects extends Probed {
  close(): Promise<void>;
}

/** Each role twice: held in the project, and held in the tenant with a key for the project. */
export async function openTwoProjects(folder: string, database = ''): Promise<TwoProjects> {
  const server = await openServer(folder, database);
  try {
    const { baseUrl } = server;
    const owner = createClient({ baseUrl, key: await makeOwner(createClient({ baseUrl, key: server.key }), 'north') });
    for (const projectId of ['ours', 'theirs'])
      await owner.createProject({ projectId, displayName: `${projectId} of north` });
    const keys = new Map<string, string>();
    for (const role of askingRoles) {
      const held = await owner.addMember({ login: `${role}-in-ours`, kind: 'service', roles: [`${role}@ours`] });
      keys.set(`${role}@ours`, (await owner.makeKey({ label: role }, held.userId)).key);
      const bound = await owner.addMember({ login: `${role}-bound`, kind: 'service', roles: [role] });
      keys.set(`${role} bound`, (await owner.makeKey({ label: role, projectId: 'ours' }, bound.userId)).key);
    }
    const target = { content, ids: await plant(owner), portrait: () => portraitOf(owner) };
    return { baseUrl, description: await readDescription(baseUrl), keys, target, close: server.close };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function plant(client: ChoraleClient): Promise<Readonly<Record<string, string>>> {
  const definition = plantedDefinition(content);
  const { goal } = await client.submitGoal({ definition, title: content, ...theirs }, { idempotencyKey: 'theirs' });
  const [approval] = await client.listApprovals({ goalId: goal.goalId });
  const schedule = { name: content, workflow: 'plan-and-do', cron: '0 3 * * *', inputs: { goal: content }, ...theirs };
  const { scheduleId } = await client.addSchedule(schedule);
  await client.putSecret('their-secret', content, theirs);
  const member = await client.addMember({ login: 'their-program', kind: 'service', roles: ['viewer@theirs'] });
  return {
    goalId: goal.goalId,
    approvalId: approval?.approvalId ?? '',
    scheduleId,
    userId: member.userId,
    projectId: 'theirs',
    name: 'their-secret',
    secret: 'secret:their-secret',
    key: 'ask',
    taskNo: '0',
    idempotencyKey: 'theirs',
    member: 'their-program',
  };
}

/** Everything that is in the project, in one text. */
async function portraitOf(client: ChoraleClient): Promise<string> {
  const { items: goals } = await client.listGoals(theirs);
  const of = goals.map(async ({ goalId }) => [await client.listTasks(goalId), await client.listEvents(goalId)]);
  return JSON.stringify({
    goals,
    of: await Promise.all(of),
    approvals: await client.listApprovals(theirs),
    schedules: await client.listSchedules(theirs),
    secrets: await client.listSecrets(theirs),
    project: await client.getProject('theirs'),
    members: await client.listProjectMembers('theirs'),
  });
}
