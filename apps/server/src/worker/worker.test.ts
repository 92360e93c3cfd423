import { openSqliteGoalStore } from '@chorale/adapter-sqlite';
import { broken, refused, temporary } from '@chorale/lib-errors';
import { defaultTenant, makeId, type GoalId, type WorkerId } from '@chorale/lib-ids';
import type { AttemptEnd, AttemptRequest, AttemptStop } from '@chorale/module-agents';
import {
  isGoalEnded,
  type Command,
  type GoalStore,
  type PlanDefinition,
  type TaskDefinition,
} from '@chorale/module-goals';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLog } from '../process/log.ts';
import { ManualClock, settled } from '../process/manual-clock.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import { heartbeatMs, leaseMs } from './worker-lease.ts';
import { Worker } from './worker.ts';

interface Running {
  readonly request: AttemptRequest;
  readonly stop: AttemptStop;
  end(result: AttemptEnd['result']): void;
}

const done = { outcome: 'succeeded', output: null } as const;
let clock: ManualClock;
let real: GoalStore;
/** What the worker sees: the real store, with faults between. */
let store: GoalStore;
let fault: (command: Command) => Promise<void> | undefined;
let running: Running[];
let started: string[];
let lines: string[];
let worker: Worker;
let workerEnded: Promise<void>;
let traces: Set<WorkerId>;

beforeEach(async () => {
  clock = new ManualClock();
  real = await openSqliteGoalStore({ path: ':memory:', now: clock.now, random: () => 0.5 });
  fault = () => undefined;
  store = { ...real, execute: async (command) => (await fault(command), real.execute(command)) };
  running = [];
  started = [];
  lines = [];
  traces = new Set();
});
afterEach(async () => {
  for (const attempt of running) attempt.end({ outcome: 'handed-back' });
  await worker.stop();
  await real.close();
});

describe('claiming', () => {
  test('[W1] fills its slots and no more, and each end makes room for the next', async () => {
    await submit(5);
    await begin({ slots: 2 });
    expect(started).toEqual(['t0', 't1']);
    await end(0);
    expect(started).toEqual(['t0', 't1', 't2']);
  });

  test('[W2] a hint brings a new goal at once', async () => {
    await begin();
    await submit(1);
    await settled();
    expect(started).toEqual(['t0']);
  });

  test('[W2] without any hint the poll brings it within about a second', async () => {
    store = { ...store, onCommit: () => () => {} };
    await begin();
    await submit(1);
    await settled();
    expect(started).toEqual([]);
    await clock.pass(1_300);
    expect(started).toEqual(['t0']);
  });

  test('[W2] the end of a task brings what waited for it, without waiting', async () => {
    store = { ...store, onCommit: () => () => {} };
    await submitPlan([task('first'), { ...task('second'), needs: ['first'] }]);
    await begin();
    await end(0);
    expect(started).toEqual(['first', 'second']);
  });

  test('a claim that fails is tried again', async () => {
    await submit(1);
    fault = (command) =>
      command.command === 'claim-tasks' ? Promise.reject(temporary('store-away', 'the store is away')) : undefined;
    await begin();
    expect(started).toEqual([]);
    fault = () => undefined;
    await clock.pass(1_300);
    expect(started).toEqual(['t0']);
  });

  test('[W6] what a claim gave whose answer was lost is handed back, and started by the next claim', async () => {
    const goalId = await submit(1);
    fault = async (command) => {
      if (command.command !== 'claim-tasks') return;
      fault = () => undefined;
      await real.execute(command);
      throw temporary('store-away', 'the answer was lost');
    };
    await begin();
    expect(started).toEqual([]);
    await clock.pass(1_300);
    expect(started).toEqual(['t0']);
    expect(await real.listAttempts(defaultTenant, goalId)).toMatchObject([{ attempt: 1, outcome: 'handed-back' }]);
  });

  test('tasks that need a label it lacks are left to others', async () => {
    await submitPlan([{ ...task('gpu'), requires: ['gpu'] }, task('any')]);
    await begin();
    expect(started).toEqual(['any']);
  });
});

