import { makeId, type GoalId, type TenantId, type WorkerId } from '@chorale/lib-ids';
import type { FinishAttempt, GoalStore, Json, StepRecord } from '@chorale/module-goals';
import postgres, { type Sql } from 'postgres';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPostgresGoalStore } from './open-postgres-goal-store.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_folded_${process.pid}`;
const tenantId = 'north' as TenantId;
let sql: Sql;
let store: GoalStore;
let workerId: WorkerId;

beforeEach(async () => {
  store = await openPostgresGoalStore({ url, schema });
  sql = postgres(url, { onnotice: () => undefined, connection: { search_path: schema } });
  workerId = makeId<'worker'>('worker', Date.now(), Math.random);
  const worker = { workerId, name: 'w', labels: [], version: '1' };
  await store.execute({ command: 'register-worker', worker, leaseMs: 60_000 });
});
afterEach(async () => {
  await store.close();
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

async function submit(): Promise<GoalId> {
  const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
  await store.execute({
    command: 'submit-goal',
    tenantId,
    goalId,
    title: 'a goal',
    definition: { workflow: 'test', inputs: {}, tasks: [{ key: 'a', kind: 'tool', tool: 'noop', needs: [] }] },
    planHash: 'plan',
    inputs: {},
    priority: 2,
    requestedBy: 'ann',
  });
  return goalId;
}

const step = (output: Json, more: Partial<StepRecord> = {}): StepRecord => ({
  stepNo: 1,
  kind: 'tool-call',
  name: 'noop',
  idempotent: false,
  input: { quote: '"', none: null },
  startedAt: 5,
  ended: { finishedAt: 7, output },
  ...more,
});

async function run(more: Partial<FinishAttempt>): Promise<void> {
  const { tasks } = await store.execute({ command: 'claim-tasks', workerId, slots: 1 });
  const { goalId, no: taskNo, attempt } = tasks[0]!.task;
  const result = { outcome: 'succeeded', output: null } as const;
  await store.execute({ command: 'finish-attempt', tenantId, goalId, taskNo, attempt, result, ...more });
}

async function rowsKept(): Promise<{ attempts: number; steps: number }> {
  const [row] = await sql<{ attempts: number; steps: number }[]>`
    SELECT (SELECT count(*)::int FROM attempts) AS attempts, (SELECT count(*)::int FROM steps) AS steps`;
  return row!;
}

test.each<[string, Json, Json]>([
  ['null', null, null],
  ['a value', { rows: ['"', '\u0001', null] }, { rows: ['"', '\u0001', null] }],
  ["a value that is not the task's", [1, null], 'short'],
  ['null where the task has a value', null, 'short'],
])(
  "[FA1] a try that succeeds with one call is in its task's row, and is read as ever: %s",
  async (_what, given, output) => {
    const goalId = await submit();
    await run({ result: { outcome: 'succeeded', output }, steps: [step(given)] });
    expect(await rowsKept()).toEqual({ attempts: 0, steps: 0 });
    const [task] = await store.listTasks(tenantId, goalId);
    expect(task).toMatchObject({ state: 'succeeded', output, workerId: undefined, attempt: 1 });
    const { startedAt, finishedAt } = task!;
    const key = { tenantId, goalId, taskNo: 0, attempt: 1, run: 1 };
    expect(await store.listAttempts(tenantId, goalId, 0)).toEqual([
      { ...key, workerId, outcome: 'succeeded', startedAt, finishedAt, failure: undefined },
    ]);
    const call = { kind: 'tool-call', name: 'noop', idempotent: false, input: { quote: '"', none: null } };
    expect(await store.listSteps(tenantId, goalId, { taskNo: 0, run: 1 })).toEqual([
      { ...key, ...call, stepNo: 1, state: 'finished', output: given, failure: undefined, startedAt: 5, finishedAt: 7 },
    ]);
    expect(await store.listSteps(tenantId, goalId, { taskNo: 0, run: 2 })).toEqual([]);
  },
);

test('[FA1] tried again, the task keeps both tries and both calls', async () => {
  const goalId = await submit();
  await run({ result: { outcome: 'succeeded', output: 'one' }, steps: [step('one')] });
  await store.execute({ command: 'rerun-from', tenantId, goalId, taskKey: 'a', by: 'ann' });
  expect(await rowsKept()).toEqual({ attempts: 1, steps: 1 });
  await run({ result: { outcome: 'succeeded', output: 'two' }, steps: [step('two')] });
  const attempts = await store.listAttempts(tenantId, goalId);
  expect(attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
    [1, 'succeeded'],
    [2, 'succeeded'],
  ]);
  const steps = await store.listSteps(tenantId, goalId, { taskNo: 0 });
  expect(steps.map(({ run: of, output }) => [of, output])).toEqual([
    [1, 'one'],
    [2, 'two'],
  ]);
});

test('[FA2] a journal of more than one call has rows of its own, and so has a try that fails', async () => {
  const goalId = await submit();
  await run({ steps: [step(1), step(2, { stepNo: 2 })] });
  expect(await rowsKept()).toEqual({ attempts: 0, steps: 2 });
  expect(await store.listSteps(tenantId, goalId, { taskNo: 0 })).toHaveLength(2);
  const failure = { family: 'refused', code: 'no', message: 'no' } as const;
  const other = await submit();
  await run({ result: { outcome: 'failed', failure }, steps: [step(1)] });
  expect(await store.listAttempts(tenantId, other)).toMatchObject([{ outcome: 'failed', failure }]);
  expect(await rowsKept()).toEqual({ attempts: 1, steps: 3 });
});
