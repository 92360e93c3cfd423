// How an attempt is told to stop, and why.
//
// Invariants: ST1 the first reason stays: a task that is cancelled while its worker drains was cancelled or drained,
//                 never both.
//             ST2 every listener is called once, whatever another one throws.
//             ST5 it is looked for whenever somebody asks: a process that was stopped itself answers what lay in its sockets
//                 before its timers, and would begin what somebody else does by now.

import type { CancelSignal } from '@chorale/lib-time';

/**
 * `cancel`: nobody wants the result any more. `timeout`: the task's own limit. `drain`: the worker is leaving and hands
 * the task back. `halt`: so too, because somebody stops the tenant's agents at once. `lease-lost`: somebody else may hold the task by now, so nothing more may be written.
 */
export type StopReason = 'cancel' | 'timeout' | 'drain' | 'halt' | 'lease-lost';

/** One per attempt: the worker keeps it and stops the attempt with it; tools see it as their signal. */
export class AttemptStop implements CancelSignal {
  readonly #listeners = new Set<() => void>();
  readonly #look: () => StopReason | undefined;
  #reason: StopReason | undefined;

  /** `look` says why it is to stop although nobody told it to. */
  constructor(look: () => StopReason | undefined = () => undefined) {
    this.#look = look;
  }

  get reason(): StopReason | undefined {
    if (this.#reason === undefined) {
      const found = this.#look();
      if (found !== undefined) this.stop(found);
    }
    return this.#reason;
  }

  get aborted(): boolean {
    return this.reason !== undefined;
  }

  stop(reason: StopReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    const failures: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        failures.push(error);
      }
    }
    this.#listeners.clear();
    if (failures.length > 0) throw failures[0];
  }

  /** A listener that comes too late is called at once. */
  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.aborted) listener();
    else this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }
}
