// npm run bench -- access: who may do what, and the proof of what was done.

import type { Benchmark } from '../harness/index.ts';
import { auditLog } from './audit/part.ts';
import { badInputs } from './bad-inputs/part.ts';
import { hostileModel } from './hostile/part.ts';
import { provedByTests } from './proved/part.ts';
import { tenantIsolation } from './tenants/part.ts';
import type { BenchPart } from './part.ts';

const parts: readonly BenchPart[] = [tenantIsolation, auditLog, hostileModel, badInputs, provedByTests];

export const benchmark: Benchmark = {
  name: 'access',
  goals: parts.flatMap((part) => part.goals),
  async *run(context) {
    for (const part of parts) yield* part.run(context);
  },
};
