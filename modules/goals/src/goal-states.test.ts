// Every state of a goal met with everything that can happen to it.
import { ChoraleError } from '@chorale/lib-errors';
import type { GoalId, WorkerId } from '@chorale/lib-ids';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findBrokenRules } from './broken-rules.fixture.ts';
import type { AttemptResult, ChangeGoal } from './command.ts';
import { tenant, tool } from './goal-store-harness.contract.ts';
import { goalStates, isGoalEnded, type Goal, type GoalState } from './goal.ts';
import { MemoryEngine } from './memory-engine.fixture.ts';
import type { Task } from './task.ts';

const leaseMs = 30_000;
const startsAfterMs = 1_000;
const endsAfterMs = 1_000_000;

/** A goal in the state that is looked at; where it has begun, `held` runs and `free` waits for a worker. */
class Stage {
  readonly engine = new MemoryEngine();
  readonly workerId: WorkerId;
  readonly goalId: GoalId;

  constructor() {
    const { now } = this.engine;
    this.workerId = this.engine.register(leaseMs);
    const times = { startAt: now + startsAfterMs, deadlineAt: now + endsAfterMs };
    this.goalId = this.engine.submit([tool('held'), tool('free'), tool('after', ['held', 'free'])], times);
  }

  get goal(): Goal {
    return this.engine.goal(this.goalId);
  }

  get of(): { readonly tenantId: typeof tenant; readonly goalId: GoalId } {
    return { tenantId: tenant, goalId: this.goalId };
  }

  wakeAfter(ms: number): void {
    this.engine.now += ms;
    this.engine.execute({ command: 'wake-goal', ...this.of });
  }

  change(command: ChangeGoal['command']): void {
    this.engine.execute({ command, ...this.of, by: 'ann', reason: 'a test' });
  }

  end(result: AttemptResult, key = 'held'): void {
    const { no: taskNo, attempt } = this.engine.task(this.goalId, key);
    this.engine.execute({ command: 'finish-attempt', ...this.of, taskNo, attempt, result });
  }

  /** Claims and succeeds until nothing is left to claim. */
  drain(): void {
    for (;;) {
      const running = this.engine.rows.allTasks(this.goalId).filter(({ state }: Task) => state === 'running');
      for (const { key } of running) this.end({ outcome: 'succeeded', output: null }, key);
      const workerId = this.engine.register(leaseMs);
      if (running.length === 0 && this.engine.claim(workerId).length === 0) return;
    }
  }
}

const failure = { family: 'broken', code: 'test', message: 'no' } as const;

const reach: Readonly<Record<GoalState, (stage: Stage) => void>> = {
  scheduled: () => undefined,
  running: (stage) => {
    stage.wakeAfter(startsAfterMs);
    stage.engine.claim(stage.workerId, 1);
  },
  paused: (stage) => {
    reach.running(stage);
    stage.change('pause-goal');
  },
  failing: (stage) => {
    reach.running(stage);
    stage.engine.claim(stage.workerId, 1);
    stage.end({ outcome: 'failed', failure }, 'free');
  },
  cancelling: (stage) => {
    reach.running(stage);
    stage.change('cancel-goal');
  },
  succeeded: (stage) => {
    reach.running(stage);
    stage.drain();
  },
  failed: (stage) => {
    reach.failing(stage);
    stage.end({ outcome: 'cancelled' });
  },
  cancelled: (stage) => {
    reach.cancelling(stage);
    stage.end({ outcome: 'cancelled' });
  },
};

const events = {
  'is woken too early': (stage: Stage) => stage.wakeAfter(0),
  'reaches its start': (stage: Stage) => stage.wakeAfter(startsAfterMs),
  'reaches its deadline': (stage: Stage) => stage.wakeAfter(endsAfterMs),
  'is paused': (stage: Stage) => stage.change('pause-goal'),
  'is resumed': (stage: Stage) => stage.change('resume-goal'),
  'is cancelled': (stage: Stage) => stage.change('cancel-goal'),
  'has a task succeed': (stage: Stage) => stage.end({ outcome: 'succeeded', output: null }),
  'has a task fail': (stage: Stage) => stage.end({ outcome: 'failed', failure }),
  'has a task stop': (stage: Stage) => stage.end({ outcome: 'cancelled' }),
  'has every task that may start succeed': (stage: Stage) => stage.drain(),
  'has a worker lost': (stage: Stage) => {
    stage.engine.now += leaseMs;
    const { no: taskNo, attempt } = stage.engine.task(stage.goalId, 'held');
    stage.engine.execute({ command: 'release-task', ...stage.of, taskNo, attempt });
  },
  'sees the grace of a task end': (stage: Stage) => {
    stage.engine.now += 60_000;
    stage.engine.execute({ command: 'wake-task', ...stage.of, taskNo: 0 });
  },
  'has its plan changed': (stage: Stage) => {
    const { planVersion: expectedPlanVersion } = stage.goal;
    const changes = [{ change: 'add', task: tool(`extra${expectedPlanVersion}`, ['free']) }] as const;
    const edit = { command: 'edit-plan', by: 'ann', reason: 'a test', changes, expectedPlanVersion } as const;
    stage.engine.execute({ ...edit, ...stage.of, planHash: `edit-${expectedPlanVersion}` });
  },
  'has a failed task tried again': (stage: Stage) =>
    void stage.engine.execute({ command: 'retry-task', ...stage.of, taskKey: 'free', by: 'ann' }),
  'has an ended task run again': (stage: Stage) =>
    void stage.engine.execute({ command: 'rerun-from', ...stage.of, taskKey: 'free', by: 'ann' }),
} satisfies Record<string, (stage: Stage) => void>;

