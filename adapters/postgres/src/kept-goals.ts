// Rows of goals this process worked on last, to be used again without reading them.
//
// Invariants: KG1 a goal's rows are used only while its version in the database, read under its lock, is the kept
//             one: every change of a goal or of any of its tasks raises the version.
import type { GoalId } from '@chorale/lib-ids';
import type { Changes, Goal, Task } from '@chorale/module-goals';
import type { LoadedRows } from './loaded-rows.ts';

/** Tasks kept in memory, about half a kilobyte each. */
const keptTasksMax = 50_000;

interface Kept {
  goal: Goal;
  readonly tasks: Map<number, Task>;
  whole: boolean;
}

export class KeptGoals {
  readonly #kept = new Map<GoalId, Kept>();
  #tasks = 0;

  versionOf(goalId: GoalId): number | undefined {
    return this.#kept.get(goalId)?.goal.version;
  }

  /** Hands the goal's rows to a transaction that has found the same version under the lock. */
  copyInto(rows: LoadedRows, goalId: GoalId): void {
    const kept = this.#kept.get(goalId);
    if (kept === undefined) return;
    rows.goals.set(goalId, kept.goal);
    rows.tasks.set(goalId, new Map(kept.tasks));
    if (kept.whole) rows.whole.add(goalId);
  }

  /** Keeps what a committed transaction read and wrote. */
  keep(rows: LoadedRows, changes: Changes): void {
    if (this.#tasks > keptTasksMax) this.clear();
    for (const { row: goal, isNew } of changes.goals) {
      if (goal.finishedAt === undefined) this.#keepGoal(rows, goal, isNew);
      else this.#forget(goal.goalId);
    }
    for (const { row: task } of changes.tasks) {
      const kept = this.#kept.get(task.goalId);
      if (kept === undefined) continue;
      if (!kept.tasks.has(task.no)) this.#tasks += 1;
      kept.tasks.set(task.no, task);
    }
  }

  clear(): void {
    this.#kept.clear();
    this.#tasks = 0;
  }

  #keepGoal(rows: LoadedRows, goal: Goal, isNew: boolean): void {
    this.#forget(goal.goalId);
    const tasks = new Map<number, Task>();
    for (const [no, task] of rows.tasks.get(goal.goalId) ?? []) if (task !== undefined) tasks.set(no, task);
    this.#kept.set(goal.goalId, { goal, tasks, whole: isNew || rows.whole.has(goal.goalId) });
    this.#tasks += tasks.size;
  }

  #forget(goalId: GoalId): void {
    const kept = this.#kept.get(goalId);
    if (kept === undefined) return;
    this.#tasks -= kept.tasks.size;
    this.#kept.delete(goalId);
  }
}
