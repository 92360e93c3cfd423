// A goal's events from the first to the last, in order, without gaps.

import type { Clock } from '@chorale/lib-time';
import { isGoalEnded, type Goal, type GoalEvent, type GoalStore } from '@chorale/module-goals';
import { Sleeper } from '../process/clock.ts';

/** Hints may be lost; this is how late an event is seen then. */
const pollMs = 1_000;
const pageSize = 500;

export interface Following {
  readonly store: Pick<GoalStore, 'listEvents' | 'findGoal' | 'onCommit'>;
  readonly clock: Clock;
  readonly onEvent: (event: GoalEvent) => void;
  readonly signal: AbortSignal;
}

/** Resolves with the goal as it ended; undefined when it was told to stop following. */
export async function followGoal(
  { tenantId, goalId }: Pick<Goal, 'tenantId' | 'goalId'>,
  following: Following,
): Promise<Goal | undefined> {
  const { store, clock, signal } = following;
  const sleeper = new Sleeper(clock);
  const wake = () => sleeper.wake();
  const unsubscribe = store.onCommit((hint) => {
    if (hint.goals.some((goal) => goal.goalId === goalId)) wake();
  });
  signal.addEventListener('abort', wake);
  let seen = 0;
  try {
    while (!signal.aborted) {
      // Read before the events: what it says has happened is among them.
      const goal = await store.findGoal(tenantId, goalId);
      const events = await store.listEvents(tenantId, goalId, { afterSeq: seen, limit: pageSize });
      for (const event of events) following.onEvent(event);
      seen = events.at(-1)?.seq ?? seen;
      if (goal !== undefined && isGoalEnded(goal.state) && seen >= goal.eventSeq) return goal;
      if (events.length < pageSize) await sleeper.sleep(pollMs);
    }
    return undefined;
  } finally {
    signal.removeEventListener('abort', wake);
    unsubscribe();
  }
}
