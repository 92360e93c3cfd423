// The engine on two databases, one of which has lost its policies; goals run on both in turn. What is compared is the CPU time
// of both programs: on a machine that others use, the time that passes says little.

import { openPostgresGoalStore } from '@chorale/adapter-postgres';
import { processTreeCpuMs } from '../../harness/index.ts';
import { openChorale } from '../../engine/ours/open-chorale.ts';
import { makeDatabase, type OwnDatabase } from '../../engine/own-database.ts';
import { openPool } from '../../engine/peers/pg.ts';

const rounds = 8;
const goalsPerRound = 300;
const tasksPerGoal = 20;

export interface IsolationCost {
  /** Microseconds of CPU for a task. */
  readonly withPolicies: number;
  readonly without: number;
  readonly percent: number;
}

interface Side {
  readonly database: OwnDatabase;
  readonly engine: Awaited<ReturnType<typeof openChorale>>;
  cpuMs: number;
}

export async function measureIsolationCost(): Promise<IsolationCost> {
  const sides: Side[] = [];
  try {
    for (const keepsPolicies of [true, false]) sides.push(await openSide(keepsPolicies));
    for (let round = 0; round <= rounds; round++)
      for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
        const spent = await runRound(side);
        // The first round warms both up.
        if (round > 0) side.cpuMs += spent;
      }
    const perTask = (rounds * goalsPerRound * tasksPerGoal) / 1_000;
    const [withPolicies = 0, without = 0] = sides.map(({ cpuMs }) => cpuMs / perTask);
    return { withPolicies, without, percent: (withPolicies / without - 1) * 100 };
  } finally {
    for (const { engine, database } of sides) {
      await engine.close();
      await database.drop();
    }
  }
}

async function openSide(keepsPolicies: boolean): Promise<Side> {
  const database = await makeDatabase();
  const engine = await openChorale(await openPostgresGoalStore({ url: database.url }), {});
  if (!keepsPolicies) await dropPolicies(database.url);
  return { database, engine, cpuMs: 0 };
}

async function runRound({ engine, database }: Side): Promise<number> {
  const own = process.cpuUsage();
  const theirs = await backendsCpuMs(database.url);
  await engine.runGoals({ goals: goalsPerRound, inFlight: 60 });
  const { user, system } = process.cpuUsage(own);
  return (await backendsCpuMs(database.url)) - theirs + (user + system) / 1_000;
}

/** Of the server's processes that serve this database. */
async function backendsCpuMs(url: string): Promise<number> {
  const pool = openPool(url);
  const { rows } = await pool.query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await pool.end();
  // One that was not needed may have been closed meanwhile.
  const all = await Promise.all(rows.map(({ pid }) => processTreeCpuMs(pid).catch(() => 0)));
  return all.reduce((sum, cpuMs) => sum + cpuMs, 0);
}

async function dropPolicies(url: string): Promise<void> {
  const pool = openPool(url);
  const { rows } = await pool.query<{ name: string }>('SELECT tablename AS name FROM pg_policies GROUP BY 1');
  for (const { name } of rows) await pool.query(`ALTER TABLE ${name} DISABLE ROW LEVEL SECURITY`);
  await pool.end();
}
