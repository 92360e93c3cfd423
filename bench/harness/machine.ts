import { cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
}

export function describeMachine(): Machine {
  const all = cpus();
  return { cpu: all[0]?.model.trim() ?? 'unknown', cores: all.length, memoryBytes: totalmem(), kernel: release() };
}

/** Processes running or waiting to run, averaged over one minute. */
export function loadAverage(): number {
  return loadavg()[0] ?? 0;
}
