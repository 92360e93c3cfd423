// The rows a transaction has read so far; asked for anything else, it says what to load.
import type { ApprovalId, GoalId, ScheduleId, TenantId, WorkerId } from '@chorale/lib-ids';
import {
  RowsMissing,
  type Approval,
  type Goal,
  type GoalKey,
  type MissingRows,
  type PlanDefinition,
  type RowSource,
  type Schedule,
  type Step,
  type Task,
  type Worker,
} from '@chorale/module-goals';
import { leftOutTask, mayLeaveOut } from './left-out-tasks.ts';

/** Rows by what they were asked as; undefined where there is none. */
export class LoadedRows implements RowSource {
  readonly goals = new Map<GoalId, Goal | undefined>();
  readonly tasks = new Map<GoalId, Map<number, Task | undefined>>();
  /** Goals whose tasks are all in `tasks`. */
  readonly whole = new Set<GoalId>();
  readonly others = new Map<string, unknown>();
  readonly #definitions: ReadonlyMap<string, PlanDefinition>;

  /** `definitions` never change, so those the process knows need no reading. */
  constructor(definitions: ReadonlyMap<string, PlanDefinition>) {
    this.#definitions = definitions;
  }

  goal(tenantId: TenantId, goalId: GoalId): Goal | undefined {
    if (!this.goals.has(goalId)) throw new RowsMissing({ rows: 'goal', tenantId, goalId });
    return this.goals.get(goalId);
  }

  task(goalId: GoalId, no: number): Task | undefined {
    const ofGoal = this.tasks.get(goalId);
    const found = ofGoal?.get(no);
    if (found !== undefined) return found;
    if (ofGoal?.has(no) !== true && !this.whole.has(goalId)) throw new RowsMissing({ rows: 'task', goalId, no });
    return this.#leftOut(goalId, no);
  }

  #leftOut(goalId: GoalId, no: number): Task | undefined {
    const goal = this.goals.get(goalId);
    if (goal === undefined || !mayLeaveOut(goal, no)) return undefined;
    const plan = this.definition(goal.tenantId, goal.planHash);
    const task = plan === undefined ? undefined : leftOutTask(goal, plan, no);
    if (task !== undefined) this.putTask(task);
    return task;
  }

  allTasks(goalId: GoalId): readonly Task[] {
    if (!this.whole.has(goalId)) throw new RowsMissing({ rows: 'all-tasks', goalId });
    const goal = this.goals.get(goalId);
    if (goal !== undefined && mayLeaveOut(goal, 0)) {
      const plan = this.definition(goal.tenantId, goal.planHash);
      for (const no of plan?.tasks.keys() ?? []) this.task(goalId, no);
    }
    return [...(this.tasks.get(goalId)?.values() ?? [])].filter((task) => task !== undefined);
  }

  putTask(task: Task): void {
    let ofGoal = this.tasks.get(task.goalId);
    if (ofGoal === undefined) this.tasks.set(task.goalId, (ofGoal = new Map()));
    ofGoal.set(task.no, task);
  }

  /** There may be no such task: asked again, the answer is that there is none. */
  noteTask(goalId: GoalId, no: number): void {
    let ofGoal = this.tasks.get(goalId);
    if (ofGoal === undefined) this.tasks.set(goalId, (ofGoal = new Map()));
    ofGoal.set(no, undefined);
  }

  goalByKey(key: GoalKey): GoalId | undefined {
    return this.#other({ rows: 'goal-by-key', ...key }) as GoalId | undefined;
  }

  definition(tenantId: TenantId, planHash: string): PlanDefinition | undefined {
    return (
      this.#definitions.get(`${tenantId} ${planHash}`) ??
      (this.#other({ rows: 'definition', tenantId, planHash }) as PlanDefinition | undefined)
    );
  }

  approval(goalId: GoalId, approvalId: ApprovalId): Approval | undefined {
    return this.#other({ rows: 'approval', goalId, approvalId }) as Approval | undefined;
  }

  pendingApprovals(goalId: GoalId): readonly Approval[] {
    return this.#other({ rows: 'pending-approvals', goalId }) as readonly Approval[];
  }

  startedSteps(goalId: GoalId, taskNo: number, run: number): readonly Step[] {
    return this.#other({ rows: 'started-steps', goalId, taskNo, run }) as readonly Step[];
  }

  worker(workerId: WorkerId): Worker | undefined {
    return this.#other({ rows: 'worker', workerId }) as Worker | undefined;
  }

  schedule(tenantId: TenantId, scheduleId: ScheduleId): Schedule | undefined {
    return this.#other({ rows: 'schedule', tenantId, scheduleId }) as Schedule | undefined;
  }

  #other(missing: MissingRows): unknown {
    const key = keyOf(missing);
    if (!this.others.has(key)) throw new RowsMissing(missing);
    return this.others.get(key);
  }
}

export function keyOf(missing: MissingRows): string {
  return Object.values(missing).join(' ');
}
