// A part of the memory benchmark: some goals and what measures them. Each lives in a file of its own and is named in the list
// of bench.ts.

import type { BenchContext, BenchGoal, Measurement } from '../harness/index.ts';

export interface BenchPart {
  readonly goals: readonly BenchGoal[];
  /** Yields one measurement for each of its goals that the context wants; does nothing when it wants none. */
  run(context: BenchContext): AsyncIterable<Measurement>;
}
