// Tells the store how an attempt ended, as long as it is this worker's to tell.

import { broken, toErrorRecord } from '@chorale/lib-errors';
import type { Clock } from '@chorale/lib-time';
import type { AttemptEnd } from '@chorale/module-agents';
import type { GoalStore, Hold } from '@chorale/module-goals';
import type { Log } from '../process/log.ts';

/** Between tries while the store cannot be reached. */
const retryMs = 500;

export interface Reporting {
  readonly store: Pick<GoalStore, 'execute'>;
  readonly clock: Clock;
  readonly log: Log;
  /** False when the lease is over: then somebody else may hold the task. */
  readonly mayReport: () => boolean;
}

/** `late`: another attempt holds the task by now, or it has ended. `impossible`: the store takes no end for it. */
export async function reportEnd(
  hold: Hold,
  end: AttemptEnd,
  reporting: Reporting,
): Promise<'reported' | 'late' | 'impossible'> {
  const outcome = await report(hold, end, reporting);
  if (outcome === 'reported' || outcome === 'late') return outcome;
  reporting.log.error('the end of an attempt was not taken', { ...hold, error: outcome });
  const failure = toErrorRecord(
    broken('result-not-recorded', `The task's result could not be recorded: ${outcome.message}`, {
      action: 'See the log of the worker.',
    }),
  );
  const second = await report(hold, { result: { outcome: 'failed', failure } }, reporting);
  return second === 'reported' || second === 'late' ? second : 'impossible';
}

async function report(
  hold: Hold,
  end: AttemptEnd,
  { store, clock, mayReport }: Reporting,
): Promise<'reported' | 'late' | Error> {
  for (;;) {
    if (!mayReport()) return 'late';
    try {
      await store.execute({ command: 'finish-attempt', ...hold, ...end });
      return 'reported';
    } catch (error) {
      const { code, family } = toErrorRecord(error);
      if (code === 'lease-lost') return 'late';
      if (family !== 'temporary') return error instanceof Error ? error : new Error(String(error));
      await new Promise<void>((resolve) => void clock.schedule(retryMs, resolve));
    }
  }
}
