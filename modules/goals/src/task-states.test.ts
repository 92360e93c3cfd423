// Every state of a task met with everything that can happen to it, and random walks between.
import type { ApprovalId, GoalId, WorkerId } from '@chorale/lib-ids';
import { ChoraleError } from '@chorale/lib-errors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findBrokenRules } from './broken-rules.fixture.ts';
import type { AttemptResult, Awaited } from './command.ts';
import { plan, tenant, tool } from './goal-store-harness.contract.ts';
import { MemoryEngine } from './memory-engine.fixture.ts';
import type { PlanChange } from './records.ts';
import { isTaskEnded, taskStates, type Task, type TaskState } from './task.ts';

const leaseMs = 30_000;
const questionMs = 60_000;
const longAfter = 3_600_000;

/** `stopping`: running, and asked to stop. */
type Place = TaskState | 'stopping';

/** A goal whose task `it` is in the state that is looked at, while `other` runs and keeps the goal open. */
class Stage {
  readonly engine = new MemoryEngine();
  readonly workerId: WorkerId;
  readonly goalId: GoalId;
  edits = 0;
  approvalId = 'appr_none' as ApprovalId;

  constructor() {
    this.workerId = this.engine.register(leaseMs);
    this.goalId = this.engine.submit([
      tool('other'),
      tool('first'),
      tool('it', ['first'], { onFailure: 'continue' }),
      tool('rival', ['first'], { onFailure: 'continue' }),
      tool('race', ['it', 'rival'], { join: 'first' }),
    ]);
    this.engine.claim(this.workerId, 1);
  }

  get it(): Task {
    return this.engine.task(this.goalId, 'it');
  }

  get of(): { readonly tenantId: typeof tenant; readonly goalId: GoalId } {
    return { tenantId: tenant, goalId: this.goalId };
  }

  hold(key = 'it'): { readonly tenantId: typeof tenant; readonly goalId: GoalId; taskNo: number; attempt: number } {
    const { no: taskNo, attempt } = this.engine.task(this.goalId, key);
    return { ...this.of, taskNo, attempt };
  }

  /** Claims until the task runs, and hands back what else it got. */
  start(key: string): void {
    for (const { task } of this.engine.claim(this.workerId))
      if (task.key !== key) this.end({ outcome: 'handed-back' }, task.key);
  }

  end(result: AttemptResult, key = 'it'): void {
    this.engine.execute({ command: 'finish-attempt', ...this.hold(key), result });
  }

  succeed(key = 'it'): void {
    this.end({ outcome: 'succeeded', output: null }, key);
  }

  fail(family: 'broken' | 'temporary' | 'refused', key = 'it'): void {
    this.end({ outcome: 'failed', failure: { family, code: 'test', message: 'no' } }, key);
  }

  change(command: 'pause-goal' | 'resume-goal' | 'cancel-goal'): void {
    this.engine.execute({ command, ...this.of, by: 'ann', reason: 'a test' });
  }

  edit(...changes: readonly PlanChange[]): void {
    this.edits += 1;
    const { planVersion: expectedPlanVersion } = this.engine.goal(this.goalId);
    const planHash = `edit-${this.edits}`;
    this.engine.execute({
      command: 'edit-plan',
      ...this.of,
      by: 'ann',
      reason: 'a test',
      changes,
      expectedPlanVersion,
      planHash,
    });
  }

  ask(): void {
    this.end({ outcome: 'waiting', on: question(this) });
    this.approvalId = this.it.waitsFor as ApprovalId;
  }

  /** The goal that `it` opened, ended by a person. */
  endSubGoal(): void {
    const goalId = this.it.reason === 'sub-goal' ? (this.it.waitsFor as GoalId) : ('goal_none' as GoalId);
    this.engine.execute({ command: 'cancel-goal', tenantId: tenant, goalId, by: 'ann', reason: 'a test' });
  }

  decide(decision: 'approve' | 'reject'): void {
    this.engine.execute({
      command: 'decide-approval',
      ...this.of,
      approvalId: this.approvalId,
      decision,
      decidedBy: 'ann',
    });
  }
}

