// H2: what is left of the throughput while the broker is away, what that costs in time, and that nothing is lost.

import { setTimeout as wait } from 'node:timers/promises';
import { openPostgresStores, type PostgresStores } from '@chorale/adapter-postgres';
import { openRabbitBus } from '@chorale/adapter-rabbitmq';
import { makeId, type GoalId, type TenantId } from '@chorale/lib-ids';
import type { Bus } from '@chorale/module-messaging';
import { openCutProxy } from '../../../tests/cluster/cut-proxy.ts';
import { startWorker } from '../../../tests/cluster/test-worker.ts';
import { median, p99 } from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';
import { broker, makeSchema, type OwnSchema } from '../services.ts';

const tenantId = 'bench' as TenantId;
const key = '-.-.-.commit';
/** With the broker and without it in turn, for the ratio: what else the machine does changes with time. */
const pairCount = 3;
const pairSeconds = 8;
/** Then without it in one piece, for what is lost and how long goals take. */
const awaySeconds = 120;
const awaySecondsFull = 600;
/** Goals under way at once. */
const atOnce = 16;
const leaseMs = 3_600_000;
/** How often whoever waits for a goal looks by itself. */
const pollMs = 1_000;

export const brokerLoss: BenchPart = {
  goals: [
    {
      id: 'H2a',
      title: 'goals a second while the broker is away, of those while it is there',
      unit: 'x',
      bar: 0.7,
      better: 'higher',
      notMeasured: 'ten minutes without --full: two',
    },
    {
      id: 'H2b',
      title: 'what its absence adds to the time from a goal to its end, p99: at most the polling interval',
      unit: 'ms',
      bar: pollMs,
      better: 'lower',
      notMeasured: 'goals of more than one task',
    },
    {
      id: 'H2c',
      title: 'goals lost and tasks done twice, while it was away, went and came back',
      unit: 'goals',
      bar: 0,
      better: 'lower',
      notMeasured: 'a database that goes with it: see the chaos trial',
    },
  ],
  async *run(context) {
    if (!context.wants('H2a', 'H2b', 'H2c')) return;
    const away = context.full ? awaySecondsFull : awaySeconds;
    const schema = await makeSchema(context);
    const proxy = await openCutProxy(broker);
    const sites = [await openSite(schema, proxy.url), await openSite(schema, proxy.url)] as const;
    const [here, other] = sites;
    const withoutBroker = async (seconds: number): Promise<Load> => {
      proxy.cut();
      while (sites.some(({ bus }) => bus.isUp)) await wait(50);
      const load = await run(here.stores, seconds);
      if (here.bus.isUp) throw new Error('the broker was cut off and is there all the same.');
      proxy.mend();
      while (sites.some(({ bus }) => !bus.isUp)) await wait(50);
      return load;
    };
    const worker = await startWorker(other.stores.goals, leaseMs);
    try {
      await run(here.stores, 3);
      const pairs: { readonly there: Load; readonly away: Load }[] = [];
      for (let pair = 0; pair < pairCount; pair++) {
        const there = await run(here.stores, pairSeconds);
        pairs.push({ there, away: await withoutBroker(pairSeconds) });
      }
      const without = await withoutBroker(away);
      const after = await run(here.stores, pairSeconds);
      const there99 = p99(pairs.flatMap(({ there: { tookMs } }) => tookMs));
      const away99 = p99(without.tookMs);
      context.note(
        `goals/s there, away: ${pairs.map(({ there, away }) => `${there.perSecond.toFixed(0)}, ${away.perSecond.toFixed(0)}`).join('; ')}`,
      );
      context.note(
        `away for ${away} s: ${without.perSecond.toFixed(0)} goals/s, then there again: ${after.perSecond.toFixed(0)}`,
      );
      context.note(`from a goal to its end, p99: ${there99.toFixed(0)} ms there, ${away99.toFixed(0)} ms away`);
      const all = [...pairs.flatMap(({ there, away }) => [there, away]), without, after];
      const ended = all.reduce((sum, { tookMs }) => sum + tookMs.length, 0);
      const twice = worker.done.length - new Set(worker.done).size;
      const lost = all.reduce((sum, one) => sum + one.begun - one.tookMs.length, 0);
      context.note(`${ended} goals ended, ${lost} lost, ${twice} tasks done twice`);
      yield { id: 'H2a', measured: median(pairs.map(({ there, away }) => away.perSecond / there.perSecond)) };
      yield { id: 'H2b', measured: away99 - there99 };
      yield { id: 'H2c', measured: lost + twice };
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

interface Load {
  readonly perSecond: number;
  readonly begun: number;
  /** Of those that ended. */
  readonly tookMs: readonly number[];
}

/** One goal of one task after another, on each of so many lines. */
async function run({ goals }: PostgresStores, forSeconds: number): Promise<Load> {
  const until = performance.now() + forSeconds * 1_000;
  const tookMs: number[] = [];
  let begun = 0;
  const line = async (): Promise<void> => {
    while (performance.now() < until) {
      const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
      const from = performance.now();
      begun += 1;
      const ended = untilEnded(goals, goalId);
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
      if (await ended) tookMs.push(performance.now() - from);
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: atOnce }, line));
  return { perSecond: (tookMs.length / (performance.now() - from)) * 1_000, begun, tookMs };
}

const definition = {
  workflow: 'bench',
  inputs: {},
  tasks: [{ key: 'a', kind: 'tool', tool: 'noop', needs: [] }],
} as const;
const goneMs = 60_000;

/** As whoever follows a goal: looks when a hint comes, and now and then without one. False when it does not end. */
function untilEnded(goals: PostgresStores['goals'], goalId: GoalId): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (succeeded: boolean): void => {
      stop();
      clearInterval(poll);
      clearTimeout(gone);
      resolve(succeeded);
    };
    const look = async (): Promise<void> => {
      if ((await goals.findGoal(tenantId, goalId))?.state === 'succeeded') end(true);
    };
    const stop = goals.onCommit((hint) => {
      if (hint.goals.some((goal) => goal.goalId === goalId)) void look();
    });
    const poll = setInterval(() => void look(), pollMs);
    const gone = setTimeout(() => end(false), goneMs);
  });
}
