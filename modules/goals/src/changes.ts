// What commands change, before it is written: drafts of rows, in layers that can be thrown away.
import type { ApprovalId, GoalId, ScheduleId, TenantId, WorkerId } from '@chorale/lib-ids';
import type { Goal } from './goal.ts';
import type { PlanDefinition } from './plan.ts';
import type { Approval, Artifact, Attempt, GoalEvent, PlanVersion, Schedule, Step, Worker } from './records.ts';
import type { Task } from './task.ts';

export type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** All that a batch changed, for the store to write in one transaction. */
export interface Changes {
  readonly goals: readonly Written<Goal>[];
  readonly tasks: readonly Written<Task>[];
  readonly definitions: readonly {
    readonly tenantId: TenantId;
    readonly planHash: string;
    readonly definition: PlanDefinition;
  }[];
  readonly planVersions: readonly PlanVersion[];
  readonly attempts: readonly Attempt[];
  readonly steps: readonly Pick<Written<Step>, 'row' | 'isNew'>[];
  readonly events: readonly GoalEvent[];
  readonly approvals: readonly Approval[];
  readonly artifacts: readonly Artifact[];
  readonly workers: readonly Worker[];
  readonly workersGone: readonly WorkerId[];
  readonly schedules: readonly Schedule[];
  readonly schedulesGone: readonly { readonly tenantId: TenantId; readonly scheduleId: ScheduleId }[];
}

export interface Written<T> {
  readonly row: T;
  /** The row is new; otherwise it replaces one that was read. */
  readonly isNew: boolean;
  /** The row as it was read; undefined for a new one. */
  readonly before: T | undefined;
}

export interface Entry<T> {
  row: Draft<T>;
  isNew: boolean;
  /** The row as the store has it; undefined for a new one. */
  before: T | undefined;
}

type TaskMap = Map<GoalId, Map<number, Entry<Task>>>;

/** What one layer holds: the batch has one, and the command that is running another on top of it. */
export class Layer {
  readonly goals = new Map<GoalId, Entry<Goal>>();
  readonly tasks: TaskMap = new Map();
  readonly keys = new Map<string, GoalId>();
  readonly definitions = new Map<string, { tenantId: TenantId; planHash: string; definition: PlanDefinition }>();
  readonly approvals = new Map<ApprovalId, Approval>();
  readonly steps = new Map<string, { row: Step; isNew: boolean }>();
  readonly workers = new Map<WorkerId, Worker | undefined>();
  readonly schedules = new Map<ScheduleId, { tenantId: TenantId; row: Schedule | undefined }>();
  readonly planVersions: PlanVersion[] = [];
  readonly attempts: Attempt[] = [];
  readonly events: GoalEvent[] = [];
  readonly artifacts: Artifact[] = [];
  readonly #maps: readonly Map<unknown, unknown>[] = [
    this.goals,
    this.tasks,
    this.keys,
    this.definitions,
    this.approvals,
    this.steps,
    this.workers,
    this.schedules,
  ];
  readonly #lists: readonly unknown[][] = [this.planVersions, this.attempts, this.events, this.artifacts];

  putTask(entry: Entry<Task>): void {
    let ofGoal = this.tasks.get(entry.row.goalId);
    if (ofGoal === undefined) this.tasks.set(entry.row.goalId, (ofGoal = new Map()));
    ofGoal.set(entry.row.no, entry);
  }

  /** Begun anew: most commands touch few of these, and making them all for each is what cost most in a small one. */
  clear(): void {
    for (const map of this.#maps) if (map.size > 0) map.clear();
    for (const list of this.#lists) list.length = 0;
  }

  mergeInto(target: Layer): void {
    copyInto(this.goals, target.goals);
    for (const ofGoal of this.tasks.values()) for (const entry of ofGoal.values()) target.putTask(entry);
    copyInto(this.keys, target.keys);
    copyInto(this.definitions, target.definitions);
    copyInto(this.approvals, target.approvals);
    copyInto(this.steps, target.steps);
    copyInto(this.workers, target.workers);
    copyInto(this.schedules, target.schedules);
    target.planVersions.push(...this.planVersions);
    target.attempts.push(...this.attempts);
    target.events.push(...this.events);
    target.artifacts.push(...this.artifacts);
  }
}

function copyInto<K, V>(source: Map<K, V>, target: Map<K, V>): void {
  for (const [key, value] of source) target.set(key, value);
}
