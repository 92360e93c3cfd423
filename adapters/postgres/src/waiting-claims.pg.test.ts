import { makeId, type TenantId, type WorkerId } from '@chorale/lib-ids';
import type { ClaimedTask, GoalStore } from '@chorale/module-goals';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPostgresGoalStore } from './open-postgres-goal-store.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const tenantId = 'north' as TenantId;
/** Longer than any test: a claim that nothing answers fails its test by the runner's limit. */
const longMs = 600_000;
let schema = '';
let store: GoalStore;
let others: GoalStore[];
let schemas = 0;

beforeEach(async () => {
  schemas += 1;
  schema = `chorale_waiting_${process.pid}_${schemas}`;
  store = await openPostgresGoalStore({ url, schema });
  others = [];
});
afterEach(async () => {
  await Promise.all([store, ...others].map((one) => one.close()));
  const sql = postgres(url, { onnotice: () => undefined });
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

async function register(labels: readonly string[] = []): Promise<WorkerId> {
  const workerId = makeId<'worker'>('worker', Date.now(), Math.random);
  const worker = { workerId, name: 'w', labels, version: '1' };
  await store.execute({ command: 'register-worker', worker, leaseMs: longMs });
  return workerId;
}

async function claim(workerId: WorkerId, slots: number, waitMs = longMs): Promise<readonly ClaimedTask[]> {
  return (await store.execute({ command: 'claim-tasks', workerId, slots, waitMs })).tasks;
}

const names = (tasks: readonly ClaimedTask[]): readonly string[] => tasks.map(({ task }) => task.key);

async function submit(keys: readonly string[], by = store, requires: readonly string[] = []): Promise<void> {
  const tasks = keys.map((key, index) => ({
    key,
    kind: 'tool' as const,
    tool: 'noop',
    requires,
    needs: index === 0 ? [] : [keys[index - 1]!],
  }));
  await by.execute({
    command: 'submit-goal',
    tenantId,
    goalId: makeId<'goal'>('goal', Date.now(), Math.random),
    title: 'a goal',
    definition: { workflow: 'test', inputs: {}, tasks },
    planHash: `${keys.join(' ')} ${requires.join(' ')}`,
    inputs: {},
    priority: 2,
    requestedBy: 'ann',
  });
}

async function succeed({ task }: ClaimedTask): Promise<void> {
  const { goalId, no: taskNo, attempt } = task;
  const result = { outcome: 'succeeded', output: null } as const;
  await store.execute({ command: 'finish-attempt', tenantId, goalId, taskNo, attempt, result });
}

test('[GS7] a claim that found nothing is answered by the commit that has work, whichever half it is in', async () => {
  const workerId = await register();
  for (let round = 0; round < 6; round++) {
    const waiting = claim(workerId, 200);
    // Its search of both halves is over: what comes now must reach it while it waits.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await submit([`first-${round}`, `second-${round}`]);
    const [first, ...none] = await waiting;
    expect([first?.task.key, none.length]).toEqual([`first-${round}`, 0]);
    const next = claim(workerId, 200);
    await succeed(first!);
    const [second] = await next;
    expect(second?.task).toMatchObject({ key: `second-${round}`, state: 'running', attempt: 1 });
    await succeed(second!);
  }
  expect(await store.queueStats()).toMatchObject({ ready: 0, running: 0 });
});

test('[GS7] work that another process commits reaches a claim that waits', async () => {
  const other = await openPostgresGoalStore({ url, schema });
  others.push(other);
  const waiting = claim(await register(), 10);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await submit(['afar'], other);
  expect(names(await waiting)).toEqual(['afar']);
});

test('[GS7] [C3] a claim that waits is given nothing its worker cannot run, and what it can run all the same', async () => {
  const plain = claim(await register(), 10);
  const labelled = claim(await register(['gpu']), 10);
  await submit(['on-gpu'], store, ['gpu']);
  expect(names(await labelled)).toEqual(['on-gpu']);
  await submit(['anywhere']);
  expect(names(await plain)).toEqual(['anywhere']);
});

test('[GS7] [L1] several claims of a worker are given each task once, and none more than it asked for', async () => {
  const workerId = await register();
  const claims = [claim(workerId, 3), claim(workerId, 3), claim(workerId, 3), claim(workerId, 3)];
  await Promise.all(Array.from({ length: 12 }, (_, index) => submit([`t${index}`])));
  const given = await Promise.all(claims);
  let left = 12 - given.flat().length;
  while (left > 0) {
    const more = await claim(workerId, 3);
    given.push(more);
    left -= more.length;
  }
  expect(given.every((tasks) => tasks.length >= 1 && tasks.length <= 3)).toBe(true);
  expect(new Set(given.flat().map(({ task }) => task.key)).size).toBe(12);
  expect(await store.listHeld(workerId)).toHaveLength(12);
});

test('[GS7] a claim is answered with nothing when its time is over, when it is taken back, and when the store closes', async () => {
  const workerId = await register();
  expect(await claim(workerId, 100, 30)).toEqual([]);
  const takenBack = claim(workerId, 100);
  await store.execute({ command: 'claim-tasks', workerId, slots: 0 });
  expect(await takenBack).toEqual([]);
  const other = await openPostgresGoalStore({ url, schema });
  const closed = other.execute({ command: 'claim-tasks', workerId, slots: 100, waitMs: longMs });
  await new Promise((resolve) => setTimeout(resolve, 20));
  await other.close();
  expect((await closed).tasks).toEqual([]);
});

test('[GS7] [L2] a claim that waits for a worker whose lease is gone fails with the work and does not take it', async () => {
  const workerId = await register();
  const waiting = claim(workerId, 100);
  waiting.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const sql = postgres(url, { connection: { search_path: schema } });
  await sql`DELETE FROM workers`;
  await sql.end();
  await submit(['left']);
  await expect(waiting).rejects.toMatchObject({ code: 'worker-lease-lost' });
  expect(await store.queueStats()).toMatchObject({ ready: 1, running: 0 });
});
