// A worker for tests of stores: takes every task there is and says that it succeeded.

import { makeId, type WorkerId } from '@chorale/lib-ids';
import type { GoalStore } from '@chorale/module-goals';

export interface TestWorker {
  /** Each task that it was given, as often as it was. */
  readonly done: readonly string[];
  stop(): Promise<void>;
}

/** It never says that it lives: the lease is as long as the trial. */
export async function startWorker(store: GoalStore, leaseMs = 60_000): Promise<TestWorker> {
  const workerId: WorkerId = makeId<'worker'>('worker', Date.now(), Math.random);
  const worker = { workerId, name: 'test', labels: [], version: '1' };
  await store.execute({ command: 'register-worker', worker, leaseMs });
  const done: string[] = [];
  let stopping = false;
  const work = async (): Promise<void> => {
    while (!stopping) {
      const { tasks } = await store.execute({ command: 'claim-tasks', workerId, slots: 20, waitMs: 500 });
      const ends = tasks.map(async ({ task }) => {
        const { tenantId, goalId, no: taskNo, attempt } = task;
        done.push(`${goalId} ${taskNo}`);
        const result = { outcome: 'succeeded', output: null } as const;
        await store.execute({ command: 'finish-attempt', tenantId, goalId, taskNo, attempt, result });
      });
      await Promise.all(ends);
    }
  };
  const working = work();
  return {
    done,
    async stop() {
      stopping = true;
      await working;
    },
  };
}
