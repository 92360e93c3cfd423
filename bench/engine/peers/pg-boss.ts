// pg-boss on PostgreSQL: a goal is twenty jobs without order, inserted at once, fetched and completed in batches.
//
// Its own graphs (`flow`) are not used: dependents are unlocked by a background pass (every 5 s by default), so a plan
// of five layers takes as long as four passes whatever the machine. `fetch` and `complete` in batches are its fastest
// public path, and unlike `work` they show when a job has durably ended.

import type { Contestant, Surroundings } from '../contestant.ts';
import { serveContestant, tasksPerGoal } from '../contestant.ts';
import { keepInFlight } from '../keep-in-flight.ts';
import { measurePickUp } from '../measure-pick-up.ts';
import { loadPeer, peerVersion } from './peer-package.ts';
import { openPool, serverVersion, type Pool } from './pg.ts';

interface Job {
  readonly id: string;
  readonly data: { readonly goal: number };
}
interface Boss {
  on(event: 'error', listener: (error: Error) => void): void;
  start(): Promise<unknown>;
  stop(options: { graceful: boolean }): Promise<void>;
  createQueue(name: string, options?: { notify: boolean }): Promise<void>;
  insert(name: string, jobs: readonly { data: object }[]): Promise<unknown>;
  send(name: string, data: object): Promise<unknown>;
  fetch(name: string, options: { batchSize: number }): Promise<readonly Job[]>;
  complete(name: string, ids: readonly string[]): Promise<unknown>;
  work(name: string, options: { batchSize: number }, handler: (jobs: readonly Job[]) => Promise<void>): Promise<string>;
}

const batchSize = 100;
const fetchers = 4;

interface OpenGoal {
  left: number;
  readonly end: () => void;
}

async function open({ postgresUrl = '' }: Surroundings): Promise<Contestant> {
  const { PgBoss } = loadPeer<{
    PgBoss: new (options: { connectionString: string; useListenNotify: boolean }) => Boss;
  }>('pg-boss');
  const boss = new PgBoss({ connectionString: postgresUrl, useListenNotify: true });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  await boss.createQueue('tasks');
  await boss.createQueue('samples', { notify: true });
  const samples = new Map<number, () => void>();
  await boss.work('samples', { batchSize: 1 }, async (jobs) => {
    for (const job of jobs) samples.get(job.data.goal)?.();
  });
  const pool = openPool(postgresUrl);
  let made = 0;
  return {
    versions: { 'pg-boss': peerVersion('pg-boss'), postgresql: await serverVersion(pool) },
    serverProcesses: [],
    runGoals: async (order) => {
      // Without statistics of the table a fetch reads all of it; its own maintenance would gather them later.
      await pool.query('ANALYZE pgboss.job');
      const openGoals = new Map<number, OpenGoal>();
      const work = startFetching(boss, openGoals);
      const run = await keepInFlight(order, async () => {
        const goal = made++;
        const ended = new Promise<void>((end) => openGoals.set(goal, { left: tasksPerGoal, end }));
        await boss.insert(
          'tasks',
          Array.from({ length: tasksPerGoal }, () => ({ data: { goal } })),
        );
        await ended;
      });
      await work.stop();
      return run;
    },
    pickUp: (count) =>
      measurePickUp(count, async (begin) => {
        const goal = made++;
        samples.set(goal, begin);
        await boss.send('samples', { goal });
      }),
    countFinished: () => countFinished(pool),
    close: async () => {
      await boss.stop({ graceful: false });
      await pool.end();
    },
  };
}

function startFetching(boss: Boss, openGoals: Map<number, OpenGoal>): { stop(): Promise<void> } {
  let stopped = false;
  const fetchOn = async (): Promise<void> => {
    while (!stopped) {
      const jobs = await boss.fetch('tasks', { batchSize });
      if (jobs.length === 0) continue;
      await boss.complete(
        'tasks',
        jobs.map((job) => job.id),
      );
      for (const job of jobs) endTask(openGoals, job.data.goal);
    }
  };
  const all = Promise.all(Array.from({ length: fetchers }, fetchOn));
  return {
    stop: async () => {
      stopped = true;
      await all;
    },
  };
}

function endTask(openGoals: Map<number, OpenGoal>, goal: number): void {
  const found = openGoals.get(goal);
  if (found === undefined) throw new Error(`a job of goal ${goal} was done twice.`);
  found.left -= 1;
  if (found.left > 0) return;
  openGoals.delete(goal);
  found.end();
}

async function countFinished(pool: Pool): Promise<{ tasks: number; open: number }> {
  const { rows } = await pool.query<{ tasks: number; open: number }>(
    `SELECT count(*) FILTER (WHERE state = 'completed')::int AS tasks,
            count(*) FILTER (WHERE state <> 'completed')::int AS open
       FROM pgboss.job WHERE name IN ('tasks', 'samples')`,
  );
  return rows[0] ?? { tasks: 0, open: 0 };
}

serveContestant(open);
