// npm run bench -- memory: what is found again, how fast, and what is kept out, in order and gone.

import type { Benchmark } from '../harness/index.ts';
import { beam } from './beam.ts';
import type { BenchPart } from './part.ts';
import { recall } from './recall.ts';

const parts: readonly BenchPart[] = [recall, beam];

export const benchmark: Benchmark = {
  name: 'memory',
  goals: parts.flatMap((part) => part.goals),
  async *run(context) {
    for (const part of parts) yield* part.run(context);
  },
};
