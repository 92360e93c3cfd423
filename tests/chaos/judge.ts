// Compares what was acknowledged with the rows, and the rows with the ledger of the world outside.

import type { GoalId, TenantId } from '@chorale/lib-ids';
import { isGoalEnded, type Attempt, type Goal, type GoalStore, type Task } from '@chorale/module-goals';
import type { Ledger } from './ledger.ts';

/** What must be 0, each. */
export interface Damage {
  /** Acknowledged goals that are not there. */
  lost: number;
  /** Acknowledged goals that did not end. */
  stuck: number;
  /** Acknowledged goals that ended otherwise than well. */
  failed: number;
  /** Tasks that were begun again after their end was written, or acknowledged to a worker. */
  rerun: number;
  /** Tasks whose effect was had more than once outside. */
  doubled: number;
  /** Tasks that succeeded without their effect. */
  missed: number;
  /** Tasks whose end was written by an attempt that did not hold them any more. */
  unfenced: number;
  /** Processes that ended although nobody had killed them. */
  ended: number;
}

export interface GoalRows {
  readonly goal: Goal | undefined;
  readonly tasks: readonly Pick<Task, 'goalId' | 'no' | 'state' | 'output'>[];
  readonly attempts: readonly Pick<Attempt, 'taskNo' | 'attempt' | 'outcome'>[];
}

export interface Finding {
  readonly kind: keyof Damage;
  readonly what: string;
  /** Of whom to tell what happened. */
  readonly goalId?: string;
  readonly taskNos?: readonly number[];
}

/** Of each kind, and tasks of one goal. */
const findingsOfKindMax = 3;
const tasksMax = 3;

export async function readRows(store: GoalStore, tenantId: TenantId, goalId: GoalId): Promise<GoalRows> {
  const [goal, tasks, attempts] = await Promise.all([
    store.findGoal(tenantId, goalId),
    store.listTasks(tenantId, goalId),
    store.listAttempts(tenantId, goalId),
  ]);
  return { goal, tasks, attempts };
}

export class Judge {
  readonly #ledger: Pick<Ledger, 'find'>;
  readonly #found = new Map<keyof Damage, Finding[]>();
  readonly damage: Damage = { lost: 0, stuck: 0, failed: 0, rerun: 0, doubled: 0, missed: 0, unfenced: 0, ended: 0 };

  constructor(ledger: Pick<Ledger, 'find'>) {
    this.#ledger = ledger;
  }

  /** Some of each kind. */
  get findings(): readonly Finding[] {
    return [...this.#found.values()].flat();
  }

  judge(goalId: string, { goal, tasks, attempts }: GoalRows): void {
    if (goal === undefined) return this.add({ kind: 'lost', what: `goal ${goalId} is not there` });
    const open = tasks.filter(({ state }) => state !== 'succeeded');
    const taskNos = open.map(({ no }) => no);
    const states = open.map(({ no, state }) => `${no} ${state}`).join(', ');
    if (!isGoalEnded(goal.state))
      this.add({ kind: 'stuck', what: `goal ${goalId} is ${goal.state}: ${states}`, goalId, taskNos });
    else if (goal.state !== 'succeeded') {
      const what = `goal ${goalId} is ${goal.state}: ${JSON.stringify(goal.failure)}`;
      this.add({ kind: 'failed', what, goalId, taskNos });
    }
    for (const task of tasks)
      this.#judgeTask(
        task,
        attempts.filter(({ taskNo }) => taskNo === task.no).toSorted((a, b) => a.attempt - b.attempt),
      );
  }

  #judgeTask(task: GoalRows['tasks'][number], attempts: GoalRows['attempts']): void {
    const name = `task ${task.no} of ${task.goalId}`;
    const find = (kind: keyof Damage, what: string): void =>
      this.add({ kind, what: `${name}: ${what}`, goalId: task.goalId, taskNos: [task.no] });
    const outside = this.#ledger.find(task.goalId, task.no);
    const succeeded = attempts.findIndex(({ outcome }) => outcome === 'succeeded');
    const endedBy = attempts[succeeded]?.attempt;
    const acknowledged = outside?.finishedBy;
    const last = Math.max(0, ...attempts.map(({ attempt }) => attempt), ...(outside?.attempts.keys() ?? []));
    if (endedBy !== undefined && last > endedBy) find('rerun', `${last} attempts, ended by ${endedBy}`);
    else if (acknowledged !== undefined && acknowledged !== endedBy)
      find('rerun', `attempt ${acknowledged} was told that it ended it, and ${endedBy} did`);
    if (outside !== undefined && outside.done > 1)
      find('doubled', `${outside.done} effects of ${[...outside.attempts.keys()].join(', ')}`);
    if (task.state === 'succeeded' && (outside?.done ?? 0) === 0) find('missed', 'it had no effect');
    const by = (task.output as { readonly attempt?: number } | undefined | null)?.attempt;
    if (by !== undefined && endedBy !== undefined && by !== endedBy)
      find('unfenced', `attempt ${endedBy} ended it with what attempt ${by} gave`);
  }

  add(finding: Finding): void {
    const { kind } = finding;
    this.damage[kind] += 1;
    const found = this.#found.get(kind) ?? [];
    this.#found.set(kind, found);
    if (found.length < findingsOfKindMax) found.push(finding);
  }
}

/** Everything that the rows and the ledger know of the tasks of a finding, in the order of time. */
export async function tellHistory(
  finding: Finding,
  { store, ledger, tenantId, nameOf }: HistorySources,
): Promise<string> {
  const { goalId, taskNos = [] } = finding;
  if (goalId === undefined) return `${finding.kind}: ${finding.what}`;
  const lines: { readonly at: number; readonly text: string }[] = [];
  const chosen = taskNos.slice(0, tasksMax);
  const events = await store.listEvents(tenantId, goalId as GoalId, { afterSeq: 0, limit: 1_000 });
  for (const { at, type, taskNo, data } of events)
    if (taskNo === undefined || chosen.includes(taskNo))
      lines.push({ at, text: `${type} ${taskNo ?? ''} ${JSON.stringify(data)}` });
  for (const taskNo of chosen) {
    for (const each of await store.listAttempts(tenantId, goalId as GoalId, taskNo)) {
      const who = `${nameOf(each.workerId) ?? '?'} (${each.workerId})`;
      const began = new Date(each.startedAt).toISOString();
      const text = `attempt ${taskNo}.${each.attempt} of ${who}, begun ${began}: ${each.outcome}`;
      lines.push({ at: each.finishedAt, text });
    }
    const outside = ledger.find(goalId, taskNo);
    for (const [attempt, { at, workerId }] of outside?.attempts ?? [])
      lines.push({ at, text: `OUTSIDE ${taskNo}.${attempt} called by ${workerId}` });
    lines.push({ at: Date.now(), text: `OUTSIDE ${taskNo} now ${JSON.stringify(outside)}` });
  }
  const told = lines.toSorted((a, b) => a.at - b.at).map(({ at, text }) => `  ${new Date(at).toISOString()} ${text}`);
  return [`${finding.kind}: ${finding.what}`, ...told].join('\n');
}

export interface HistorySources {
  readonly store: Pick<GoalStore, 'listEvents' | 'listAttempts'>;
  readonly ledger: Pick<Ledger, 'find'>;
  readonly tenantId: TenantId;
  /** The ledger's name of a worker. */
  readonly nameOf: (workerId: string) => string | undefined;
}
