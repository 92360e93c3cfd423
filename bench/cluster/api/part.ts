// H4: the API over two processes on PostgreSQL, beside a bare Fastify and PostgreSQL server in the same run. Load, servers and
// database share the cores of one machine.

import { join } from 'node:path';
import { interleave, median, type BenchContext } from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';
import { load, requestText, say, type LoadOrder, type LoadResult } from './load.ts';
import { measureOverload } from './overload.ts';
import { startBare, startProduct, type Served } from './servers.ts';

const processes = 2;
const connections = 64;
const batchSize = 100;
const rounds = 3;
const warmSeconds = 1;
const seconds = 3;
/** Of what a closed loop reaches: the most at which an open loop holds the bound on p99 is what is measured. */
const shares = [0.95, 0.85, 0.7, 0.55, 0.4];
const errorsMax = 0.0001;

const perSecond = { unit: 'requests/s', better: 'higher' } as const;
const sameCores = 'a machine for each: load, servers and database share the cores';

const goals: BenchPart['goals'] = [
  { id: 'H4a', title: 'hot read of a goal, p99 within 25 ms', bar: 10_000, notMeasured: sameCores, ...perSecond },
  { id: 'H4b', title: 'hot read, times bare', unit: 'x', bar: 0.6, better: 'higher', notMeasured: 'see H4a' },
  {
    id: 'H4c',
    title: 'list of 20 goals under row-level security, not cached, p99 within 50 ms',
    bar: 3_000,
    notMeasured: sameCores,
    ...perSecond,
  },
  { id: 'H4d', title: 'list of 20 goals, times bare', unit: 'x', bar: 0.6, better: 'higher', notMeasured: 'see H4c' },
  {
    id: 'H4e',
    title: 'goals of one task submitted durably, one a request',
    unit: 'goals/s',
    bar: 4_000,
    better: 'higher',
    notMeasured: `workers that take them; ${sameCores}`,
  },
  {
    id: 'H4f',
    title: 'goals submitted, times rows that bare inserts',
    unit: 'x',
    bar: 0.6,
    better: 'higher',
    notMeasured: 'equal work: a goal is seven rows in six tables, bare inserts one',
  },
  {
    id: 'H4g',
    title: `goals of one task submitted durably, ${batchSize} a request`,
    unit: 'goals/s',
    bar: 10_000,
    better: 'higher',
    notMeasured: 'workers that take them',
  },
  {
    id: 'H4h',
    title: 'goals in batches, times rows that bare inserts in batches',
    unit: 'x',
    bar: 0.6,
    better: 'higher',
    notMeasured: 'equal work, as in H4f',
  },
  {
    id: 'H4i',
    title: 'answers at three times the load that lists hold, of those at the most they hold',
    unit: 'share',
    bar: 0.9,
    better: 'higher',
    notMeasured: 'callers that come back as Retry-After says',
  },
  {
    id: 'H4j',
    title: 'answers under that load other than 2xx, and 429 and 503 with Retry-After',
    unit: 'answers',
    bar: 0,
    better: 'lower',
    notMeasured: 'connections that are refused before a request',
  },
  {
    id: 'H4k',
    title: 'until everybody is served as before, after that load',
    unit: 's',
    bar: 5,
    better: 'lower',
    notMeasured: 'load that stays',
  },
];

const hot = ['H4a', 'H4b'];
const lists = ['H4c', 'H4d'];
const singles = ['H4e', 'H4f'];
const batches = ['H4g', 'H4h'];
const overload = ['H4i', 'H4j', 'H4k'];

export const api: BenchPart = {
  goals,
  async *run(context) {
    if (!context.wants(...goals.map(({ id }) => id))) return;
    const ours = await startProduct({ folder: join(context.scratch, 'server'), processes });
    const bare = await startBare(processes).catch(async (error: unknown) => {
      await ours.close();
      throw error;
    });
    try {
      const [goalId = ''] = await fill(ours);
      for (const ids of [hot, lists, singles, batches]) {
        const [rate, times] = ids as [string, string];
        if (!context.wants(...ids)) continue;
        const kind = kinds(goalId)[rate]!;
        const order = orderOf(ours, kind, kind.ours);
        const rates = await interleave(rounds, {
          ours: () => saturate(context, ours, { name: rate, order }),
          bare: () => saturate(context, bare, { name: `${rate} bare`, order: orderOf(bare, kind, kind.bare) }),
        });
        if (context.wants(rate))
          yield {
            id: rate,
            measured:
              kind.each * (await findRate(context, ours, { ...kind, name: rate, order, peak: median(rates.ours) })),
          };
        yield { id: times, measured: median(rates.ours) / median(rates.bare) };
      }
      if (context.wants(...overload)) yield* measureOverload(context, ours);
    } finally {
      await bare.close();
      await ours.close();
    }
  },
};