function question({ engine }: Stage): Awaited {
  return { for: 'person', kind: 'question', question: 'may I?', context: null, expiresAt: engine.now + questionMs };
}

const reach: Readonly<Record<Place, (stage: Stage) => void>> = {
  waiting: () => undefined,
  ready: (stage) => {
    stage.start('first');
    stage.succeed('first');
  },
  running: (stage) => {
    reach.ready(stage);
    stage.start('it');
  },
  stopping: (stage) => {
    reach.ready(stage);
    stage.engine.claim(stage.workerId);
    stage.succeed('rival');
  },
  sleeping: (stage) => {
    reach.running(stage);
    stage.fail('temporary');
  },
  blocked: (stage) => {
    reach.running(stage);
    stage.ask();
  },
  held: (stage) => {
    reach.ready(stage);
    stage.change('pause-goal');
  },
  succeeded: (stage) => {
    reach.running(stage);
    stage.succeed();
  },
  failed: (stage) => {
    reach.running(stage);
    stage.fail('broken');
  },
  skipped: (stage) => {
    reach.ready(stage);
    stage.edit({ change: 'skip', key: 'it' });
  },
  cancelled: (stage) => {
    reach.ready(stage);
    stage.start('rival');
    stage.succeed('rival');
  },
};

const events = {
  'is claimed': (stage: Stage) => void stage.engine.claim(stage.workerId),
  succeeds: (stage: Stage) => stage.succeed(),
  'succeeds in an older attempt': (stage: Stage) => {
    const hold = { ...stage.hold(), attempt: stage.it.attempt - 1 };
    stage.engine.execute({ command: 'finish-attempt', ...hold, result: { outcome: 'succeeded', output: null } });
  },
  'asks in an older attempt': (stage: Stage) => {
    const hold = { ...stage.hold(), attempt: stage.it.attempt - 1 };
    stage.engine.execute({ command: 'finish-attempt', ...hold, result: { outcome: 'waiting', on: question(stage) } });
  },
  'fails for good': (stage: Stage) => stage.fail('broken'),
  'fails for a while': (stage: Stage) => stage.fail('temporary'),
  'is refused': (stage: Stage) => stage.fail('refused'),
  'stops when asked': (stage: Stage) => stage.end({ outcome: 'cancelled' }),
  'is handed back': (stage: Stage) => stage.end({ outcome: 'handed-back' }),
  'ends uncertain': (stage: Stage) => stage.end({ outcome: 'uncertain', question: 'did it?', context: null }),
  'records a step': (stage: Stage) => {
    const step = { stepNo: 1, kind: 'tool-call', name: 'x', idempotent: true, input: null, startedAt: 0 } as const;
    stage.engine.execute({ command: 'record-step', ...stage.hold(), step });
  },
  'asks a person': (stage: Stage) => stage.ask(),
  'opens a sub-goal': (stage: Stage) => {
    const opened = { title: 'a part', definition: plan(tool('part')), planHash: 'part', inputs: {} };
    stage.end({ outcome: 'waiting', on: { for: 'sub-goal', ...opened, author: 'agent', reason: 'a test' } });
  },
  'has its sub-goal ended': (stage: Stage) => stage.endSubGoal(),
  'waits a while': (stage: Stage) =>
    stage.end({ outcome: 'waiting', on: { for: 'time', until: stage.engine.now + questionMs } }),
  'is approved': (stage: Stage) => stage.decide('approve'),
  'is rejected': (stage: Stage) => stage.decide('reject'),
  'gets no answer': (stage: Stage) => {
    stage.engine.now += questionMs;
    stage.engine.execute({ command: 'expire-approval', ...stage.of, approvalId: stage.approvalId });
  },
  'is woken too early': (stage: Stage) =>
    void stage.engine.execute({ command: 'wake-task', ...stage.of, taskNo: stage.it.no }),
  'is woken in time': (stage: Stage) => {
    stage.engine.now += longAfter;
    stage.engine.execute({ command: 'wake-task', ...stage.of, taskNo: stage.it.no });
  },
  'is taken from a worker that lives': (stage: Stage) =>
    void stage.engine.execute({ command: 'release-task', ...stage.hold() }),
  'loses its worker': (stage: Stage) => {
    stage.engine.now += leaseMs;
    stage.engine.execute({ command: 'release-task', ...stage.hold() });
  },
  'has its goal paused': (stage: Stage) => stage.change('pause-goal'),
  'has its goal resumed': (stage: Stage) => stage.change('resume-goal'),
  'has its goal cancelled': (stage: Stage) => stage.change('cancel-goal'),
  'has its goal failed': (stage: Stage) => stage.fail('broken', 'other'),
  'is skipped by a person': (stage: Stage) => stage.edit({ change: 'skip', key: 'it' }),
  'is removed': (stage: Stage) =>
    stage.edit({ change: 'repoint', key: 'race', needs: ['rival', 'first'] }, { change: 'remove', key: 'it' }),
  'needs another': (stage: Stage) => stage.edit({ change: 'repoint', key: 'it', needs: ['other'] }),
  'is replaced': (stage: Stage) =>
    stage.edit({ change: 'replace', task: tool('it', ['first'], { onFailure: 'continue', tool: 'better' }) }),
  'is tried again': (stage: Stage) =>
    void stage.engine.execute({ command: 'retry-task', ...stage.of, taskKey: 'it', by: 'ann' }),
  'is run again': (stage: Stage) =>
    void stage.engine.execute({ command: 'rerun-from', ...stage.of, taskKey: 'it', by: 'ann' }),
} satisfies Record<string, (stage: Stage) => void>;

