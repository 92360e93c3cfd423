// Short words for the contract of goal stores: a plan in a line, a worker in a call, time in a number.
import { makeId, type ApprovalId, type GoalId, type TenantId, type WorkerId } from '@chorale/lib-ids';
import type { AttemptResult, ClaimedTask, FinishAttempt, SubmitGoal } from './command.ts';
import type { Goal } from './goal.ts';
import type { GoalStore } from './goal-store.ts';
import type { Json } from './json.ts';
import type { PlanDefinition, TaskDefinition } from './plan.ts';
import type { Task } from './task.ts';

export interface StoreClock {
  now: number;
}

/** Opens an empty store that reads its time from the clock and its randomness from the function. */
export type OpenStore = (clock: StoreClock, random: () => number) => Promise<GoalStore>;

export const tenant = 'north' as TenantId;
export const leaseMs = 30_000;

/** A small generator (mulberry32), so that every run makes the same ids. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function tool(key: string, needs: readonly string[] = [], more: Partial<TaskDefinition> = {}): TaskDefinition {
  return { key, kind: 'tool', tool: 'noop', needs, ...more };
}

export function plan(...tasks: readonly TaskDefinition[]): PlanDefinition {
  return { workflow: 'test', inputs: {}, tasks };
}

let plans = 0;

export class Harness {
  readonly store: GoalStore;
  readonly clock: StoreClock;
  readonly random: () => number;

  private constructor(store: GoalStore, clock: StoreClock, random: () => number) {
    this.store = store;
    this.clock = clock;
    this.random = random;
  }

  static async open(open: OpenStore): Promise<Harness> {
    const clock = { now: 1_800_000_000_000 };
    const random = seededRandom(7);
    return new Harness(await open(clock, random), clock, random);
  }

  async submit(definition: PlanDefinition, more: Partial<SubmitGoal> = {}): Promise<GoalId> {
    const goalId = makeId<'goal'>('goal', this.clock.now, this.random);
    plans += 1;
    const submission: SubmitGoal = {
      command: 'submit-goal',
      tenantId: tenant,
      goalId,
      title: 'a goal',
      definition,
      planHash: `plan-${plans}`,
      inputs: {},
      priority: 2,
      requestedBy: 'ann',
      ...more,
    };
    return (await this.store.execute(submission)).goal.goalId;
  }

  async worker(labels: readonly string[] = [], lease = leaseMs): Promise<WorkerId> {
    const workerId = makeId<'worker'>('worker', this.clock.now, this.random);
    await this.store.execute({
      command: 'register-worker',
      worker: { workerId, name: 'w', labels, version: '1' },
      leaseMs: lease,
    });
    return workerId;
  }

  async claim(workerId: WorkerId, slots = 100): Promise<readonly ClaimedTask[]> {
    return (await this.store.execute({ command: 'claim-tasks', workerId, slots })).tasks;
  }

  finish(
    { task }: ClaimedTask,
    result: AttemptResult,
    more: Partial<FinishAttempt> = {},
  ): Promise<{ readonly goal: Goal }> {
    const { tenantId, goalId, no: taskNo, attempt } = task;
    return this.store.execute({ command: 'finish-attempt', tenantId, goalId, taskNo, attempt, result, ...more });
  }

  succeed(claimed: ClaimedTask, output: Json = null): Promise<{ readonly goal: Goal }> {
    return this.finish(claimed, { outcome: 'succeeded', output });
  }

  fail(claimed: ClaimedTask, family: 'refused' | 'temporary' | 'broken' = 'broken'): Promise<{ readonly goal: Goal }> {
    return this.finish(claimed, {
      outcome: 'failed',
      failure: { family, code: 'test-failure', message: 'it did not work' },
    });
  }

  /** Works until nothing is left to claim; returns the keys in the order they were started. */
  async drain(workerId: WorkerId, outputOf: (task: Task) => Json = () => null): Promise<readonly string[]> {
    const order: string[] = [];
    for (;;) {
      const claimed = await this.claim(workerId);
      if (claimed.length === 0) return order;
      order.push(...claimed.map(({ task }) => task.key));
      await Promise.all(claimed.map((one) => this.succeed(one, outputOf(one.task))));
    }
  }

  /** Moves time on and does what has become due, as the scheduler does. */
  async pass(ms: number): Promise<void> {
    this.clock.now += ms;
    for (;;) {
      const { commands } = await this.store.findDue(100);
      if (commands.length === 0) return;
      await Promise.all(commands.map((command) => this.store.execute(command)));
    }
  }

  async goal(goalId: GoalId): Promise<Goal> {
    const goal = await this.store.findGoal(tenant, goalId);
    if (goal === undefined) throw new Error(`no goal ${goalId}`);
    return goal;
  }

  async task(goalId: GoalId, key: string): Promise<Task> {
    const [task] = await this.store.findTasks(tenant, goalId, [key]);
    if (task === undefined) throw new Error(`no task ${key}`);
    return task;
  }

  async states(goalId: GoalId): Promise<Record<string, string>> {
    const tasks = await this.store.listTasks(tenant, goalId);
    return Object.fromEntries(tasks.map(({ key, state }) => [key, state]));
  }

  async approval(goalId: GoalId): Promise<ApprovalId> {
    const [approval] = await this.store.listApprovals(tenant, { goalId, state: 'pending', limit: 1 });
    if (approval === undefined) throw new Error(`no pending approval in ${goalId}`);
    return approval.approvalId;
  }

  change(command: 'pause-goal' | 'resume-goal' | 'cancel-goal', goalId: GoalId): Promise<{ readonly goal: Goal }> {
    return this.store.execute({ command, tenantId: tenant, goalId, by: 'ann', reason: 'a test' });
  }
}
