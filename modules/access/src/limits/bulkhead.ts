// Bounds what one service is asked at once, so that what is slow or away takes nothing else with it.
//
// Invariants: BH1 no more than `atOnce` are under way; no more than `waiting` wait, none longer than `waitMs`; the rest are refused.
//             BH2 while the breaker is open everybody is refused at once; what says nothing of the service is no failure.
import type { CircuitBreaker } from './circuit-breaker.ts';

export interface BulkheadLimits {
  readonly atOnce: number;
  readonly waiting: number;
  readonly waitMs: number;
  readonly breaker: CircuitBreaker;
  /** Gives what takes the call back. */
  readonly schedule: (delayMs: number, callback: () => void) => () => void;
  readonly refuse: (why: 'full' | 'late' | 'away', retryAfterMs: number) => Error;
  /** Whether an error says that the service is not there. */
  readonly isAway: (error: unknown) => boolean;
}

export interface BulkheadState {
  readonly underWay: number;
  readonly waiting: number;
  readonly refused: number;
  /** 0 while the service is asked. */
  readonly awayMs: number;
}

const retryAfterMs = 1_000;

export class Bulkhead {
  readonly #limits: BulkheadLimits;
  readonly #line: (() => void)[] = [];
  #underWay = 0;
  #refused = 0;

  constructor(limits: BulkheadLimits) {
    this.#limits = limits;
  }

  get state(): BulkheadState {
    const awayMs = this.#limits.breaker.opensAfterMs;
    return { underWay: this.#underWay, waiting: this.#line.length, refused: this.#refused, awayMs };
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const { breaker, isAway } = this.#limits;
    this.#refuseAway();
    await this.#enter();
    try {
      // Others may have found out meanwhile; whoever is let through says how it ended.
      if (!breaker.allows()) throw this.#refusal('away');
      return await this.#watched(work, isAway);
    } finally {
      this.#leave();
    }
  }

  async #watched<T>(work: () => Promise<T>, isAway: BulkheadLimits['isAway']): Promise<T> {
    const { breaker } = this.#limits;
    try {
      const done = await work();
      breaker.succeeded();
      return done;
    } catch (error) {
      if (isAway(error)) breaker.failed();
      else breaker.succeeded();
      throw error;
    }
  }

  #refuseAway(): void {
    if (this.#limits.breaker.opensAfterMs > 0) throw this.#refusal('away');
  }

  #refusal(why: 'full' | 'late' | 'away'): Error {
    this.#refused += 1;
    return this.#limits.refuse(why, Math.max(retryAfterMs, this.#limits.breaker.opensAfterMs));
  }

  #enter(): Promise<void> | undefined {
    const { atOnce, waiting, waitMs, schedule } = this.#limits;
    if (this.#underWay < atOnce) {
      this.#underWay += 1;
      return undefined;
    }
    if (this.#line.length >= waiting) throw this.#refusal('full');
    return new Promise((resolve, reject) => {
      const goOn = (): void => {
        takeBack();
        resolve();
      };
      const takeBack = schedule(waitMs, () => {
        this.#line.splice(this.#line.indexOf(goOn), 1);
        reject(this.#refusal('late'));
      });
      this.#line.push(goOn);
    });
  }

  #leave(): void {
    const next = this.#line.shift();
    if (next === undefined) this.#underWay -= 1;
    else next();
  }
}