describe('reporting', () => {
  test('a goal ends with the last of its tasks', async () => {
    const goalId = await submit(1);
    await begin();
    await end(0);
    expect(await stateOf(goalId)).toBe('succeeded');
  });

  test('an end is reported when the store answers again', async () => {
    const goalId = await submit(1);
    await begin();
    fault = (command) =>
      command.command === 'finish-attempt' ? Promise.reject(temporary('store-away', 'away')) : undefined;
    await end(0);
    expect(await stateOf(goalId)).toBe('running');
    fault = () => undefined;
    await clock.pass(1_000);
    expect(await stateOf(goalId)).toBe('succeeded');
  });

  test('[W4] a result that the store does not take fails the task instead of leaving it running', async () => {
    const goalId = await submit(1);
    await begin();
    fault = (command) =>
      command.command === 'finish-attempt' && command.result.outcome === 'succeeded'
        ? Promise.reject(broken('internal', 'cannot write that'))
        : undefined;
    await end(0);
    expect(await stateOf(goalId)).toBe('failed');
    expect((await real.findTasks(defaultTenant, goalId, ['t0']))[0]?.failure?.code).toBe('result-not-recorded');
  });

  test('[W4] when not even that is taken the lease is given up, and the task has another try', async () => {
    await submit(1);
    await begin({ scheduler: true });
    let refusals = 2;
    fault = (command) =>
      command.command === 'finish-attempt' && refusals-- > 0 ? Promise.reject(broken('internal', 'no')) : undefined;
    await end(0);
    await clock.pass(3_000);
    expect(started).toEqual(['t0', 't0']);
    expect(running[1]?.request.claimed.task).toMatchObject({ attempt: 2, losses: 1 });
  });

  test('an attempt that breaks fails its task', async () => {
    const goalId = await submitPlan([task('odd')]);
    await begin({ runAttempt: () => Promise.reject(new Error('broke')) });
    expect(await stateOf(goalId)).toBe('failed');
  });
});

describe('cancelling', () => {
  test('a cancel reaches the attempt through the hint', async () => {
    const goalId = await submit(1);
    await begin();
    await cancel(goalId);
    expect(running[0]?.stop.reason).toBe('cancel');
    await end(0, { outcome: 'cancelled' });
    expect(await stateOf(goalId)).toBe('cancelled');
  });

  test('a cancel whose hint was lost comes with the next heartbeat', async () => {
    store = { ...store, onCommit: () => () => {} };
    const goalId = await submit(1);
    await begin();
    await cancel(goalId);
    expect(running[0]?.stop.reason).toBeUndefined();
    await clock.pass(heartbeatMs);
    expect(running[0]?.stop.reason).toBe('cancel');
  });
});

describe('the lease', () => {
  test('holds for as long as heartbeats come through', async () => {
    await submit(1);
    await begin();
    await clock.pass(10 * leaseMs);
    expect(running[0]?.stop.reason).toBeUndefined();
    expect(await real.listWorkers()).toHaveLength(1);
  });

  test('survives heartbeats that fail for less than its length', async () => {
    await submit(1);
    await begin();
    fault = (command) =>
      command.command === 'heartbeat' ? Promise.reject(temporary('store-away', 'away')) : undefined;
    await clock.pass(leaseMs - 2_000);
    fault = () => undefined;
    await clock.pass(leaseMs);
    expect(running[0]?.stop.reason).toBeUndefined();
  });

  test.each([
    ['fail', () => Promise.reject(temporary('store-away', 'away'))],
    ['never answer', () => new Promise<void>(() => {})],
  ])(
    '[L2, W3] when heartbeats %s for its length, everything stops, nothing is reported, and a new lease begins',
    async (_how, answer) => {
      const goalId = await submit(1);
      await begin();
      const [first] = await real.listWorkers();
      fault = (command) => (command.command === 'heartbeat' ? answer() : undefined);
      await clock.pass(leaseMs);
      expect(running[0]?.stop.reason).toBe('lease-lost');
      fault = () => undefined;
      await end(0);
      await clock.pass(2_000);
      expect(await stateOf(goalId)).toBe('running');
      const workers = await real.listWorkers();
      expect(workers.map((row) => row.workerId)).not.toContain(first?.workerId);
      expect(workers).toHaveLength(1);
      expect([...traces]).toEqual(workers.map((row) => row.workerId));
    },
  );

  test('[L1, W3] a process that was stopped past its lease does not believe in it when it wakes', async () => {
    await submit(1);
    await begin();
    clock.jump(leaseMs + 1);
    await clock.pass(1);
    expect(running[0]?.stop.reason).toBe('lease-lost');
  });

  test('[W3] nor do its attempts, before any timer has told them', async () => {
    await submit(1);
    await begin();
    clock.jump(leaseMs + 1);
    expect(running[0]?.stop.reason).toBe('lease-lost');
  });

  test('[W8] a task whose plan cannot be read for now is handed back, and knows that its worker was lost', async () => {
    let isAway = false;
    const { findDefinition } = store;
    store.findDefinition = (...of) =>
      isAway ? Promise.reject(temporary('store-away', 'away')) : findDefinition(...of);
    const goalId = await submit(1);
    await begin({ scheduler: true });
    clock.jump(leaseMs + 1);
    await clock.pass(1);
    isAway = true;
    await end(0);
    await clock.pass(3_000);
    expect(started).toEqual(['t0']);
    isAway = false;
    await clock.pass(2_000);
    expect(started).toEqual(['t0', 't0']);
    expect(running[1]?.request.claimed.task).toMatchObject({ run: 1, losses: 1 });
    await end(1);
    expect(await stateOf(goalId)).toBe('succeeded');
  });

  test('a task whose worker was lost has another try', async () => {
    const goalId = await submit(1);
    await begin({ scheduler: true });
    clock.jump(leaseMs + 1);
    await clock.pass(1);
    await end(0);
    await clock.pass(5_000);
    expect(started).toEqual(['t0', 't0']);
    await end(1);
    expect(await stateOf(goalId)).toBe('succeeded');
  });
});

