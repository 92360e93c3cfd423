// What the store shows after a run: every goal by its counters, and some of them row by row.

import { defaultTenant, type GoalId } from '@chorale/lib-ids';
import type { Goal, GoalStore } from '@chorale/module-goals';

const pageSize = 500;
const goalsReadWhole = 20;

/** Throws when a goal that was read whole does not show exactly one attempt, one finished call and its events. */
export async function countFinished(store: GoalStore): Promise<{ tasks: number; open: number }> {
  let tasks = 0;
  let open = 0;
  let after: string | undefined;
  let read = 0;
  do {
    const page = await store.listGoals(defaultTenant, { limit: pageSize, ...(after === undefined ? {} : { after }) });
    for (const goal of page.items) {
      open += goal.tasksOpen + (goal.state === 'succeeded' ? 0 : 1);
      tasks += goal.state === 'succeeded' ? goal.tasksTotal : 0;
      if (goal.state === 'succeeded' && read < goalsReadWhole) {
        read += 1;
        await checkGoal(store, goal);
      }
    }
    after = page.next;
  } while (after !== undefined);
  return { tasks, open };
}

async function checkGoal(store: GoalStore, { goalId, tasksTotal, eventSeq }: Goal): Promise<void> {
  const tasks = await store.listTasks(defaultTenant, goalId);
  const attempts = await store.listAttempts(defaultTenant, goalId);
  const events = await store.listEvents(defaultTenant, goalId, { afterSeq: 0, limit: eventSeq + 1 });
  const steps = (
    await Promise.all(tasks.map(({ no: taskNo }) => store.listSteps(defaultTenant, goalId, { taskNo })))
  ).flat();
  expectCount(goalId, 'succeeded tasks', [tasks.filter(({ state }) => state === 'succeeded').length, tasksTotal]);
  expectCount(goalId, 'attempts that succeeded', [
    attempts.filter(({ outcome }) => outcome === 'succeeded').length,
    tasksTotal,
  ]);
  expectCount(goalId, 'attempts', [attempts.length, tasksTotal]);
  expectCount(goalId, 'finished calls', [steps.filter(({ state }) => state === 'finished').length, tasksTotal]);
  expectCount(goalId, 'events in order', [events.filter(({ seq }, index) => seq === index + 1).length, eventSeq]);
}

function expectCount(goalId: GoalId, what: string, [found, expected]: readonly [number, number]): void {
  if (found !== expected) throw new Error(`goal ${goalId} shows ${found} ${what} instead of ${expected}.`);
}
