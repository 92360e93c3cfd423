// Compares a store with what it acknowledged, and with its own rules. Everything that is wrong becomes a line.

import { DatabaseSync } from 'node:sqlite';
import { openSqliteGoalStore } from '@chorale/adapter-sqlite';
import { unreachable } from '@chorale/lib-errors';
import type { GoalId } from '@chorale/lib-ids';
import { isTaskEnded, type Goal, type GoalEvent, type GoalStore, type Step, type Task } from '@chorale/module-goals';
import type { Acknowledgement } from './acknowledgements.ts';
import { expectedOutput, finishEverything, retireOthers, trialTenant } from './trial-work.ts';

const eventsMax = 10_000;

interface GoalRows {
  readonly goal: Goal;
  readonly tasks: readonly Task[];
  readonly events: readonly GoalEvent[];
  readonly steps: readonly Step[];
}

type Rows = ReadonlyMap<GoalId, GoalRows>;

/** Opens what is left, checks it, lets the engine finish all that is open, and checks again. */
export async function auditStore(path: string, acknowledged: readonly Acknowledgement[]): Promise<readonly string[]> {
  let store: GoalStore;
  try {
    // Without threads: the same file, lock and engine, and each thread of an unbuilt store costs half a second.
    store = await openSqliteGoalStore({ path, thread: false });
  } catch (error) {
    return [`the store cannot be opened: ${String(error)}`];
  }
  try {
    const left = await readRows(store);
    const findings = [...findLosses(left, acknowledged), ...findHalfDone(left)];
    if (findings.length > 0) return findings;
    await retireOthers(store);
    await finishEverything(store);
    const finished = await readRows(store);
    findings.push(...findLosses(finished, acknowledged), ...findHalfDone(finished), ...findUnfinished(finished));
    return findings;
  } catch (error) {
    return [`the store does not go on: ${String(error)}`];
  } finally {
    await store.close();
  }
}

/** SQLite's own check of its pages and indexes. */
export function checkIntegrity(path: string): readonly string[] {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    const found = database.prepare('PRAGMA integrity_check').all() as { readonly integrity_check: string }[];
    return found.map((row) => row.integrity_check).filter((line) => line !== 'ok');
  } catch (error) {
    return [`integrity cannot be checked: ${String(error)}`];
  } finally {
    database?.close();
  }
}

async function readRows(store: GoalStore): Promise<Rows> {
  const rows = new Map<GoalId, GoalRows>();
  let after: string | undefined;
  do {
    const page = await store.listGoals(trialTenant, { limit: 200, ...(after === undefined ? {} : { after }) });
    for (const read of await Promise.all(page.items.map((goal) => readGoal(store, goal)))) {
      rows.set(read.goal.goalId, read);
    }
    after = page.next;
  } while (after !== undefined);
  return rows;
}

async function readGoal(store: GoalStore, goal: Goal): Promise<GoalRows> {
  const [tasks, events] = await Promise.all([
    store.listTasks(trialTenant, goal.goalId),
    store.listEvents(trialTenant, goal.goalId, { afterSeq: 0, limit: eventsMax }),
  ]);
  const steps = await Promise.all(tasks.map(({ no }) => store.listSteps(trialTenant, goal.goalId, { taskNo: no })));
  return { goal, tasks, events, steps: steps.flat() };
}

/** What was acknowledged and is not there, or is there as something else. */
function findLosses(rows: Rows, acknowledged: readonly Acknowledgement[]): string[] {
  return acknowledged.flatMap((entry) => {
    const found = rows.get(entry.goalId);
    const lost = found === undefined ? 'there is no such goal' : findLoss(found, entry);
    return lost === undefined ? [] : [`lost: ${entry.said} ${entry.goalId}: ${lost}`];
  });
}

function findLoss({ goal, tasks, steps }: GoalRows, entry: Acknowledgement): string | undefined {
  if (entry.said === 'submitted') {
    return tasks.length === entry.tasks ? undefined : `it has ${tasks.length} of ${entry.tasks} tasks`;
  }
  const { taskNo, attempt } = entry;
  const task = tasks[taskNo];
  if (task === undefined || task.attempt < attempt) return `task ${taskNo} knows nothing of attempt ${attempt}`;
  const step = steps.find((one) => one.taskNo === taskNo);
  switch (entry.said) {
    case 'claimed':
      return undefined;
    case 'step-started':
      return step === undefined ? `task ${taskNo} has no step` : undefined;
    case 'step-ended':
      return step?.state === 'finished' ? undefined : `the step of task ${taskNo} has not ended`;
    case 'finished': {
      if (task.state !== 'succeeded' || task.attempt !== attempt || task.output !== entry.output)
        return `task ${taskNo} is ${task.state} in attempt ${task.attempt}`;
      const { version, eventSeq, state } = entry.goal;
      const isOlder = goal.version < version || goal.eventSeq < eventSeq;
      return isOlder || (state === 'succeeded' && goal.state !== state) ? `the goal is ${goal.state}` : undefined;
    }
    default:
      return unreachable(entry);
  }
}

/** Goals whose rows contradict one another: a transaction that was kept in part. */
function findHalfDone(rows: Rows): string[] {
  return [...rows.values()].flatMap(({ goal, tasks, events }) => {
    const count = (states: (task: Task) => boolean): number => tasks.filter(states).length;
    const finishedTwice = new Set<number>();
    const finished = new Set<number>();
    for (const { type, taskNo } of events) {
      if (type !== 'task-finished' || taskNo === undefined) continue;
      (finished.has(taskNo) ? finishedTwice : finished).add(taskNo);
    }
    const facts: readonly (readonly [string, unknown, unknown])[] = [
      ['tasksTotal', goal.tasksTotal, tasks.length],
      ['tasksOpen', goal.tasksOpen, count(({ state }) => !isTaskEnded(state))],
      ['tasksRunning', goal.tasksRunning, count(({ state }) => state === 'running')],
      ['tasksFailed', goal.tasksFailed, count(({ state }) => state === 'failed')],
      ['ended', goal.state === 'succeeded', goal.tasksOpen === 0],
      ['events', events.map(({ seq }) => seq).join(), Array.from({ length: goal.eventSeq }, (_, at) => at + 1).join()],
      ['tasks finished twice', [...finishedTwice].join(), ''],
      ['running without a worker', count(({ state, workerId }) => state === 'running' && workerId === undefined), 0],
      ['outputs', count((task) => task.state === 'succeeded' && task.output !== expectedOutput(task)), 0],
    ];
    return facts.flatMap(([what, says, is]) =>
      says === is ? [] : [`half done: ${goal.goalId}: ${what} says ${String(says)}, the rows say ${String(is)}`],
    );
  });
}

function findUnfinished(rows: Rows): string[] {
  return [...rows.values()].flatMap(({ goal }) =>
    goal.state === 'succeeded' ? [] : [`stuck: ${goal.goalId} is ${goal.state} with ${goal.tasksOpen} tasks open`],
  );
}
