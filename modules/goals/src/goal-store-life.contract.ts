// The life of goals and tasks: ends, failures, retries, for_each, sub-goals, races, conditions.
import type { GoalId } from '@chorale/lib-ids';
import { describe, expect, test } from 'vitest';
import { plan, tenant, tool, type Harness } from './goal-store-harness.contract.ts';
import type { PlanDefinition, TaskDefinition } from './plan.ts';

export function describeLife(current: () => Harness): void {
  describe('life', () => {
    describeEnds(current);
    describeFailures(current);
    describeToleratedFailures(current);
    describeConditions(current);
    describeItems(current);
    describeSubGoals(current);
  });
}

function describeEnds(current: () => Harness): void {
  test('[G1] [G3] [T5] a plan runs in the order of its needs and its goal succeeds with its outputs', async () => {
    const h = current();
    const definition: PlanDefinition = {
      ...plan(tool('a'), tool('b', ['a']), tool('c', ['a']), tool('d', ['b', 'c'])),
      outputs: { all: '${{ tasks.d.output }}' },
    };
    const id = await h.submit(definition);
    const order = await h.drain(await h.worker(), (task) => task.key);
    expect([order[0], order[3]]).toEqual(['a', 'd']);
    expect(await h.goal(id)).toMatchObject({
      state: 'succeeded',
      outputs: { all: 'd' },
      tasksOpen: 0,
      tasksRunning: 0,
    });
  });

  test('[G3] a goal without tasks succeeds at once', async () => {
    const h = current();
    expect(await h.goal(await h.submit(plan()))).toMatchObject({ state: 'succeeded' });
  });

  test('[G3] outputs that cannot be resolved fail the goal', async () => {
    const h = current();
    const id = await h.submit({ ...plan(tool('a')), outputs: { x: '${{ tasks.a.output.missing.deeper }}' } });
    await h.drain(await h.worker(), () => ({}));
    expect(await h.goal(id)).toMatchObject({ state: 'failed', failure: { code: 'expression-failed' } });
  });

  test('[T2] a result under an old fence is refused and changes nothing', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a')));
    const [claimed] = await h.claim(await h.worker());
    await h.succeed(claimed!, 1);
    const before = await h.goal(id);
    await expect(h.succeed(claimed!, 2)).rejects.toMatchObject({ code: 'lease-lost', family: 'refused' });
    expect(await h.goal(id)).toEqual(before);
    expect(await h.task(id, 'a')).toMatchObject({ output: 1 });
  });

  test('a null output is kept apart from no output', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a'), tool('b', ['a'])));
    await h.succeed((await h.claim(await h.worker()))[0]!, null);
    expect([(await h.task(id, 'a')).output, (await h.task(id, 'b')).output]).toEqual([null, undefined]);
  });
}

