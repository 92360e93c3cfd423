// A server with two tenants, as people make them: the home tenant creates both, their owners accept their invitations, and
// everybody asks under a key of their own.
//
// Owns: the server process.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, type ChoraleClient } from '@chorale/lib-client';
import type { ApiDescription } from '../bad-inputs/attack-routes.ts';
import type { Probed, Target } from './cross-tenant.ts';
import { ServerProcess } from '../e2e/server-process.ts';

export const askingRoles = ['owner', 'admin', 'operator', 'developer', 'reviewer', 'auditor', 'viewer'] as const;

/** Members of the one ask, by role; the target is the other. */
export interface TwoTenants extends Probed {
  readonly north: ChoraleClient;
  readonly south: PlantedSouth;
  close(): Promise<void>;
}

export interface PlantedSouth extends Target {
  readonly client: ChoraleClient;
}

const password = 'correct horse battery staple';
const content = 'what-only-south-knows';

export interface OpenServer {
  readonly baseUrl: string;
  /** Of whoever may read its data directory. */
  readonly key: string;
  close(this: void): Promise<void>;
}

export async function openServer(folder: string, database: string): Promise<OpenServer> {
  await mkdir(join(folder, 'cwd'), { recursive: true });
  await mkdir(join(folder, 'home'), { recursive: true });
  const config = { models: { discover: false }, ...(database === '' ? {} : { database }) };
  await writeFile(join(folder, 'cwd', 'chorale.yaml'), JSON.stringify(config));
  const server = new ServerProcess({
    dataDir: join(folder, 'data'),
    cwd: join(folder, 'cwd'),
    args: ['serve', '--roles', 'api'],
    env: { HOME: join(folder, 'home') },
  });
  try {
    const [, baseUrl = ''] = await server.waitFor(/serving on (http:\/\/\S+)/, 120_000);
    return { baseUrl, key: server.key, close: () => server.kill() };
  } catch (error) {
    await server.kill();
    throw error;
  }
}

export async function readDescription(baseUrl: string): Promise<ApiDescription> {
  return (await (await fetch(`${baseUrl}/openapi.json`)).json()) as ApiDescription;
}

export async function openTwoTenants(folder: string, database = ''): Promise<TwoTenants> {
  const server = await openServer(folder, database);
  try {
    const { baseUrl } = server;
    const home = createClient({ baseUrl, key: server.key });
    const north = createClient({ baseUrl, key: await makeOwner(home, 'north') });
    const client = createClient({ baseUrl, key: await makeOwner(home, 'south') });
    const keys = new Map<string, string>();
    for (const role of askingRoles) {
      const { userId } = await north.addMember({ login: `${role}-program`, kind: 'service', roles: [role] });
      keys.set(role, (await north.makeKey({ label: role }, userId)).key);
    }
    const south = await plant(client);
    const description = await readDescription(baseUrl);
    return { baseUrl, description, keys, north, south, target: south, close: server.close };
  } catch (error) {
    await server.close();
    throw error;
  }
}

export async function makeOwner(home: ChoraleClient, tenantId: string): Promise<string> {
  const { owner } = await home.createTenant({ tenantId, owner: 'ann' });
  const anybody = createClient({ baseUrl: home.baseUrl });
  await anybody.acceptInvitation(owner.invitation, password);
  return (await anybody.logInForKey({ tenant: tenantId, login: 'ann', password, label: 'test', days: 1 })).key;
}

export const plantedDefinition = (word: string): string => `tasks:
  ask: { approval: 'Shall it go on, ${word}?' }
  news: { signal: true }
`;

async function plant(client: ChoraleClient): Promise<PlantedSouth> {
  const { goal } = await client.submitGoal({ definition: plantedDefinition(content), title: content });
  const [approval] = await client.listApprovals({ goalId: goal.goalId });
  const { keyId } = await client.createModelKey({ name: content });
  const { budgetId } = await client.putBudget({ scope: 'agent', subject: content, window: 'day', limit: { usd: 1 } });
  const member = await client.addMember({
    login: 'their-program',
    displayName: content,
    kind: 'service',
    roles: ['viewer'],
  });
  await client.putSecret('their-secret', content);
  const { memory } = await client.addMemory({ text: `Kept: ${content}.`, scope: 'project/theirs' });
  const { messageId } = await client.postMessage({ to: 'agent:theirs', payload: content });
  const { holdId } = await client.placeMemoryHold({ scope: 'project/theirs', reason: content });
  const ids = {
    goalId: goal.goalId,
    approvalId: approval?.approvalId ?? '',
    keyId,
    budgetId,
    userId: member.userId,
    memoryId: memory.memoryId,
    messageId,
    holdId,
    tenantId: 'south',
    tenant: 'south',
    name: 'their-secret',
    topic: 'topic:theirs',
    mailbox: 'agent:theirs',
    scope: 'project/theirs',
    taskNo: '0',
    key: 'ask',
  };
  return { client, ids, content, portrait: () => portraitOf(client) };
}

/** Everything the tenant can see of itself, in one text. */
async function portraitOf(client: ChoraleClient): Promise<string> {
  const { items: goals } = await client.listGoals();
  const [goal] = goals;
  return JSON.stringify({
    goals,
    tasks: goal === undefined ? [] : await client.listTasks(goal.goalId),
    events: goal === undefined ? [] : await client.listEvents(goal.goalId),
    approvals: await client.listApprovals(),
    schedules: await client.listSchedules(),
    keys: await client.listModelKeys(),
    budgets: await client.listBudgets(),
    secrets: await client.listSecrets(),
    holds: await client.listMemoryHolds(),
    messages: await client.listMessages(),
    tenant: await client.getTenant('south'),
  });
}
