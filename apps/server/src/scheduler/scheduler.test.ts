import { openSqliteGoalStore } from '@chorale/adapter-sqlite';
import { broken, refused, temporary } from '@chorale/lib-errors';
import { defaultTenant, makeId, type GoalId } from '@chorale/lib-ids';
import type { Command, DueWork, GoalStore, PlanDefinition } from '@chorale/module-goals';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLog } from '../process/log.ts';
import { ManualClock, settled } from '../process/manual-clock.ts';
import { Scheduler, type SchedulerOptions } from './scheduler.ts';

let clock: ManualClock;
let store: GoalStore;
let scheduler: Scheduler;
let lines: string[];

beforeEach(async () => {
  clock = new ManualClock();
  lines = [];
  store = await openSqliteGoalStore({ path: ':memory:', now: clock.now });
});
afterEach(async () => {
  await scheduler.stop();
  await store.close();
});

describe('a timer', () => {
  test('goes off when it is due, told by a hint', async () => {
    await begin();
    const goalId = await submitTimer(300);
    await clock.pass(299);
    expect(await stateOf(goalId)).toBe('running');
    await clock.pass(1);
    expect(await stateOf(goalId)).toBe('succeeded');
  });

  test('[SC1] goes off at most one look late when the hint is lost', async () => {
    await begin({ onCommit: () => () => {} });
    await settled();
    const goalId = await submitTimer(300);
    await clock.pass(1_000);
    expect(await stateOf(goalId)).toBe('succeeded');
  });

  test('far away does not keep the scheduler busy', async () => {
    let looks = 0;
    await begin({ findDue: (limit) => ((looks += 1), store.findDue(limit)) });
    await submitTimer(3_600_000);
    await clock.pass(10_000);
    expect(looks).toBeLessThan(15);
  });
});

describe('what cannot be done', () => {
  const due = (...commands: DueWork['commands']): DueWork => ({ commands, nextAt: undefined });
  const wake = (goalId: string): DueWork['commands'][number] => ({
    command: 'wake-goal',
    tenantId: defaultTenant,
    goalId: goalId as GoalId,
  });

  test('[SC2] does not keep the rest from being done', async () => {
    const done: string[] = [];
    await begin({
      findDue: async () => due(wake('bad'), wake('good')),
      execute: (async (command: Command) => {
        if ('goalId' in command && command.goalId === 'bad') throw broken('internal', 'no');
        done.push('good');
      }) as unknown as GoalStore['execute'],
    });
    expect(done.length).toBeGreaterThan(0);
    expect(lines.join('')).toContain('cannot be done');
  });

  test('[SC2] is tried again only after a pause', async () => {
    let tries = 0;
    await begin({
      findDue: async () => due(wake('bad')),
      execute: (async () => {
        tries += 1;
        throw refused('goal-ended', 'it has ended');
      }) as unknown as GoalStore['execute'],
    });
    await clock.pass(3_000);
    expect(tries).toBe(4);
  });

  test('a store that does not answer is asked again', async () => {
    let away = true;
    await begin({
      findDue: (limit) => (away ? Promise.reject(temporary('store-away', 'away')) : store.findDue(limit)),
    });
    const goalId = await submitTimer(10);
    await clock.pass(2_000);
    away = false;
    await clock.pass(2_000);
    expect(await stateOf(goalId)).toBe('succeeded');
  });
});

test('a drained scheduler has ended and left no timer', async () => {
  await begin();
  await scheduler.drain();
  expect(clock.waiting).toBe(0);
});

async function begin(over: Partial<SchedulerOptions['store']> = {}): Promise<void> {
  const log = openLog({ level: 'debug', format: 'text', now: clock.now, write: (line) => void lines.push(line) });
  scheduler = new Scheduler({ store: { ...store, ...over }, clock, log });
  void scheduler.run();
  await settled();
}

async function submitTimer(waitMs: number): Promise<GoalId> {
  const definition: PlanDefinition = {
    workflow: 'test',
    inputs: {},
    tasks: [{ key: 'wait', kind: 'timer', needs: [], wait: waitMs }],
  };
  const goalId: GoalId = makeId('goal', clock.now(), Math.random);
  await store.execute({
    command: 'submit-goal',
    tenantId: defaultTenant,
    goalId,
    title: 'test',
    definition,
    planHash: `timer of ${waitMs}`,
    inputs: {},
    priority: 2,
    requestedBy: 'test',
  });
  await settled();
  return goalId;
}

async function stateOf(goalId: GoalId): Promise<string | undefined> {
  return (await store.findGoal(defaultTenant, goalId))?.state;
}
