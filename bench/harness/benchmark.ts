// What a benchmark is. One lives in bench/<name>/bench.ts and exports `benchmark: Benchmark`.

export interface BenchGoal {
  /** Short and stable, as in `E1`: what --only and the JSON line name. */
  readonly id: string;
  readonly title: string;
  /** As in `goals/s`, `ms`, `x` (times a peer). */
  readonly unit: string;
  readonly bar: number;
  readonly better: 'higher' | 'lower';
  /** What a reader might take this number for, and should not. */
  readonly notMeasured: string;
}

export interface Measurement {
  /** The id of one of the benchmark's goals. */
  readonly id: string;
  readonly measured: number;
}

export interface Benchmark {
  /** The name of its folder. */
  readonly name: string;
  /** Packages to measure beside, by exact version; installed in `.bench/<name>`, outside the workspaces. */
  readonly peers?: Readonly<Record<string, string>>;
  readonly goals: readonly BenchGoal[];
  /** Yields one measurement for each goal that the context wants, in any order. */
  run(context: BenchContext): AsyncIterable<Measurement>;
}

export interface BenchContext {
  /** Whether this goal was asked for; true for every goal without --only. Work for goals nobody wants is left out. */
  wants(...ids: readonly string[]): boolean;
  /** The path after --data, absolute. */
  readonly data: string | undefined;
  /** --full: as long and as much as the goal says, where less is measured without. */
  readonly full: boolean;
  /** The path after --eval, absolute: data that what is learned from `data` is judged on, and never tuned on. */
  readonly heldOut: string | undefined;
  /** The folder where the peers are installed: a program started there finds them in node_modules. */
  readonly peersFolder: string;
  /** Imports an installed peer, as in `await context.importPeer('pg-boss')`. */
  importPeer(specifier: string): Promise<unknown>;
  /** An empty folder for the run's own files; removed at the end. */
  readonly scratch: string;
  /** Prints a line that belongs to the report: a number without a bar, a circumstance. */
  note(text: string): void;
  /** Adds to the report's versions, as in `recordVersion('PostgreSQL', '15.20')`. */
  recordVersion(name: string, version: string): void;
}
