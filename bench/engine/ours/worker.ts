// Claims tasks, runs them and reports their ends, as the product's worker does, without what only failures need.
//
// Owns:       the worker's lease and the tasks under way.
// Invariants: BW1 as many claims are on their way as the store keeps waiting, and never more tasks than slots.
//             BW2 a claim follows a hint, an end of its own, and every poll, so that lost hints cost time only.
//             BW3 whatever fails, fails the run: nothing is swallowed and measured around.

import { makeId } from '@chorale/lib-ids';
import type { ClaimedTask, GoalState } from '@chorale/module-goals';
import { TaskRunner, type AttemptStore } from './run-task.ts';

/** Twice what the goals in flight can run at once, so that a claim waits while others are answered. */
const slots = 2_000;
const pollMs = 1_000;
const leaseMs = 30_000;
/** Where the store keeps claims: two, so that one waits while the other is answered, each for half of what is free. */
const claimsMax = 4;
const splitFrom = 64;
const heartbeatMs = 10_000;

export interface FinishedTask {
  readonly goalId: string;
  readonly goalState: GoalState;
  readonly claimToCompleteMs: number;
}

export class BenchWorker {
  readonly #store: AttemptStore;
  readonly #workerId = makeId<'worker'>('worker', Date.now(), Math.random);
  readonly #runner: TaskRunner;
  readonly #timers: NodeJS.Timeout[] = [];
  #unsubscribe: () => void = () => {};
  #held = 0;
  #claims = 0;
  /** Slots that claims on their way ask for. */
  #asked = 0;
  #workMayBeThere = true;
  #paused = false;
  onFinished: (task: FinishedTask) => void = () => {};
  onFailure: (error: unknown) => void = () => {};

  constructor(store: AttemptStore) {
    this.#store = store;
    this.#runner = new TaskRunner(store);
  }

  /** The next task that samples its start calls this. */
  set onSample(begun: () => void) {
    this.#runner.onSample = begun;
  }

  async begin(): Promise<void> {
    const worker = { workerId: this.#workerId, name: 'bench', labels: [], version: '1' };
    await this.#store.execute({ command: 'register-worker', worker, leaseMs });
    this.#unsubscribe = this.#store.onCommit(({ readyLanes }) => {
      if (readyLanes.length > 0) this.#workAppeared();
    });
    this.#timers.push(setInterval(() => this.#workAppeared(), pollMs));
    this.#timers.push(
      setInterval(() => void this.#beat().catch((error: unknown) => this.onFailure(error)), heartbeatMs),
    );
    this.#workAppeared();
  }

  async end(): Promise<void> {
    this.#paused = true;
    this.#unsubscribe();
    for (const timer of this.#timers) clearInterval(timer);
    await this.#store.execute({ command: 'claim-tasks', workerId: this.#workerId, slots: 0 });
    await this.#store.execute({ command: 'retire-worker', workerId: this.#workerId });
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#workAppeared();
  }

  async #beat(): Promise<void> {
    await this.#store.execute({ command: 'heartbeat', workerId: this.#workerId, leaseMs });
  }

  #workAppeared(): void {
    this.#workMayBeThere = true;
    this.#pump();
  }

  #pump(): void {
    const keeps = this.#store.keepsClaims === true;
    const mayClaim = (): boolean => keeps || (this.#workMayBeThere && this.#claims === 0);
    while (!this.#paused && this.#claims < claimsMax && mayClaim()) {
      const free = slots - this.#held - this.#asked;
      if (free <= 0) return;
      // Lowered before the claim is sent: a hint that comes while it is on its way raises it again.
      this.#workMayBeThere = false;
      this.#begin(keeps && this.#claims === 0 && free >= splitFrom ? Math.ceil(free / 2) : free);
    }
  }

  #begin(asked: number): void {
    this.#claims += 1;
    this.#asked += asked;
    void this.#claim(asked)
      .catch((error: unknown) => this.onFailure(error))
      .finally(() => this.#pump());
  }

  async #claim(asked: number): Promise<void> {
    const { tasks } = await this.#store
      .execute({ command: 'claim-tasks', workerId: this.#workerId, slots: asked, waitMs: pollMs })
      .finally(() => {
        this.#claims -= 1;
        this.#asked -= asked;
      });
    if (tasks.length === asked) this.#workMayBeThere = true;
    const claimedAt = performance.now();
    for (const claimed of tasks) void this.#run(claimed, claimedAt).catch((error: unknown) => this.onFailure(error));
    this.#pump();
  }

  async #run(claimed: ClaimedTask, claimedAt: number): Promise<void> {
    const { tenantId, goalId, no: taskNo, attempt } = claimed.task;
    this.#held += 1;
    const end = await this.#runner.run(claimed);
    this.#held -= 1;
    if (end.result.outcome !== 'succeeded')
      throw new Error(`task ${taskNo} of ${goalId} ended as ${JSON.stringify(end.result)}`);
    // Sent before the claim that fills the slot again: both are in one transaction then.
    const reported = this.#store.execute({ command: 'finish-attempt', tenantId, goalId, taskNo, attempt, ...end });
    this.#workAppeared();
    const { goal } = await reported;
    this.onFinished({ goalId, goalState: goal.state, claimToCompleteMs: performance.now() - claimedAt });
  }
}
