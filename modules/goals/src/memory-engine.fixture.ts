// The engine over rows in memory: what the tests of states need of a store, and nothing more.
import { makeId, type ApprovalId, type GoalId, type ScheduleId, type TenantId, type WorkerId } from '@chorale/lib-ids';
import { claimTasks, suitableLanes, type Flow, type FlowRequest } from './claim.ts';
import type { Changes } from './changes.ts';
import type { ClaimedTask, Replies } from './command.ts';
import { aliveWorker, execute, type PlainCommand } from './execute.ts';
import { plan, seededRandom, tenant } from './goal-store-harness.contract.ts';
import { defaultLimits } from './goal-store.ts';
import type { Goal } from './goal.ts';
import type { PlanDefinition, TaskDefinition } from './plan.ts';
import type { Approval, Attempt, GoalEvent, Schedule, Step, Worker } from './records.ts';
import type { GoalKey, RowSource } from './row-source.ts';
import type { Task } from './task.ts';
import { WorkingSet } from './working-set.ts';

class MemoryRows implements RowSource {
  readonly goals = new Map<GoalId, Goal>();
  readonly tasks = new Map<string, Task>();
  readonly definitions = new Map<string, PlanDefinition>();
  readonly approvals = new Map<ApprovalId, Approval>();
  readonly steps = new Map<string, Step>();
  readonly workers = new Map<WorkerId, Worker>();
  readonly schedules = new Map<ScheduleId, Schedule>();
  readonly events: GoalEvent[] = [];
  readonly attempts: Attempt[] = [];

  goal(tenantId: TenantId, goalId: GoalId): Goal | undefined {
    const goal = this.goals.get(goalId);
    return goal?.tenantId === tenantId ? goal : undefined;
  }

  goalByKey({ tenantId, projectId, idempotencyKey }: GoalKey): GoalId | undefined {
    return [...this.goals.values()].find(
      (goal) => goal.tenantId === tenantId && goal.projectId === projectId && goal.idempotencyKey === idempotencyKey,
    )?.goalId;
  }

  task(goalId: GoalId, no: number): Task | undefined {
    return this.tasks.get(`${goalId} ${no}`);
  }

  allTasks(goalId: GoalId): readonly Task[] {
    const ofGoal = [...this.tasks.values()].filter((task) => task.goalId === goalId);
    return ofGoal.toSorted((a, b) => a.no - b.no);
  }

  definition(tenantId: TenantId, planHash: string): PlanDefinition | undefined {
    return this.definitions.get(`${tenantId} ${planHash}`);
  }

  approval(_goalId: GoalId, approvalId: ApprovalId): Approval | undefined {
    return this.approvals.get(approvalId);
  }

  pendingApprovals(goalId: GoalId): readonly Approval[] {
    return [...this.approvals.values()].filter((row) => row.goalId === goalId && row.state === 'pending');
  }

  startedSteps(goalId: GoalId, taskNo: number, run: number): readonly Step[] {
    const steps = [...this.steps.values()].filter((step) => step.goalId === goalId && step.taskNo === taskNo);
    return steps.filter((step) => step.run === run && step.state === 'started');
  }

  worker(workerId: WorkerId): Worker | undefined {
    return this.workers.get(workerId);
  }

  schedule(_tenantId: TenantId, scheduleId: ScheduleId): Schedule | undefined {
    return this.schedules.get(scheduleId);
  }

  write(changes: Changes): void {
    for (const { row } of changes.goals) this.goals.set(row.goalId, row);
    for (const { row } of changes.tasks) this.tasks.set(`${row.goalId} ${row.no}`, row);
    for (const { tenantId, planHash, definition } of changes.definitions)
      this.definitions.set(`${tenantId} ${planHash}`, definition);
    for (const { row } of changes.steps) this.steps.set(`${row.goalId} ${row.taskNo} ${row.run} ${row.stepNo}`, row);
    for (const row of changes.approvals) this.approvals.set(row.approvalId, row);
    for (const row of changes.workers) this.workers.set(row.workerId, row);
    for (const workerId of changes.workersGone) this.workers.delete(workerId);
    for (const row of changes.schedules) this.schedules.set(row.scheduleId, row);
    this.events.push(...changes.events);
    this.attempts.push(...changes.attempts);
  }
}

export class MemoryEngine {
  readonly rows = new MemoryRows();
  readonly #random = seededRandom(11);
  #plans = 0;
  now = 1_800_000_000_000;

  #transact<T>(run: (set: WorkingSet) => T): T {
    const set = new WorkingSet(this.rows, { now: this.now, random: this.#random, limits: defaultLimits });
    const reply = run(set);
    this.rows.write(set.changes());
    return reply;
  }

  execute<C extends PlainCommand>(command: C): Replies[C['command']] {
    return this.#transact((set) => execute(set, command)) as Replies[C['command']];
  }

  submit(tasks: readonly TaskDefinition[], more: { startAt?: number; deadlineAt?: number } = {}): GoalId {
    const goalId = makeId<'goal'>('goal', this.now, this.#random);
    this.#plans += 1;
    this.execute({
      command: 'submit-goal',
      tenantId: tenant,
      goalId,
      title: 'a goal',
      definition: plan(...tasks),
      planHash: `plan-${this.#plans}`,
      inputs: {},
      priority: 2,
      requestedBy: 'ann',
      ...more,
    });
    return goalId;
  }

  newId<Kind extends string>(prefix: string): ReturnType<typeof makeId<Kind>> {
    return makeId<Kind>(prefix, this.now, this.#random);
  }

  register(leaseMs: number): WorkerId {
    const workerId = this.newId<'worker'>('worker');
    const worker = { workerId, name: 'w', labels: [], version: '1' };
    this.execute({ command: 'register-worker', worker, leaseMs });
    return workerId;
  }

  claim(workerId: WorkerId, slots = 100): readonly ClaimedTask[] {
    return this.#transact((set) => {
      const worker = aliveWorker(set, workerId);
      const ready = [...this.rows.tasks.values()].filter(({ state }) => state === 'ready');
      const lanes = new Set(suitableLanes(new Set(ready.map(({ lane }) => lane)), worker));
      const flows = new Map<string, Flow>();
      for (const { lane, priority, tenantId } of ready)
        if (lanes.has(lane)) flows.set(`${lane} ${priority} ${tenantId}`, { lane, priority, tenantId });
      const request = { worker, slots, flows: [...flows.values()], served: new Map(), clocks: new Map() };
      const claiming = claimTasks(set, { ...request, occupancy: undefined });
      const answer = ({ lane, priority, count }: FlowRequest): readonly Task[] =>
        ready.filter((task) => task.lane === lane && task.priority === priority).slice(0, count);
      let step = claiming.next();
      while (step.done !== true) step = claiming.next(step.value.map(answer));
      return step.value.tasks;
    });
  }

  goal(goalId: GoalId): Goal {
    const goal = this.rows.goals.get(goalId);
    if (goal === undefined) throw new Error(`no goal ${goalId}`);
    return goal;
  }

  task(goalId: GoalId, key: string): Task {
    const task = this.rows.allTasks(goalId).find((one) => one.key === key);
    if (task === undefined) throw new Error(`no task ${key}`);
    return task;
  }
}
