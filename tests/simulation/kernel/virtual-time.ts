// Time that passes only from one event to the next, and the order of everything that happens.
//
// Owns:       the clock and the events to come.
// Invariants: VT1 events run one at a time; before the next begins, everything that can go on without time passing has.
//             VT2 events of one instant run in an order that the seed draws: this is the seeded scheduler.

import { setImmediate } from 'node:timers';
import type { SeededRandom } from './seeded-random.ts';

interface Event {
  readonly at: number;
  readonly tie: number;
  readonly run: () => void;
  cancelled: boolean;
}

export class VirtualTime {
  readonly #random: SeededRandom;
  readonly #heap: Event[] = [];
  #now: number;
  #steps = 0;

  constructor(now: number, random: SeededRandom) {
    this.#now = now;
    this.#random = random;
  }

  get now(): number {
    return this.#now;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Returns what takes the event back. Time is in whole milliseconds, as the system's clock gives it. */
  schedule(delayMs: number, run: () => void): () => void {
    const event: Event = {
      at: this.#now + Math.max(0, Math.ceil(delayMs)),
      tie: this.#random.next(),
      run,
      cancelled: false,
    };
    this.#push(event);
    return () => {
      event.cancelled = true;
    };
  }

  /** Runs events until nothing is left, the time is over, or `until` says so after an event. */
  async run(limits: { readonly untilAt: number; readonly until: () => boolean }): Promise<'idle' | 'time' | 'until'> {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined) return 'idle';
      if (next.at > limits.untilAt) {
        this.#now = limits.untilAt;
        return 'time';
      }
      this.#pop();
      if (next.cancelled) continue;
      this.#now = next.at;
      this.#steps += 1;
      next.run();
      // No promise of a history waits for the real world, so one turn of the loop lets all of them go on (VT1).
      await new Promise<void>((resolve) => void setImmediate(resolve));
      if (limits.until()) return 'until';
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!isBefore(heap[at], heap[up])) break;
      swap(heap, at, up);
      at = up;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (isBefore(heap[left], heap[least])) least = left;
      if (isBefore(heap[right], heap[least])) least = right;
      if (least === at) return;
      swap(heap, at, least);
      at = least;
    }
  }
}

function isBefore(a: Event | undefined, b: Event | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.at < b.at || (a.at === b.at && a.tie < b.tie);
}

function swap(heap: Event[], a: number, b: number): void {
  const [first, second] = [heap[a], heap[b]];
  if (first === undefined || second === undefined) return;
  heap[a] = second;
  heap[b] = first;
}
