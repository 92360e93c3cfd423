// graphile-worker at its fastest: a backlog of jobs without order is added first, then drained through a local queue of
// 200 with completions in batches. The drain alone is what its figures speak of, so it is timed by itself too.

import type { Contestant, GoalOrder, GoalRun, Surroundings } from '../contestant.ts';
import { serveContestant, tasksPerGoal } from '../contestant.ts';
import { measurePickUp } from '../measure-pick-up.ts';
import { jobsOfGoal, openGraphile, type OpenGraphile, type Runner } from './graphile-worker.ts';

const concurrentJobs = 24;
const localQueueSize = 200;
const completeJobBatchDelayMs = 0;
const maxPoolSize = 10;
const goalsPerInsert = 50;

async function open({ postgresUrl = '' }: Surroundings): Promise<Contestant> {
  const opened = await openGraphile(postgresUrl);
  const samples = new Map<number, () => void>();
  let executed = 0;
  let made = 0;
  const start = async (onComplete: () => void): Promise<Runner> => {
    const runner = await opened.graphile.run({
      preset: {
        worker: {
          connectionString: postgresUrl,
          concurrentJobs,
          maxPoolSize,
          localQueue: { size: localQueueSize },
          completeJobBatchDelay: completeJobBatchDelayMs,
        },
      },
      taskList: { task: async () => {}, sample: async ({ goal }) => samples.get(goal)?.() },
      logger: opened.logger,
      noHandleSignals: true,
    });
    runner.events.on('job:complete', () => {
      executed += 1;
      onComplete();
    });
    return runner;
  };
  return {
    versions: opened.versions,
    serverProcesses: [],
    runGoals: (order) => drain(opened, order, start),
    pickUp: async (count) => {
      const runner = await start(() => {});
      const measured = await measurePickUp(count, async (begin) => {
        const goal = made++;
        samples.set(goal, begin);
        await opened.utils.addJob('sample', { goal });
      });
      await runner.stop();
      return measured;
    },
    countFinished: async () => ({ tasks: executed, open: await opened.countLeft() }),
    close: opened.close,
  };
}

async function drain(
  { utils }: OpenGraphile,
  { goals }: GoalOrder,
  start: (onComplete: () => void) => Promise<Runner>,
): Promise<GoalRun> {
  const tasks = goals * tasksPerGoal;
  const begun = performance.now();
  for (let goal = 0; goal < goals; goal += goalsPerInsert) {
    await utils.addJobs(jobsOfGoal(goal, Math.min(goalsPerInsert, goals - goal) * tasksPerGoal));
  }
  const added = performance.now();
  let left = tasks;
  let end = (): void => {};
  const all = new Promise<void>((resolve) => {
    end = resolve;
  });
  const runner = await start(() => {
    left -= 1;
    if (left === 0) end();
  });
  await all;
  // Stopping waits for the last batch of completions to be written.
  await runner.stop();
  const ended = performance.now();
  return { goals, tasks, elapsedMs: ended - begun, drainMs: ended - added };
}

serveContestant(open);
