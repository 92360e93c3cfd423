// What a benchmark may use: `import { median, type Benchmark } from '../harness/index.ts'`.

export type { BenchContext, BenchGoal, Benchmark, Measurement } from './benchmark.ts';
export { interleave, type Contender } from './interleave.ts';
export { cpuMsDuring, findListener, processTreeCpuMs } from './process-tree.ts';
export { median, p50, p99, percentile } from './statistics.ts';
