// The runs of a driver that have not ended, so that closing it ends them.

import { refused } from '@chorale/lib-errors';
import type { SandboxResult, SandboxRunOptions } from '@chorale/module-agents';

export interface OpenRuns {
  /** Runs `start` with options whose signal also fires when the driver closes. */
  track(
    options: SandboxRunOptions,
    start: (options: SandboxRunOptions) => Promise<SandboxResult>,
  ): Promise<SandboxResult>;
  close(): Promise<void>;
}

export function createOpenRuns(driverName: string): OpenRuns {
  const runs = new Map<AbortController, Promise<unknown>>();
  let closed = false;
  return {
    track: async (options, start) => {
      if (closed) throw refused('sandbox-closed', `the ${driverName} sandbox is closed`, { action: 'open a new one' });
      const controller = new AbortController();
      const forward = (): void => controller.abort();
      if (options.signal?.aborted === true) forward();
      options.signal?.addEventListener('abort', forward);
      const run = start({ ...options, signal: controller.signal });
      runs.set(controller, run);
      try {
        return await run;
      } finally {
        runs.delete(controller);
        options.signal?.removeEventListener('abort', forward);
      }
    },
    close: async () => {
      closed = true;
      for (const controller of runs.keys()) controller.abort();
      await Promise.allSettled(runs.values());
    },
  };
}
