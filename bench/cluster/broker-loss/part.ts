// H2: what is left of the throughput while the broker is away.

import { setTimeout as wait } from 'node:timers/promises';
import { openPostgresStores, type PostgresStores } from '@chorale/adapter-postgres';
import { openRabbitBus } from '@chorale/adapter-rabbitmq';
import { makeId, type TenantId } from '@chorale/lib-ids';
import type { Bus } from '@chorale/module-messaging';
import { openCutProxy } from '../../../tests/cluster/cut-proxy.ts';
import { startWorker } from '../../../tests/cluster/test-worker.ts';
import type { BenchPart } from '../part.ts';
import { broker, makeSchema, type OwnSchema } from '../services.ts';

const tenantId = 'bench' as TenantId;
const key = '-.-.-.commit';
const seconds = 8;
/** Goals under way at once. */
const atOnce = 16;

export const brokerLoss: BenchPart = {
  goals: [
    {
      id: 'H2',
      title: 'goals a second while the broker is away, of those while it is there',
      unit: 'x',
      bar: 0.7,
      better: 'higher',
      notMeasured: 'ten minutes: the broker is away for seconds',
    },
  ],
  async *run(context) {
    if (!context.wants('H2')) return;
    const schema = await makeSchema(context);
    const proxy = await openCutProxy(broker);
    const sites = [await openSite(schema, proxy.url), await openSite(schema, proxy.url)] as const;
    const [here, there] = sites;
    const worker = await startWorker(there.stores.goals);
    try {
      await run(here.stores, 2);
      const connected = await run(here.stores, seconds);
      proxy.cut();
      await wait(1_000);
      if (here.bus.isUp) throw new Error('the broker was cut off and is there all the same.');
      const without = await run(here.stores, seconds);
      const done = new Set(worker.done).size;
      context.note(`with the broker ${connected.toFixed(1)} goals/s, without ${without.toFixed(1)}`);
      context.note(`tasks done ${worker.done.length}, twice ${worker.done.length - done}`);
      yield { id: 'H2', measured: without / connected };
    } finally {
      await worker.stop();
      for (const { bus } of sites) await bus.close();
      for (const { stores } of sites) await stores.close();
      await proxy.close();
      await schema.drop();
    }
  },
};

interface Site {
  readonly stores: PostgresStores;
  readonly bus: Bus;
}

async function openSite({ url, schema }: OwnSchema, brokerUrl: string): Promise<Site> {
  const bus = await openRabbitBus({ url: brokerUrl, prefix: schema, onError: () => undefined });
  const carrier = {
    carry: (text: string) => bus.publish(key, text),
    onText: (listener: (text: string) => void) =>
      bus.subscribe({ pattern: key, handle: ({ body }) => listener(body as string) }),
  };
  return { stores: await openPostgresStores({ url, schema, carrier }), bus };
}

/** One goal of one task after another, on each of so many lines; goals a second. */
async function run({ goals }: PostgresStores, forSeconds: number): Promise<number> {
  const until = performance.now() + forSeconds * 1_000;
  let ended = 0;
  const line = async (): Promise<void> => {
    while (performance.now() < until) {
      const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
      const definition = {
        workflow: 'bench',
        inputs: {},
        tasks: [{ key: 'a', kind: 'tool', tool: 'noop', needs: [] }],
      } as const;
      const done = new Promise<void>((resolve) => {
        const look = async (): Promise<void> => {
          if ((await goals.findGoal(tenantId, goalId))?.state !== 'succeeded') return;
          stop();
          clearInterval(poll);
          resolve();
        };
        const stop = goals.onCommit((hint) => {
          if (hint.goals.some((goal) => goal.goalId === goalId)) void look();
        });
        // As whoever follows a goal does when no hint comes.
        const poll = setInterval(() => void look(), 1_000);
      });
      await goals.execute({
        command: 'submit-goal',
        tenantId,
        goalId,
        title: 'a goal',
        definition,
        planHash: 'one-task',
        inputs: {},
        priority: 2,
        requestedBy: 'bench',
      });
      await done;
      ended += 1;
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: atOnce }, line));
  return (ended / (performance.now() - begun)) * 1_000;
}
