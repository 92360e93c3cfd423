// H7: goals that were begun under the schema before end under the new one, while real processes are replaced one by one.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient, type ChoraleClient } from '@chorale/lib-client';
import { defaultQueue } from '@chorale/module-scheduling';
import postgres, { type Sql } from 'postgres';
import { ServerProcess } from '../../../tests/e2e/server-process.ts';
import { previous, unpackOlderProgram } from '../../../tests/upgrade/older-program.ts';
import { freePort } from '../../../tools/services/free-port.ts';
import { findPostgresPrograms } from '../../../tools/services/postgres.ts';
import { startPrivatePostgres } from '../../../tools/services/private-postgres.ts';
import type { BenchContext } from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';
import { openFront } from './front.ts';

const tasksOfGoal = 1_000;
/** So slow that there is work from before the first process is replaced to after the last one. */
const tasksPerSecond = 40;
const retrySeconds = 120;
const endWithinMs = 900_000;

/** So many beside each other, each chain as long as it takes. */
const atOnce = 20;
const definition = [
  'name: upgrade',
  'tasks:',
  ...Array.from({ length: tasksOfGoal }, (_, no) => {
    const needs = no < atOnce ? '' : `, needs: [t${no - atOnce}]`;
    return `  t${no}: { tool: list-files, with: { path: . }${needs} }`;
  }),
].join('\n');

type Role = 'api,scheduler' | 'worker';

interface Place {
  readonly role: Role;
  readonly listen: string;
}

export const upgrade: BenchPart = {
  goals: [
    {
      id: 'H7',
      title: 'goals lost or failed, tasks run again and errors seen by clients, while all processes are replaced',
      unit: '',
      bar: 0,
      better: 'lower',
      notMeasured: `an upgrade over more than one version; other than schema ${previous.schema} to that of this tree`,
    },
  ],
  async *run(context) {
    if (!context.wants('H7')) return;
    const tree = unpackOlderProgram(context.scratch);
    const programs = findPostgresPrograms();
    if (programs === undefined) throw new Error('initdb is not installed: apt-get install postgresql');
    // One of its own: eight processes have more connections than a server that others use can spare.
    const server = await startPrivatePostgres(programs, { keepsCommits: true });
    context.recordVersion('PostgreSQL', server.origin);
    try {
      yield { id: 'H7', measured: await replaceAll(context, { tree, database: server.url }) };
    } finally {
      await server.close();
    }
  },
};

interface Site {
  readonly tree: string;
  readonly database: string;
}

async function replaceAll(context: BenchContext, site: Site): Promise<number> {
  const ports = [await freePort(), await freePort()];
  const places: readonly Place[] = [
    ...ports.map((port) => ({ role: 'api,scheduler' as const, listen: `127.0.0.1:${port}` })),
    { role: 'worker', listen: '127.0.0.1:0' },
    { role: 'worker', listen: '127.0.0.1:0' },
  ];
  const start = (place: Place, tree?: string): Promise<ServerProcess> => startAt(context, { ...site, place }, tree);
  const running: ServerProcess[] = [];
  const front = await openFront(ports);
  try {
    // The first alone: it makes the schema and the keys.
    for (const place of places) running.push(await start(place, site.tree));
    const client = createClient({ baseUrl: front.url, key: running[0]!.key, retrySeconds });
    const submitting = submit(client, context.full ? 10 : 3);
    const { goalIds, errors } = await submitting;
    const before = await progress(client, goalIds, errors);
    const begunAt = performance.now();
    for (const [index, place] of places.entries()) {
      running[index]!.signal('SIGTERM');
      await running[index]!.waitForEnd();
      running[index] = await start(place);
      context.note(
        `${place.role} replaced; ${await progress(client, goalIds, errors)} of ${goalIds.length * tasksOfGoal} tasks ended`,
      );
    }
    context.note(
      `${before} tasks had ended before; replaced in ${((performance.now() - begunAt) / 1_000).toFixed(0)} s`,
    );
    await untilAllEnded(client, goalIds, errors);
    const sql = postgres(site.database, { max: 1, onnotice: () => undefined });
    const faults = [...errors, ...(await findFaults(sql, goalIds))];
    await sql.end();
    for (const fault of faults.slice(0, 10)) context.note(fault);
    return faults.length;
  } finally {
    await Promise.all(running.map((each) => each.kill()));
    await front.close();
  }
}

async function startAt(
  context: BenchContext,
  { database, place: { role, listen } }: Site & { readonly place: Place },
  tree?: string,
): Promise<ServerProcess> {
  const cwd = join(context.scratch, 'cwd');
  await mkdir(cwd, { recursive: true });
  const lanes = JSON.stringify([
    { scope: `queue:${defaultQueue}`, ratePerSecond: tasksPerSecond, burst: tasksPerSecond },
  ]);
  const limits = ['--drain-seconds', '10', '--worker-slots', '16', '--limits-lanes', lanes];
  const args = ['serve', '--roles', role, '--database', database, ...limits];
  const options = { dataDir: join(context.scratch, 'data'), cwd, args, listen };
  const started = new ServerProcess({ ...options, ...(tree === undefined ? {} : { tree }) });
  await started.waitFor(role === 'worker' ? /worker registered/ : /serving on/, 120_000);
  return started;
}

async function submit(client: ChoraleClient, goals: number): Promise<{ goalIds: readonly string[]; errors: string[] }> {
  const errors: string[] = [];
  const goalIds: string[] = [];
  for (let index = 0; index < goals; index++) {
    const { goal } = await client.submitGoal({ definition }, { idempotencyKey: `goal-${index}` });
    goalIds.push(goal.goalId);
  }
  return { goalIds, errors };
}

/** Tasks that have ended; what goes wrong for the client is an error it has seen. */
async function progress(client: ChoraleClient, goalIds: readonly string[], errors: string[]): Promise<number> {
  let ended = 0;
  for (const goalId of goalIds) {
    const goal = await client
      .getGoal(goalId)
      .catch((error: unknown) => void errors.push(`a client saw: ${String(error)}`));
    if (goal !== undefined) ended += goal.tasksTotal - goal.tasksOpen;
  }
  return ended;
}

async function untilAllEnded(client: ChoraleClient, goalIds: readonly string[], errors: string[]): Promise<void> {
  const until = performance.now() + endWithinMs;
  while ((await progress(client, goalIds, errors)) < goalIds.length * tasksOfGoal) {
    if (performance.now() > until) throw new Error('the goals did not end in time.');
    await wait(500);
  }
}

async function findFaults(sql: Sql, goalIds: readonly string[]): Promise<readonly string[]> {
  const goals = await sql<{ goal: string; state: string }[]>`SELECT goal_id AS goal, state FROM goals`;
  const states = new Map(goals.map(({ goal, state }) => [goal, state]));
  const wrong = goalIds.filter((goalId) => states.get(goalId) !== 'succeeded');
  // The last attempt of a task is in its own row.
  const again = await sql<{ goal: string; no: number }[]>`SELECT a.goal_id AS goal, a.task_no AS no FROM attempts a
    JOIN tasks t ON t.tenant_id = a.tenant_id AND t.goal_id = a.goal_id AND t.no = a.task_no
    WHERE a.outcome = 'succeeded' AND a.attempt < t.attempt`;
  return [
    ...wrong.map((goalId) => `goal ${goalId} is ${states.get(goalId) ?? 'gone'}`),
    ...again.map(({ goal, no }) => `task ${no} of ${goal} had succeeded and was run again`),
  ];
}