type TaskEvent = keyof typeof events;

/** The state afterwards, or the code of the refusal. */
type Expected = TaskState | `!${string}`;
type Row = Readonly<Record<Place, Expected>>;

/** Nothing happens to it. */
const stays: Row = {
  ...(Object.fromEntries(taskStates.map((state) => [state, state])) as Record<TaskState, TaskState>),
  stopping: 'running',
};
const refused = (code: string): Row =>
  Object.fromEntries(Object.keys(stays).map((place) => [place, `!${code}`])) as Row;
/** Only who holds it may say so. */
const lost = refused('lease-lost');
const noQuestion = refused('approval-not-found');
const ended = ['succeeded', 'failed', 'skipped', 'cancelled'] as const;
const whenEnded = (expected: Expected): Pick<Row, (typeof ended)[number]> =>
  Object.fromEntries(ended.map((state) => [state, expected])) as Pick<Row, (typeof ended)[number]>;

const table: Readonly<Record<TaskEvent, Row>> = {
  'is claimed': { ...stays, ready: 'running' },
  succeeds: { ...lost, running: 'succeeded', stopping: 'succeeded' },
  'succeeds in an older attempt': lost,
  'asks in an older attempt': lost,
  'fails for good': { ...lost, running: 'failed', stopping: 'cancelled' },
  'fails for a while': { ...lost, running: 'sleeping', stopping: 'cancelled' },
  'is refused': { ...lost, running: 'failed', stopping: 'cancelled' },
  'stops when asked': { ...lost, running: 'cancelled', stopping: 'cancelled' },
  'is handed back': { ...lost, running: 'ready', stopping: 'cancelled' },
  'ends uncertain': { ...lost, running: 'blocked', stopping: 'cancelled' },
  'records a step': { ...lost, running: 'running', stopping: 'running' },
  'asks a person': { ...lost, running: 'blocked', stopping: 'cancelled' },
  'opens a sub-goal': { ...lost, running: 'blocked', stopping: 'cancelled' },
  'has its sub-goal ended': refused('goal-not-found'),
  'waits a while': { ...lost, running: 'sleeping', stopping: 'cancelled' },
  'is approved': { ...noQuestion, blocked: 'ready' },
  'is rejected': { ...noQuestion, blocked: 'ready' },
  'gets no answer': { ...noQuestion, blocked: 'ready' },
  'is woken too early': stays,
  'is woken in time': { ...stays, sleeping: 'ready', stopping: 'cancelled' },
  'is taken from a worker that lives': stays,
  'loses its worker': { ...stays, running: 'ready', stopping: 'cancelled' },
  'has its goal paused': { ...stays, ready: 'held' },
  'has its goal resumed': { ...stays, held: 'ready' },
  'has its goal cancelled': {
    ...stays,
    waiting: 'cancelled',
    ready: 'cancelled',
    sleeping: 'cancelled',
    blocked: 'cancelled',
    held: 'cancelled',
  },
  'has its goal failed': {
    ...stays,
    waiting: 'cancelled',
    ready: 'cancelled',
    sleeping: 'cancelled',
    blocked: 'cancelled',
    held: 'cancelled',
  },
  'is skipped by a person': {
    ...refused('task-started'),
    waiting: 'skipped',
    ready: 'skipped',
    sleeping: 'skipped',
    blocked: 'skipped',
    held: 'skipped',
  },
  'is removed': { ...refused('task-started'), waiting: 'cancelled', ready: 'cancelled', held: 'cancelled' },
  'needs another': { ...refused('task-started'), waiting: 'waiting', ready: 'waiting', held: 'waiting' },
  'is replaced': { ...refused('task-started'), waiting: 'waiting', ready: 'ready', held: 'held' },
  'is tried again': { ...refused('task-not-failed'), failed: 'ready' },
  'is run again': { ...refused('task-not-ended'), ...whenEnded('ready') },
};

