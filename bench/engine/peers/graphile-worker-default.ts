// graphile-worker with its default settings: a goal is twenty jobs without order, added in one call.

import type { Contestant, Surroundings } from '../contestant.ts';
import { serveContestant, tasksPerGoal } from '../contestant.ts';
import { keepInFlight } from '../keep-in-flight.ts';
import { measurePickUp } from '../measure-pick-up.ts';
import { jobsOfGoal, openGraphile } from './graphile-worker.ts';

const concurrentJobs = 16;

async function open({ postgresUrl = '' }: Surroundings): Promise<Contestant> {
  const { graphile, logger, utils, versions, countLeft, close } = await openGraphile(postgresUrl);
  const samples = new Map<number, () => void>();
  const openGoals = new Map<number, { left: number; readonly end: () => void }>();
  let made = 0;
  let executed = 0;
  const runner = await graphile.run({
    preset: { worker: { connectionString: postgresUrl, concurrentJobs, maxPoolSize: concurrentJobs + 2 } },
    taskList: {
      task: async () => {},
      sample: async ({ goal }) => samples.get(goal)?.(),
    },
    logger,
    noHandleSignals: true,
  });
  runner.events.on('job:complete', ({ job }) => {
    executed += 1;
    const goal = openGoals.get(job.payload.goal);
    if (goal === undefined) return;
    goal.left -= 1;
    if (goal.left > 0) return;
    openGoals.delete(job.payload.goal);
    goal.end();
  });
  return {
    versions,
    serverProcesses: [],
    runGoals: (order) =>
      keepInFlight(order, async () => {
        const goal = made++;
        const ended = new Promise<void>((end) => openGoals.set(goal, { left: tasksPerGoal, end }));
        await utils.addJobs(jobsOfGoal(goal, tasksPerGoal));
        await ended;
      }),
    pickUp: (count) =>
      measurePickUp(count, async (begin) => {
        const goal = made++;
        samples.set(goal, begin);
        await utils.addJob('sample', { goal });
      }),
    countFinished: async () => ({ tasks: executed, open: await countLeft() }),
    close: async () => {
      await runner.stop();
      await close();
    },
  };
}

serveContestant(open);
