// What was answered in one phase of a load.

import { p50, p99 } from '../../harness/statistics.ts';
import type { LoadResult } from './load.ts';

export interface Answered {
  readonly status: number;
  readonly ms: number;
  /** Whether it has a Retry-After. */
  readonly saysWhen: boolean;
}

/** The shortest time in which recovery is looked for. */
export const sliceMs = 250;

export class LoadCounts {
  readonly #begunAt = performance.now();
  readonly #okMs: number[] = [];
  readonly #statuses: Record<number, number> = {};
  readonly #slices: { ok: number; others: number; msMax: number }[] = [];
  #failed = 0;
  #skipped = 0;
  #withoutWhen = 0;

  add({ status, ms, saysWhen }: Answered): void {
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
    const slice = this.#slice();
    if (status < 400) {
      this.#okMs.push(ms);
      slice.ok += 1;
      slice.msMax = Math.max(slice.msMax, ms);
    } else {
      slice.others += 1;
      if (!saysWhen) this.#withoutWhen += 1;
    }
  }

  /** The connection ended before the answer did. */
  fail(): void {
    this.#failed += 1;
    this.#slice().others += 1;
  }

  /** Was due, and not sent: too many waited for a connection. */
  skip(): void {
    this.#skipped += 1;
  }

  sum(seconds: number): LoadResult {
    const ms = this.#okMs;
    return {
      perSecond: ms.length / seconds,
      ok: ms.length,
      p50: ms.length === 0 ? Infinity : p50(ms),
      p99: ms.length === 0 ? Infinity : p99(ms),
      statuses: this.#statuses,
      failed: this.#failed,
      skipped: this.#skipped,
      withoutWhen: this.#withoutWhen,
      slices: this.#slices,
    };
  }

  #slice(): { ok: number; others: number; msMax: number } {
    const at = Math.floor((performance.now() - this.#begunAt) / sliceMs);
    while (this.#slices.length <= at) this.#slices.push({ ok: 0, others: 0, msMax: 0 });
    return this.#slices[at]!;
  }
}
