import type { GoalId, TenantId } from '@chorale/lib-ids';
import { expect, test } from 'vitest';
import type { Current } from './goal-store.contract.ts';
import { plan, tenant, tool, type Harness } from './goal-store-harness.contract.ts';
import type { TaskDefinition } from './plan.ts';

const day = 86_400_000;
const south = 'south' as TenantId;
const approve: TaskDefinition = { key: 'ask', kind: 'approval', question: 'go on?', needs: ['a'] };

/** Everything a store says of a goal. */
async function readWhole({ store }: Harness, goalId: GoalId, tenantId: TenantId = tenant): Promise<unknown> {
  const [goal, tasks, attempts, events, versions, approvals, artifacts] = await Promise.all([
    store.findGoal(tenantId, goalId),
    store.listTasks(tenantId, goalId),
    store.listAttempts(tenantId, goalId),
    store.listEvents(tenantId, goalId, { afterSeq: 0, limit: 1_000 }),
    store.listPlanVersions(tenantId, goalId),
    store.listApprovals(tenantId, { goalId, limit: 100 }),
    store.listArtifacts(tenantId, goalId),
  ]);
  const steps = await Promise.all(tasks.map(({ no }) => store.listSteps(tenantId, goalId, { taskNo: no })));
  return { goal, tasks, attempts, events, versions, approvals, artifacts, steps };
}

/** A goal with a row of every kind: a retry, a journal, an artifact, an approval, a plan that was changed. */
async function runRichGoal(h: Harness): Promise<GoalId> {
  const goalId = await h.submit(plan(tool('a'), approve, tool('b', ['ask'])), {
    idempotencyKey: 'once',
    requestHash: 'r',
    inputs: { text: 'null', nothing: null },
  });
  const worker = await h.worker();
  const [first] = await h.claim(worker);
  await h.fail(first!, 'temporary');
  await h.pass(100_000);
  const again = await h.worker();
  const [second] = await h.claim(again);
  const call = { kind: 'tool-call', name: 'shell', idempotent: true, startedAt: h.clock.now } as const;
  await h.finish(
    second!,
    { outcome: 'succeeded', output: { n: null, list: [1, 'two', null] } },
    {
      steps: [
        { ...call, stepNo: 1, input: null, ended: { finishedAt: h.clock.now, output: null } },
        { ...call, stepNo: 2, input: { q: '"quoted" \\ ü' }, ended: { finishedAt: h.clock.now, output: 'done' } },
      ],
      artifacts: [{ name: 'log', hash: 'sha256:00', mediaType: 'text/plain', sizeBytes: 40 }],
    },
  );
  await h.store.execute({
    command: 'edit-plan',
    tenantId: tenant,
    goalId,
    expectedPlanVersion: 1,
    by: 'ann',
    reason: 'one more',
    changes: [{ change: 'add', task: tool('c', ['b']) }],
    planHash: `changed-${goalId}`,
  });
  const approvalId = await h.approval(goalId);
  await h.store.execute({
    command: 'decide-approval',
    tenantId: tenant,
    goalId,
    approvalId,
    decision: 'approve',
    decidedBy: 'bob',
    comment: 'fine',
  });
  await h.drain(again, () => null);
  expect(await h.goal(goalId)).toMatchObject({ state: 'succeeded' });
  return goalId;
}

async function archive(h: Harness, endedBefore = h.clock.now, limit = 100): Promise<number> {
  return (await h.store.execute({ command: 'archive-goals', endedBefore, limit })).archived;
}

