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
}

export interface GoalRows {
  readonly goal: Goal | undefined;
  readonly tasks: readonly Pick<Task, 'goalId' | 'no' | 'state' | 'output'>[];
  readonly attempts: readonly Pick<Attempt, 'taskNo' | 'attempt' | 'outcome'>[];
}

/** Of each kind. */
const findingsOfKindMax = 3;

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
  readonly #found = new Map<keyof Damage, string[]>();
  readonly damage: Damage = { lost: 0, stuck: 0, failed: 0, rerun: 0, doubled: 0, missed: 0, unfenced: 0 };

  constructor(ledger: Pick<Ledger, 'find'>) {
    this.#ledger = ledger;
  }

  get findings(): readonly string[] {
    return [...this.#found.values()].flat();
  }

  judge(goalId: string, { goal, tasks, attempts }: GoalRows): void {
    if (goal === undefined) return this.#add('lost', `goal ${goalId} is not there`);
    if (!isGoalEnded(goal.state)) this.#add('stuck', `goal ${goalId} is ${goal.state}: ${describe(tasks)}`);
    else if (goal.state !== 'succeeded')
      this.#add('failed', `goal ${goalId} is ${goal.state}: ${JSON.stringify(goal.failure)}`);
    for (const task of tasks)
      this.#judgeTask(
        task,
        attempts.filter(({ taskNo }) => taskNo === task.no).toSorted((a, b) => a.attempt - b.attempt),
      );
  }

  #judgeTask(task: GoalRows['tasks'][number], attempts: GoalRows['attempts']): void {
    const name = `task ${task.no} of ${task.goalId}`;
    const outside = this.#ledger.find(task.goalId, task.no);
    const succeeded = attempts.findIndex(({ outcome }) => outcome === 'succeeded');
    const endedBy = attempts[succeeded]?.attempt;
    const acknowledged = outside?.finishedBy;
    const last = Math.max(0, ...attempts.map(({ attempt }) => attempt), ...(outside?.attempts.keys() ?? []));
    if (endedBy !== undefined && last > endedBy) this.#add('rerun', `${name}: ${last} attempts, ended by ${endedBy}`);
    else if (acknowledged !== undefined && acknowledged !== endedBy)
      this.#add('rerun', `${name}: attempt ${acknowledged} was told that it ended it, and ${endedBy} did`);
    if (outside !== undefined && outside.done > 1)
      this.#add('doubled', `${name}: ${outside.done} effects of ${[...outside.attempts.keys()].join(', ')}`);
    if (task.state === 'succeeded' && (outside?.done ?? 0) === 0) this.#add('missed', name);
    const by = (task.output as { readonly attempt?: number } | undefined | null)?.attempt;
    if (by !== undefined && endedBy !== undefined && by !== endedBy)
      this.#add('unfenced', `${name}: attempt ${endedBy} ended it with what attempt ${by} gave`);
  }

  #add(kind: keyof Damage, finding: string): void {
    this.damage[kind] += 1;
    const found = this.#found.get(kind) ?? [];
    this.#found.set(kind, found);
    if (found.length < findingsOfKindMax) found.push(`${kind}: ${finding}`);
  }
}

function describe(tasks: GoalRows['tasks']): string {
  const open = tasks.filter(({ state }) => state !== 'succeeded');
  return open.map(({ no, state }) => `${no} ${state}`).join(', ');
}
