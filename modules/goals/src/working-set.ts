// The rows a batch of commands works on, held in memory between reading and writing.
//
// Owns:       which rows were read, changed and added; undoing a command that is refused.
// Does not own: locks and transactions (the store's), or the rules (the operations').
// Invariants: W1 rows are never changed in place once a command is over: a draft is a copy.
//             W2 a command that throws leaves no trace.
//             W3 a goal's events get their numbers here, under the goal's lock, so they have no gaps.
import { refused } from '@chorale/lib-errors';
import {
  makeId,
  type ApprovalId,
  type GoalId,
  type Random,
  type ScheduleId,
  type TenantId,
  type WorkerId,
} from '@chorale/lib-ids';
import { Layer, type Changes, type Draft, type Entry } from './changes.ts';
import type { Goal } from './goal.ts';
import type { EngineLimits } from './goal-store.ts';
import type { GoalKey } from './row-source.ts';
import type { Json } from './json.ts';
import type { PlanDefinition } from './plan.ts';
import type { Approval, Artifact, Attempt, EventType, PlanVersion, Schedule, Step, Worker } from './records.ts';
import type { RowSource } from './row-source.ts';
import type { Task } from './task.ts';

export interface EngineContext {
  readonly now: number;
  readonly random: Random;
  readonly limits: EngineLimits;
  /** The last restore of the database, and when it was told of. */
  readonly restored?: { readonly no: number; readonly at: number } | undefined;
}

interface Emitted {
  readonly type: EventType;
  readonly taskNo?: number;
  readonly data: { readonly [key: string]: Json };
}

/** What must still be looked at because of what a command did; worked off by `settle`. */
export type Consequence =
  | { readonly about: 'task-ended'; readonly tenantId: TenantId; readonly goalId: GoalId; readonly no: number }
  | { readonly about: 'unlock'; readonly tenantId: TenantId; readonly goalId: GoalId; readonly no: number }
  | { readonly about: 'goal-settled'; readonly tenantId: TenantId; readonly goalId: GoalId };

export class WorkingSet {
  readonly context: EngineContext;
  readonly #source: RowSource;
  readonly #batch = new Layer();
  readonly #command = new Layer();

  constructor(source: RowSource, context: EngineContext) {
    this.#source = source;
    this.context = context;
  }

  /** Consequences of the running command that nobody has looked at yet. */
  readonly consequences: Consequence[] = [];

  get now(): number {
    return this.context.now;
  }

  /** Runs one command; what it changed stays only if it returns (W2). */
  run<T>(command: () => T): T {
    this.consequences.length = 0;
    try {
      const result = command();
      this.#command.mergeInto(this.#batch);
      return result;
    } finally {
      this.#command.clear();
    }
  }

  // Goals

