// The store of goals: the embedded database in the data directory, or PostgreSQL.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openPostgresGoalStore } from '@chorale/adapter-postgres';
import { openSqliteGoalStore } from '@chorale/adapter-sqlite';
import type { EngineLimits, GoalStore } from '@chorale/module-goals';
import type { Config } from '../config/config-schema.ts';
import { readDatabaseUrl } from '../config/load-config.ts';
import type { WorkerTraces } from './worker-traces.ts';

export async function openStore(config: Config, env: NodeJS.ProcessEnv): Promise<GoalStore> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const url = readDatabaseUrl(config, env);
  const store =
    url === ''
      ? await openSqliteGoalStore({ path: join(config.dataDir, 'chorale.db') })
      : await openPostgresGoalStore({ url });
  await store.configure(limitsOf(config));
  return store;
}

function limitsOf({ limits }: Config): EngineLimits {
  const { lanes, tenantWeights, agingSeconds, cancelGraceSeconds, lossesMax } = limits;
  return {
    lanes: lanes.map(({ scope, maxRunning, ratePerSecond, burst }) => ({
      scope,
      ...(maxRunning === undefined ? {} : { maxRunning }),
      ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
      ...(burst === undefined ? {} : { burst }),
    })),
    tenantWeights,
    agingMs: agingSeconds * 1_000,
    cancelGraceMs: cancelGraceSeconds * 1_000,
    lossesMax,
  };
}

/** Gives back the leases of workers whose process was killed, so that their tasks go on at once. */
export async function retireGoneWorkers(store: GoalStore, traces: WorkerTraces): Promise<number> {
  const gone = await traces.findGone();
  for (const workerId of gone) {
    await store.execute({ command: 'retire-worker', workerId });
    await traces.remove(workerId);
  }
  return gone.length;
}
