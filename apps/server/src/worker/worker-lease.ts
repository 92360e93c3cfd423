// The lease that covers everything a worker holds.
//
// Owns:       the worker's id, and until when this process may believe that the lease holds.
// Invariants: L1 a lease is counted from before the request that extended it was sent: this process never believes in
//                it longer than the store does.
//             L2 a lease that is over is never extended; the next one has a new worker id, so that a write under the
//                old one can be told from a write under the new.

import { toErrorRecord } from '@chorale/lib-errors';
import { makeId, type Random, type WorkerId } from '@chorale/lib-ids';
import type { Clock } from '@chorale/lib-time';
import type { GoalStore, Hold, Worker } from '@chorale/module-goals';
import type { Log } from '../process/log.ts';

export type WorkerIdentity = Pick<Worker, 'name' | 'labels' | 'version' | 'process'>;

export const leaseMs = 30_000;
/** A third of the lease: two heartbeats may be lost. */
export const heartbeatMs = leaseMs / 3;
/** After a heartbeat that failed. */
const heartbeatRetryMs = 1_000;

export interface WorkerLeaseOptions {
  readonly store: Pick<GoalStore, 'execute'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly identity: WorkerIdentity;
  /** Default `leaseMs`. */
  readonly leaseMs?: number;
}

export class WorkerLease {
  readonly #options: WorkerLeaseOptions;
  readonly workerId: WorkerId;
  readonly #leaseMs: number;
  #until = 0;

  constructor(options: WorkerLeaseOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? leaseMs;
    this.workerId = makeId<'worker'>('worker', options.clock.now(), options.random);
  }

  get heartbeatMs(): number {
    return this.#leaseMs / 3;
  }

  get leftMs(): number {
    return Math.max(0, this.#until - this.#options.clock.now());
  }

  get holds(): boolean {
    return this.leftMs > 0;
  }

  /** Rejects when the store cannot be reached. */
  async register(): Promise<void> {
    const { store, clock, identity } = this.#options;
    const until = clock.now() + this.#leaseMs;
    await store.execute({
      command: 'register-worker',
      worker: { workerId: this.workerId, ...identity },
      leaseMs: this.#leaseMs,
    });
    this.#until = until;
  }

  /** One heartbeat, with the number of tasks under way: which of them are to stop, and when the next is due. */
  async beat(
    running: number,
  ): Promise<{ readonly cancelRequested: readonly Hold[]; readonly nextMs: number } | 'lost'> {
    const { store, clock, log } = this.#options;
    if (!this.holds) return 'lost';
    const until = clock.now() + this.#leaseMs;
    try {
      const { cancelRequested } = await store.execute({
        command: 'heartbeat',
        workerId: this.workerId,
        leaseMs: this.#leaseMs,
        running,
      });
      this.#until = until;
      return { cancelRequested, nextMs: this.heartbeatMs };
    } catch (error) {
      if (toErrorRecord(error).code === 'worker-lease-lost') this.#until = 0;
      if (!this.holds) return 'lost';
      log.warn('heartbeat failed', { error, leaseLeftMs: this.leftMs });
      return { cancelRequested: [], nextMs: Math.min(heartbeatRetryMs, this.leftMs) };
    }
  }

  /** Gives the lease back; what it still covers is free for others. */
  async retire(): Promise<void> {
    this.#until = 0;
    await this.#options.store.execute({ command: 'retire-worker', workerId: this.workerId });
  }
}