type GoalStageEvent = keyof typeof events;

/** The state afterwards, or the code of the refusal. */
type Expected = GoalState | `!${string}`;
type Row = Readonly<Record<GoalState, Expected>>;

const stays = Object.fromEntries(goalStates.map((state) => [state, state])) as Row;
const refused = (code: string): Row => Object.fromEntries(goalStates.map((state) => [state, `!${code}`])) as Row;
/** No task runs before the start, nor after the end. */
const nobodyHolds = { scheduled: '!lease-lost', ...pickEnded('!lease-lost') } as const;

function pickEnded(expected: Expected): Pick<Row, 'succeeded' | 'failed' | 'cancelled'> {
  return { succeeded: expected, failed: expected, cancelled: expected };
}

const table: Readonly<Record<GoalStageEvent, Row>> = {
  'is woken too early': stays,
  'reaches its start': { ...stays, scheduled: 'running' },
  'reaches its deadline': { ...stays, scheduled: 'failed', running: 'failing', paused: 'failing' },
  'is paused': { ...refused('goal-not-running'), running: 'paused', paused: 'paused', ...pickEnded('!goal-ended') },
  'is resumed': { ...refused('goal-not-paused'), running: 'running', paused: 'running', ...pickEnded('!goal-ended') },
  'is cancelled': {
    scheduled: 'cancelled',
    running: 'cancelling',
    paused: 'cancelling',
    failing: 'cancelling',
    cancelling: 'cancelling',
    ...pickEnded('!goal-ended'),
  },
  'has a task succeed': { ...stays, failing: 'failed', cancelling: 'cancelled', ...nobodyHolds },
  'has a task fail': {
    ...stays,
    running: 'failed',
    paused: 'failed',
    failing: 'failed',
    cancelling: 'cancelled',
    ...nobodyHolds,
  },
  'has a task stop': { ...stays, failing: 'failed', cancelling: 'cancelled', ...nobodyHolds },
  'has every task that may start succeed': {
    ...stays,
    running: 'succeeded',
    failing: 'failed',
    cancelling: 'cancelled',
  },
  'has a worker lost': { ...stays, failing: 'failed', cancelling: 'cancelled' },
  'sees the grace of a task end': { ...stays, failing: 'failed', cancelling: 'cancelled' },
  'has its plan changed': { ...stays, failing: '!goal-ended', cancelling: '!goal-ended', ...pickEnded('!goal-ended') },
  'has a failed task tried again': { ...refused('task-not-failed'), failing: '!goal-stopping', failed: 'running' },
  'has an ended task run again': {
    ...refused('task-not-ended'),
    failing: '!goal-stopping',
    cancelling: '!goal-stopping',
    ...pickEnded('running'),
  },
};

function meet(stage: Stage, event: GoalStageEvent): Expected {
  try {
    events[event](stage);
  } catch (error) {
    if (error instanceof ChoraleError) return `!${error.code}`;
    throw error;
  }
  return stage.goal.state;
}

const eventNames = Object.keys(events) as readonly GoalStageEvent[];
const cells = goalStates.flatMap((state) =>
  eventNames.map((event) => ({ state, event, expected: table[event][state] })),
);

describe('a goal that is', () => {
  test.each(goalStates)('[G2] %s can be reached, and breaks no rule there', (state) => {
    const stage = new Stage();
    reach[state](stage);
    expect(stage.goal.state).toBe(state);
    expect(findBrokenRules(stage.engine, stage.goalId)).toEqual([]);
  });

  test.each(cells)('[G3, G5, G6, G7, G9] $state and $event: $expected', ({ state, event, expected }) => {
    const stage = new Stage();
    reach[state](stage);
    const before = [...stage.engine.rows.tasks.values()];
    expect(meet(stage, event)).toBe(expected);
    expect(findBrokenRules(stage.engine, stage.goalId)).toEqual([]);
    const after = [...stage.engine.rows.tasks.values()];
    expect(expected.startsWith('!') ? after : before).toEqual(before);
    expect(stage.goal.finishedAt !== undefined).toBe(isGoalEnded(stage.goal.state));
  });
});

test('[G2, G3, G4, G6, E1] whatever happens in whatever order, no rule is broken and an end is an end', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...goalStates),
      fc.array(fc.constantFrom(...eventNames), { maxLength: 30 }),
      (state, names) => {
        const stage = new Stage();
        reach[state](stage);
        for (const name of names) {
          const before = stage.goal;
          meet(stage, name);
          expect(findBrokenRules(stage.engine, stage.goalId)).toEqual([]);
          const opens = name === 'has a failed task tried again' || name === 'has an ended task run again';
          const isForGood = isGoalEnded(before.state) && !opens;
          expect(isForGood ? stage.goal.state : before.state).toBe(before.state);
          const goesOn = before.state === 'cancelling' ? stage.goal.state : 'cancelling';
          expect(['cancelling', 'cancelled']).toContain(goesOn);
        }
      },
    ),
    { numRuns: 300 },
  );
});
