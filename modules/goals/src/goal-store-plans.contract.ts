// Changing plans while they run, trying again, running again.
import { describe, expect, test } from 'vitest';
import { plan, tenant, tool, type Harness } from './goal-store-harness.contract.ts';
import type { PlanChange } from './records.ts';
import type { GoalId } from '@chorale/lib-ids';

export function describePlans(current: () => Harness): void {
  describe('plans', () => {
    describeEdits(current);
    describeRefusedEdits(current);
    describeRepeats(current);
    describeGroupRepeats(current);
  });
}

let edits = 0;

function edit(h: Harness, { goalId, version }: { goalId: GoalId; version: number }, ...changes: readonly PlanChange[]) {
  edits += 1;
  return h.store.execute({
    command: 'edit-plan',
    tenantId: tenant,
    goalId,
    by: 'ann',
    reason: 'better',
    changes,
    expectedPlanVersion: version,
    planHash: `edit-${edits}`,
  });
}

function describeEdits(current: () => Harness): void {
  test('[T3] a timer that is re-pointed while it sleeps waits for its need, and is never due before', async () => {
    const h = current();
    const workerId = await h.worker();
    const id = await h.submit(plan(tool('a'), { key: 'nap', kind: 'timer', wait: 1_000, needs: [] }));
    await edit(h, { goalId: id, version: 1 }, { change: 'repoint', key: 'nap', needs: ['a'] });
    h.clock.now += 5_000;
    expect((await h.store.findDue(10)).commands).toEqual([]);
    expect(await h.drain(workerId)).toEqual(['a']);
    expect(await h.task(id, 'nap')).toMatchObject({ state: 'sleeping', wakeAt: h.clock.now + 1_000 });
  });

  test('[P4] a task that was removed is not there to be run again', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a'), tool('b')));
    await edit(h, { goalId: id, version: 1 }, { change: 'remove', key: 'a' });
    await h.drain(await h.worker());
    const again = { command: 'rerun-from', tenantId: tenant, goalId: id, taskKey: 'a', by: 'ann' } as const;
    await expect(h.store.execute(again)).rejects.toMatchObject({ code: 'task-not-found' });
    expect(await h.goal(id)).toMatchObject({ state: 'succeeded' });
  });

  test('[G9] what an edit frees in a goal that has not begun starts with the goal', async () => {
    const h = current();
    const workerId = await h.worker();
    const id = await h.submit(plan(tool('a'), tool('b', ['a'])), { startAt: h.clock.now + 1_000 });
    await edit(h, { goalId: id, version: 1 }, { change: 'skip', key: 'a' });
    expect(await h.claim(workerId)).toEqual([]);
    await h.pass(1_000);
    expect(await h.drain(workerId)).toEqual(['b']);
  });

  test('[T6] a task that is added after what it needs was cancelled or skipped is skipped too', async () => {
    const h = current();
    const workerId = await h.worker();
    const id = await h.submit(plan(tool('a'), tool('b'), tool('race', ['a', 'b'], { join: 'first' }), tool('rest')));
    const [a] = await h.claim(workerId, 1);
    await h.succeed(a!);
    expect(await h.states(id)).toMatchObject({ b: 'cancelled' });
    await edit(h, { goalId: id, version: 1 }, { change: 'add', task: tool('after-b', ['b']) });
    await edit(h, { goalId: id, version: 2 }, { change: 'add', task: tool('after-that', ['after-b']) });
    expect(await h.states(id)).toMatchObject({ 'after-b': 'skipped', 'after-that': 'skipped' });
  });

  test('[T5, T6] a race that is run again is won by the need that succeeded, whatever became of the others', async () => {
    const h = current();
    const workerId = await h.worker();
    const race = tool('race', ['a', 'no'], { join: 'first' });
    const id = await h.submit(plan(tool('a'), tool('no', [], { when: 'false' }), race));
    await h.drain(workerId);
    await h.store.execute({ command: 'rerun-from', tenantId: tenant, goalId: id, taskKey: 'race', by: 'ann' });
    expect(await h.drain(workerId)).toEqual(['race']);
  });

  test('[T5] a race that is added is won by the first of its needs that succeeds', async () => {
    const h = current();
    const workerId = await h.worker();
    const id = await h.submit(plan(tool('a'), tool('b'), tool('c', ['b'])));
    const [a] = await h.claim(workerId, 1);
    const task = tool('race', ['a', 'b'], { join: 'first' });
    await edit(h, { goalId: id, version: 1 }, { change: 'add', task });
    await h.succeed(a!);
    expect(await h.states(id)).toMatchObject({ race: 'ready', b: 'cancelled', c: 'skipped' });
  });

  test('[P2] the number of a task is its place for good, whatever is added or removed around it', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a'), tool('b'), tool('c', ['a'])));
    await edit(h, { goalId: id, version: 1 }, { change: 'remove', key: 'b' });
    await edit(h, { goalId: id, version: 2 }, { change: 'add', task: tool('d', ['c']) });
    await edit(h, { goalId: id, version: 3 }, { change: 'add', task: tool('b', ['a']) });
    const numbers = (await h.store.listTasks(tenant, id)).map(({ no, key, state }) => [no, key, state]);
    expect(numbers).toEqual([
      [0, 'a', 'ready'],
      [1, 'b', 'cancelled'],
      [2, 'c', 'waiting'],
      [3, 'd', 'waiting'],
      [4, 'b', 'waiting'],
    ]);
  });

  test('[P1] tasks are added, skipped, re-pointed and removed while the goal runs, each change a version', async () => {
    const h = current();
    const workerId = await h.worker();
    const id = await h.submit(plan(tool('a'), tool('b', ['a']), tool('c', ['b']), tool('d', ['c'])));
    const [a] = await h.claim(workerId);
    await edit(
      h,
      { goalId: id, version: 1 },
      { change: 'add', task: tool('extra', ['a']) },
      { change: 'skip', key: 'b' },
    );
    await edit(
      h,
      { goalId: id, version: 2 },
      { change: 'repoint', key: 'd', needs: ['extra'] },
      { change: 'remove', key: 'c' },
    );
    await h.succeed(a!);
    expect(await h.drain(workerId)).toEqual(['extra', 'd']);
    expect(await h.goal(id)).toMatchObject({ state: 'succeeded', planVersion: 3 });
    expect(await h.states(id)).toEqual({
      a: 'succeeded',
      b: 'skipped',
      c: 'cancelled',
      d: 'succeeded',
      extra: 'succeeded',
    });
    const versions = await h.store.listPlanVersions(tenant, id);
    expect(versions.map(({ version, author, reason }) => [version, author, reason])).toEqual([
      [1, 'ann', 'submitted'],
      [2, 'ann', 'better'],
      [3, 'ann', 'better'],
    ]);
  });
}

