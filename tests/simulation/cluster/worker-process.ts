// A process with the production worker and the production attempt runner.

import { runAttempt, type AttemptPorts } from '@chorale/module-agents';
import { Worker } from '../../../apps/server/src/worker/worker.ts';
import { traceLog } from './trace-log.ts';
import { SimProcess } from './sim-process.ts';
import { crew, openBench } from './tool-world.ts';
import type { World } from './world.ts';

export interface WorkerSetting {
  readonly name: string;
  readonly labels: readonly string[];
  readonly slots: number;
}

/** Starts a process; when it has crashed or ended, another one takes its place after a while. */
export function startWorker(world: World, setting: WorkerSetting, generation = 1): void {
  const process = new SimProcess(world, 'worker', `${setting.name}.${generation}`);
  process.onEnd = () => {
    world.time.schedule(world.random.pick([50, 1_000, 8_000]), () => startWorker(world, setting, generation + 1));
  };
  const execute: AttemptPorts['store']['execute'] = (command) => process.execute(command);
  const ports: AttemptPorts = {
    store: {
      execute,
      findTasks: (tenantId, goalId, keys) =>
        process.read('findTasks', (reads) => reads.findTasks(tenantId, goalId, keys)),
      listSteps: (tenantId, goalId, of) => process.read('listSteps', (reads) => reads.listSteps(tenantId, goalId, of)),
    },
    crew,
    clock: process.clock,
    openWorkbench: (request) => process.perform('open-bench', () => openBench(process, request, world.onEffect)),
    keepText: () => Promise.reject(new Error('no task of the simulation makes a large output')),
  };
  const worker = new Worker({
    store: {
      execute,
      onCommit: (listener) => process.onCommit(listener),
      listHeld: (workerId) => process.read('listHeld', (reads) => reads.listHeld(workerId)),
    },
    clock: process.clock,
    random: world.random.fork().next,
    log: traceLog(process),
    identity: { name: process.name, labels: setting.labels, version: '1' },
    slots: setting.slots,
    traces: {
      leave: () => process.perform('leave-trace', () => undefined),
      remove: () => process.perform('remove-trace', () => undefined),
    },
    findDefinition: async ({ task, goal }) => {
      const plan = await process.read('findDefinition', (reads) => reads.findDefinition(task.tenantId, goal.planHash));
      return plan?.tasks[task.definitionNo];
    },
    runAttempt: (request, stop) => runAttempt(request, ports, stop),
  });
  world.trace.add(process.name, 'starts');
  void worker.run().then(() => {
    world.trace.add(process.name, 'ends');
    process.end();
  });
  if (world.random.chance(0.3)) replaceLater(world, process, worker);
}

/** A rolling upgrade: the process is asked to end, and told to when it takes too long. */
function replaceLater(world: World, process: SimProcess, worker: Worker): void {
  process.clock.schedule(world.random.integer(1_000, 30_000), () => {
    world.trace.add(process.name, 'drains');
    void worker.drain();
    process.clock.schedule(world.random.pick([10, 2_000, 15_000]), () => void worker.stop());
  });
}
