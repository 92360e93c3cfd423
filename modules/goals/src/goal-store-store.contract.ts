// What the store itself promises: events, reads, repeated requests, borders between tenants.
import { makeId, type GoalId, type TenantId } from '@chorale/lib-ids';
import { describe, expect, test } from 'vitest';
import { plan, tenant, tool, type Harness } from './goal-store-harness.contract.ts';
import type { CommitHint } from './goal-store.ts';

export function describeStore(current: () => Harness): void {
  describe('store', () => {
    describeEvents(current);
    describeReads(current);
  });
}

function describeEvents(current: () => Harness): void {
  test('[E1, E2, GS5] events are numbered from 1 without gaps, and a reader goes on from any number', async () => {
    const h = current();
    const workerId = await h.worker();
    const id = await h.submit(plan(tool('a'), tool('b', ['a'])));
    await Promise.all([h.drain(workerId), h.drain(workerId)]);
    const events = await h.store.listEvents(tenant, id, { afterSeq: 0, limit: 100 });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.map(({ type }) => type)).toEqual([
      'goal-submitted',
      'task-started',
      'task-finished',
      'task-started',
      'task-finished',
      'goal-finished',
    ]);
    expect(await h.store.listEvents(tenant, id, { afterSeq: 4, limit: 1 })).toEqual([events[4]]);
    expect((await h.goal(id)).eventSeq).toBe(events.length);
  });

  test('[GS6] a commit is told to listeners, with what became ready', async () => {
    const h = current();
    const hints: CommitHint[] = [];
    const stop = h.store.onCommit((hint) => hints.push(hint));
    const id = await h.submit(plan(tool('a', [], { queue: 'special' })));
    stop();
    await h.submit(plan(tool('b')));
    expect(hints.flatMap(({ goals }) => goals.map(({ goalId }) => goalId))).toEqual([id]);
    expect(hints[0]?.readyLanes).toEqual(['special']);
  });

  test('[J1] steps are kept in order, and ended in place', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a')));
    const [claimed] = await h.claim(await h.worker());
    const { tenantId, goalId, no: taskNo, attempt } = claimed!.task;
    const step = {
      kind: 'tool-call',
      name: 'shell',
      idempotent: true,
      input: { n: 1 },
      startedAt: h.clock.now,
    } as const;
    await h.store.execute({ command: 'record-step', tenantId, goalId, taskNo, attempt, step: { ...step, stepNo: 1 } });
    await h.store.execute({
      command: 'record-step',
      tenantId,
      goalId,
      taskNo,
      attempt,
      step: { ...step, stepNo: 1, ended: { finishedAt: h.clock.now, output: null } },
    });
    await h.finish(
      claimed!,
      { outcome: 'succeeded', output: 'done' },
      {
        steps: [{ ...step, stepNo: 2 }],
        artifacts: [{ name: 'log', hash: 'sha256:00', mediaType: 'text/plain', sizeBytes: 4 }],
      },
    );
    const steps = await h.store.listSteps(tenant, id, { taskNo: 0 });
    expect(steps.map(({ stepNo, state, output }) => [stepNo, state, output])).toEqual([
      [1, 'finished', null],
      [2, 'started', undefined],
    ]);
    expect(await h.store.listArtifacts(tenant, id)).toMatchObject([{ name: 'log', taskNo: 0, attempt: 1 }]);
  });
}