interface Kind {
  readonly p99Max: number;
  readonly each: number;
  readonly connections?: number;
  readonly ours: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: string };
  readonly bare: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: string };
}

const definition = 'name: bench\ntasks:\n  look: { tool: read-file, with: { path: README.md } }\n';
const goalBody = { definition, title: 'A goal of the benchmark', inputs: {} };
const rowBody = { title: 'A goal of the benchmark', text: 'x'.repeat(250) };

function kinds(goalId: string): { readonly [id: string]: Kind } {
  const many = <Item>(item: Item): readonly Item[] => Array.from({ length: batchSize }, () => item);
  return {
    H4a: {
      p99Max: 25,
      each: 1,
      ours: { method: 'GET', path: `/v1/goals/${goalId}` },
      bare: { method: 'GET', path: `/goals/${goalId}` },
    },
    H4c: {
      p99Max: 50,
      each: 1,
      ours: { method: 'GET', path: '/v1/goals?limit=20' },
      bare: { method: 'GET', path: '/goals' },
    },
    H4e: {
      p99Max: 250,
      each: 1,
      ours: { method: 'POST', path: '/v1/goals', body: JSON.stringify(goalBody) },
      bare: { method: 'POST', path: '/goals', body: JSON.stringify(rowBody) },
    },
    H4g: {
      p99Max: 1_000,
      each: batchSize,
      connections: 8,
      ours: { method: 'POST', path: '/v1/goals/batch', body: JSON.stringify({ goals: many(goalBody) }) },
      bare: { method: 'POST', path: '/batch', body: JSON.stringify(many(rowBody)) },
    },
  };
}

type Order = Omit<LoadOrder, 'phases'>;

function orderOf(served: Served, kind: Kind, request: Kind['ours']): Order {
  return {
    port: served.port,
    connections: kind.connections ?? connections,
    requests: [requestText({ ...request, key: served.key })],
  };
}

interface Asked {
  readonly name: string;
  readonly order: Order;
}

/** Requests a second when each connection asks again at once. */
async function saturate(context: BenchContext, served: Served, { name, order }: Asked): Promise<number> {
  await load({ ...order, phases: [{ seconds: warmSeconds }] });
  const { result, cpu } = await measured(served, { ...order, phases: [{ seconds }] });
  say(context, `${name}, closed loop`, result);
  context.note(`  ${cpu}`);
  return result.perSecond;
}

/** Requests a second of the fastest open loop whose answers hold the bounds; nothing when none does. */
async function findRate(
  context: BenchContext,
  served: Served,
  { name, order, peak, p99Max }: Asked & { readonly peak: number; readonly p99Max: number },
): Promise<number> {
  for (const share of shares) {
    const { result, cpu } = await measured(served, { ...order, phases: [{ rate: peak * share, seconds }] });
    say(context, `${name}, open loop at ${Math.round(peak * share)}/s`, result);
    context.note(`  ${cpu}`);
    if (holds(result, p99Max)) return result.perSecond;
  }
  return 0;
}

async function measured(
  served: Served,
  order: LoadOrder,
): Promise<{ readonly result: LoadResult; readonly cpu: string }> {
  const before = await served.cpuMs();
  const [result] = await load(order);
  const after = await served.cpuMs();
  const each = (ms: number): number => Math.round((ms * 1_000) / Math.max(1, result!.ok));
  const [server, database] = [each(after.server - before.server), each(after.database - before.database)];
  return { result: result!, cpu: `CPU a request: ${server} µs server, ${database} µs database` };
}

function holds({ p99, ok, failed, skipped, statuses }: LoadResult, p99Max: number): boolean {
  const refused = Object.entries(statuses).reduce(
    (sum, [status, count]) => sum + (Number(status) < 400 ? 0 : count),
    0,
  );
  return p99 <= p99Max && skipped === 0 && failed + refused <= ok * errorsMax;
}

/** Gives the ids of some goals; there are as many of them as many pages need. */
async function fill(served: Served): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let no = 0; no < 10; no++) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        fetch(`http://127.0.0.1:${served.port}/v1/goals`, {
          method: 'POST',
          headers: { authorization: `Bearer ${served.key}`, 'content-type': 'application/json' },
          body: JSON.stringify(goalBody),
        }),
      ),
    );
    for (const answer of answers) {
      const body = (await answer.json()) as { goalId?: string };
      if (body.goalId === undefined) throw new Error(`no goal: ${JSON.stringify(body)}`);
      ids.push(body.goalId);
    }
  }
  return ids;
}
