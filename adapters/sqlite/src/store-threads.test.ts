// The store as the server uses it: a writer and a reader thread, on the system's clock.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toErrorRecord, type ErrorRecord } from '@chorale/lib-errors';
import { makeId, type GoalId, type TenantId, type WorkerId } from '@chorale/lib-ids';
import type { CommitHint, GoalStore, SubmitGoal } from '@chorale/module-goals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openSqliteGoalStore } from './open-sqlite-stores.ts';

vi.setConfig({ testTimeout: 120_000 });

const tenantId = 'north' as TenantId;
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chorale-threads-'));
  path = join(folder, 'chorale.db');
});

afterEach(() => rmSync(folder, { recursive: true }));

function submission(): SubmitGoal {
  return {
    command: 'submit-goal',
    tenantId,
    goalId: makeId<'goal'>('goal', Date.now(), Math.random),
    title: 'a goal',
    definition: {
      workflow: 'test',
      inputs: {},
      tasks: [
        { key: 'first', kind: 'tool', tool: 'noop', needs: [] },
        { key: 'second', kind: 'tool', tool: 'noop', needs: ['first'] },
      ],
    },
    planHash: 'plan',
    inputs: {},
    priority: 2,
    requestedBy: 'ann',
  };
}

async function registerWorker(store: GoalStore): Promise<WorkerId> {
  const workerId = makeId<'worker'>('worker', Date.now(), Math.random);
  await store.execute({
    command: 'register-worker',
    worker: { workerId, name: 'w', labels: [], version: '1' },
    leaseMs: 30_000,
  });
  return workerId;
}

/** Claims and finishes until the goals are done; the keys in the order they started. */
async function drain(store: GoalStore, workerId: WorkerId): Promise<readonly string[]> {
  const keys: string[] = [];
  for (;;) {
    const { tasks } = await store.execute({ command: 'claim-tasks', workerId, slots: 10 });
    if (tasks.length === 0) return keys;
    for (const { task } of tasks) {
      const { goalId, no: taskNo, attempt, key } = task;
      keys.push(key);
      const result = { outcome: 'succeeded', output: { key } } as const;
      await store.execute({ command: 'finish-attempt', tenantId, goalId, taskNo, attempt, result });
    }
  }
}

test('[G1, G3, T5, E1] goals run to their end in threads, and are there after a restart', async () => {
  const hints: CommitHint[] = [];
  const store = await openSqliteGoalStore({ path });
  store.onCommit((hint) => hints.push(hint));
  const workerId = await registerWorker(store);
  const { goalId } = (await store.execute(submission())).goal;
  expect(hints.flatMap(({ goals }) => goals).map((goal) => goal.goalId)).toEqual([goalId]);
  expect(hints.at(-1)?.readyLanes).toHaveLength(1);
  expect(await drain(store, workerId)).toEqual(['first', 'second']);
  await store.execute({ command: 'heartbeat', workerId, leaseMs: 30_000 });
  expect(await store.queueStats()).toMatchObject({ ready: 0, running: 0 });
  await store.close();

  const again = await openSqliteGoalStore({ path });
  expect(await again.findGoal(tenantId, goalId)).toMatchObject({ state: 'succeeded', tasksOpen: 0 });
  expect((await again.listTasks(tenantId, goalId)).map(({ output }) => output)).toEqual([
    { key: 'first' },
    { key: 'second' },
  ]);
  const events = await again.listEvents(tenantId, goalId, { afterSeq: 0, limit: 100 });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  await again.close();
});

test('[GS4] a reader sees what was acknowledged before it asked', async () => {
  const store = await openSqliteGoalStore({ path });
  for (let count = 0; count < 50; count++) {
    const { goalId } = (await store.execute(submission())).goal;
    expect(await store.findGoal(tenantId, goalId)).toBeDefined();
  }
  await store.close();
});

test('a refusal crosses the thread as it is', async () => {
  const store = await openSqliteGoalStore({ path });
  const cancel = { command: 'cancel-goal', tenantId, goalId: 'goal_none' as GoalId, by: 'ann', reason: '' } as const;
  await expect(store.execute(cancel)).rejects.toMatchObject({ family: 'refused', code: 'goal-not-found' });
  await expect(store.listGoals(tenantId, { limit: 3, after: 'nonsense' })).rejects.toMatchObject({
    code: 'cursor-invalid',
  });
  await store.close();
});

test.each([true, false])(
  '[SE5, G1] closing settles every command in flight: durable and acknowledged, or refused (in threads: %s)',
  async (thread) => {
    const store = await openSqliteGoalStore({ path, thread });
    const submissions = Array.from({ length: 3_000 }, submission);
    const settling = Promise.allSettled(submissions.map((one) => store.execute(one)));
    const reading = Promise.allSettled([store.listGoals(tenantId, { limit: 10 })]);
    await store.close();
    await store.close();
    const outcomes = await settling;
    await reading;
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(new Set(reasons.map((reason) => toErrorRecord(reason).code))).toEqual(
      reasons.length === 0 ? new Set() : new Set(['store-closed']),
    );
    await expect(store.execute(submission())).rejects.toMatchObject({ code: 'store-closed' });
    await expect(store.listWorkers()).rejects.toMatchObject({ code: 'store-closed' });

    const again = await openSqliteGoalStore({ path, thread: false });
    const acknowledged = submissions.filter((_, index) => outcomes[index]?.status === 'fulfilled');
    for (const { goalId } of acknowledged) expect(await again.findGoal(tenantId, goalId)).toBeDefined();
    await again.close();
  },
);

test('[SE5] a thread that ends unasked refuses what waits and what comes, and what was acknowledged is there', async () => {
  // In a process of its own, whose writer thread ends when it is given its third batch.
  const failing = `data:text/javascript,
    import { isMainThread, parentPort, workerData } from 'node:worker_threads';
    let batches = 0;
    if (!isMainThread && workerData.role === 'writer')
      parentPort.on('message', ({ ask }) => { if (ask === 'batch' && ++batches === 3) process.exit(7); });`;
  const script = `
    import { openSqliteGoalStore } from ${JSON.stringify(new URL('./open-sqlite-stores.ts', import.meta.url).href)};
    const store = await openSqliteGoalStore({ path: ${JSON.stringify(path)} });
    const one = ${JSON.stringify(submission())};
    const said = [];
    for (const goalId of ['a', 'b', 'c', 'd']) {
      try {
        said.push((await store.execute({ ...one, goalId })).goal.goalId);
      } catch (error) {
        said.push({ family: error.family, code: error.code, message: error.message, action: error.action });
      }
    }
    await store.close();
    console.log(JSON.stringify(said));`;
  const output = execFileSync(
    process.execPath,
    ['--conditions=chorale-source', '--input-type=module', '--eval', script],
    {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: `--import=${failing.replaceAll(/\s+/g, '%20')}` },
      timeout: 30_000,
    },
  );
  const [a, b, c, d] = JSON.parse(output) as readonly [string, string, ErrorRecord, ErrorRecord];
  expect([a, b]).toEqual(['a', 'b']);
  expect(c).toMatchObject({
    family: 'broken',
    code: 'store-failed',
    message: expect.stringContaining('it ended with code 7'),
    action: expect.stringContaining('Start the process again'),
  });
  expect(d).toEqual(c);
  const again = await openSqliteGoalStore({ path, thread: false });
  expect((await again.listGoals(tenantId, { limit: 10 })).items.map(({ goalId }) => goalId)).toEqual(['b', 'a']);
  await again.close();
});
