// Puts goals that ended long ago into the archive: at the start, and every minute. Which they are is in the rows, and each batch
// is one transaction, so that any number of these may run side by side, and one that is killed leaves nothing half done.
//
// A process of another version may not look in the archive for what it does not find: while one lives nothing is moved.

import type { GoalStore } from '@chorale/module-goals';
import { Beat, type BeatPorts } from '../process/beat.ts';

/** A batch is over in about a second, however much there is to do. */
const goalsAtOnce = 200;

export interface ArchiverParts {
  readonly store: Pick<GoalStore, 'execute' | 'listWorkers'>;
  /** Of this process, as it says of itself to the others. */
  readonly version: string;
}

export function archiveGoals({ store, version }: ArchiverParts, afterMs: number, ports: BeatPorts): Beat {
  const { clock, log } = ports;
  return new Beat(ports, {
    name: 'goal archiver',
    everyMs: 60_000,
    complaint: 'goals that ended long ago cannot be put into the archive',
    async round(isEnding) {
      if ((await store.listWorkers()).some((other) => other.version !== version)) return;
      const endedBefore = clock.now() - afterMs;
      let goals = 0;
      while (!isEnding()) {
        const { archived } = await store.execute({ command: 'archive-goals', endedBefore, limit: goalsAtOnce });
        goals += archived;
        if (archived === 0) break;
      }
      if (goals > 0) log.info('goals that ended long ago were put into the archive', { goals });
    },
  });
}