function describeFailures(current: () => Harness): void {
  test('[T7] a goal whose first task cannot even begin is taken, and has failed', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a', [], { when: 'inputs.missing' }), tool('b')));
    expect(await h.goal(id)).toMatchObject({ state: 'failed', tasksOpen: 0 });
  });

  test('[G5] a failure stops the goal: what waits is cancelled, what runs is asked to stop', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a'), tool('b'), tool('c', ['a', 'b'])));
    const workerId = await h.worker();
    const [a, b] = await h.claim(workerId);
    await h.fail(a!);
    expect(await h.goal(id)).toMatchObject({ state: 'failing', failure: { code: 'test-failure', taskKey: 'a' } });
    const { cancelRequested } = await h.store.execute({ command: 'heartbeat', workerId, leaseMs: 1000 });
    expect(cancelRequested).toEqual([{ tenantId: tenant, goalId: id, taskNo: b!.task.no, attempt: 1 }]);
    await h.finish(b!, { outcome: 'cancelled' });
    expect(await h.goal(id)).toMatchObject({ state: 'failed', tasksOpen: 0, tasksFailed: 1 });
    expect(await h.states(id)).toEqual({ a: 'failed', b: 'cancelled', c: 'cancelled' });
  });

  test('[T8] a try that ended before it knew what its run has done goes on in that run', async () => {
    const h = current();
    const workerId = await h.worker([], 2_000);
    const id = await h.submit(plan(tool('a')));
    await h.claim(workerId);
    await h.pass(3_000);
    const next = await h.worker();
    const [taken] = await h.claim(next);
    expect(taken).toMatchObject({ task: { attempt: 2, run: 1, losses: 1 } });
    const failure = { family: 'temporary', code: 'sandbox-away', message: 'away' } as const;
    await h.finish(taken!, { outcome: 'failed', failure, sameRun: true });
    expect(await h.task(id, 'a')).toMatchObject({ state: 'sleeping', reason: 'retry', failures: 1, run: 1, losses: 1 });
    await h.pass(2_000);
    const [again] = await h.claim(next);
    expect(again).toMatchObject({ task: { attempt: 3, run: 1, losses: 1 } });
    await h.fail(again!, 'temporary');
    expect(await h.task(id, 'a')).toMatchObject({ failures: 2, run: 2, losses: 0 });
  });

  test('[T8] a temporary failure is tried again after a growing wait, a refused one never', async () => {
    const h = current();
    const retry = { limit: 2, delayMs: 1000, factor: 2, delayMsMax: 60_000, jitter: 0 };
    const id = await h.submit(plan(tool('a', [], { retry })));
    const workerId = await h.worker();
    await h.fail((await h.claim(workerId))[0]!);
    expect(await h.task(id, 'a')).toMatchObject({
      state: 'sleeping',
      reason: 'retry',
      wakeAt: h.clock.now + 1000,
      run: 2,
    });
    await h.pass(1000);
    await h.fail((await h.claim(workerId))[0]!, 'temporary');
    expect(await h.task(id, 'a')).toMatchObject({ wakeAt: h.clock.now + 2000 });
    await h.pass(2000);
    await h.fail((await h.claim(workerId))[0]!);
    expect(await h.goal(id)).toMatchObject({ state: 'failed' });
    expect((await h.store.listAttempts(tenant, id)).map(({ outcome }) => outcome)).toEqual([
      'failed',
      'failed',
      'failed',
    ]);
    const refusedId = await h.submit(plan(tool('a', [], { retry })));
    await h.fail((await h.claim(workerId))[0]!, 'refused');
    expect(await h.goal(refusedId)).toMatchObject({ state: 'failed' });
  });
}

function describeToleratedFailures(current: () => Harness): void {
  test('[T9] a tolerated failure lets dependents go on', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a', [], { onFailure: 'continue' }), tool('b', ['a'])));
    const workerId = await h.worker();
    await h.fail((await h.claim(workerId))[0]!);
    await h.drain(workerId);
    expect(await h.goal(id)).toMatchObject({ state: 'succeeded', tasksFailed: 1 });
  });

  test('[T9] a compensation runs only when its task failed, and the goal still fails', async () => {
    const h = current();
    const definition = plan(
      tool('a', [], { onFailure: { compensate: 'undo' } }),
      tool('undo', [], { compensates: true }),
    );
    const workerId = await h.worker();
    const good = await h.submit(definition);
    expect(await h.drain(workerId)).toEqual(['a']);
    expect(await h.goal(good)).toMatchObject({ state: 'succeeded' });
    const bad = await h.submit(definition);
    await h.fail((await h.claim(workerId))[0]!);
    expect(await h.goal(bad)).toMatchObject({ state: 'failing' });
    expect(await h.drain(workerId)).toEqual(['undo']);
    expect(await h.goal(bad)).toMatchObject({ state: 'failed' });
  });
}

