// A disk that fills: the embedded store stops growing while there is room left, keeps what is held, loses nothing, and
// goes on by itself.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqliteGoalStore, SqliteEngine } from '@chorale/adapter-sqlite';
import { toErrorRecord, type ErrorRecord } from '@chorale/lib-errors';
import { makeId } from '@chorale/lib-ids';
import type { GoalStore, SubmitGoal } from '@chorale/module-goals';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { isAcknowledgement, readLog } from './acknowledgements.ts';
import { auditStore, checkIntegrity } from './audit-store.ts';
import { LoopDisk, requireLoopDisks } from './loop-disk.ts';
import { StoreProcess } from './store-process.ts';
import { trialTenant } from './trial-work.ts';

const mebibyte = 1024 * 1024;
const diskMib = 96;

vi.setConfig({ testTimeout: 120_000 });

let disk: LoopDisk;
let database: string;

beforeAll(requireLoopDisks);

beforeEach(() => {
  disk = LoopDisk.create(diskMib);
  mkdirSync(join(disk.root, 'data'));
  database = join(disk.root, 'data', 'chorale.db');
});

afterEach(() => disk.remove());

function submission(sizeBytes: number): SubmitGoal {
  const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
  return {
    command: 'submit-goal',
    tenantId: trialTenant,
    goalId,
    title: 'a trial',
    definition: { workflow: 'trial', inputs: {}, tasks: [{ key: 'a', kind: 'tool', tool: 'noop', needs: [] }] },
    planHash: 'one-task',
    inputs: { text: 'x'.repeat(sizeBytes) },
    priority: 2,
    requestedBy: 'trial',
  };
}

/** Submits until one is refused; what was taken, and why the last was not. */
async function submitUntilRefused(store: GoalStore): Promise<{ taken: SubmitGoal[]; refusal: ErrorRecord }> {
  const taken: SubmitGoal[] = [];
  for (;;) {
    const one = submission(100_000);
    try {
      await store.execute(one);
      taken.push(one);
    } catch (error) {
      return { taken, refusal: toErrorRecord(error) };
    }
  }
}

test('[SE6, G1] new work is refused before the disk is full, and taken again when space returns', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chorale-acknowledged-'));
  const log = join(folder, 'log');
  const store = new StoreProcess({ database, log });
  const refusals = () => readLog(log).filter((entry) => entry.said === 'refused');
  try {
    await store.acknowledges(100_000);
    disk.fill(12 * mebibyte);
    while (refusals().length === 0) await sleep(20);
    expect(refusals()[0]).toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(
        /^The disk of .*data has \d+\.\d MiB left; below \d+\.\d MiB no new work is written\.$/,
      ),
    });
    const entriesBefore = readLog(log).length;
    const meanwhile = () => readLog(log).slice(entriesBefore);
    while (meanwhile().filter(({ said }) => said === 'beat').length < 12) await sleep(50);
    expect(disk.freeBytes).toBeGreaterThan(4 * mebibyte);
    expect(new Set(meanwhile().map(({ said }) => said))).toEqual(new Set(['refused', 'beat']));
    expect(new Set(refusals().map(({ code }) => code))).toEqual(new Set(['disk-full']));
    disk.free();
    await store.acknowledges(100_000);
    await store.stop();
    expect(await auditStore(database, readLog(log).filter(isAcknowledgement))).toEqual([]);
    expect(checkIntegrity(database)).toEqual([]);
  } finally {
    await store.kill();
    rmSync(folder, { recursive: true });
  }
});