export function describeArchive(current: Current): void {
  test('[G12, GS8] an archived goal is read as before, by its goal and by the ids of what it asked', async () => {
    const h = current();
    const goalId = await runRichGoal(h);
    const before = (await readWhole(h, goalId)) as { goal: { version: number }; approvals: { approvalId: never }[] };
    const use = await h.store.measureUse(tenant);
    h.clock.now += day;
    expect(await archive(h)).toBe(1);
    const after = { ...before, goal: { ...before.goal, version: before.goal.version + 1, archivedAt: h.clock.now } };
    expect(await readWhole(h, goalId)).toEqual(after);
    const [approval] = before.approvals;
    expect(await h.store.findApproval(tenant, approval!.approvalId)).toEqual(approval);
    expect(await h.store.listApprovals(tenant, { goalId, state: 'pending', limit: 9 })).toEqual([]);
    expect(await h.store.findTasks(tenant, goalId, ['c', 'a'])).toMatchObject([{ key: 'a' }, { key: 'c' }]);
    expect(await h.store.listEvents(tenant, goalId, { afterSeq: 3, limit: 2 })).toMatchObject([{ seq: 4 }, { seq: 5 }]);
    expect(await h.store.listAttempts(tenant, goalId, 0)).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
    expect(await h.store.measureUse(tenant)).toEqual(use);
    expect(await readWhole(h, goalId, south)).toMatchObject({ goal: undefined, tasks: [], events: [], approvals: [] });
  });

  test('[GS8] only what ended before the time goes, the oldest first, and each goal once', async () => {
    const h = current();
    const ids: GoalId[] = [];
    for (let count = 0; count < 4; count++) {
      h.clock.now += day;
      ids.push(await h.submit(plan(), count === 1 ? { tenantId: south } : {}));
    }
    const before = h.clock.now;
    h.clock.now += day;
    const open = await h.submit(plan(tool('a')));
    h.clock.now += day;
    expect(await archive(h, before, 2)).toBe(2);
    expect((await h.store.listGoals(tenant, { limit: 9 })).items.map(({ goalId }) => goalId)).toEqual([
      open,
      ids[3],
      ids[2],
    ]);
    expect(await archive(h, before, 9)).toBe(1);
    expect(await archive(h, before, 9)).toBe(0);
    const { items } = await h.store.listGoals(tenant, { limit: 9, archived: true });
    expect(items.map(({ goalId }) => goalId)).toEqual([ids[2], ids[0]]);
    const filter = { limit: 1, archived: true, states: ['succeeded'] as const, workflow: 'test' };
    const first = await h.store.listGoals(tenant, filter);
    expect(first.items).toEqual([items[0]]);
    expect((await h.store.listGoals(tenant, { ...filter, after: first.next! })).items).toEqual([items[1]]);
    expect((await h.store.listGoals(tenant, { ...filter, states: ['failed'] })).items).toEqual([]);
    expect((await h.store.listGoals(south, { limit: 9, archived: true })).items).toMatchObject([{ goalId: ids[1] }]);
  });

  test('[G12] an archived goal keeps its idempotency key, and is changed by nothing', async () => {
    const h = current();
    const again = { idempotencyKey: 'k', requestHash: 'r' };
    const goalId = await h.submit(plan(tool('a')), again);
    const worker = await h.worker();
    const [claimed] = await h.claim(worker);
    await h.fail(claimed!, 'refused');
    h.clock.now += 1;
    await archive(h);
    const before = await readWhole(h, goalId);
    expect(await h.submit(plan(tool('a')), again)).toBe(goalId);
    await expect(h.submit(plan(tool('a')), { ...again, requestHash: 'x' })).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
    const command = { tenantId: tenant, goalId, taskKey: 'a', by: 'ann' };
    for (const change of [
      h.store.execute({ ...command, command: 'retry-task' }),
      h.store.execute({ ...command, command: 'rerun-from' }),
      h.change('cancel-goal', goalId),
    ])
      await expect(change).rejects.toMatchObject({ code: 'goal-archived' });
    await expect(h.succeed(claimed!)).rejects.toMatchObject({ code: 'lease-lost' });
    expect(await readWhole(h, goalId)).toEqual(before);
  });

  test('[G12] a goal below one that is in the archive can be tried again, and ends', async () => {
    const h = current();
    const leaf = { ...plan(tool('x')), workflow: 'leaf' };
    const down: TaskDefinition = { key: 'down', kind: 'workflow', workflow: 'leaf', needs: [] };
    const goalId = await h.submit({ ...plan(down), children: { leaf } });
    const waitsFor = (await h.task(goalId, 'down')).waitsFor as GoalId;
    const worker = await h.worker();
    const [claimed] = await h.claim(worker);
    await h.fail(claimed!, 'refused');
    expect(await h.goal(goalId)).toMatchObject({ state: 'failed' });
    const ended = h.clock.now;
    h.clock.now += day;
    await h.store.execute({ command: 'retry-task', tenantId: tenant, goalId: waitsFor, taskKey: 'x', by: 'ann' });
    expect(await archive(h, ended + 1)).toBe(1);
    const later = await h.worker();
    await h.drain(later);
    expect(await h.goal(waitsFor)).toMatchObject({ state: 'succeeded' });
    expect(await h.goal(goalId)).toMatchObject({ state: 'failed', archivedAt: h.clock.now });
  });
}
