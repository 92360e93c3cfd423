// npm run bench -- cluster: many processes on PostgreSQL and RabbitMQ.

import type { Benchmark } from '../harness/index.ts';
import { api } from './api/part.ts';
import { brokerLoss } from './broker-loss/part.ts';
import { chaos } from './chaos/part.ts';
import { followers } from './followers/part.ts';
import { messages } from './messages/part.ts';
import type { BenchPart } from './part.ts';
import { scale } from './scale/part.ts';
import { upgrade } from './upgrade/part.ts';

const parts: readonly BenchPart[] = [api, messages, scale, brokerLoss, followers, upgrade, chaos];

export const benchmark: Benchmark = {
  name: 'cluster',
  goals: parts.flatMap((part) => part.goals),
  async *run(context) {
    for (const part of parts) yield* part.run(context);
  },
};
