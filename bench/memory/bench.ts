// npm run bench -- memory: what is found again, how fast, and what is kept out, in order and gone.

import type { Benchmark } from '../harness/index.ts';
import { beam } from './beam.ts';
import { claims } from './claims.ts';
import { deletion } from './deletion.ts';
import { hygiene } from './hygiene.ts';
import type { BenchPart } from './part.ts';
import { recall } from './recall.ts';
import { speed } from './speed.ts';

const parts: readonly BenchPart[] = [recall, beam, speed, hygiene, claims, deletion];

export const benchmark: Benchmark = {
  name: 'memory',
  goals: parts.flatMap((part) => part.goals),
  async *run(context) {
    for (const part of parts) yield* part.run(context);
  },
};
