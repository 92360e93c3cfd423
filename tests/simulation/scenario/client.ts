// A program that submits goals and steers them. It tries again what it has no answer to, as clients do.

import { makeId, type GoalId, type TenantId } from '@chorale/lib-ids';
import { toErrorRecord } from '@chorale/lib-errors';
import type { Command, Json, ReplyOf, SubmitGoal } from '@chorale/module-goals';
import type { SeededRandom } from '../kernel/seeded-random.ts';
import { SimProcess } from '../cluster/sim-process.ts';
import type { World } from '../cluster/world.ts';
import { randomEdit } from './random-edit.ts';
import { randomPlan } from './random-plan.ts';

const triesMax = 30;

export class Client {
  readonly #process: SimProcess;
  readonly #world: World;
  readonly #random: SeededRandom;
  #submitted = 0;

  constructor(world: World, name: string) {
    this.#process = new SimProcess(world, 'client', name);
    this.#world = world;
    this.#random = world.random.fork();
  }

  /** What becomes of it is none of the client's business: a refusal is an answer. */
  async #request<C extends Command>(given: C | (() => C)): Promise<ReplyOf<C> | undefined> {
    for (let tries = 0; tries < triesMax; tries++) {
      const command = typeof given === 'function' ? given() : given;
      try {
        return await this.#process.execute(command);
      } catch (error) {
        const { family, code } = toErrorRecord(error);
        if (family !== 'temporary') {
          this.#world.trace.add(this.#process.name, `${command.command} refused: ${code}`);
          return undefined;
        }
        await this.#process.sleep(500);
      }
    }
    return undefined;
  }

  async submit(tenantId: TenantId, shape: { readonly tasksMax: number; readonly failing: number }): Promise<void> {
    const random = this.#random;
    const { time } = this.#world;
    const definition = randomPlan(random, { ...shape, depth: 2 });
    this.#submitted += 1;
    const planHash = `plan-${this.#process.name}-${this.#submitted}`;
    const inputs = { flag: random.chance(0.5), list: this.#list() };
    const priority = random.pick([0, 1, 2, 2, 3] as const);
    const times = this.#times();
    const reply = await this.#request(() => ({
      command: 'submit-goal',
      tenantId,
      // Whoever submits anew makes a new id: the key alone says that it is the same goal.
      goalId: makeId<'goal'>('goal', time.now, random.next),
      title: 'a goal',
      definition,
      planHash,
      inputs,
      priority,
      requestedBy: this.#process.name,
      idempotencyKey: planHash,
      requestHash: planHash,
      ...times,
    }));
    if (reply !== undefined) this.#world.onAcknowledged(reply.goal.goalId);
  }

  #list(): Json {
    return Array.from({ length: this.#random.integer(0, 4) }, (_, value) => ({
      value,
      takesMs: this.#random.pick([5, 300]),
    }));
  }

  #times(): Partial<SubmitGoal> {
    const { now } = this.#world.time;
    return {
      ...(this.#random.chance(0.25) ? { startAt: now + this.#random.pick([-5, 10, 5_000, 15_000]) } : {}),
      ...(this.#random.chance(0.1) ? { deadlineAt: now + this.#random.pick([2_000, 15_000, 60_000]) } : {}),
    };
  }

  /** Does something to a goal that is there, whatever state it is in. */
  async intervene(): Promise<void> {
    const random = this.#random;
    const goal = this.#world.watch.randomGoal(random);
    if (goal === undefined) return;
    const { tenantId, goalId } = goal;
    const by = this.#process.name;
    // A goal that has not begun is open for little but edits.
    const form =
      goal.scheduled && random.chance(0.6)
        ? 'edit'
        : random.weighted({
            cancel: 12,
            pause: 18,
            resume: 12,
            edit: 28,
            retry: 18,
            rerun: 12,
            signal: 5,
            stale: 18,
          });
    this.#world.trace.add(by, `${form} ${goalId.slice(-4)}`);
    if (form === 'cancel' || form === 'pause' || form === 'resume') {
      await this.#request({ command: `${form}-goal`, tenantId, goalId, by, reason: 'chance' });
    } else if (form === 'edit') {
      // Sometimes two people at once, of whom one is too late.
      await Promise.all(
        random.chance(0.4)
          ? [this.#edit(tenantId, goalId), this.#edit(tenantId, goalId)]
          : [this.#edit(tenantId, goalId)],
      );
    } else if (form === 'stale') await this.#actOnOldRows(tenantId, goalId);
    else {
      const taskKey = this.#world.watch.randomTask(random, goalId, form === 'retry' ? ['failed'] : undefined);
      if (taskKey === undefined) return;
      if (form === 'signal')
        await this.#request({ command: 'send-signal', tenantId, goalId, name: taskKey, payload: 'early' });
      else if (form === 'rerun') await this.#request({ command: 'rerun-from', tenantId, goalId, taskKey, by });
      else {
        const edited = random.chance(0.5) ? { input: { value: 7 } } : {};
        await this.#request({ command: 'retry-task', tenantId, goalId, taskKey, by, ...edited });
      }
    }
  }

  /** What processes may send that saw old rows: each command is checked again when it runs. */
  async #actOnOldRows(tenantId: TenantId, goalId: GoalId): Promise<void> {
    const random = this.#random;
    for (const { no: taskNo, attempt } of this.#world.rows.tasks(goalId)) {
      const form = random.pick(['wake', 'release', 'finish'] as const);
      if (form === 'wake') await this.#request({ command: 'wake-task', tenantId, goalId, taskNo });
      else if (form === 'release') await this.#request({ command: 'release-task', tenantId, goalId, taskNo, attempt });
      else {
        const result = { outcome: 'succeeded', output: 'from an attempt that was over' } as const;
        await this.#request({ command: 'finish-attempt', tenantId, goalId, taskNo, attempt: attempt - 1, result });
      }
    }
    await this.#request({ command: 'wake-goal', tenantId, goalId });
    for (const approval of this.#world.watch.pendingApprovals()) {
      if (approval.goalId === goalId)
        await this.#request({ command: 'expire-approval', tenantId, goalId, approvalId: approval.approvalId });
    }
  }

  async #edit(tenantId: TenantId, goalId: GoalId): Promise<void> {
    const found = this.#world.watch.plan(goalId);
    if (found === undefined) return;
    const changes = randomEdit(this.#random, found.definition);
    if (this.#random.chance(0.3)) await this.#process.sleep(1_000);
    this.#submitted += 1;
    await this.#request({
      command: 'edit-plan',
      tenantId,
      goalId,
      by: this.#process.name,
      reason: 'chance',
      changes,
      expectedPlanVersion: found.version,
      planHash: `edit-${this.#process.name}-${this.#submitted}`,
    });
  }

  /** Answers what waits for a person or a program; `all` leaves nothing open. */
  async answer({ all }: { readonly all: boolean }): Promise<void> {
    const random = this.#random;
    for (const { tenantId, goalId, approvalId, kind, question } of this.#world.watch.pendingApprovals()) {
      if (!all && random.chance(0.5)) continue;
      const approve = kind === 'task' ? question !== 'Refuse?' : all || random.chance(0.8);
      const answer = kind === 'uncertain-step' && random.chance(0.4) ? { answer: 'as the person saw it' } : {};
      await this.#request({
        command: 'decide-approval',
        tenantId,
        goalId,
        approvalId,
        decision: approve ? 'approve' : 'reject',
        decidedBy: random.pick(['ann', 'bob']),
        ...answer,
      });
    }
    for (const { tenantId, goalId, key } of this.#world.watch.awaitedSignals()) {
      if (all || random.chance(0.5))
        await this.#request({ command: 'send-signal', tenantId, goalId, name: key, payload: 'signal' });
    }
    if (!all) return;
    for (const { tenantId, goalId } of this.#world.watch.pausedGoals()) {
      await this.#request({ command: 'resume-goal', tenantId, goalId, by: 'end', reason: 'the end' });
    }
  }
}
