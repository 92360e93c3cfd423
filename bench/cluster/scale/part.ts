// H3: workers that are added do more, where tasks wait for something outside.

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { openPostgresStores, type PostgresStores } from '@chorale/adapter-postgres';
import { makeId, type TenantId } from '@chorale/lib-ids';
import type { BenchPart } from '../part.ts';
import { makeSchema, type OwnSchema } from '../services.ts';

const tenantId = 'bench' as TenantId;
const tasksPerGoal = 4;
/** Of each worker; a task waits for 200 ms, so that a worker does at most 100 tasks a second. */
const slots = 20;
const seconds = 10;

const goals: BenchPart['goals'] = [
  {
    id: 'H3a',
    title: 'goals a second of 2 workers, times 1, on tasks of 200 ms',
    unit: 'x',
    bar: 1.9,
    better: 'higher',
    notMeasured: 'tasks that compute: those share the processors of the machine',
  },
  {
    id: 'H3b',
    title: 'goals a second of 4 workers, times 1',
    unit: 'x',
    bar: 3.6,
    better: 'higher',
    notMeasured: 'workers on machines of their own',
  },
];

export const scale: BenchPart = {
  goals,
  async *run(context) {
    if (!context.wants('H3a', 'H3b')) return;
    const rates: Record<number, number> = {};
    for (const workers of [1, 2, 4]) {
      const schema = await makeSchema(context);
      try {
        rates[workers] = await measure(schema, workers);
      } finally {
        await schema.drop();
      }
      context.note(`${workers} workers: ${rates[workers]?.toFixed(1)} goals/s`);
    }
    yield { id: 'H3a', measured: (rates[2] ?? 0) / (rates[1] ?? 1) };
    yield { id: 'H3b', measured: (rates[4] ?? 0) / (rates[1] ?? 1) };
  },
};

async function measure(schema: OwnSchema, workers: number): Promise<number> {
  const stores = await openPostgresStores(schema);
  const children: ChildProcess[] = [];
  try {
    // More than all of them can do in the time.
    await submit(stores, Math.ceil((workers * slots * 5 * (seconds + 4)) / tasksPerGoal));
    for (let no = 0; no < workers; no++) children.push(startWorker(schema));
    await Promise.all(children.map((child) => once(child, 'message')));
    await wait(2_000);
    const before = await countEnded(stores);
    await wait(seconds * 1_000);
    return ((await countEnded(stores)) - before) / seconds;
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await stores.close();
  }
}

function startWorker({ url, schema }: OwnSchema): ChildProcess {
  const file = new URL('./wait-worker.ts', import.meta.url);
  return fork(file, [url, schema, String(slots)], { execArgv: ['--conditions=chorale-source'] });
}

async function submit({ goals }: PostgresStores, count: number): Promise<void> {
  const tasks = Array.from({ length: tasksPerGoal }, (_, no) => ({
    key: `t${no}`,
    kind: 'tool' as const,
    tool: 'wait',
    needs: no === 0 ? [] : [`t${no - 1}`],
  }));
  const submissions = Array.from({ length: count }, () =>
    goals.execute({
      command: 'submit-goal',
      tenantId,
      goalId: makeId<'goal'>('goal', Date.now(), Math.random),
      title: 'waits',
      definition: { workflow: 'bench', inputs: {}, tasks },
      planHash: 'waits',
      inputs: {},
      priority: 2,
      requestedBy: 'bench',
    }),
  );
  await Promise.all(submissions);
}

async function countEnded({ goals }: PostgresStores): Promise<number> {
  let [ended, after]: [number, string | undefined] = [0, undefined];
  do {
    const filter = { states: ['succeeded'] as const, limit: 1_000, ...(after === undefined ? {} : { after }) };
    const page = await goals.listGoals(tenantId, filter);
    ended += page.items.length;
    after = page.next;
  } while (after !== undefined);
  return ended;
}