function describeConditions(current: () => Harness): void {
  test('[T6] [T7] a false condition skips a task and what needs it, but not what has a condition of its own', async () => {
    const h = current();
    const id = await h.submit(
      plan(
        tool('a'),
        tool('b', ['a'], { when: 'tasks.a.output.go' }),
        tool('c', ['b']),
        tool('d', ['b'], { when: 'true' }),
      ),
    );
    await h.drain(await h.worker(), () => ({ go: false }));
    expect(await h.states(id)).toEqual({ a: 'succeeded', b: 'skipped', c: 'skipped', d: 'succeeded' });
    expect(await h.goal(id)).toMatchObject({ state: 'succeeded' });
  });

  test('[T7] a condition that cannot be evaluated fails its task', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a'), tool('b', ['a'], { when: 'tasks.a.output.x.y > 3' })));
    await h.drain(await h.worker());
    expect(await h.task(id, 'b')).toMatchObject({ state: 'failed', failure: { code: 'expression-failed' } });
  });

  test('[T5] join first starts with the first success and stops the others', async () => {
    const h = current();
    const id = await h.submit(plan(tool('a'), tool('b'), tool('c', ['a', 'b'], { join: 'first' })));
    const workerId = await h.worker();
    const [a, b] = await h.claim(workerId);
    await h.succeed(a!);
    const [c] = await h.claim(workerId);
    expect(c!.task.key).toBe('c');
    expect(await h.task(id, 'b')).toMatchObject({ state: 'running', cancelRequested: true });
    await h.succeed(c!);
    await h.finish(b!, { outcome: 'cancelled' });
    expect(await h.states(id)).toEqual({ a: 'succeeded', b: 'cancelled', c: 'succeeded' });
    expect(await h.goal(id)).toMatchObject({ state: 'succeeded' });
  });
}

function describeItems(current: () => Harness): void {
  const each = (more = {}) =>
    plan(
      tool('list'),
      tool('work', ['list'], { forEach: { items: 'tasks.list.output', concurrency: 2 }, ...more }),
      tool('end', ['work']),
    );

  test('[FE1] [FE2] for_each works on items, so many at once, and gives their outputs in order', async () => {
    const h = current();
    const id = await h.submit(each());
    const workerId = await h.worker();
    await h.succeed((await h.claim(workerId))[0]!, ['x', 'y', 'z']);
    const first = await h.claim(workerId);
    expect(first.map(({ task }) => [task.key, task.item])).toEqual([
      ['work[0]', 'x'],
      ['work[1]', 'y'],
    ]);
    await h.succeed(first[1]!, 'Y');
    const second = await h.claim(workerId);
    expect(second.map(({ task }) => task.key)).toEqual(['work[2]']);
    await h.succeed(second[0]!, 'Z');
    await h.succeed(first[0]!, 'X');
    expect(await h.task(id, 'work')).toMatchObject({ state: 'succeeded', output: ['X', 'Y', 'Z'] });
    expect(await h.drain(workerId)).toEqual(['end']);
    expect(await h.goal(id)).toMatchObject({ state: 'succeeded', tasksTotal: 6 });
  });

  test('[FE2] for_each over nothing gives nothing; over something else than a list it fails', async () => {
    const h = current();
    const workerId = await h.worker();
    const empty = await h.submit(each());
    await h.drain(workerId, () => []);
    expect(await h.task(empty, 'work')).toMatchObject({ state: 'succeeded', output: [] });
    const wrong = await h.submit(each());
    await h.drain(workerId, () => 5);
    expect(await h.task(wrong, 'work')).toMatchObject({ state: 'failed', failure: { code: 'items-not-a-list' } });
  });

  test('[FE3] an item that fails fails the group, unless failures are tolerated', async () => {
    const h = current();
    const workerId = await h.worker();
    const strict = await h.submit(each());
    await h.succeed((await h.claim(workerId))[0]!, [1, 2, 3]);
    const [one, two] = await h.claim(workerId);
    await h.fail(one!);
    await h.finish(two!, { outcome: 'cancelled' });
    expect(await h.states(strict)).toMatchObject({
      work: 'failed',
      'work[0]': 'failed',
      'work[1]': 'cancelled',
      'work[2]': 'cancelled',
    });
    expect(await h.goal(strict)).toMatchObject({ state: 'failed', tasksOpen: 0 });
    const lenient = await h.submit(each({ onFailure: 'continue' }));
    await h.succeed((await h.claim(workerId))[0]!, [1, 2]);
    const [left, right] = await h.claim(workerId);
    await h.fail(left!);
    await h.succeed(right!, 'ok');
    expect(await h.task(lenient, 'work')).toMatchObject({ state: 'succeeded', output: [null, 'ok'] });
  });
}