/** What happened: the new state, or why it was refused. */
function meet(stage: Stage, event: TaskEvent): Expected {
  try {
    events[event](stage);
  } catch (error) {
    if (error instanceof ChoraleError) return `!${error.code}`;
    throw error;
  }
  return stage.it.state;
}

const places = Object.keys(reach) as readonly Place[];
const eventNames = Object.keys(events) as readonly TaskEvent[];
const cells = places.flatMap((place) => eventNames.map((event) => ({ place, event, expected: table[event][place] })));

describe('a task that is', () => {
  test.each(places)('[T3] %s can be reached, and breaks no rule there', (place) => {
    const stage = new Stage();
    reach[place](stage);
    expect(stage.it.state).toBe(place === 'stopping' ? 'running' : place);
    expect(stage.it.cancelRequested).toBe(place === 'stopping');
    expect(findBrokenRules(stage.engine, stage.goalId)).toEqual([]);
  });

  test.each(cells)('[T2, T4] $place and $event: $expected', ({ place, event, expected }) => {
    const stage = new Stage();
    reach[place](stage);
    const before = { attempt: stage.it.attempt, run: stage.it.run, rows: [...stage.engine.rows.tasks.values()] };
    expect(meet(stage, event)).toBe(expected);
    expect(findBrokenRules(stage.engine, stage.goalId)).toEqual([]);
    const rows = [...stage.engine.rows.tasks.values()];
    expect(expected.startsWith('!') ? rows : before.rows).toEqual(before.rows);
    expect(stage.it.attempt - before.attempt).toBe(event === 'is claimed' && place === 'ready' ? 1 : 0);
    const raisesRun = event === 'is tried again' || event === 'is run again' || event === 'fails for a while';
    expect(stage.it.run - before.run).toBe(raisesRun && !expected.startsWith('!') && place !== 'stopping' ? 1 : 0);
  });
});

test('[T1, T2, T3, T4, G2, G3, G4, E1] whatever happens in whatever order, no rule is broken', () => {
  const steps = fc.array(fc.constantFrom(...eventNames, ...(['is claimed', 'is claimed', 'is run again'] as const)), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(fc.constantFrom(...places), steps, (place, names) => {
      const stage = new Stage();
      reach[place](stage);
      let { attempt } = stage.it;
      for (const name of names) {
        const { state, run } = stage.it;
        meet(stage, name);
        expect(findBrokenRules(stage.engine, stage.goalId)).toEqual([]);
        expect(stage.it.attempt).toBeGreaterThanOrEqual(attempt);
        ({ attempt } = stage.it);
        const isForGood = isTaskEnded(state) && stage.it.run === run;
        expect(isForGood ? stage.it.state : state).toBe(state);
      }
    }),
    { numRuns: 300 },
  );
});
