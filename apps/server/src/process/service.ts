// A part of the process that runs until it is told to end: the API, the worker, the scheduler.
//
// The supervisor calls `run` once, in the order in which services are listed, and ends them in the reverse order:
// `drain`, and when the time for that is over, `stop`.
//
// Invariants: SV1 a service whose `run` rejects, or resolves unasked, ends the process: the others are drained, and the
//                 exit code is 1. Nothing goes on half alive.
//             SV2 after `stop` resolves, the service has left nothing running.

import type { Log } from './log.ts';

export interface Service {
  readonly name: string;
  /** Resolves when the service has ended, after `drain` or `stop`. */
  run(): Promise<void>;
  /** Takes on nothing new and ends what is under way; resolves when that is done. Called at most once. */
  drain(): Promise<void>;
  /** Ends at once what `drain` did not end in time. Called at most once, also when `drain` was not. */
  stop(): Promise<void>;
}

export interface Supervision {
  /** Resolves with the reason when the process is asked to end. */
  readonly asked: Promise<string>;
  /** Resolves when nobody wants to wait for the end of what is under way. */
  readonly urged: Promise<void>;
  readonly log: Log;
  readonly drainMs: number;
}

/** Longer than a call that was told to stop is waited for. */
const stopMsMax = 15_000;

/** Runs the services until one ends or the process is asked to; resolves with the exit code. */
export async function superviseServices(services: readonly Service[], supervision: Supervision): Promise<0 | 1> {
  const { log } = supervision;
  let ending = false;
  const endings = services.map((service) =>
    service.run().then(
      () => {
        if (!ending) log.error(`${service.name} ended unasked`);
      },
      (error: unknown) => log.error(`${service.name} failed`, { error }),
    ),
  );
  const asked = supervision.asked.then((reason) => {
    log.info(`ending: ${reason}`);
    return 0 as const;
  });
  const exitCode = await Promise.race([asked, ...endings.map((ended) => ended.then(() => 1 as const))]);
  ending = true;
  for (const service of services.toReversed()) await endService(service, supervision);
  return exitCode;
}

async function endService(service: Service, { log, drainMs, urged }: Supervision): Promise<void> {
  const complain = (error: unknown) => log.error(`${service.name} did not end cleanly`, { error });
  await within(drainMs, Promise.race([service.drain(), urged])).catch(complain);
  const stopped = await within(stopMsMax, service.stop()).catch(complain);
  if (stopped === 'late') log.error(`${service.name} did not stop in ${stopMsMax / 1_000} s and is left as it is`);
}

async function within(ms: number, work: Promise<void>): Promise<'done' | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  try {
    return await Promise.race([work.then(() => 'done' as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
