// DBOS Transact on PostgreSQL: one workflow per goal, started directly; each task is a step.

import type { Contestant, Surroundings } from '../contestant.ts';
import { layersPerGoal, serveContestant, tasksPerLayer } from '../contestant.ts';
import { keepInFlight } from '../keep-in-flight.ts';
import { measurePickUp } from '../measure-pick-up.ts';
import { loadPeer, peerVersion } from './peer-package.ts';
import { openPool, serverVersion } from './pg.ts';

interface Handle {
  getResult(): Promise<unknown>;
}
interface Dbos {
  setConfig(config: {
    name: string;
    systemDatabaseUrl: string;
    systemDatabasePoolSize: number;
    logLevel: string;
  }): void;
  registerWorkflow<F>(body: F, options: { name: string }): F;
  runStep(body: () => Promise<void>, options: { name: string }): Promise<void>;
  startWorkflow<Args extends readonly unknown[]>(
    workflow: (...args: Args) => Promise<void>,
  ): (...args: Args) => Promise<Handle>;
  launch(): Promise<void>;
  shutdown(): Promise<void>;
}

const started = new Map<string, () => void>();

async function open({ postgresUrl = '' }: Surroundings): Promise<Contestant> {
  const { DBOS } = loadPeer<{ DBOS: Dbos }>('@dbos-inc/dbos-sdk');
  const runPlan = DBOS.registerWorkflow(
    async () => {
      for (let layer = 0; layer < layersPerGoal; layer++) {
        const tasks = Array.from({ length: tasksPerLayer }, (_, index) =>
          DBOS.runStep(async () => {}, { name: `task-${layer}-${index}` }),
        );
        await Promise.all(tasks);
      }
    },
    { name: 'plan' },
  );
  const runOne = DBOS.registerWorkflow(
    async (sample: string) => {
      started.get(sample)?.();
      await DBOS.runStep(async () => {}, { name: 'task' });
    },
    { name: 'one' },
  );
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: postgresUrl, systemDatabasePoolSize: 20, logLevel: 'error' });
  await DBOS.launch();
  const pool = openPool(postgresUrl);
  return {
    versions: { 'dbos-sdk': peerVersion('@dbos-inc/dbos-sdk'), postgresql: await serverVersion(pool) },
    serverProcesses: [],
    runGoals: (order) =>
      keepInFlight(order, async () => {
        const handle = await DBOS.startWorkflow(runPlan)();
        await handle.getResult();
      }),
    pickUp: (samples) => {
      let sample = 0;
      return measurePickUp(samples, async (begin) => {
        const name = `sample-${sample++}`;
        started.set(name, begin);
        await DBOS.startWorkflow(runOne)(name);
      });
    },
    countFinished: async () => {
      const { rows } = await pool.query<{ tasks: number; open: number }>(
        `SELECT (SELECT count(*)::int FROM dbos.operation_outputs) AS tasks,
                (SELECT count(*)::int FROM dbos.workflow_status WHERE status <> 'SUCCESS') AS open`,
      );
      return rows[0] ?? { tasks: 0, open: 0 };
    },
    close: async () => {
      await DBOS.shutdown();
      await pool.end();
    },
  };
}

serveContestant(open);