function describeRefusedEdits(current: () => Harness): void {
  test('[P3] [P4] a change that is invalid, late or against another version is refused whole', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a'), tool('b', ['a'])));
    const [a] = await h.claim(await h.worker());
    const before = await h.goal(id);
    await expect(
      edit(h, { goalId: id, version: 1 }, { change: 'add', task: tool('x', ['nowhere']) }),
    ).rejects.toMatchObject({
      code: 'plan-invalid',
    });
    await expect(
      edit(h, { goalId: id, version: 1 }, { change: 'repoint', key: 'a', needs: ['b'] }),
    ).rejects.toMatchObject({
      code: 'plan-invalid',
    });
    await expect(edit(h, { goalId: id, version: 7 }, { change: 'skip', key: 'b' })).rejects.toMatchObject({
      code: 'plan-changed-meanwhile',
    });
    await expect(
      edit(h, { goalId: id, version: 1 }, { change: 'skip', key: 'b' }, { change: 'skip', key: 'a' }),
    ).rejects.toMatchObject({
      code: 'task-started',
    });
    expect(await h.goal(id)).toEqual(before);
    expect(await h.states(id)).toEqual({ a: 'running', b: 'waiting' });
    await h.succeed(a!);
  });
}

function describeRepeats(current: () => Harness): void {
  test('[T4] a failed task is tried again with edited input and the goal goes on', async () => {
    const h = current();
    const workerId = await h.worker();
    const id = await h.submit(plan(tool('a'), tool('b', ['a']), tool('c')));
    const [a, c] = await h.claim(workerId);
    await h.fail(a!);
    await h.finish(c!, { outcome: 'cancelled' });
    expect(await h.goal(id)).toMatchObject({ state: 'failed' });
    await h.store.execute({
      command: 'retry-task',
      tenantId: tenant,
      goalId: id,
      taskKey: 'a',
      by: 'ann',
      input: { fixed: true },
    });
    expect(await h.goal(id)).toMatchObject({ state: 'running', failure: undefined, finishedAt: undefined });
    expect(await h.task(id, 'a')).toMatchObject({ state: 'ready', run: 2, inputOverride: { fixed: true } });
    expect((await h.drain(workerId)).toSorted()).toEqual(['a', 'b', 'c']);
    expect(await h.goal(id)).toMatchObject({ state: 'succeeded', tasksFailed: 0 });
  });

  test('[T9] what is tried again is compensated again when it fails again, and its compensation is never retried', async () => {
    const h = current();
    const workerId = await h.worker();
    const retry = (id: GoalId, taskKey: string) =>
      h.store.execute({ command: 'retry-task', tenantId: tenant, goalId: id, taskKey, by: 'ann' });
    const undo = tool('undo', [], { compensates: true });
    const id = await h.submit(plan(tool('a', [], { onFailure: { compensate: 'undo' } }), undo));
    await h.fail((await h.claim(workerId))[0]!);
    await expect(retry(id, 'a')).rejects.toMatchObject({ code: 'goal-stopping' });
    await h.fail((await h.claim(workerId))[0]!);
    await expect(retry(id, 'undo')).rejects.toMatchObject({ code: 'task-compensates' });
    await retry(id, 'a');
    expect(await h.task(id, 'undo')).toMatchObject({ state: 'skipped', reason: 'compensation' });
    await h.fail((await h.claim(workerId))[0]!);
    expect(await h.drain(workerId)).toEqual(['undo']);
    expect(await h.goal(id)).toMatchObject({ state: 'failed', tasksOpen: 0 });
  });
}