test('[SE6] while the disk is nearly full, reads, heartbeats and cancelling go on, and what is held stays held', async () => {
  const store = await openSqliteGoalStore({ path: database });
  try {
    const workerId = makeId<'worker'>('worker', Date.now(), Math.random);
    const worker = { workerId, name: 'w', labels: [], version: '1' };
    await store.execute({ command: 'register-worker', worker, leaseMs: 60_000 });
    await store.execute(submission(10));
    const [held] = (await store.execute({ command: 'claim-tasks', workerId, slots: 1 })).tasks;
    disk.fill(16 * mebibyte);
    const { taken, refusal } = await submitUntilRefused(store);
    expect(refusal).toMatchObject({ family: 'temporary', code: 'disk-full' });

    const { tenantId, goalId, no: taskNo, attempt } = held!.task;
    const finish = {
      command: 'finish-attempt',
      tenantId,
      goalId,
      taskNo,
      attempt,
      result: { outcome: 'succeeded', output: 'done' },
    } as const;
    await expect(store.execute(finish)).rejects.toMatchObject({ code: 'disk-full' });
    const { leaseUntil } = await store.execute({ command: 'heartbeat', workerId, leaseMs: 90_000 });
    expect(leaseUntil).toBeGreaterThan(Date.now() + 60_000);
    const last = taken.at(-1)!;
    const cancel = { command: 'cancel-goal', tenantId, goalId: last.goalId, by: 'ann', reason: 'no space' } as const;
    expect((await store.execute(cancel)).goal.state).toBe('cancelled');
    expect((await store.listGoals(trialTenant, { limit: 1_000 })).items).toHaveLength(taken.length + 1);
    expect((await store.findGoal(trialTenant, last.goalId))?.inputs).toEqual(last.inputs);

    disk.free();
    expect((await store.execute(finish)).goal.state).toBe('succeeded');
  } finally {
    await store.close();
  }
});

test('[SE2, SE7] a disk that is full without warning: nothing is half written, heartbeats find room in the log, and writing goes on', async () => {
  // Without the watch over the disk, which would refuse first.
  const engine = SqliteEngine.open({ path: database, now: Date.now, random: Math.random });
  const workerId = makeId<'worker'>('worker', Date.now(), Math.random);
  const worker = { workerId, name: 'w', labels: [], version: '1' };
  const taken: SubmitGoal[] = [];
  /** Three goals in one transaction; why they were not taken. */
  const submit = (): ErrorRecord | undefined => {
    const batch = [submission(50_000), submission(50_000), submission(50_000)];
    const errors = engine.runBatch(batch).outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
    expect([0, batch.length]).toContain(errors.length);
    if (errors.length === 0) taken.push(...batch);
    return errors[0];
  };
  const beat = (): boolean => {
    const [outcome] = engine.runBatch([{ command: 'heartbeat', workerId, leaseMs: 60_000 }]).outcomes;
    return outcome !== undefined && 'reply' in outcome;
  };
  const countGoals = (): number => engine.reads.listGoals(trialTenant, { limit: 1_000 }).items.length;
  try {
    engine.runBatch([{ command: 'register-worker', worker, leaseMs: 60_000 }]);
    // As in a store that has run for a while, the log has been through the database once and has its full size.
    while (taken.length < 150) expect(submit()).toBeUndefined();
    disk.fill(2 * mebibyte);
    disk.fillToTheBrim();
    for (let times = 0; times < 100; times++) expect(beat()).toBe(true);
    let refusal = submit();
    while (refusal === undefined) refusal = submit();
    expect(refusal).toMatchObject({
      family: 'temporary',
      code: 'disk-full',
      message: expect.stringContaining(database),
    });
    for (let times = 0; times < 20; times++) expect(submit()?.code).toBe('disk-full');
    expect(countGoals()).toBe(taken.length);
    disk.free();
    expect(submit()).toBeUndefined();
    expect(beat()).toBe(true);
    expect(countGoals()).toBe(taken.length);
  } finally {
    engine.close();
  }
  expect(checkIntegrity(database)).toEqual([]);
});

test('[SE4] a store cannot be opened on a disk without a free byte, says why, and can be when space returns', async () => {
  const fillUp = (): void => {
    disk.fill(mebibyte);
    disk.fillToTheBrim();
  };
  fillUp();
  await expect(openSqliteGoalStore({ path: database, thread: false })).rejects.toMatchObject({ code: 'disk-full' });
  disk.free();
  const one = submission(10);
  const before = await openSqliteGoalStore({ path: database, thread: false });
  await before.execute(one);
  await before.close();
  fillUp();
  await expect(openSqliteGoalStore({ path: database, thread: false })).rejects.toMatchObject({ code: 'disk-full' });
  disk.free();
  const after = await openSqliteGoalStore({ path: database, thread: false });
  expect(await after.findGoal(trialTenant, one.goalId)).toMatchObject({ state: 'running' });
  await after.close();
});
