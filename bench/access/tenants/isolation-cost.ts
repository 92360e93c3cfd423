// The engine on two databases, one of which has lost its policies; goals run on both in turn.

import { openPostgresGoalStore } from '@chorale/adapter-postgres';
import { median } from '../../harness/index.ts';
import { openChorale } from '../../engine/ours/open-chorale.ts';
import { makeDatabase, type OwnDatabase } from '../../engine/own-database.ts';
import { openPool } from '../../engine/peers/pg.ts';

const rounds = 7;
const goalsPerRound = 60;
const tasksPerGoal = 20;

export interface IsolationCost {
  /** Tasks a second. */
  readonly withPolicies: number;
  readonly without: number;
  readonly percent: number;
}

type Engine = Awaited<ReturnType<typeof openChorale>>;

export async function measureIsolationCost(): Promise<IsolationCost> {
  const databases: OwnDatabase[] = [];
  const engines: Engine[] = [];
  try {
    for (const keepsPolicies of [true, false]) {
      const database = await makeDatabase();
      databases.push(database);
      engines.push(await openChorale(await openPostgresGoalStore({ url: database.url }), {}));
      if (!keepsPolicies) await dropPolicies(database.url);
    }
    const speeds: number[][] = engines.map(() => []);
    for (let round = 0; round <= rounds; round++)
      for (const [index, engine] of engines.entries()) {
        const { elapsedMs } = await engine.runGoals({ goals: goalsPerRound, inFlight: goalsPerRound });
        // The first round warms both up.
        if (round > 0) speeds[index]?.push((goalsPerRound * tasksPerGoal) / (elapsedMs / 1_000));
      }
    const [withPolicies = 0, without = 0] = speeds.map((all) => median(all));
    return { withPolicies, without, percent: (1 - withPolicies / without) * 100 };
  } finally {
    for (const engine of engines) await engine.close();
    for (const database of databases) await database.drop();
  }
}

async function dropPolicies(url: string): Promise<void> {
  const pool = openPool(url);
  const { rows } = await pool.query<{ name: string }>('SELECT tablename AS name FROM pg_policies GROUP BY 1');
  for (const { name } of rows) await pool.query(`ALTER TABLE ${name} DISABLE ROW LEVEL SECURITY`);
  await pool.end();
}
