// npm run bench -- models: calls to models, from the bytes on the wire to what the router learned.

import type { Benchmark } from '../harness/index.ts';
import { learnedRouting } from './learned-routing/part.ts';
import { personalData } from './personal-data/part.ts';
import type { BenchPart } from './part.ts';

const parts: readonly BenchPart[] = [personalData, learnedRouting];

export const benchmark: Benchmark = {
  name: 'models',
  goals: parts.flatMap((part) => part.goals),
  async *run(context) {
    for (const part of parts) yield* part.run(context);
  },
};
