// Chorale as a contestant, on whatever store it is given: goals are submitted through the store's commands, one worker
// in the same process does their tasks.

import { defaultTenant, makeId } from '@chorale/lib-ids';
import { isGoalEnded, type GoalStore } from '@chorale/module-goals';
import type { Contestant, GoalOrder, GoalRun, Progress } from '../contestant.ts';
import { tasksPerGoal } from '../contestant.ts';
import { keepInFlight } from '../keep-in-flight.ts';
import { measurePickUp } from '../measure-pick-up.ts';
import { quantilesOf } from '../quantiles.ts';
import { countFinished } from './check-goals.ts';
import { oneTaskPlan, twentyTaskPlan, type HashedPlan } from './plans.ts';
import { BenchWorker } from './worker.ts';

const tasksPerProgress = 1_000;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export async function openChorale(store: GoalStore, versions: Contestant['versions']): Promise<Contestant> {
  const worker = new BenchWorker(store);
  const waiting = new Map<string, Waiting>();
  let failure: Error | undefined;
  worker.onFailure = (error) => {
    failure ??= error instanceof Error ? error : new Error(String(error));
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  await worker.begin();
  const submit = async ({ definition, planHash }: HashedPlan): Promise<{ readonly ended: Promise<void> }> => {
    if (failure !== undefined) throw failure;
    const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
    const ended = new Promise<void>((resolve, reject) => waiting.set(goalId, { resolve, reject }));
    // Awaited below or not at all (pick-up): a failure is told by `failure` too.
    ended.catch(() => {});
    await store.execute({
      command: 'submit-goal',
      tenantId: defaultTenant,
      goalId,
      title: definition.workflow,
      definition,
      planHash,
      inputs: {},
      priority: 2,
      requestedBy: 'bench',
    });
    return { ended };
  };
  const onGoalState = (goalId: string, state: Parameters<typeof isGoalEnded>[0]): void => {
    if (!isGoalEnded(state)) return;
    const goal = waiting.get(goalId);
    waiting.delete(goalId);
    if (state === 'succeeded') goal?.resolve();
    else goal?.reject(new Error(`goal ${goalId} ended as ${state}.`));
  };
  return {
    versions,
    serverProcesses: [],
    runGoals: (order) => runGoals(order, { worker, submit, onGoalState }),
    pickUp: (samples) =>
      measurePickUp(samples, async (begun) => {
        worker.onSample = begun;
        worker.onFinished = ({ goalId, goalState }) => onGoalState(goalId, goalState);
        await submit(oneTaskPlan);
      }),
    countFinished: () => countFinished(store),
    close: async () => {
      await worker.end();
      await store.close();
    },
  };
}

interface Running {
  readonly worker: BenchWorker;
  readonly submit: (plan: HashedPlan) => Promise<{ readonly ended: Promise<void> }>;
  readonly onGoalState: (goalId: string, state: Parameters<typeof isGoalEnded>[0]) => void;
}

async function runGoals(order: GoalOrder, { worker, submit, onGoalState }: Running): Promise<GoalRun> {
  const claimToCompleteMs: number[] = [];
  const progress: Progress[] = [];
  let tasks = 0;
  const start = performance.now();
  worker.onFinished = (task) => {
    claimToCompleteMs.push(task.claimToCompleteMs);
    tasks += 1;
    if (tasks % tasksPerProgress === 0) progress.push({ atMs: performance.now() - start, tasks });
    onGoalState(task.goalId, task.goalState);
  };
  let submitted = 0;
  if (order.submitFirst === true) worker.pause();
  const run = await keepInFlight(order, async () => {
    const { ended } = await submit(twentyTaskPlan);
    submitted += 1;
    if (order.submitFirst === true && submitted === order.goals) worker.resume();
    await ended;
  });
  if (tasks !== order.goals * tasksPerGoal)
    throw new Error(`${tasks} ends were acknowledged for ${order.goals} goals.`);
  return { ...run, claimToCompleteMs: quantilesOf(claimToCompleteMs), progress };
}
