// What the two programs of graphile-worker share: its members that are used, and how jobs are added and counted.
//
// Finished jobs are deleted, so the store can only say what is left; the count of executions is kept here.

import { loadPeer, peerVersion } from './peer-package.ts';
import { openPool, serverVersion, type Pool } from './pg.ts';

interface Preset {
  readonly worker: {
    readonly connectionString: string;
    readonly concurrentJobs: number;
    readonly maxPoolSize: number;
    readonly localQueue?: { readonly size: number };
    readonly completeJobBatchDelay?: number;
  };
}
export interface Payload {
  readonly goal: number;
}
export interface Runner {
  readonly events: { on(event: 'job:complete', listener: (event: { job: { payload: Payload } }) => void): void };
  stop(): Promise<void>;
}
interface Utils {
  migrate(): Promise<void>;
  addJob(name: string, payload: Payload): Promise<unknown>;
  addJobs(jobs: readonly { readonly identifier: string; readonly payload: Payload }[]): Promise<unknown>;
  release(): Promise<void>;
}
interface Graphile {
  run(options: {
    readonly preset: Preset;
    readonly taskList: Record<string, (payload: Payload) => Promise<void>>;
    readonly logger: unknown;
    readonly noHandleSignals: boolean;
  }): Promise<Runner>;
  makeWorkerUtils(options: { connectionString: string; logger: unknown }): Promise<Utils>;
  Logger: new (factory: () => () => void) => unknown;
}

export interface OpenGraphile {
  readonly graphile: Graphile;
  readonly logger: unknown;
  readonly utils: Utils;
  readonly pool: Pool;
  readonly versions: Readonly<Record<string, string>>;
  /** Jobs that are still there, whatever their state. */
  countLeft(): Promise<number>;
  close(): Promise<void>;
}

export async function openGraphile(connectionString: string): Promise<OpenGraphile> {
  const graphile = loadPeer<Graphile>('graphile-worker');
  const logger = new graphile.Logger(() => () => {});
  const utils = await graphile.makeWorkerUtils({ connectionString, logger });
  await utils.migrate();
  const pool = openPool(connectionString);
  return {
    graphile,
    logger,
    utils,
    pool,
    versions: { 'graphile-worker': peerVersion('graphile-worker'), postgresql: await serverVersion(pool) },
    countLeft: async () => {
      const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM graphile_worker.jobs');
      return rows[0]?.n ?? 0;
    },
    close: async () => {
      await utils.release();
      await pool.end();
    },
  };
}

/** `count` jobs without order. */
export function jobsOfGoal(
  goal: number,
  count: number,
): readonly { readonly identifier: string; readonly payload: Payload }[] {
  return Array.from({ length: count }, () => ({ identifier: 'task', payload: { goal } }));
}
