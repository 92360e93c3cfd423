import { defaultProject, type ApprovalId, type GoalId, type TenantId, type WorkerId } from '@chorale/lib-ids';
import {
  type Approval,
  type Goal,
  type PlanDefinition,
  type Task,
  type TaskReason,
  taskStates,
  type Worker,
} from '@chorale/module-goals';
import { expect, test } from 'vitest';
import { explainGoal, type Situation } from './explain-goal.ts';
import { sayDuration } from './explain-sentences.ts';

const now = 1_000_000;
const tenantId = 'default' as TenantId;
const goalId = 'goal_1' as GoalId;
const workerId = 'worker_1' as WorkerId;

function goalWith(fields: Partial<Goal>): Goal {
  return { ...baseGoal, ...fields };
}
const baseGoal: Goal = {
  tenantId,
  goalId,
  projectId: defaultProject,
  title: 'Try it',
  workflow: 'w',
  state: 'running',
  version: 3,
  planVersion: 1,
  planHash: 'h',
  inputs: {},
  outputs: undefined,
  priority: 2,
  eventSeq: 4,
  tasksOpen: 2,
  tasksRunning: 0,
  tasksTotal: 2,
  nextItemNo: 100_000,
  tasksFailed: 0,
  createdAt: now - 60_000,
  startAt: undefined,
  deadlineAt: undefined,
  finishedAt: undefined,
  requestedBy: 'owner',
  idempotencyKey: undefined,
  requestHash: undefined,
  parentGoalId: undefined,
  parentTaskNo: undefined,
  depth: 0,
  failure: undefined,
};

function taskWith(fields: Partial<Task>): Task {
  return { ...baseTask, ...fields };
}
const baseTask: Task = {
  tenantId,
  goalId,
  no: 0,
  key: 'first',
  definitionNo: 0,
  parentNo: undefined,
  itemIndex: undefined,
  item: undefined,
  state: 'ready',
  reason: undefined,
  waitsFor: undefined,
  needsLeft: 0,
  needSkipped: false,
  attempt: 0,
  run: 0,
  failures: 0,
  losses: 0,
  workerId: undefined,
  priority: 2,
  lane: 'lane',
  wakeAt: undefined,
  readyAt: undefined,
  startedAt: undefined,
  finishedAt: undefined,
  output: undefined,
  failure: undefined,
  inputOverride: undefined,
  messages: undefined,
  cancelRequested: false,
};

const definition: PlanDefinition = {
  workflow: 'w',
  inputs: {},
  tasks: [
    { key: 'first', kind: 'agent', agent: 'a', needs: [] },
    { key: 'second', kind: 'agent', agent: 'a', needs: ['first'] },
  ],
};
const worker: Worker = { workerId, name: 'laptop', labels: [], version: '1', startedAt: 0, leaseUntil: now + 1000 };

function explain(tasks: readonly Task[], more: Partial<Situation> = {}) {
  return explainGoal({ goal: baseGoal, definition, tasks, approvals: [], workers: [worker], now, ...more });
}
function sentence(fields: Partial<Task>, more: Partial<Situation> = {}): string {
  return explain([taskWith(fields)], more).tasks[0]?.sentence ?? '';
}

test('a task that waits names what it waits for and how that stands', () => {
  const second = taskWith({ no: 1, key: 'second', definitionNo: 1, state: 'waiting', reason: 'needs' });
  const [, explained] = explain([taskWith({ state: 'running', workerId }), second]).tasks;
  expect(explained).toMatchObject({
    sentence: 'Waits for first (running).',
    waitsFor: [{ kind: 'task', name: 'first', state: 'running' }],
  });
});

test('a running task says where, for how long and at which attempt', () => {
  const running = { state: 'running', workerId, startedAt: now - 12_000, attempt: 1 } as const;
  expect(sentence(running)).toBe('Runs for 12 s on laptop.');
  expect(sentence({ ...running, attempt: 3 })).toBe('Runs for 12 s on laptop, attempt 3.');
  expect(sentence({ ...running, cancelRequested: true })).toMatch(/has been asked to stop/);
});

