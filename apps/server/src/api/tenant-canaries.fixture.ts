// Two tenants that have something of every kind, each thing with a word in it that the other tenant must never see.
import { createClient, type ChoraleClient } from '@chorale/lib-client';
import type { GoalId, TenantId } from '@chorale/lib-ids';
import type { TestApi } from './api-fixture.ts';

export interface PlantedTenant {
  readonly tenantId: TenantId;
  /** What its things are called: whoever asks for them by name writes it. */
  readonly canary: string;
  /** What is in them. */
  readonly content: string;
  readonly owner: ChoraleClient;
  /** What stands in an address for it, by the parameter's name. */
  readonly ids: Readonly<Record<string, string>>;
}

const workflow = (content: string): string => `
tasks:
  ask: { approval: 'Shall ${content} go on?' }
  news: { signal: true }
  nap: { wait: 1h, needs: [ask] }
`;

/** Besides, in one of its projects, what may belong to one. */
export async function plantTenant(at: TestApi, tenantId: TenantId, projectId?: string): Promise<PlantedTenant> {
  const name = projectId === undefined ? tenantId : `${tenantId}-${projectId}`;
  const canary = `canary-of-${name}`;
  const content = `content-of-${name}`;
  const of = projectId === undefined ? {} : { projectId };
  const owner = createClient({ baseUrl: at.baseUrl, key: `owner@${tenantId}` });
  const ownProject = projectId ?? `project-of-${tenantId}`;
  await owner.createProject({ projectId: ownProject, displayName: content });
  const { goal } = await owner.submitGoal({ definition: workflow(content), title: content, ...of });
  const [approval] = await owner.listApprovals({ goalId: goal.goalId });
  const schedule = { name: content, workflow: 'two-steps', cron: '0 3 * * *', inputs: { topic: content }, ...of };
  const { scheduleId } = await owner.addSchedule(schedule);
  const { keyId } = await owner.createModelKey({ name: content });
  const budget = { scope: 'agent', subject: content, window: 'day', limit: { usd: 1 } } as const;
  const { budgetId } = await owner.putBudget(budget);
  const service = { login: canary, kind: 'service', roles: ['viewer'] } as const;
  const member = await owner.addMember(service);
  await owner.putSecret(canary, `the secret: ${content}`, of);
  const { memory } = await owner.addMemory({ text: `The ${content} sings.`, scope: `project/${canary}` });
  const message = await owner.postMessage({ to: `agent:${canary}`, payload: content });
  await owner.setTopic(`topic:${canary}`, { type: 'string' });
  const hold = await owner.placeMemoryHold({ scope: `project/${canary}`, reason: content });
  const { hash } = await at.services.artifacts.put(tenantId, bytesOf(content), { sizeBytesMax: 1_000 });
  const ids = {
    projectId: ownProject,
    goalId: goal.goalId as GoalId,
    approvalId: approval?.approvalId ?? '',
    scheduleId,
    keyId,
    budgetId,
    userId: member.userId,
    memoryId: memory.memoryId,
    messageId: message.messageId,
    holdId: hold.holdId,
    topic: `topic:${canary}`,
    secret: canary,
    signal: 'news',
    tenantId,
    tenant: tenantId,
    file: 'checkpoint',
    hash,
    taskNo: '0',
    key: 'ask',
  };
  return { tenantId, canary, content, owner, ids };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
