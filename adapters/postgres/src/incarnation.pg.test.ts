import { makeId, type GoalId, type ScheduleId, type TenantId, type WorkerId } from '@chorale/lib-ids';
import type { GoalStore } from '@chorale/module-goals';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { markPostgresRestored, openPostgresGoalStore } from './open-postgres-goal-store.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_incarnation_${process.pid}`;
const tenantId = 'north' as TenantId;
const now = 1_700_000_000_000;

afterAll(async () => {
  const owner = postgres(url, { max: 1, onnotice: () => undefined });
  await owner`DROP SCHEMA IF EXISTS ${owner(schema)} CASCADE`;
  await owner.end();
});

async function submit(store: GoalStore): Promise<GoalId> {
  const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
  const tasks = [{ key: 'send', kind: 'tool', tool: 'send', needs: [] }];
  const definition = { workflow: 'test', inputs: {}, tasks } as never;
  const goal = { tenantId, goalId, title: 'a goal', definition, planHash: 'plan', inputs: {} };
  await store.execute({ command: 'submit-goal', ...goal, priority: 2, requestedBy: 'ann' });
  return goalId;
}

async function work(store: GoalStore): Promise<WorkerId> {
  const workerId = makeId<'worker'>('worker', Date.now(), Math.random);
  const worker = { workerId, name: 'w', labels: [], version: '1' };
  await store.execute({ command: 'register-worker', worker, leaseMs: 600_000 });
  return workerId;
}

test('[RS1] [RS4] after a restore a process of before does nothing and ends; goals that were open are marked', async () => {
  const before = await openPostgresGoalStore({ url, schema });
  const goalId = await submit(before);
  const workerId = await work(before);
  const { tasks } = await before.execute({ command: 'claim-tasks', workerId, slots: 1 });
  expect(await markPostgresRestored({ url, schema }, { reason: 'a test', now })).toEqual({ no: 1, goals: 1 });

  // The fence would still fit: the number of an attempt says nothing across a restore.
  const hold = { tenantId, goalId, taskNo: 0, attempt: tasks[0]!.task.attempt };
  const late = before.execute({ command: 'finish-attempt', ...hold, result: { outcome: 'succeeded', output: null } });
  await expect(late).rejects.toMatchObject({ family: 'temporary', code: 'database-restored' });
  await expect(before.failed).resolves.toMatchObject({ code: 'database-restored' });
  const scheduleId = 'schedule_1' as ScheduleId;
  const definition = { workflow: 'test', inputs: {}, tasks: [] } as never;
  const plan = { definition, planHash: 'often', inputs: {}, priority: 2 } as const;
  const often = { scheduleId, name: 'often', cron: '30 * * * *', timeZone: 'UTC', catchUp: 'last' } as const;
  const earlier = await openPostgresGoalStore({ url, schema, now: () => now - 3_600_000 });
  await earlier.execute({ command: 'put-schedule', tenantId, ...often, ...plan, paused: false, createdBy: 'ann' });
  await earlier.close();
  await before.close();

  // What came due before it was told of may have run in the time that is gone.
  const fired = await openPostgresGoalStore({ url, schema, now: () => now });
  const { goals } = await fired.execute({ command: 'fire-schedule', tenantId, scheduleId });
  expect((await fired.findGoal(tenantId, goals[0]!))?.restoredIn).toBe(1);
  await fired.execute({ command: 'reconcile-goal', tenantId, goalId: goals[0]!, by: 'ann' });
  await fired.close();

  const after = await openPostgresGoalStore({ url, schema });
  expect(await after.findGoal(tenantId, goalId)).toMatchObject({ state: 'running', restoredIn: 1 });
  expect((await after.listGoals(tenantId, { restored: true, limit: 10 })).items).toHaveLength(1);
  for (const command of (await after.findDue(10)).commands) await after.execute(command);
  const again = await after.execute({ command: 'claim-tasks', workerId: await work(after), slots: 1 });
  expect(again.tasks).toMatchObject([{ task: { losses: 1 }, goal: { restoredIn: 1 } }]);
  await after.execute({ command: 'reconcile-goal', tenantId, goalId, by: 'ann' });
  expect((await after.listGoals(tenantId, { restored: true, limit: 10 })).items).toEqual([]);
  await submit(after);
  await after.close();
  expect(await markPostgresRestored({ url, schema }, { reason: 'a test', now })).toEqual({ no: 2, goals: 2 });
});