test('a running task whose worker is gone or silent says so', () => {
  const running = { state: 'running', workerId, startedAt: now - 12_000, attempt: 1 } as const;
  expect(sentence(running, { workers: [] })).toMatch(/worker is gone: it will be taken over/);
  expect(sentence(running, { workers: [{ ...worker, leaseUntil: now - 1 }] })).toMatch(/laptop has gone silent/);
});

test('a task that waits for a person repeats the question', () => {
  const approval: Approval = {
    tenantId,
    approvalId: 'approval_1' as ApprovalId,
    goalId,
    projectId: defaultProject,
    taskNo: 0,
    kind: 'task',
    question: 'Delete it?',
    context: null,
    state: 'pending',
    requestedAt: now,
    expiresAt: undefined,
    decidedAt: undefined,
    decidedBy: undefined,
    comment: undefined,
    answer: undefined,
  };
  const blocked = { state: 'blocked', reason: 'approval', waitsFor: 'approval_1' } as const;
  expect(sentence(blocked, { approvals: [approval] })).toBe('Waits for a person to answer: Delete it?');
});

test('a task between two tries says what went wrong and when it is tried again', () => {
  const failure = { family: 'temporary', code: 'host-away', message: 'No answer.' } as const;
  const sleeping = { state: 'sleeping', reason: 'retry', failures: 2, failure, wakeAt: now + 90_000 } as const;
  expect(sentence(sleeping)).toBe('Failed 2 times (No answer) and waits before the next try for another 1 min 30 s.');
});

test('a failed task says what went wrong, and then what to do, as sentences', () => {
  const failed = { state: 'failed', startedAt: now - 40, finishedAt: now } as const;
  const failure = { family: 'refused', code: 'not-there', message: 'There is none.' } as const;
  expect(sentence({ ...failed, failure })).toBe('Failed after 40 ms: There is none (not-there).');
  expect(sentence({ ...failed, failure: { ...failure, action: 'name another.' } })).toBe(
    'Failed after 40 ms: There is none (not-there). Name another.',
  );
});

test('the summary of a goal that nobody can move says so', () => {
  expect(explain([taskWith({ state: 'ready', readyAt: now })], { workers: [] }).summary).toMatch(/No worker is alive/);
  expect(explain([taskWith({ state: 'blocked', reason: 'approval' })]).summary).toMatch(/Only people can move it on/);
});

test('a failed goal names the task, the message and the code', () => {
  const failure = { family: 'refused', code: 'command-failed', message: 'It broke.', taskKey: 'first' } as const;
  const goal = goalWith({ state: 'failed', finishedAt: now, failure });
  expect(explain([], { goal }).summary).toBe('It failed after 1 min in first: It broke (command-failed).');
});

test('every state and reason gives a sentence that ends like one', () => {
  const reasons: (TaskReason | undefined)[] = [
    undefined,
    'needs',
    'item-limit',
    'compensation',
    'timer',
    'retry',
    'signal',
  ];
  reasons.push('sub-goal', 'items', 'goal-paused', 'when-false', 'need-skipped', 'race-lost', 'rejected', 'start-time');
  for (const state of taskStates) {
    for (const reason of reasons) {
      const text = sentence({ state, reason, needsLeft: 2, waitsFor: 'x', startedAt: now - 5, finishedAt: now });
      expect(text, `${state} ${reason}`).toMatch(/^[A-Z].*[.!?]$|: an approval$/);
      expect(text, `${state} ${reason}`).not.toMatch(/undefined|NaN| {2}| \./);
    }
  }
});

test('durations are said in at most two units', () => {
  const said = [0, 999, 1000, 59_400, 200_000, 7_500_000, 300_000_000].map(sayDuration);
  expect(said).toEqual(['0 ms', '999 ms', '1 s', '59 s', '3 min 20 s', '2 h 5 min', '3 d 11 h']);
});
