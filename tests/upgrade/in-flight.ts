// Goals of every kind in the middle of their work, as a version leaves them behind, and what a later one does to end them.

import { makeId, type ApprovalId, type GoalId, type TenantId, type WorkerId } from '@chorale/lib-ids';
import type { Goal, GoalStore, TaskDefinition } from '@chorale/module-goals';

export const tenantId = 'north' as TenantId;

type Plan = readonly TaskDefinition[];

const tool = (key: string, needs: readonly string[] = [], more: Partial<TaskDefinition> = {}): TaskDefinition => ({
  key,
  kind: 'tool',
  tool: 'noop',
  needs,
  ...more,
});

const wide: Plan = Array.from({ length: 100 }, (_, index) => tool(`t${index}`, index < 10 ? [] : [`t${index - 10}`]));

/** By title. The first tasks of each are done, the next are at work, the rest waits. */
const plans: { readonly [title: string]: Plan } = {
  chain: [tool('a'), tool('b', ['a']), tool('c', ['b'])],
  asks: [tool('a'), { key: 'ask', kind: 'approval', question: 'May it go on?', needs: ['a'] }, tool('b', ['ask'])],
  waits: [tool('a'), { key: 'go', kind: 'signal', needs: ['a'] }, tool('b', ['go'])],
  items: [tool('work', [], { forEach: { items: '[1, 2, 3, 4, 5]', concurrency: 2 } }), tool('after', ['work'])],
  paused: [tool('a'), tool('b', ['a'])],
  journal: [tool('a')],
  wide,
  ended: [tool('a')],
};

async function register(store: GoalStore): Promise<WorkerId> {
  const workerId = makeId<'worker'>('worker', Date.now(), Math.random);
  const worker = { workerId, name: 'recorder', labels: [], version: '1' };
  await store.execute({ command: 'register-worker', worker, leaseMs: 30_000 });
  return workerId;
}

/** Leaves goals behind that are in the middle of their work. */
export async function leaveInFlight(store: GoalStore): Promise<void> {
  const workerId = await register(store);
  for (const [title, tasks] of Object.entries(plans)) {
    const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
    const definition = { workflow: title, inputs: {}, tasks };
    const goal = { tenantId, goalId, title, definition, planHash: `plan-${title}`, inputs: {}, idempotencyKey: title };
    await store.execute({ command: 'submit-goal', ...goal, priority: 2, requestedBy: 'ann' });
    const rounds = title === 'ended' ? 9 : title === 'wide' ? 3 : title === 'journal' ? 0 : 1;
    for (let round = 0; round < rounds; round++) await claimAndFinish(store, workerId);
    if (title === 'paused')
      await store.execute({ command: 'pause-goal', tenantId, goalId, by: 'ann', reason: 'to see' });
    const { tasks: held } = await store.execute({ command: 'claim-tasks', workerId, slots: 100 });
    const [first] = held;
    if (title !== 'journal' || first === undefined) continue;
    const step = { stepNo: 1, kind: 'tool-call', name: 'noop', idempotent: true, input: {}, startedAt: 1 } as const;
    const hold = { tenantId, goalId, taskNo: first.task.no, attempt: first.task.attempt };
    await store.execute({ command: 'record-step', ...hold, step });
  }
}

async function claimAndFinish(store: GoalStore, workerId: WorkerId): Promise<number> {
  const { tasks } = await store.execute({ command: 'claim-tasks', workerId, slots: 100 });
  for (const { task } of tasks) {
    const hold = { tenantId, goalId: task.goalId, taskNo: task.no, attempt: task.attempt };
    await store.execute({ command: 'finish-attempt', ...hold, result: { outcome: 'succeeded', output: task.key } });
  }
  return tasks.length;
}

const roundsMax = 500;

/** Answers what is asked, sends what is waited for, and works until nothing is left. Gives the goals by title. */
export async function endAll(store: GoalStore): Promise<ReadonlyMap<string, Goal>> {
  const workerId = await register(store);
  for (let round = 0; round < roundsMax; round++) {
    for (const command of (await store.findDue(100)).commands) await store.execute(command);
    await answer(store);
    await store.execute({ command: 'heartbeat', workerId, leaseMs: 60_000 });
    const done = await claimAndFinish(store, workerId);
    const { items } = await store.listGoals(tenantId, { limit: 100 });
    if (items.every(({ finishedAt }) => finishedAt !== undefined))
      return new Map(items.map((goal) => [goal.title, goal]));
    if (done === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('there is a goal that does not end');
}

async function answer(store: GoalStore): Promise<void> {
  for (const { goalId, approvalId } of await store.listApprovals(tenantId, { state: 'pending', limit: 10 }))
    await decide(store, goalId, approvalId);
  for (const { goalId, title, state } of (await store.listGoals(tenantId, { limit: 100 })).items) {
    if (state === 'paused') await store.execute({ command: 'resume-goal', tenantId, goalId, by: 'ann', reason: '' });
    const tasks = title === 'waits' ? await store.findTasks(tenantId, goalId, ['go']) : [];
    if (tasks.some((task) => task.state === 'blocked'))
      await store.execute({ command: 'send-signal', tenantId, goalId, name: 'go', payload: null });
  }
}

async function decide(store: GoalStore, goalId: GoalId, approvalId: ApprovalId): Promise<void> {
  const decision = { decision: 'approve', decidedBy: 'ben' } as const;
  await store.execute({ command: 'decide-approval', tenantId, goalId, approvalId, ...decision });
}
