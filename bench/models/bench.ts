// npm run bench -- models: calls to models, from the bytes on the wire to what the router learned.

import type { Benchmark } from '../harness/index.ts';
import { addedCost } from './gateway/added-cost.ts';
import { throughput } from './gateway/throughput.ts';
import { faults } from './reliability/faults.ts';
import { handoff } from './reliability/handoff.ts';
import { overspend } from './reliability/overspend.ts';
import { sessions } from './reliability/sessions.ts';
import { learnedRouting } from './learned-routing/part.ts';
import { personalData } from './personal-data/part.ts';
import type { BenchPart } from './part.ts';

const parts: readonly BenchPart[] = [
  addedCost,
  throughput,
  faults,
  overspend,
  sessions,
  handoff,
  personalData,
  learnedRouting,
];

export const benchmark: Benchmark = {
  name: 'models',
  peers: {
    '@portkey-ai/gateway': '1.15.2',
    // With the version that it would get by itself, every stream of it ends with 500.
    '@hono/node-server': '1.13.5',
    undici: '8.12.4',
  },
  goals: parts.flatMap((part) => part.goals),
  async *run(context) {
    for (const part of parts) yield* part.run(context);
  },
};