  findGoal(tenantId: TenantId, goalId: GoalId): Goal | undefined {
    const row =
      (this.#command.goals.get(goalId) ?? this.#batch.goals.get(goalId))?.row ?? this.#source.goal(tenantId, goalId);
    return row?.tenantId === tenantId ? row : undefined;
  }

  getGoal(tenantId: TenantId, goalId: GoalId): Goal {
    const goal = this.findGoal(tenantId, goalId);
    if (goal === undefined) throw refused('goal-not-found', `There is no goal ${goalId}.`);
    return goal;
  }

  /** A copy to change; its version has been raised. */
  editGoal(tenantId: TenantId, goalId: GoalId): Draft<Goal> {
    const drafted = this.#command.goals.get(goalId);
    if (drafted !== undefined) return drafted.row;
    const goal = this.getGoal(tenantId, goalId);
    const earlier = this.#batch.goals.get(goalId);
    const entry = {
      row: { ...goal },
      isNew: earlier?.isNew ?? false,
      before: earlier === undefined ? goal : earlier.before,
    };
    entry.row.version += 1;
    this.#command.goals.set(goalId, entry);
    return entry.row;
  }

  addGoal(goal: Goal): Draft<Goal> {
    if (this.#batch.goals.has(goal.goalId)) throw refused('goal-exists', `There is a goal ${goal.goalId} already.`);
    const entry = { row: { ...goal }, isNew: true, before: undefined };
    this.#command.goals.set(goal.goalId, entry);
    const { tenantId, projectId, idempotencyKey } = goal;
    if (idempotencyKey !== undefined) this.#command.keys.set(`${tenantId} ${projectId} ${idempotencyKey}`, goal.goalId);
    return entry.row;
  }

  findGoalByKey(wanted: GoalKey): GoalId | undefined {
    const key = `${wanted.tenantId} ${wanted.projectId} ${wanted.idempotencyKey}`;
    return this.#command.keys.get(key) ?? this.#batch.keys.get(key) ?? this.#source.goalByKey(wanted);
  }

  /** Made by this batch: the source has no rows of it, and may refuse to be asked. */
  #isNew(goalId: GoalId): boolean {
    return (this.#batch.goals.get(goalId) ?? this.#command.goals.get(goalId))?.isNew === true;
  }

  newGoalId(): GoalId {
    return makeId<'goal'>('goal', this.now, this.context.random);
  }

  // Tasks

  findTask(goalId: GoalId, no: number): Task | undefined {
    const entry = this.#command.tasks.get(goalId)?.get(no) ?? this.#batch.tasks.get(goalId)?.get(no);
    if (entry !== undefined) return entry.row;
    return this.#isNew(goalId) ? undefined : this.#source.task(goalId, no);
  }

  getTask(goalId: GoalId, no: number): Task {
    const task = this.findTask(goalId, no);
    if (task === undefined) throw refused('task-not-found', `Goal ${goalId} has no task number ${no}.`);
    return task;
  }

  editTask(goalId: GoalId, no: number): Draft<Task> {
    const drafted = this.#command.tasks.get(goalId)?.get(no);
    if (drafted !== undefined) return drafted.row;
    const earlier = this.#batch.tasks.get(goalId)?.get(no);
    const task = this.getTask(goalId, no);
    const entry = {
      row: { ...task },
      isNew: earlier?.isNew ?? false,
      before: earlier === undefined ? task : earlier.before,
    };
    this.#command.putTask(entry);
    return entry.row;
  }

  addTask(task: Task): Draft<Task> {
    const entry = { row: { ...task }, isNew: true, before: undefined };
    this.#command.putTask(entry);
    return entry.row;
  }

  /** Every task of the goal, by number; costs a read of the whole plan. */
  allTasks(goalId: GoalId): readonly Task[] {
    const rows = new Map<number, Task>();
    if (!this.#isNew(goalId)) for (const task of this.#source.allTasks(goalId)) rows.set(task.no, task);
    for (const layer of [this.#batch, this.#command]) {
      for (const [no, entry] of layer.tasks.get(goalId) ?? []) rows.set(no, entry.row);
    }
    return [...rows.values()].toSorted((a, b) => a.no - b.no);
  }

  /** Tasks this batch left ready and the store does not show as such yet. */
  readyTasks(): readonly Draft<Task>[] {
    const ready: Draft<Task>[] = [];
    for (const ofGoal of this.#batch.tasks.values())
      for (const { row, before } of ofGoal.values())
        if (row.state === 'ready' && before?.state !== 'ready') ready.push(row);
    return ready;
  }

  /** How many rows the store still shows as ready although this batch has taken them. */
  countTaken(): number {
    let count = 0;
    for (const ofGoal of this.#batch.tasks.values())
      for (const { row, before } of ofGoal.values()) if (before?.state === 'ready' && row.state !== 'ready') count += 1;
    return count;
  }

  /** What to add to the store's count of running tasks in each lane. */
  runningDelta(of: 'lane' | 'tenantId'): ReadonlyMap<string, number> {
    const delta = new Map<string, number>();
    const add = (name: string, by: number): void => void delta.set(name, (delta.get(name) ?? 0) + by);
    for (const ofGoal of this.#batch.tasks.values()) {
      for (const { row, before } of ofGoal.values()) {
        if (before?.state === 'running') add(before[of], -1);
        if (row.state === 'running') add(row[of], 1);
      }
    }
    return delta;
  }

  /** A task as this batch left it, or undefined when the batch did not touch it. */
  touchedTask(goalId: GoalId, no: number): Task | undefined {
    return this.#batch.tasks.get(goalId)?.get(no)?.row;
  }

  // Plans

  getDefinition(goal: Goal): PlanDefinition {
    const key = `${goal.tenantId} ${goal.planHash}`;
    const definition =
      (this.#command.definitions.get(key) ?? this.#batch.definitions.get(key))?.definition ??
      this.#source.definition(goal.tenantId, goal.planHash);
    if (definition === undefined) throw refused('plan-not-found', `The plan of goal ${goal.goalId} is missing.`);
    return definition;
  }

  findDefinition(tenantId: TenantId, planHash: string): PlanDefinition | undefined {
    return this.#source.definition(tenantId, planHash);
  }

  addDefinition(tenantId: TenantId, planHash: string, definition: PlanDefinition): void {
    this.#command.definitions.set(`${tenantId} ${planHash}`, { tenantId, planHash, definition });
  }

  addPlanVersion(version: PlanVersion): void {
    this.#command.planVersions.push(version);
  }

  // What happened

  /** Appends an event to the goal, under the next number. */
  emit(goal: Draft<Goal>, { type, taskNo, data }: Emitted): void {
    goal.eventSeq += 1;
    const { tenantId, goalId, eventSeq: seq } = goal;
    this.#command.events.push({ tenantId, goalId, seq, type, at: this.now, taskNo, data });
  }

  addAttempt(attempt: Attempt): void {
    this.#command.attempts.push(attempt);
  }

  addArtifact(artifact: Artifact): void {
    this.#command.artifacts.push(artifact);
  }

  /** `isNew` when no row can be there yet: an insert costs a store half of what a replacement does. */
  putStep(row: Step, isNew = false): void {
    this.#command.steps.set(`${row.goalId} ${row.taskNo} ${row.run} ${row.stepNo}`, { row, isNew });
  }

  startedSteps(goalId: GoalId, taskNo: number, run: number): readonly Step[] {
    const rows = new Map(this.#source.startedSteps(goalId, taskNo, run).map((step) => [step.stepNo, step]));
    for (const layer of [this.#batch, this.#command]) {
      for (const { row } of layer.steps.values())
        if (row.goalId === goalId && row.taskNo === taskNo && row.run === run) rows.set(row.stepNo, row);
    }
    return [...rows.values()].filter((step) => step.state === 'started');
  }

  // People

  getApproval(goalId: GoalId, approvalId: ApprovalId): Approval {
    const approval =
      this.#command.approvals.get(approvalId) ??
      this.#batch.approvals.get(approvalId) ??
      this.#source.approval(goalId, approvalId);
    if (approval === undefined || approval.goalId !== goalId) {
      throw refused('approval-not-found', `There is no approval ${approvalId} in goal ${goalId}.`);
    }
    return approval;
  }

  putApproval(approval: Approval): void {
    this.#command.approvals.set(approval.approvalId, approval);
  }

  pendingApprovals(goalId: GoalId): readonly Approval[] {
    const rows = new Map<ApprovalId, Approval>();
    if (!this.#isNew(goalId))
      for (const approval of this.#source.pendingApprovals(goalId)) rows.set(approval.approvalId, approval);
    for (const layer of [this.#batch, this.#command]) {
      for (const approval of layer.approvals.values())
        if (approval.goalId === goalId) rows.set(approval.approvalId, approval);
    }
    return [...rows.values()].filter((approval) => approval.state === 'pending');
  }

  newApprovalId(): ApprovalId {
    return makeId<'approval'>('appr', this.now, this.context.random);
  }

  // Workers and schedules

  findWorker(workerId: WorkerId): Worker | undefined {
    for (const layer of [this.#command, this.#batch])
      if (layer.workers.has(workerId)) return layer.workers.get(workerId);
    return this.#source.worker(workerId);
  }

  putWorker(worker: Worker): void {
    this.#command.workers.set(worker.workerId, worker);
  }

  dropWorker(workerId: WorkerId): void {
    this.#command.workers.set(workerId, undefined);
  }

  findSchedule(tenantId: TenantId, scheduleId: ScheduleId): Schedule | undefined {
    for (const layer of [this.#command, this.#batch]) {
      const entry = layer.schedules.get(scheduleId);
      if (entry !== undefined) return entry.tenantId === tenantId ? entry.row : undefined;
    }
    return this.#source.schedule(tenantId, scheduleId);
  }

  putSchedule(row: Schedule): void {
    this.#command.schedules.set(row.scheduleId, { tenantId: row.tenantId, row });
  }

  dropSchedule(tenantId: TenantId, scheduleId: ScheduleId): void {
    this.#command.schedules.set(scheduleId, { tenantId, row: undefined });
  }

  changes(): Changes {
    const batch = this.#batch;
    const tasks: Entry<Task>[] = [];
    for (const ofGoal of batch.tasks.values()) tasks.push(...ofGoal.values());
    const workers = [...batch.workers];
    const schedules = [...batch.schedules];
    return {
      goals: [...batch.goals.values()],
      tasks,
      definitions: [...batch.definitions.values()],
      planVersions: batch.planVersions,
      attempts: batch.attempts,
      steps: [...batch.steps.values()],
      events: batch.events,
      approvals: [...batch.approvals.values()],
      artifacts: batch.artifacts,
      workers: workers.flatMap(([, worker]) => (worker === undefined ? [] : [worker])),
      workersGone: workers.flatMap(([id, worker]) => (worker === undefined ? [id] : [])),
      schedules: schedules.flatMap(([, { row }]) => (row === undefined ? [] : [row])),
      schedulesGone: schedules.flatMap(([scheduleId, { tenantId, row }]) =>
        row === undefined ? [{ tenantId, scheduleId }] : [],
      ),
    };
  }
}