function describeGroupRepeats(current: () => Harness): void {
  test('[T4] items of a group that failed are tried again, those that succeeded stay', async () => {
    const h = current();
    const workerId = await h.worker();
    const id = await h.submit(plan(tool('work', [], { forEach: { items: '[1, 2, 3]', concurrency: 1 } })));
    await h.succeed((await h.claim(workerId))[0]!, 'one');
    await h.fail((await h.claim(workerId))[0]!);
    expect(await h.goal(id)).toMatchObject({ state: 'failed' });
    await h.store.execute({ command: 'retry-task', tenantId: tenant, goalId: id, taskKey: 'work', by: 'ann' });
    expect(await h.drain(workerId, (task) => task.key)).toEqual(['work[1]', 'work[2]']);
    expect(await h.task(id, 'work')).toMatchObject({ state: 'succeeded', output: ['one', 'work[1]', 'work[2]'] });
    expect(await h.goal(id)).toMatchObject({ state: 'succeeded', tasksOpen: 0 });
  });

  test('[T4] a group whose items all succeeded while it was stopped has ended when it is tried again', async () => {
    const h = current();
    const workerId = await h.worker();
    const group = tool('work', [], { forEach: { items: '[1, 2]', concurrency: 2 } });
    const id = await h.submit(plan(tool('a'), group));
    const claimed = await h.claim(workerId);
    await h.fail(claimed.find(({ task }) => task.key === 'a')!);
    for (const item of claimed) if (item.task.key !== 'a') await h.succeed(item, item.task.key);
    expect(await h.goal(id)).toMatchObject({ state: 'failed' });
    await h.store.execute({ command: 'retry-task', tenantId: tenant, goalId: id, taskKey: 'a', by: 'ann' });
    expect(await h.drain(workerId)).toEqual(['a']);
    expect(await h.goal(id)).toMatchObject({ state: 'succeeded' });
    expect(await h.task(id, 'work')).toMatchObject({ state: 'succeeded', output: ['work[0]', 'work[1]'] });
  });

  test('[T5] what still waits for others waits again for a task that is tried again', async () => {
    const h = current();
    const workerId = await h.worker();
    const id = await h.submit(plan(tool('a', [], { onFailure: 'continue' }), tool('b'), tool('c', ['a', 'b'])));
    const [a, b] = await h.claim(workerId);
    await h.fail(a!);
    await h.store.execute({ command: 'retry-task', tenantId: tenant, goalId: id, taskKey: 'a', by: 'ann' });
    expect(await h.drain(workerId)).toEqual(['a']);
    expect(await h.task(id, 'c')).toMatchObject({ state: 'waiting', needsLeft: 1 });
    await h.succeed(b!);
    expect(await h.drain(workerId)).toEqual(['c']);
  });

  test('[T4] re-running from a task repeats it and all that needs it, and nothing else', async () => {
    const h = current();
    const workerId = await h.worker();
    const id = await h.submit(plan(tool('a'), tool('b', ['a']), tool('c', ['b']), tool('d', ['a'])));
    await h.drain(workerId);
    await expect(
      h.store.execute({ command: 'retry-task', tenantId: tenant, goalId: id, taskKey: 'b', by: 'ann' }),
    ).rejects.toMatchObject({ code: 'task-not-failed' });
    await h.store.execute({ command: 'rerun-from', tenantId: tenant, goalId: id, taskKey: 'b', by: 'ann' });
    expect(await h.drain(workerId)).toEqual(['b', 'c']);
    expect(await h.goal(id)).toMatchObject({ state: 'succeeded', tasksOpen: 0 });
    expect((await h.store.listAttempts(tenant, id)).length).toBe(6);
  });
}
