// Trains the learned quality of a tenant in a thread of its own.
import { Worker } from 'node:worker_threads';
import { broken } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { FeaturedOutcome } from '@chorale/module-models';

export interface Training {
  readonly tenantId: TenantId;
  readonly version: number;
  readonly trainedAt: number;
  readonly outcomes: readonly FeaturedOutcome[];
}

/** Ten thousand of the longest prompts take about 300 MB. */
const heapMbMax = 768;

/** Resolves with what was learned, packed. `signal` ends the thread. */
export function trainInThread(training: Training, signal: AbortSignal): Promise<string> {
  const unbuilt = import.meta.url.endsWith('.ts');
  const file = unbuilt ? new URL('./train-thread.ts', import.meta.url) : new URL('./train-thread.js', import.meta.url);
  const worker = new Worker(file, {
    workerData: training,
    execArgv: unbuilt ? ['--conditions=chorale-source'] : [],
    resourceLimits: { maxOldGenerationSizeMb: heapMbMax },
  });
  return new Promise((resolve, reject) => {
    const end = (): void => void worker.terminate();
    signal.addEventListener('abort', end, { once: true });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', end);
      // After the message this changes nothing.
      reject(broken('internal', `the thread that learns ended with code ${code} and without a result`));
    });
  });
}
