// H6: messages of agents, durable in PostgreSQL and woken over RabbitMQ, beside bare quorum queues.

import { interleave, median, p50, p99 } from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';
import { makeSchema } from '../services.ts';
import { measureQuorumQueue } from './quorum-queue.ts';
import { openSites } from './sites.ts';

const rounds = 3;
const messagesEach = 20_000;
const questions = 300;

const goals: BenchPart['goals'] = [
  {
    id: 'H6a',
    title: 'messages sent durably a second, in batches',
    unit: 'messages/s',
    bar: 10_000,
    better: 'higher',
    notMeasured: 'the API: programs in one process send, as agents on one worker do',
  },
  {
    id: 'H6b',
    title: 'request and reply over the broker, between two connections, p50',
    unit: 'ms',
    bar: 5,
    better: 'lower',
    notMeasured: 'anything durable: see H6c',
  },
  {
    id: 'H6c',
    title: 'question to answer through mailboxes, three commits and two hints, p50',
    unit: 'ms',
    bar: 5,
    better: 'lower',
    notMeasured: 'how long whoever answers thinks',
  },
];

export const messages: BenchPart = {
  goals,
  async *run(context) {
    if (!context.wants('H6a', 'H6b', 'H6c')) return;
    const schema = await makeSchema(context);
    const sites = await openSites(schema);
    try {
      await sites.send(2_000);
      if (context.wants('H6a')) {
        const rates = await interleave(rounds, {
          sent: async () => (await sites.send(messagesEach)).sentPerSecond,
          bare: () => measureQuorumQueue(messagesEach),
        });
        context.note(
          `bare quorum queue, confirmed, consumed and acknowledged: ${Math.round(median(rates.bare))} messages/s`,
        );
        const handled = await sites.handle(messagesEach);
        context.note(`handled (taken in order, and ended): ${Math.round(handled)} messages/s`);
        yield { id: 'H6a', measured: median(rates.sent) };
      }
      if (context.wants('H6b')) {
        const direct = await sites.request(questions);
        context.note(`request and reply, p99: ${p99(direct).toFixed(2)} ms`);
        yield { id: 'H6b', measured: p50(direct) };
      }
      if (context.wants('H6c')) {
        const asked = await sites.ask(questions);
        context.note(`question to answer, p99: ${p99(asked).toFixed(2)} ms`);
        yield { id: 'H6c', measured: p50(asked) };
      }
    } finally {
      await sites.close();
      await schema.drop();
    }
  },
};
