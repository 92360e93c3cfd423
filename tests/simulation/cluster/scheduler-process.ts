// A process with the production scheduler.

import { Scheduler } from '../../../apps/server/src/scheduler/scheduler.ts';
import { traceLog } from './trace-log.ts';
import { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

export function startScheduler(world: World, name: string, generation = 1): void {
  const process = new SimProcess(world, 'scheduler', `${name}.${generation}`);
  process.onEnd = () => {
    world.time.schedule(world.random.pick([50, 1_000, 8_000, 40_000]), () =>
      startScheduler(world, name, generation + 1),
    );
  };
  const scheduler = new Scheduler({
    store: {
      execute: (command) => process.execute(command),
      onCommit: (listener) => process.onCommit(listener),
      findDue: (limit) => process.read('findDue', (reads) => reads.findDue(world.time.now, limit)),
    },
    clock: process.clock,
    log: traceLog(process),
  });
  void scheduler.run().then(() => process.end());
}