function describeSubGoals(current: () => Harness): void {
  const parent: PlanDefinition = {
    ...plan(
      { key: 'sub', kind: 'workflow', workflow: 'child', needs: [], with: { n: '${{ inputs.n }}' } },
      tool('after', ['sub']),
    ),
    children: {
      child: {
        ...plan(tool('inner')),
        workflow: 'child',
        inputs: { n: { type: 'number', required: true } },
        outputs: { twice: '${{ inputs.n * 2 }}' },
      },
    },
  };

  test('[G10] a sub-goal runs on its own and its outputs end the task', async () => {
    const h = current();
    const id = await h.submit(parent, { inputs: { n: 21 } });
    expect(await h.task(id, 'sub')).toMatchObject({ state: 'blocked', reason: 'sub-goal' });
    expect(await h.drain(await h.worker())).toEqual(['inner', 'after']);
    expect(await h.task(id, 'sub')).toMatchObject({ state: 'succeeded', output: { twice: 42 } });
    expect(await h.goal(id)).toMatchObject({ state: 'succeeded' });
  });

  test('[G13] a sub-goal inherits how models are chosen, unless its own plan says; both are kept', async () => {
    const h = current();
    const down = (key: string, workflow: string): TaskDefinition => ({ key, kind: 'workflow', workflow, needs: [] });
    const quiet = { ...plan(tool('a')), workflow: 'quiet' };
    const says = { ...plan(tool('b')), workflow: 'says', strategy: 'privacy' };
    const strategyOf = async (id: GoalId): Promise<string | undefined> =>
      (await h.store.findDefinition(tenant, (await h.goal(id)).planHash))?.strategy;
    const begin = async (strategy?: string): Promise<readonly (string | undefined)[]> => {
      const definition = { ...plan(down('x', 'quiet'), down('y', 'says')), children: { quiet, says } };
      const id = await h.submit(strategy === undefined ? definition : { ...definition, strategy });
      const children = await Promise.all(['x', 'y'].map(async (key) => (await h.task(id, key)).waitsFor as GoalId));
      return Promise.all([id, ...children].map(strategyOf));
    };
    expect(await begin('cost')).toEqual(['cost', 'cost', 'privacy']);
    expect(await begin()).toEqual([undefined, undefined, 'privacy']);
  });

  test('[G10] a failed sub-goal fails its task, and a cancelled parent cancels it', async () => {
    const h = current();
    const workerId = await h.worker();
    const failed = await h.submit(parent, { inputs: { n: 1 } });
    await h.fail((await h.claim(workerId))[0]!);
    expect(await h.goal(failed)).toMatchObject({ state: 'failed', failure: { code: 'sub-goal-failed' } });
    const cancelled = await h.submit(parent, { inputs: { n: 1 } });
    const child = (await h.task(cancelled, 'sub')).waitsFor;
    await h.change('cancel-goal', cancelled);
    const goals = await h.store.listGoals(tenant, { limit: 10 });
    expect(goals.items.find(({ goalId }) => goalId === child)).toMatchObject({ state: 'cancelled' });
    expect(await h.goal(cancelled)).toMatchObject({ state: 'cancelled' });
  });
}
