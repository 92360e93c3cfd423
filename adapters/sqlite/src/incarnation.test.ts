import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeId, type GoalId, type ScheduleId, type TenantId, type WorkerId } from '@chorale/lib-ids';
import type { GoalStore } from '@chorale/module-goals';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backUpSqlite, markSqliteRestored, restoreSqlite } from './incarnation.ts';
import { openSqliteGoalStore } from './open-sqlite-stores.ts';

const tenantId = 'north' as TenantId;
const options = { reason: 'a test', now: 1_700_000_000_000 };
let folder: string;
let path: string;
let copy: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chorale-restore-'));
  path = join(folder, 'chorale.db');
  copy = join(folder, 'backup.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

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

const openGoals = async (store: GoalStore): Promise<readonly GoalId[]> =>
  (await store.listGoals(tenantId, { restored: true, limit: 10 })).items.map(({ goalId }) => goalId);

test('[RS1] what a marked goal opens, and what came due before the restore, is marked, too: it may have run', async () => {
  const at = { now: options.now - 3_600_000 };
  const open = () => openSqliteGoalStore({ path, now: () => at.now, thread: false });
  const before = await open();
  const goalId = makeId<'goal'>('goal', at.now, Math.random);
  const child = { workflow: 'child', inputs: {}, tasks: [{ key: 'send', kind: 'tool', tool: 'send', needs: [] }] };
  const tasks = [
    { key: 'ready', kind: 'tool', tool: 'look', needs: [] },
    { key: 'sub', kind: 'workflow', workflow: 'child', needs: ['ready'] },
  ];
  const definition = { workflow: 'test', inputs: {}, tasks, children: { child } } as never;
  const plan = { definition, planHash: 'plan', inputs: {}, priority: 2 } as const;
  await before.execute({ command: 'submit-goal', tenantId, goalId, title: 'a goal', ...plan, requestedBy: 'ann' });
  const hourly = { scheduleId: 'schedule_1' as ScheduleId, name: 'hourly', cron: '30 * * * *', timeZone: 'UTC' };
  const rest = { ...plan, definition: child as never, planHash: 'child', catchUp: 'all', paused: false } as const;
  await before.execute({ command: 'put-schedule', tenantId, ...hourly, ...rest, createdBy: 'ann' });
  backUpSqlite(path, copy);
  await before.close();
  await restoreSqlite(copy, path, options);
  at.now = options.now + 1_000;
  const after = await open();
  const workerId = await work(after);
  const [claimed] = (await after.execute({ command: 'claim-tasks', workerId, slots: 1 })).tasks;
  const hold = { tenantId, goalId, taskNo: 0, attempt: claimed!.task.attempt };
  await after.execute({ command: 'finish-attempt', ...hold, result: { outcome: 'succeeded', output: null } });
  const fire = { command: 'fire-schedule', tenantId, scheduleId: hourly.scheduleId } as const;
  expect((await after.execute(fire)).goals).toHaveLength(1);
  at.now += 3_600_000;
  expect((await after.execute(fire)).goals).toHaveLength(1);
  const { items } = await after.listGoals(tenantId, { limit: 10 });
  const marks = items.map(
    ({ title, restoredIn }) => `${title.replace(/^hourly .*T(..:..).*/, '$1')} ${restoredIn ?? '-'}`,
  );
  expect(marks.toSorted()).toEqual(['21:30 1', '22:30 -', 'a goal / sub 1', 'a goal 1']);
  await after.close();
});

test('[RS1] a restore ends leases and marks the goals that were open; whoever claims their tasks is told', async () => {
  const before = await openSqliteGoalStore({ path });
  const goalId = await submit(before);
  const workerId = await work(before);
  const { tasks } = await before.execute({ command: 'claim-tasks', workerId, slots: 1 });
  backUpSqlite(path, copy);
  // After the backup: the task ends, and there is another goal.
  const hold = { tenantId, goalId, taskNo: 0, attempt: tasks[0]!.task.attempt };
  await before.execute({ command: 'finish-attempt', ...hold, result: { outcome: 'succeeded', output: null } });
  const later = await submit(before);
  await expect(restoreSqlite(copy, path, options)).rejects.toMatchObject({ code: 'store-in-use' });
  await before.close();

  expect(await restoreSqlite(copy, path, options)).toMatchObject({ no: 1, goals: 1 });
  // What was there is kept.
  expect(readdirSync(folder)).toContain(`chorale.db.before-${options.now}`);
  const after = await openSqliteGoalStore({ path });
  expect(await after.findGoal(tenantId, later)).toBeUndefined();
  expect(await after.findGoal(tenantId, goalId)).toMatchObject({ state: 'running', restoredIn: 1 });
  expect(await openGoals(after)).toEqual([goalId]);
  const beat = after.execute({ command: 'heartbeat', workerId, leaseMs: 600_000 });
  await expect(beat).rejects.toMatchObject({ code: 'worker-lease-lost' });
  for (const command of (await after.findDue(10)).commands) await after.execute(command);
  const again = await after.execute({ command: 'claim-tasks', workerId: await work(after), slots: 1 });
  expect(again.tasks).toMatchObject([{ task: { losses: 1 }, goal: { restoredIn: 1 } }]);
  const unmarked = await submit(after);
  expect((await after.findGoal(tenantId, unmarked))?.restoredIn).toBeUndefined();

  await after.execute({ command: 'reconcile-goal', tenantId, goalId, by: 'ann' });
  expect((await after.findGoal(tenantId, goalId))?.restoredIn).toBeUndefined();
  expect(await openGoals(after)).toEqual([]);
  const events = await after.listEvents(tenantId, goalId, { afterSeq: 0, limit: 100 });
  expect(events.at(-1)).toMatchObject({ type: 'goal-reconciled', data: { by: 'ann', restore: 1 } });
  await after.close();
});

test('[RS2] each restore has a number of its own, also where the file was put back by other means', async () => {
  const store = await openSqliteGoalStore({ path });
  await submit(store);
  await store.close();
  expect(markSqliteRestored(path, options)).toEqual({ no: 1, goals: 1 });
  expect(markSqliteRestored(path, options)).toEqual({ no: 2, goals: 1 });
});

test('[RS3] a backup is never written over, and a file that is none is refused and changes nothing', async () => {
  const store = await openSqliteGoalStore({ path });
  await store.close();
  writeFileSync(copy, 'this is no database, whatever its name says; '.repeat(100));
  expect(() => backUpSqlite(path, copy)).toThrow('already');
  const nowhere = join(folder, 'missing', 'backup.db');
  expect(() => backUpSqlite(path, nowhere)).toThrow(expect.objectContaining({ code: 'backup-unwritable' }));
  await expect(restoreSqlite(copy, path, options)).rejects.toThrow(copy);
  await expect(restoreSqlite(nowhere, path, options)).rejects.toMatchObject({ code: 'backup-missing' });
  expect(existsSync(path)).toBe(true);
  rmSync(copy);
  backUpSqlite(path, copy);
  const { kept } = await restoreSqlite(copy, path, options);
  expect(existsSync(kept!)).toBe(true);
  await (await openSqliteGoalStore({ path })).close();
});