describe('ending', () => {
  test('drain claims nothing more, waits for what runs, and gives the lease back', async () => {
    const goalId = await submit(1);
    await begin();
    const drained = worker.drain();
    await submit(1);
    await clock.pass(2_000);
    expect(started).toHaveLength(1);
    await end(0);
    await drained;
    await workerEnded;
    expect(await stateOf(goalId)).toBe('succeeded');
    expect(await real.listWorkers()).toEqual([]);
    expect(clock.waiting).toBe(0);
    expect(traces.size).toBe(0);
  });

  test('[W5] stop hands back what runs, for the next worker to go on with', async () => {
    const goalId = await submit(1);
    await begin();
    const stopped = worker.stop();
    expect(running[0]?.stop.reason).toBe('drain');
    await end(0, { outcome: 'handed-back' });
    await stopped;
    expect((await real.findTasks(defaultTenant, goalId, ['t0']))[0]).toMatchObject({ state: 'ready', losses: 0 });
  });

  test('a worker that cannot register tries again, and can be stopped meanwhile', async () => {
    fault = (command) => (command.command === 'register-worker' ? Promise.reject(refused('no', 'no')) : undefined);
    await begin();
    await clock.pass(5_000);
    expect(lines.filter((line) => line.includes('cannot register')).length).toBeGreaterThan(3);
    await worker.stop();
    await workerEnded;
  });
});

interface BeginOptions {
  readonly slots?: number;
  readonly scheduler?: boolean;
  readonly runAttempt?: () => Promise<AttemptEnd>;
}

async function begin({ slots = 4, scheduler = false, runAttempt }: BeginOptions = {}): Promise<void> {
  const log = openLog({ level: 'debug', format: 'text', now: clock.now, write: (line) => void lines.push(line) });
  worker = new Worker({
    store,
    clock,
    log,
    slots,
    random: Math.random,
    identity: { name: 'test', labels: [], version: '0' },
    traces: { leave: async (id) => void traces.add(id), remove: async (id) => void traces.delete(id) },
    findDefinition: async ({ task, goal }) =>
      (await store.findDefinition(defaultTenant, goal.planHash))?.tasks[task.definitionNo],
    runAttempt: (request, stop) => {
      started.push(request.claimed.task.key);
      if (runAttempt !== undefined) return runAttempt();
      return new Promise((resolve) => running.push({ request, stop, end: (result) => resolve({ result }) }));
    },
  });
  workerEnded = worker.run();
  if (scheduler) void new Scheduler({ store: real, clock, log }).run();
  await settled();
}

async function end(index: number, result: AttemptEnd['result'] = done): Promise<void> {
  running[index]?.end(result);
  await settled();
}

function task(key: string): TaskDefinition {
  return {
    key,
    kind: 'tool',
    tool: 'echo',
    needs: [],
    retry: { limit: 0, delayMs: 0, factor: 1, delayMsMax: 0, jitter: 0 },
  };
}

function submit(count: number): Promise<GoalId> {
  return submitPlan(Array.from({ length: count }, (_, index) => task(`t${index}`)));
}

async function submitPlan(tasks: readonly TaskDefinition[]): Promise<GoalId> {
  const definition: PlanDefinition = { workflow: 'test', inputs: {}, tasks };
  const goalId = makeId<'goal'>('goal', clock.now(), Math.random);
  const planHash = `hash of ${JSON.stringify(definition)}`;
  await real.execute({
    command: 'submit-goal',
    tenantId: defaultTenant,
    goalId,
    title: 'test',
    definition,
    planHash,
    inputs: {},
    priority: 2,
    requestedBy: 'test',
  });
  return goalId;
}

async function cancel(goalId: GoalId): Promise<void> {
  await real.execute({ command: 'cancel-goal', tenantId: defaultTenant, goalId, by: 'test', reason: 'enough' });
  await settled();
}

async function stateOf(goalId: GoalId): Promise<string> {
  const goal = await real.findGoal(defaultTenant, goalId);
  expect(goal?.tasksOpen === 0).toBe(goal !== undefined && isGoalEnded(goal.state));
  return goal?.state ?? 'missing';
}