function describeReads(current: () => Harness): void {
  test('[G8] the same request under one key is one goal; another request under it is refused', async () => {
    const h = current();
    const again = { idempotencyKey: 'k', requestHash: 'r' };
    const [first, second] = await Promise.all([h.submit(plan(tool('a')), again), h.submit(plan(tool('a')), again)]);
    expect(second).toBe(first);
    expect(await h.submit(plan(tool('a')), again)).toBe(first);
    await expect(h.submit(plan(tool('a')), { ...again, requestHash: 'other' })).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
    expect(await h.submit(plan(tool('a')), { ...again, tenantId: 'south' as TenantId })).not.toBe(first);
  });

  test('goals are listed newest first, page by page, by state', async () => {
    const h = current();
    const ids: GoalId[] = [];
    for (let count = 0; count < 5; count++) {
      h.clock.now += 1000;
      ids.unshift(await h.submit(count === 2 ? plan() : plan(tool('a'))));
    }
    const first = await h.store.listGoals(tenant, { limit: 3 });
    const second = await h.store.listGoals(tenant, {
      limit: 3,
      ...(first.next === undefined ? {} : { after: first.next }),
    });
    expect([...first.items, ...second.items].map(({ goalId }) => goalId)).toEqual(ids);
    expect(second.next).toBeUndefined();
    expect(
      (await h.store.listGoals(tenant, { limit: 9, states: ['succeeded'] })).items.map(({ goalId }) => goalId),
    ).toEqual([ids[2]]);
    await expect(h.store.listGoals(tenant, { limit: 3, after: "x' OR 1" })).rejects.toMatchObject({
      code: 'cursor-invalid',
    });
  });

  test('another tenant finds nothing and changes nothing', async () => {
    const h = current();
    const south = 'south' as TenantId;
    const id = await h.submit(plan(tool('a')));
    expect(await h.store.findGoal(south, id)).toBeUndefined();
    expect([
      await h.store.listTasks(south, id),
      await h.store.listEvents(south, id, { afterSeq: 0, limit: 10 }),
    ]).toEqual([[], []]);
    const cancel = { command: 'cancel-goal', tenantId: south, goalId: id, by: 'eve', reason: '' } as const;
    await expect(h.store.execute(cancel)).rejects.toMatchObject({ code: 'goal-not-found' });
    expect(await h.goal(id)).toMatchObject({ state: 'running' });
  });

  test('[GS3, T2] of two ends for one attempt that are sent at once, one is taken', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a')));
    const [claimed] = await h.claim(await h.worker());
    const ends = await Promise.allSettled([h.succeed(claimed!, 'one'), h.succeed(claimed!, 'two')]);
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    expect(refused).toMatchObject([{ code: 'lease-lost' }]);
    const taken = ends[0].status === 'fulfilled' ? 'one' : 'two';
    expect(await h.task(id, 'a')).toMatchObject({ state: 'succeeded', output: taken });
  });

  test('[GS4] a read finds what was acknowledged before it began', async () => {
    const h = current();
    for (let count = 0; count < 20; count++) {
      const id = await h.submit(plan(tool('a')));
      expect([await h.store.findGoal(tenant, id), await h.store.listTasks(tenant, id)]).toMatchObject([
        { goalId: id },
        [{ state: 'ready' }],
      ]);
    }
  });

  test('[GS2] a command that is refused does not hurt those beside it', async () => {
    const h = current();
    const goalId = makeId<'goal'>('goal', h.clock.now, h.random);
    const submissions = await Promise.allSettled([
      h.submit(plan(tool('a')), { goalId }),
      h.change('cancel-goal', 'goal_none' as GoalId),
      h.submit(plan(tool('b')), { goalId }),
      h.submit(plan(tool('c'))),
    ]);
    expect(submissions.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect((await h.store.listTasks(tenant, goalId)).map(({ key }) => key)).toEqual(['a']);
  });

  test('what waits and what runs is counted', async () => {
    const h = current();
    await h.submit(plan(tool('a'), tool('b'), { key: 'wait', kind: 'timer', wait: 1000, needs: [] }));
    await h.claim(await h.worker(), 1);
    h.clock.now += 500;
    expect(await h.store.queueStats()).toEqual({ ready: 1, running: 1, sleeping: 1, blocked: 0, oldestReadyMs: 500 });
    expect(await h.store.queueStats('south' as TenantId)).toMatchObject({ ready: 0, running: 0 });
  });
}
