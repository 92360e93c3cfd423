// Claims tasks, runs them and reports their ends, as the product's worker does, without what only failures need.
//
// Owns:       the worker's lease and the tasks under way.
// Invariants: BW1 at most one claim is on its way, and never more tasks than slots.
//             BW2 a claim follows a hint, an end of its own, and every poll, so that lost hints cost time only.
//             BW3 whatever fails, fails the run: nothing is swallowed and measured around.

import { makeId } from '@chorale/lib-ids';
import type { ClaimedTask, GoalState } from '@chorale/module-goals';
import { TaskRunner, type AttemptStore } from './run-task.ts';

/** As many as a batch of the store takes. */
const slots = 1_000;
const pollMs = 1_000;
const leaseMs = 30_000;
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
  #claiming = false;
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
    const free = slots - this.#held;
    if (this.#paused || this.#claiming || free <= 0 || !this.#workMayBeThere) return;
    this.#claiming = true;
    // Lowered before the claim is sent: a hint that comes while it is on its way raises it again.
    this.#workMayBeThere = false;
    void this.#claim(free)
      .catch((error: unknown) => this.onFailure(error))
      .finally(() => {
        this.#claiming = false;
        this.#pump();
      });
  }

  async #claim(free: number): Promise<void> {
    const { tasks } = await this.#store.execute({ command: 'claim-tasks', workerId: this.#workerId, slots: free });
    if (tasks.length === free) this.#workMayBeThere = true;
    const claimedAt = performance.now();
    for (const claimed of tasks) void this.#run(claimed, claimedAt).catch((error: unknown) => this.onFailure(error));
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
