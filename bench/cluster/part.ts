// A part of the cluster benchmark: some goals and what measures them, named in the list of bench.ts.

import type { BenchContext, BenchGoal, Measurement } from '../harness/index.ts';

export interface BenchPart {
  readonly goals: readonly BenchGoal[];
  /** Yields one measurement for each of its goals that the context wants; does nothing when it wants none. */
  run(context: BenchContext): AsyncIterable<Measurement>;
}
